//! From the live fields to the manifest.

use super::SKOPEO_TIMEOUT;
use crate::kinds::{default_permission, permission, robot};
use crate::model::units::{Duration, Moment};
use crate::model::{Document, Exported, Object, Value, World, Written};

/// A mirror as it is written: the dates and switches that are not as usual, and the name of a variable for the password.
pub(super) fn export(object: &Object, world: &World) -> Exported {
    let name = object.address.identity.as_str();
    let robot = object.text("robot");
    let tags = object.fields.get("tags").and_then(Written::of);
    let has_tags = matches!(&tags, Some(Written::List(tags)) if !tags.is_empty());
    let interval = duration(object, "sync_interval");
    if robot.is_empty() || !has_tags || interval.is_none() {
        return Exported::not("it lacks a robot, tags or an interval, without which a manifest describes none");
    }
    let is = |field: &str, switch: bool| object.fields.get(field) == Some(&Value::Boolean(switch));
    let architectures = object.fields.get("architectures").and_then(Written::of);
    let architectures = architectures.filter(|list| !matches!(list, Written::List(items) if items.is_empty()));
    let short = robot::short_name(object.address.namespace(), robot);
    let timeout = object.fields.get("skopeo_timeout").and_then(Value::as_integer);
    let timeout = timeout.filter(|seconds| *seconds != SKOPEO_TIMEOUT);
    let entries = [
        (
            "external_reference",
            Some(Written::text(object.text("external_reference"))),
        ),
        ("tags", tags),
        ("sync_interval", interval),
        ("sync_start_date", start_date(object)),
        ("robot", Some(Written::text(short))),
        ("enabled", is("enabled", false).then_some(Written::Switch(false))),
        ("credentials", signing_in(object)),
        ("verify_tls", is("verify_tls", false).then_some(Written::Switch(false))),
        (
            "unsigned_images",
            is("unsigned_images", true).then_some(Written::Switch(true)),
        ),
        ("proxy", proxy(object)),
        (
            "skopeo_timeout",
            timeout.and_then(|_| duration(object, "skopeo_timeout")),
        ),
        ("architectures", architectures),
    ];
    let document = Document::Repository(name.to_owned());
    let exported = Exported::at(document, &["mirror"], Written::map(entries)).needing(robot::address(robot));
    let exported = without_password(exported, object);
    let grant = permission::address(name, "robot", short);
    let role = world.get(&grant).map_or("", |grant| grant.text("role"));
    match is_strong_enough(role) {
        true => exported,
        false => exported.different_elsewhere(
            Some(grant),
            "its robot may not write here; wherever a mirror is made, its robot may",
        ),
    }
}

fn is_strong_enough(role: &str) -> bool {
    default_permission::strength(role) >= default_permission::strength("write")
}

/// A length of time as it is written.
pub fn duration(object: &Object, field: &str) -> Option<Written> {
    let seconds = object.fields.get(field).and_then(Value::as_integer)?;
    let seconds = u64::try_from(seconds).ok().filter(|seconds| *seconds > 0)?;
    Some(Written::text(Duration::from_seconds(seconds).to_string()))
}

/// The date of the next run, to the second.
pub fn start_date(object: &Object) -> Option<Written> {
    let moment = Moment::parse_echoed(object.text("sync_start_date"))?;
    Some(Written::text(moment.to_string()))
}

/// How to sign in at the other registry; whether there is a password is not to be seen.
pub fn signing_in(object: &Object) -> Option<Written> {
    let username = Some(object.text("username")).filter(|name| !name.is_empty())?;
    let password = Written::Secret {
        label: "mirror password".to_owned(),
        secret: None,
    };
    Some(Written::map([
        ("username", Some(Written::text(username))),
        ("password", Some(password)),
    ]))
}

/// Says that the password has to be brought along, where there may be one.
pub fn without_password(exported: Exported, object: &Object) -> Exported {
    match object.text("username") {
        "" => exported,
        _ => exported.without(
            Some("password"),
            "the server never shows it: set the variable, or delete the line if there is none",
        ),
    }
}

/// The proxy, whose addresses may hold a password.
pub fn proxy(object: &Object) -> Option<Written> {
    let Some(Value::Map(keys)) = object.fields.get("proxy") else {
        return None;
    };
    let entries = keys.iter().map(|(key, value)| {
        let written = match value {
            Value::Secret(secret) => Some(Written::Secret {
                label: format!("mirror {key}"),
                secret: Some(secret.clone()),
            }),
            value => Written::of(value),
        };
        (key.as_str(), written)
    });
    (!keys.is_empty()).then(|| Written::map(entries))
}
