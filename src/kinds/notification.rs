//! Notifications: what a repository tells whom when something happens.

use std::collections::BTreeMap;

use schemars::Schema;
use serde_json::Value as Json;
use serde_json::json;

use super::sight::{self, text};
use super::wishes::{Wishes, set};
use super::{Identity, Kind, numbered, repository, targets};
use crate::http::Method;
use crate::manifest::choice::choice;
use crate::manifest::decode::List;
use crate::manifest::documents::Manage;
use crate::manifest::record::{Check, add_condition, record};
use crate::manifest::secret::TextOrReference;
use crate::manifest::suggest::alternatives;
use crate::model::Located;
use crate::model::{
    Action, Address, Answers, Call, Change, Collection, Diagnostic, Effect, Field, Fields, Interest, Object, Place,
    Query, Secret, Value, Way, World,
};

record! {
    /// One thing that is told in one way. Exactly one of the methods must be written.
    pub struct NotificationSpec {
        /// What the notification is called; not written, it has no title.
        title: String,
        /// What must happen, such as `repo_push`.
        event: NotificationEvent = required,
        /// With `vulnerability_found`: from which severity on; not written, from any.
        level: VulnerabilityLevel,
        /// With a build event: only for git references that match this regular expression, such as `refs/heads/main`.
        ref_regex: String,
        /// With `repo_image_expiry`, which needs it: how many days before an image expires.
        days: u32,
        /// Sends an HTTP POST.
        webhook: WebhookSpec,
        /// Posts to Slack.
        slack: SlackSpec,
        /// Sends an e-mail.
        email: EmailSpec,
        /// Shows it in the registry's own web pages.
        quay_notification: QuayNotificationSpec,
        /// Posts to Flowdock (the service has ended; the registry still takes it).
        flowdock: FlowdockSpec,
        /// Posts to HipChat (the service has ended; the registry still takes it).
        hipchat: HipchatSpec,
    }
    check: check_notification;
    schema: refine_notification;
}

record! {
    /// An HTTP POST with a JSON body.
    pub struct WebhookSpec {
        /// Where to: an `http` or `https` address, best as `{env: NAME}`; kept secret.
        url: TextOrReference = required,
        /// The JSON body to send instead of the registry's own, with variables such as `${repository}`.
        template: String,
    }
    check: check_webhook;
}

record! {
    /// A message in Slack.
    pub struct SlackSpec {
        /// The incoming webhook's address, best as `{env: NAME}`; kept secret.
        url: TextOrReference = required,
    }
}

record! {
    /// An e-mail.
    pub struct EmailSpec {
        /// Where to; the address must have been confirmed for this repository in the registry.
        email: String = required,
    }
}

record! {
    /// A notification in the registry's own web pages. Exactly one of the fields must be written.
    pub struct QuayNotificationSpec {
        /// The user who sees it.
        user: String,
        /// The organization's team that sees it.
        team: String,
        /// The organization whose members see it; the one of the repository.
        organization: String,
    }
    check: check_target;
    schema: one_target;
}

record! {
    /// A message in Flowdock.
    pub struct FlowdockSpec {
        /// The flow's token, best as `{env: NAME}`; kept secret.
        flow_api_token: TextOrReference = required,
    }
}

record! {
    /// A message in HipChat.
    pub struct HipchatSpec {
        /// The room's token, best as `{env: NAME}`; kept secret.
        notification_token: TextOrReference = required,
        /// The room's number.
        room_id: String = required,
    }
}

choice! {
    /// What a repository can tell.
    pub enum NotificationEvent {
        /// An image was pushed.
        RepoPush = "repo_push",
        /// A build was queued.
        BuildQueued = "build_queued",
        /// A build started.
        BuildStart = "build_start",
        /// A build succeeded.
        BuildSuccess = "build_success",
        /// A build failed.
        BuildFailure = "build_failure",
        /// A build was cancelled.
        BuildCancelled = "build_cancelled",
        /// A vulnerability was found in an image.
        VulnerabilityFound = "vulnerability_found",
        /// A mirror began to copy.
        RepoMirrorSyncStarted = "repo_mirror_sync_started",
        /// A mirror has copied everything.
        RepoMirrorSyncSuccess = "repo_mirror_sync_success",
        /// A mirror could not copy.
        RepoMirrorSyncFailed = "repo_mirror_sync_failed",
        /// An image expires soon.
        RepoImageExpiry = "repo_image_expiry",
        /// The organization's storage has reached a warning of its quota.
        QuotaWarning = "quota_warning",
        /// The organization's storage has reached a limit of its quota that refuses pushes.
        QuotaError = "quota_error",
    }
}

