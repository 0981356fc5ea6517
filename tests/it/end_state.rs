//! The state of a registry at the end, in a form in which two runs can be compared.

use quayform::emulator::Emulator;
use serde_json::{Map, Value as Json};

/// What the registry holds once the server's workers have done their work, without ids, dates, tokens and logs, and
/// without the order of what has none.
pub(crate) fn end_state(emulator: &Emulator) -> Json {
    let mut registry = emulator.with(|registry| registry.clone());
    registry.garbage_collect();
    let mut state = registry.to_json();
    forget_history(&mut state);
    forget_key_ids(&mut state);
    normal(state)
}

/// Leaves of tags what they are now: when each was moved, and how often, differs from run to run.
fn forget_history(state: &mut Json) {
    let now = state.pointer("/store/clock").and_then(Json::as_i64);
    let repositories = state.pointer_mut("/store/repositories").and_then(Json::as_object_mut);
    for (_, repository) in repositories.into_iter().flatten() {
        let Some(tags) = repository.pointer_mut("/images/history").and_then(Json::as_array_mut) else {
            continue;
        };
        tags.retain(|tag| tag["end"].is_null() || tag["end"].as_i64() > now);
        for tag in tags.iter_mut().filter_map(Json::as_object_mut) {
            tag.remove("start");
            let end = tag.remove("end");
            tag.insert("expires".to_owned(), end.is_some_and(|end| !end.is_null()).into());
        }
        tags.sort_by_key(Json::to_string);
    }
}

/// Leaves of service keys what they are, without the ids by which they are kept.
fn forget_key_ids(state: &mut Json) {
    if let Some(keys) = state.pointer_mut("/store/service_keys") {
        let all = keys.as_object_mut().map(std::mem::take).unwrap_or_default();
        let mut all: Vec<Json> = all.into_iter().map(|(_, key)| normal(key)).collect();
        all.sort_by_key(Json::to_string);
        *keys = Json::Array(all);
    }
}

/// A state without what differs from run to run.
fn normal(state: Json) -> Json {
    const OF_THE_RUN: [&str; 22] = [
        "id",
        // A killed run of CocktailCloud may leave a second one behind.
        "runs",
        "display_name",
        "last_modified",
        "start",
        "started",
        "uuid",
        "kid",
        "date",
        "client_id",
        "client_secret",
        "clock",
        "counter",
        "quota_counter",
        "quota_limit_counter",
        "logs",
        "created",
        "creation_date",
        "token",
        "tokens",
        "sync_start_date",
        "sync_expiration_date",
    ];
    const WITHOUT_ORDER: [&str; 11] = [
        "applications",
        "history",
        "members",
        "invitations",
        "labels",
        "messages",
        "notifications",
        "default_permissions",
        "limits",
        "auto_prune",
        "immutability",
    ];
    match state {
        Json::Object(fields) => {
            let kept = fields
                .into_iter()
                .filter(|(name, _)| !OF_THE_RUN.contains(&name.as_str()));
            let mut fields: Map<String, Json> = kept.map(|(name, value)| (name, normal(value))).collect();
            for name in WITHOUT_ORDER {
                if let Some(Json::Array(items)) = fields.get_mut(name) {
                    items.sort_by_key(Json::to_string);
                }
            }
            // The first key of a mirror's proxy comes to stand there with the second of two equal requests only, and says
            // as much where it is null as where it is missing.
            if let Some(Json::Object(keys)) = fields.get_mut("proxy") {
                keys.retain(|_, address| !address.is_null());
            }
            Json::Object(fields)
        }
        Json::Array(items) => items.into_iter().map(normal).collect(),
        // An organization without an e-mail address has a made-up one.
        Json::String(text) if text.contains("-0000-4000-8000-") => Json::Null,
        other => other,
    }
}

/// The places at which two states differ, with what stands there.
pub(crate) fn differences(left: &Json, right: &Json) -> Vec<String> {
    fn leaves(value: &Json, path: &str, all: &mut Vec<String>) {
        match value {
            Json::Object(fields) if !fields.is_empty() => {
                fields
                    .iter()
                    .for_each(|(name, value)| leaves(value, &format!("{path}/{name}"), all));
            }
            other => all.push(format!("{path} = {other}")),
        }
    }
    let [left, right] = [left, right].map(|value| {
        let mut all = Vec::new();
        leaves(value, "", &mut all);
        all
    });
    let only = |sign: &'static str, these: &[String], those: &[String]| -> Vec<String> {
        let missing = these.iter().filter(|leaf| !those.contains(leaf));
        missing.map(|leaf| format!("{sign} {leaf}")).collect()
    };
    [only("+", &left, &right), only("-", &right, &left)].concat()
}
