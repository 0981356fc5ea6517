//! Worlds in a form in which a prediction can be compared with what came of it.

use std::collections::BTreeMap;

use quayform::kinds::{
    application, member, mirror, organization, organization_mirror, proxy_cache, repository_state, repository_trust,
    robot, team, user,
};
use quayform::model::{Entries, Fields, Object, Value, World};

/// Every object as a text, equal ones several times: without server ids, and without the numbers that tell items
/// without names apart.
///
/// Left out: users, who are no objects of the registry that is managed; states of repositories and trust in them, which the
/// naive reader does not ask, and that a repository is new, which only a prediction knows; a mirror's password, which is never shown;
/// whether a team is synchronized, which the naive reader does not ask; the first run of a mirror whose manifest does
/// not say when, since it is the time of the apply. What a prediction does not say of a new object is what the server
/// fills in.
pub(super) fn normal(world: &World) -> Vec<String> {
    let objects = world
        .objects
        .values()
        .filter(|object| ![user::NAME, repository_state::NAME, repository_trust::NAME].contains(&object.address.kind));
    let mut lines: Vec<String> = objects.map(line).collect();
    lines.sort();
    lines
}

fn line(object: &Object) -> String {
    let kind = object.address.kind;
    let mut fields = filled_in(kind);
    fields.extend(object.fields.clone());
    // A proxy cache never shows its credentials.
    let unseen = if kind == proxy_cache::NAME {
        "username"
    } else {
        "password"
    };
    let hidden = [
        unseen,
        "password",
        "synced",
        "ambiguous",
        "authorized",
        "times",
        "new",
        robot::TEAMS,
        "moved",
    ];
    let shown: BTreeMap<_, _> = fields.iter().filter(|(name, _)| !hidden.contains(name)).collect();
    let shown: Vec<String> = shown
        .iter()
        .map(|(name, value)| format!("{name}: {}", exposed(value)))
        .collect();
    let identity = object.address.identity.split('#').next().unwrap_or_default();
    format!("{kind}[{identity}] {}", shown.join(", "))
}

fn filled_in(kind: &str) -> Fields {
    let empty = || Value::text("");
    match kind {
        organization::NAME => Fields::from([
            ("email", empty()),
            ("invoice_email", false.into()),
            ("invoice_email_address", empty()),
            ("tag_expiration", 1_209_600.into()),
        ]),
        team::NAME => Fields::from([("role", "member".into()), ("description", empty())]),
        member::NAME => Fields::from([("pending", false.into())]),
        robot::NAME => Fields::from([("description", empty()), ("metadata", Value::Map(Entries::new()))]),
        application::NAME => {
            let fields = ["redirect_uri", "application_uri", "description", "avatar_email"];
            fields.map(|field| (field, empty())).into()
        }
        organization_mirror::NAME => Fields::from([("username", empty())]),
        mirror::NAME => Fields::from([("username", empty()), ("architectures", Value::List(Vec::new()))]),
        _ => Fields::new(),
    }
}

/// A value with its secrets, which are none in tests.
fn exposed(value: &Value) -> String {
    match value {
        Value::Secret(secret) => format!("secret {:?}", secret.expose()),
        Value::Map(entries) => {
            let entries = entries.iter().map(|(key, value)| format!("{key}: {}", exposed(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        value => value.to_string(),
    }
}

/// What stands in only one of the two.
pub(super) fn differences(predicted: &[String], found: &[String]) -> Vec<String> {
    let count = |lines: &[String], line: &String| lines.iter().filter(|other| *other == line).count();
    let mut all: Vec<&String> = predicted.iter().chain(found).collect();
    all.sort();
    all.dedup();
    let differs = all
        .into_iter()
        .filter(|line| count(predicted, line) != count(found, line));
    differs
        .map(|line| {
            format!(
                "{}x predicted, {}x found: {line}",
                count(predicted, line),
                count(found, line)
            )
        })
        .collect()
}
