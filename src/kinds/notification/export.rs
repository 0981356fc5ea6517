//! From the live fields to the manifest.

use super::{LEVELS, METHODS, NotificationEvent};
use crate::kinds::team;
use crate::model::{Address, Document, Entries, Exported, Object, Value, World, Written};

/// A notification as it is written, if manifests know all of it.
pub(super) fn export(object: &Object, world: &World) -> Exported {
    let repository = object.address.identity.split(':').next().unwrap_or_default();
    let event = NotificationEvent::parse(object.text("event"));
    let filter = event.and_then(|event| written_filter(event, entries(object, "filter")?));
    let Some(((method, config), filter)) = written_method(object).zip(filter) else {
        return Exported::not("a manifest knows neither this event, this method, nor what belongs to them");
    };
    let title = object.text("title");
    let written = [
        ("title", (!title.is_empty()).then(|| Written::text(title))),
        ("event", Some(Written::text(object.text("event")))),
    ];
    let written = written.into_iter().chain(filter).chain([(method, Some(config))]);
    let document = Document::Repository(repository.to_owned());
    let mut exported = Exported::item(document, &["notifications"], Written::map(written));
    if method == "email" {
        exported = exported.elsewhere("whoever reads the mailbox has to confirm it by following a link");
    }
    match told_team(object) {
        // The server keeps it without its team, and makes none so.
        Some(team) if world.get(&team).is_none() && world.is_complete(&team::of_organization(team.namespace())) => {
            let gone = "the team that it tells is not there any more, and another registry makes no such notification";
            exported
                .elsewhere(gone)
                .different_elsewhere(Some(team.clone()), gone)
                .needing(team)
        }
        Some(team) => exported.needing(team),
        None => exported,
    }
}

fn entries<'o>(object: &'o Object, field: &str) -> Option<&'o Entries> {
    match object.fields.get(field)? {
        Value::Map(entries) => Some(entries),
        _ => None,
    }
}

/// What narrows the event, in the words and within the rules of manifests.
fn written_filter(event: NotificationEvent, filter: &Entries) -> Option<Vec<(&'static str, Option<Written>)>> {
    let mut written = Vec::new();
    for (key, value) in filter.iter() {
        let (key, fits) = match (key.as_str(), value) {
            ("level", Value::Text(word)) => {
                let is_level = LEVELS.contains(&word.as_str());
                ("level", is_level && event == NotificationEvent::VulnerabilityFound)
            }
            ("ref", Value::Text(_)) => ("ref_regex", event.is_build()),
            ("days", Value::Integer(days)) => ("days", *days > 0 && event == NotificationEvent::RepoImageExpiry),
            _ => return None,
        };
        if !fits {
            return None;
        }
        written.push((key, Written::of(value)));
    }
    let has_days = written.iter().any(|(key, _)| *key == "days");
    (has_days == (event == NotificationEvent::RepoImageExpiry)).then_some(written)
}

/// The method and what belongs to it, if manifests know all of it.
pub fn written_method(object: &Object) -> Option<(&'static str, Written)> {
    let method = METHODS.into_iter().find(|method| *method == object.text("method"))?;
    let config = entries(object, "config")?;
    if method == "quay_notification" {
        return Some((method, written_target(object.address.namespace(), config)?));
    }
    let keys: &[&str] = match method {
        "webhook" => &["url", "template"],
        "slack" => &["url"],
        "email" => &["email"],
        "flowdock" => &["flow_api_token"],
        _ => &["notification_token", "room_id"],
    };
    let mut written = Vec::new();
    for (key, value) in config.iter().filter(|(_, value)| **value != Value::Null) {
        let key = *keys.iter().find(|known| **known == key.as_str())?;
        written.push((key, Some(written_value(method, key, value)?)));
    }
    let optional = ["template", "email"];
    let is_whole = |key: &&str| optional.contains(key) || written.iter().any(|(known, _)| known == key);
    let may_lack_email = object.address.kind != super::NAME;
    let has_email = method != "email" || may_lack_email || written.iter().any(|(key, _)| *key == "email");
    (keys.iter().all(is_whole) && has_email).then(|| (method, Written::map(written)))
}

fn written_value(method: &str, key: &str, value: &Value) -> Option<Written> {
    match value {
        Value::Secret(secret) => Some(Written::Secret {
            label: format!("{method} {key}"),
            secret: Some(secret.clone()),
        }),
        Value::Text(text) if key == "template" => serde_json::from_str::<serde::de::IgnoredAny>(text)
            .is_ok()
            .then(|| Written::text(text)),
        Value::Text(text) => Some(Written::text(text)),
        _ => None,
    }
}

fn written_target(organization: &str, config: &Entries) -> Option<Written> {
    let (kind, name) = target(config)?;
    let key = match kind {
        "user" => "user",
        "team" => "team",
        "org" if name == organization => "organization",
        _ => return None,
    };
    Some(Written::map([(key, Some(Written::text(name)))]))
}

fn target(config: &Entries) -> Option<(&str, &str)> {
    let Some(Value::Map(target)) = config.get("target") else {
        return None;
    };
    target.get("kind")?.as_text().zip(target.get("name")?.as_text())
}

/// The team that a notification in the registry's web pages is for, if it is for one.
pub fn told_team(object: &Object) -> Option<Address> {
    let (kind, name) = target(entries(object, "config")?)?;
    (kind == "team").then(|| team::address(object.address.namespace(), name))
}
