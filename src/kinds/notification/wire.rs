//! Between the server's shapes and the manifest's fields.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::{LEVELS, SECRET_KEYS};
use crate::kinds::sight::text;
use crate::model::{Change, Fields, Secret, Value};

/// The fields of a live notification.
pub fn read(view: &Json) -> Fields {
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
            (key, kept) if SECRET_KEYS.contains(&key) => match Secret::recalled(kept) {
                Some(secret) => Value::Secret(secret),
                None => Value::from_json(kept),
            },
            // The web page sends a room's number as a text or as a number.
            ("room_id", Json::Number(number)) => Value::text(number.to_string()),
            (_, value) => Value::from_json(value),
        };
        read.insert(key.clone(), value);
    }
    Value::Map(read)
}

/// Keys of a method's configuration that anybody may see.
const OPEN_KEYS: [&str; 4] = ["target", "room_id", "template", "email"];

/// The answer about a repository's notifications as far as [`read`] looks at it, with digests in place of secrets;
/// `None` where something unknown stands in it, which may be a secret.
pub(super) fn keep(body: &Json, salt: &str) -> Option<Json> {
    let views = body.get("notifications")?.as_array()?;
    let kept: Option<Vec<Json>> = views.iter().map(|view| keep_one(view, salt)).collect();
    Some(json!({ "notifications": kept? }))
}

fn keep_one(view: &Json, salt: &str) -> Option<Json> {
    let mut config = Map::new();
    for (key, value) in view.get("config")?.as_object()? {
        let kept = match value {
            Json::String(secret) if SECRET_KEYS.contains(&key.as_str()) => Secret::known(secret.clone()).kept(salt)?,
            value if OPEN_KEYS.contains(&key.as_str()) => value.clone(),
            _ => return None,
        };
        config.insert(key.clone(), kept);
    }
    let mut kept = json!({ "config": config });
    for key in ["uuid", "title", "event", "method", "event_config"] {
        kept[key] = view.get(key).cloned().unwrap_or(Json::Null);
    }
    Some(kept)
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

/// What is sent to make a notification.
pub fn body(change: &Change) -> BTreeMap<String, Value> {
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