choice! {
    /// How bad a vulnerability is.
    pub enum VulnerabilityLevel {
        /// Critical.
        Critical = "critical",
        /// High or worse.
        High = "high",
        /// Medium or worse.
        Medium = "medium",
        /// Low or worse.
        Low = "low",
        /// Negligible or worse.
        Negligible = "negligible",
        /// Any, also of unknown severity.
        Unknown = "unknown",
    }
}

impl NotificationEvent {
    /// Whether it tells of a build.
    pub fn is_build(self) -> bool {
        use NotificationEvent::{BuildCancelled, BuildFailure, BuildQueued, BuildStart, BuildSuccess};
        matches!(
            self,
            BuildQueued | BuildStart | BuildSuccess | BuildFailure | BuildCancelled
        )
    }
}

const METHODS: [&str; 6] = ["webhook", "slack", "email", "quay_notification", "flowdock", "hipchat"];

impl NotificationSpec {
    /// The written methods, as the API calls them, and where.
    pub fn methods(&self) -> impl Iterator<Item = (&'static str, Place)> {
        let places = [
            self.webhook.as_ref().map(|it| it.place),
            self.slack.as_ref().map(|it| it.place),
            self.email.as_ref().map(|it| it.place),
            self.quay_notification.as_ref().map(|it| it.place),
            self.flowdock.as_ref().map(|it| it.place),
            self.hipchat.as_ref().map(|it| it.place),
        ];
        METHODS
            .into_iter()
            .zip(places)
            .filter_map(|(method, place)| Some((method, place?)))
    }
}

fn check_notification(notification: &NotificationSpec, check: &mut Check<'_>) {
    let written: Vec<_> = notification.methods().collect();
    match written.as_slice() {
        [] if check.is_complete => check.diagnostics.push(
            Diagnostic::error("missing-field", "this notification has no method", check.place)
                .help(format!("add {}", alternatives(METHODS))),
        ),
        [(first, other), (second, place), ..] => check.diagnostics.push(
            Diagnostic::error(
                "one-of",
                format!("a notification cannot have both `{first}` and `{second}`"),
                *place,
            )
            .also(*other, "the other method")
            .help("write one notification for each"),
        ),
        _ => {}
    }
    if let Some(event) = &notification.event {
        check_event_fields(notification, event, check);
        check_days(notification, event, check);
    }
}

fn check_event_fields(notification: &NotificationSpec, event: &Located<NotificationEvent>, check: &mut Check<'_>) {
    let fields = [
        (
            "level",
            notification.level.as_ref().map(|it| it.place),
            event.value == NotificationEvent::VulnerabilityFound,
        ),
        (
            "ref_regex",
            notification.ref_regex.as_ref().map(|it| it.place),
            event.value.is_build(),
        ),
        (
            "days",
            notification.days.as_ref().map(|it| it.place),
            event.value == NotificationEvent::RepoImageExpiry,
        ),
    ];
    for (field, place, _) in fields.into_iter().filter(|(_, _, applies)| !applies) {
        check.diagnostics.extend(place.map(|place| {
            Diagnostic::error(
                "not-for-event",
                format!("`{field}` has no effect with `{}`", event.value),
                place,
            )
            .also(event.place, "the event")
            .help(format!("delete `{field}`"))
        }));
    }
}

fn check_days(notification: &NotificationSpec, event: &Located<NotificationEvent>, check: &mut Check<'_>) {
    match &notification.days {
        Some(days) if days.value == 0 => {
            check.bad_value("`days` must be at least 1", days.place, "write something like `7`");
        }
        None if event.value == NotificationEvent::RepoImageExpiry && check.is_complete => check.diagnostics.push(
            Diagnostic::error("missing-field", "`repo_image_expiry` needs `days`", event.place)
                .help("add how many days before the expiry, such as `days: 7`"),
        ),
        _ => {}
    }
}

