use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::http::Method;
use crate::model::{
    Action, Address, Answers, Call, Change, Collection, Effect, Field, Fields, Interest, Object, Query, Secret, Value,
    Way, World,
};

use super::sight::{self, text};
use super::{Identity, Kind, numbered, repository, targets};

/// The kind's name.
pub const NAME: &str = "notification";

/// A message that the registry sends about a repository.
pub struct Notification;

/// All notifications of a repository.
pub fn of_repository(repository: &str) -> Collection {
    Collection::new(NAME, format!("{repository}:"))
}

/// The levels of a vulnerability, whose number is their place (API guide §3.10).
pub const LEVELS: [&str; 6] = ["critical", "high", "medium", "low", "negligible", "unknown"];

/// Keys of a method's configuration that nobody may see.
const SECRET_KEYS: [&str; 3] = ["url", "notification_token", "flow_api_token"];

/// The address's identity without a number: the title, or event and method where there is none.
pub fn label(repository: &str, fields: &Fields) -> String {
    let of = |name: &str| fields.get(name).and_then(Value::as_text).unwrap_or_default();
    match of("title") {
        "" => format!("{repository}:{}.{}", of("event"), of("method")),
        title => format!("{repository}:{title}"),
    }
}

const FIELDS: &[Field] = &[
            Field { name: "title", way: Way::Replace },
            Field { name: "event", way: Way::Replace },
            Field { name: "method", way: Way::Replace },
            Field { name: "config", way: Way::Replace },
            Field { name: "filter", way: Way::Replace },
        ];

impl Kind for Notification {
    fn name(&self) -> &'static str {
        NAME
    }

    fn identity(&self) -> Identity {
        Identity::Content
    }

    fn fields(&self) -> &'static [Field] {
        FIELDS
    }

    fn collection(&self, address: &Address) -> Collection {
        of_repository(address.identity.split(':').next().unwrap_or_default())
    }

    /// One GET per repository that declares some: no list goes over several repositories.
    fn queries(&self, interest: &Interest, _known: &World, answers: &Answers) -> Vec<Query> {
        let mut queries = Vec::new();
        for organization in interest.namespaces().into_iter().filter(|name| interest.wants(NAME, name)) {
            let live = repository::names(answers, organization);
            let wanted = interest.prefixes(NAME, organization).map(|prefix| prefix.trim_end_matches(':'));
            queries.extend(wanted.filter(|name| live.contains(*name)).map(|name| {
                targets::ask(targets::notifications(name), "its notifications", vec![of_repository(name)])
            }));
        }
        queries
    }

    fn live(&self, interest: &Interest, answers: &Answers, world: &mut World) {
        sight::each_organization(NAME, interest, answers, world, |world, organization, _| {
            let live = repository::names(answers, organization);
            for prefix in interest.prefixes(NAME, organization) {
                let name = prefix.trim_end_matches(':');
                let target = targets::notifications(name);
                for view in answers.list(&target, "notifications") {
                    let fields = read(view);
                    let mut object = Object::new(numbered(world, NAME, &label(name, &fields)), fields);
                    object.handle = Some(text(view, "uuid").to_owned());
                    world.put(object);
                }
                let proof = if live.contains(name) { target } else { targets::repositories(organization) };
                sight::settle(world, answers, Collection::new(NAME, prefix), &[proof]);
            }
        });
    }

    fn impossible(&self, change: &Change, world: &World) -> Option<String> {
        let mails = change.action != Action::Delete && change.text("method") == "email";
        (mails && !world.features.has("MAILING")).then(|| "FEATURE_MAILING is off: the server sends no e-mail".to_owned())
    }

    /// There is no update: the new one is made first, so that no event is missed.
    fn calls(&self, change: &Change, _world: &World) -> Vec<Call> {
        let name = change.address.identity.split(':').next().unwrap_or_default();
        let create = || repository::path(Method::Post, name, &["notification"]).slash().body_map(body(change));
        let delete = || {
            repository::path(Method::Delete, name, &["notification"])
                .handle(&change.address)
                .already(400, "No repository notification found")
        };
        match change.action {
            Action::Create => vec![create()],
            Action::Replace => vec![create(), delete()],
            Action::Delete => vec![delete()],
            Action::Update | Action::Blocked | Action::Deferred => Vec::new(),
        }
    }

    fn effects(&self, _change: &Change, _world: &World) -> Vec<Effect> {
        Vec::new()
    }
}

fn read(view: &Json) -> Fields {
    Fields::from([
        ("title", Value::text(text(view, "title"))),
        ("event", Value::text(text(view, "event"))),
        ("method", Value::text(text(view, "method"))),
        ("config", read_config(view.get("config").unwrap_or(&Json::Null))),
        ("filter", read_filter(view.get("event_config").unwrap_or(&Json::Null))),
    ])
}

/// The method's configuration with its secrets sealed; of a target only kind and name, since the web page adds more.
fn read_config(config: &Json) -> Value {
    let mut read = BTreeMap::new();
    for (key, value) in config.as_object().into_iter().flatten() {
        let value = match (key.as_str(), value) {
            ("target", target) => {
                let entry = |key: &str| (key.to_owned(), Value::text(text(target, key)));
                Value::Map(BTreeMap::from([entry("kind"), entry("name")]))
            }
            (key, Json::String(secret)) if SECRET_KEYS.contains(&key) => Value::Secret(Secret::known(secret.clone())),
            // The web page sends a room's number as a text or as a number.
            ("room_id", Json::Number(number)) => Value::text(number.to_string()),
            (_, value) => Value::from_json(value),
        };
        read.insert(key.clone(), value);
    }
    Value::Map(read)
}

/// What narrows the event, in the manifest's words: `level`, `ref`, `days`.
fn read_filter(config: &Json) -> Value {
    let mut read = BTreeMap::new();
    for (key, value) in config.as_object().into_iter().flatten() {
        let number = value.as_u64().or_else(|| value.as_str().and_then(|text| text.parse().ok()));
        match (key.as_str(), number.and_then(|number| LEVELS.get(number as usize))) {
            ("level", Some(word)) => read.insert("level".to_owned(), Value::text(*word)),
            ("ref-regex", _) => read.insert("ref".to_owned(), Value::from_json(value)),
            (key, _) => read.insert(key.to_owned(), Value::from_json(value)),
        };
    }
    Value::Map(read)
}

fn body(change: &Change) -> BTreeMap<String, Value> {
    let of = |field: &str| change.wanted.get(field).cloned();
    let mut filter = BTreeMap::new();
    if let Some(Value::Map(entries)) = of("filter") {
        for (key, value) in entries {
            let level = value.as_text().and_then(|word| LEVELS.iter().position(|level| *level == word));
            match (key.as_str(), level) {
                ("level", Some(number)) => filter.insert("level".to_owned(), Value::text(number.to_string())),
                ("ref", _) => filter.insert("ref-regex".to_owned(), value),
                _ => filter.insert(key, value),
            };
        }
    }
    let mut body = BTreeMap::from([("eventConfig".to_owned(), Value::Map(filter))]);
    for field in ["event", "method", "config"] {
        body.insert(field.to_owned(), of(field).unwrap_or(Value::Null));
    }
    if !change.text("title").is_empty() {
        body.insert("title".to_owned(), change.text("title").into());
    }
    body
}
