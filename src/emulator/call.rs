//! One call of a handler: what the request says, who makes it, and the store it works on.

use serde_json::{Map, Value, json};

use super::access::Caller;
use super::answer::{Answer, Problem};
use super::records::{LogEntry, Role};
use super::request::{IncomingRequest, Query};
use super::schema_error;
use super::store::Store;
use super::version;

/// What a handler works with.
pub(super) struct Call<'a> {
    pub store: &'a mut Store,
    pub caller: &'a Caller,
    pub request: &'a IncomingRequest,
    pub query: Query,
    /// The values of the route's parameters.
    pub parameters: Vec<(&'static str, String)>,
}

impl Call<'_> {
    /// The value of a parameter of the route.
    pub(super) fn parameter(&self, name: &str) -> String {
        // A route that does not have the parameter is a mistake in its table; the empty name is never found.
        self.parameters
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value.clone())
            .unwrap_or_default()
    }

    /// The route's `{repository}` as namespace and name.
    pub(super) fn repository_parameter(&self) -> (String, String) {
        let path = self.parameter("repository");
        let (namespace, name) = path.split_once('/').unwrap_or_default();
        (namespace.to_owned(), name.to_owned())
    }

    /// The body, checked against a schema: 415 without a JSON body, 400 for `null` and for what does not fit.
    pub(super) fn json(&self, schema: &Value) -> Result<Value, Answer> {
        let body = self.json_body()?;
        if body.is_null() {
            return Err(Answer::invalid("Missing JSON body"));
        }
        let mut schema = schema.clone();
        version::strip(self.store.version, &mut schema);
        match schema_error::first_error(&body, &schema) {
            Some(error) => Err(Answer::invalid(&error)),
            None => Ok(body),
        }
    }

    /// The body as an object that fits a schema whose type is `object`.
    pub(super) fn json_object(&self, schema: &Value) -> Result<Map<String, Value>, Answer> {
        match self.json(schema)? {
            Value::Object(fields) => Ok(fields),
            _ => Ok(Map::new()),
        }
    }

    /// The body as an object, where it may be absent: what is no JSON counts as absent (robots.json, exchange 4).
    pub(super) fn optional_json_object(&self, schema: &Value) -> Result<Map<String, Value>, Answer> {
        match self.json_body() {
            Err(_) | Ok(Value::Null) => Ok(Map::new()),
            Ok(_) => self.json_object(schema),
        }
    }

    /// The body, where it is JSON and says so.
    pub(super) fn json_body(&self) -> Result<Value, Answer> {
        if !self.request.content_type.as_deref().is_some_and(is_json) {
            let text = "Did not attempt to load JSON data because the request Content-Type was not 'application/json'.";
            return Err(Answer::message(415, text));
        }
        serde_json::from_slice(&self.request.body).map_err(|_| {
            Answer::message(
                400,
                "The browser (or proxy) sent a request that this server could not understand.",
            )
        })
    }

    /// The refusal of someone without the right: 401 for nobody, 403 for everybody else.
    pub(super) fn unauthorized(&self) -> Answer {
        if self.caller.is_anonymous() {
            Answer::problem(Problem::InvalidToken, "Requires authentication")
        } else {
            Answer::problem(Problem::InsufficientScope, "Unauthorized")
        }
    }

    /// Refuses unless `allowed`.
    pub(super) fn require(&self, allowed: bool) -> Result<(), Answer> {
        if allowed { Ok(()) } else { Err(self.unauthorized()) }
    }

    /// Refuses who does not administer the organization (OA).
    pub(super) fn require_organization_admin(&self, organization: &str) -> Result<(), Answer> {
        self.require(self.caller.administers_organization(self.store, organization))
    }

    /// Refuses who may not read what an organization's administrator may read (OA or GRO).
    pub(super) fn require_organization_reader(&self, organization: &str) -> Result<(), Answer> {
        let caller = self.caller;
        self.require(caller.administers_organization(self.store, organization) || caller.reads_everything(self.store))
    }

    /// Refuses who lacks a role on the repository (RW or RA).
    pub(super) fn require_repository_role(&self, namespace: &str, name: &str, role: Role) -> Result<(), Answer> {
        self.require(self.caller.has_repository_role(self.store, namespace, name, role))
    }

    /// Refuses who is no superuser (SU).
    pub(super) fn require_superuser(&self) -> Result<(), Answer> {
        self.require(self.caller.is_superuser(self.store))
    }

    /// Refuses who may not read what superusers may read (SU or GRO).
    pub(super) fn require_superuser_reader(&self) -> Result<(), Answer> {
        self.require(self.caller.is_superuser(self.store) || self.caller.reads_everything(self.store))
    }

    /// Writes an entry about a namespace to the usage log.
    pub(super) fn log(&mut self, kind: &str, namespace: &str, metadata: Value) {
        self.write_log(kind, Some(namespace.to_owned()), None, metadata);
    }

    /// Writes an entry about the registry itself to the usage log, which only superusers can read.
    pub(super) fn log_of_registry(&mut self, kind: &str, metadata: Value) {
        self.write_log(kind, None, None, metadata);
    }

    /// Writes an entry about a repository to the usage log.
    pub(super) fn log_repository(&mut self, kind: &str, namespace: &str, repository: u64, metadata: Value) {
        self.write_log(kind, Some(namespace.to_owned()), Some(repository), metadata);
    }

    /// Every entry names the token and the application through which it came about (api.md, 5.2).
    fn write_log(&mut self, kind: &str, namespace: Option<String>, repository: Option<u64>, mut metadata: Value) {
        if let Some(application) = &self.caller.application {
            metadata["oauth_token_id"] = json!(application.token_id);
            metadata["oauth_token_application_id"] = json!(application.client_id);
            metadata["oauth_token_application"] = json!(application.name);
        }
        self.store.logs.push(LogEntry {
            time: self.store.clock,
            kind: kind.to_owned(),
            metadata,
            performer: self.caller.user.clone(),
            namespace,
            repository,
        });
    }
}

fn is_json(content_type: &str) -> bool {
    let media_type = content_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    media_type == "application/json" || (media_type.starts_with("application/") && media_type.ends_with("+json"))
}