fn check_webhook(webhook: &WebhookSpec, check: &mut Check<'_>) {
    let text = webhook
        .url
        .as_ref()
        .and_then(|url| Some((url.value.as_text()?, url.place)));
    if let Some((_, place)) = text.filter(|(text, _)| !is_webhook_url(text)) {
        let help = "write an `http` or `https` address whose host is not the registry itself";
        check.bad_value("the registry does not take this address for a webhook", place, help);
    }
    if let Some(template) = &webhook.template
        && let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(&template.value)
    {
        let help = "put variables such as `${repository}` between quotes";
        check.bad_value(format!("`template` is not JSON: {error}"), template.place, help);
    }
}

fn is_webhook_url(text: &str) -> bool {
    let takes_host = |host: &str| !matches!(host, "" | "localhost" | "127.0.0.1");
    url::Url::parse(text)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.host_str().is_some_and(takes_host))
}

fn check_target(target: &QuayNotificationSpec, check: &mut Check<'_>) {
    let written = [&target.user, &target.team, &target.organization]
        .into_iter()
        .flatten()
        .count();
    if written > 1 || (written == 0 && check.is_complete) {
        check.diagnostics.push(
            Diagnostic::error(
                "one-of",
                "`quay_notification` needs exactly one of `user`, `team` and `organization`",
                check.place,
            )
            .help("write one notification for each"),
        );
    }
}

fn one_target(schema: &mut Schema) {
    let alternatives = ["user", "team", "organization"].map(|target| json!({ "required": [target] }));
    add_condition(schema, json!({ "oneOf": alternatives }));
}

fn refine_notification(schema: &mut Schema) {
    let alternatives = METHODS.map(|method| json!({ "required": [method] }));
    add_condition(schema, json!({ "oneOf": alternatives }));
    let builds: Vec<&str> = NotificationEvent::ALL
        .iter()
        .filter(|event| event.is_build())
        .map(|event| event.as_str())
        .collect();
    for (field, events) in [
        ("level", vec!["vulnerability_found"]),
        ("ref_regex", builds),
        ("days", vec!["repo_image_expiry"]),
    ] {
        let only = json!({ "properties": { "event": { "enum": events } } });
        add_condition(schema, json!({ "if": { "required": [field] }, "then": only }));
    }
    let expiry = json!({ "properties": { "event": { "const": "repo_image_expiry" } }, "required": ["event"] });
    let days = json!({ "properties": { "days": { "minimum": 1 } }, "required": ["days"] });
    add_condition(schema, json!({ "if": expiry, "then": days }));
}

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
    Field {
        name: "title",
        way: Way::Replace,
    },
    Field {
        name: "event",
        way: Way::Replace,
    },
    Field {
        name: "method",
        way: Way::Replace,
    },
    Field {
        name: "config",
        way: Way::Replace,
    },
    Field {
        name: "filter",
        way: Way::Replace,
    },
];

/// What a repository is to tell whom.
pub fn desired(name: &str, manage: Manage, list: &Located<List<NotificationSpec>>, wishes: &mut Wishes<'_>) {
    wishes.own(of_repository(name), manage, list.place);
    for item in &list.value {
        let spec = &item.value;
        let Some((method, _)) = spec.methods().next() else {
            continue;
        };
        let title = spec.title.as_ref().map_or("", |title| title.value.as_str());
        let event = spec.event.as_ref().map_or("", |event| event.value.as_str());
        let fields = Fields::from([
            ("title", title.into()),
            ("event", event.into()),
            ("method", method.into()),
            ("config", wanted_config(name, spec, wishes)),
            ("filter", wanted_filter(spec)),
        ]);
        let address = wishes.next(NAME, &label(name, &fields));
        wishes.want(address, fields, vec![repository::address(name)], item.place);
    }
}

fn wanted_filter(spec: &NotificationSpec) -> Value {
    let mut filter = Fields::new();
    set(&mut filter, "level", &spec.level, |level| level.as_str().into());
    set(&mut filter, "ref", &spec.ref_regex, |pattern| Value::text(pattern));
    set(&mut filter, "days", &spec.days, |days| i64::from(*days).into());
    map(filter)
}

fn wanted_config(repository: &str, spec: &NotificationSpec, wishes: &mut Wishes<'_>) -> Value {
    let mut config = Fields::new();
    if let Some(webhook) = &spec.webhook {
        wishes.seal(&mut config, "url", &webhook.value.url);
        set(&mut config, "template", &webhook.value.template, |text| {
            Value::text(text)
        });
    }
    if let Some(slack) = &spec.slack {
        wishes.seal(&mut config, "url", &slack.value.url);
    }
    if let Some(email) = &spec.email {
        set(&mut config, "email", &email.value.email, |text| Value::text(text));
    }
    if let Some(flowdock) = &spec.flowdock {
        wishes.seal(&mut config, "flow_api_token", &flowdock.value.flow_api_token);
    }
    if let Some(hipchat) = &spec.hipchat {
        wishes.seal(&mut config, "notification_token", &hipchat.value.notification_token);
        set(&mut config, "room_id", &hipchat.value.room_id, |text| Value::text(text));
    }
    if let Some(target) = &spec.quay_notification {
        config.insert("target", wanted_target(repository, &target.value));
    }
    map(config)
}

fn wanted_target(repository: &str, target: &QuayNotificationSpec) -> Value {
    let organization = repository.split('/').next().unwrap_or_default();
    let (kind, name) = match (&target.user, &target.team) {
        (Some(user), _) => ("user", user.value.as_str()),
        (_, Some(team)) => ("team", team.value.as_str()),
        (None, None) => (
            "org",
            target
                .organization
                .as_ref()
                .map_or(organization, |name| name.value.as_str()),
        ),
    };
    map(Fields::from([("kind", kind.into()), ("name", name.into())]))
}

fn map(fields: Fields) -> Value {
    Value::Map(fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

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

    fn key(&self, fields: &Fields) -> String {
        ["title", "event", "method"]
            .map(|name| fields.get(name).map_or(String::new(), Value::to_string))
            .join("\n")
    }

    fn collection(&self, address: &Address) -> Collection {
        of_repository(address.identity.split(':').next().unwrap_or_default())
    }

    /// One GET per repository that declares some: no list goes over several repositories.
    fn queries(&self, interest: &Interest, _known: &World, answers: &Answers) -> Vec<Query> {
        let mut queries = Vec::new();
        for organization in interest
            .namespaces()
            .into_iter()
            .filter(|name| interest.wants(NAME, name))
        {
            let live = repository::names(answers, organization);
            let wanted = interest
                .prefixes(NAME, organization)
                .map(|prefix| prefix.trim_end_matches(':'));
            queries.extend(wanted.filter(|name| live.contains(*name)).map(|name| {
                targets::ask(
                    targets::notifications(name),
                    "its notifications",
                    vec![of_repository(name)],
                )
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
                let proof = if live.contains(name) {
                    target
                } else {
                    targets::repositories(organization)
                };
                sight::settle(world, answers, Collection::new(NAME, prefix), &[proof]);
            }
        });
    }

    fn impossible(&self, change: &Change, world: &World) -> Option<String> {
        let mails = change.action != Action::Delete && change.text("method") == "email";
        (mails && !world.features.has("MAILING"))
            .then(|| "FEATURE_MAILING is off: the server sends no e-mail".to_owned())
    }

    /// There is no update: the new one is made first, so that no event is missed.
    fn calls(&self, change: &Change, _world: &World) -> Vec<Call> {
        let name = change.address.identity.split(':').next().unwrap_or_default();
        let create = || {
            repository::path(Method::Post, name, &["notification"])
                .slash()
                .body_map(body(change))
        };
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
        let number = value
            .as_u64()
            .or_else(|| value.as_str().and_then(|text| text.parse().ok()));
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
            let level = value
                .as_text()
                .and_then(|word| LEVELS.iter().position(|level| *level == word));
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
