//! Words to write a schema in.

use serde_json::{Map, Value as Json, json};

/// A key with what it means and what stands there.
pub(super) struct Key {
    name: &'static str,
    description: &'static str,
    schema: Json,
    is_required: bool,
}

/// A key that is always there.
pub(super) fn key(name: &'static str, description: &'static str, schema: Json) -> Key {
    Key {
        name,
        description,
        schema,
        is_required: true,
    }
}

/// A key that may be missing.
pub(super) fn maybe(name: &'static str, description: &'static str, schema: Json) -> Key {
    Key {
        is_required: false,
        ..key(name, description, schema)
    }
}

/// An object with these keys and no others.
pub(super) fn object(description: &'static str, keys: impl IntoIterator<Item = Key>) -> Json {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for key in keys {
        let mut schema = key.schema;
        schema["description"] = json!(key.description);
        properties.insert(key.name.to_owned(), schema);
        required.extend(key.is_required.then_some(key.name));
    }
    json!({
        "description": description,
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

pub(super) fn text() -> Json {
    json!({ "type": "string" })
}

pub(super) fn text_or_null() -> Json {
    json!({ "type": ["string", "null"] })
}

pub(super) fn flag() -> Json {
    json!({ "type": "boolean" })
}

/// How many.
/// The key under which a document counts, each count under its own name.
pub(super) fn summary(counts: &[(&'static str, &'static str)]) -> Key {
    let counts = counts
        .iter()
        .map(|(name, description)| key(name, description, number()));
    key("summary", "How many of what.", object("How many of what.", counts))
}

pub(super) fn number() -> Json {
    json!({ "type": "integer", "minimum": 0 })
}

pub(super) fn number_or_null() -> Json {
    json!({ "type": ["integer", "null"], "minimum": 0 })
}

pub(super) fn seconds() -> Json {
    json!({ "type": "number", "minimum": 0 })
}

pub(super) fn list(of: Json) -> Json {
    json!({ "type": "array", "items": of })
}

pub(super) fn one_of(words: &[&str]) -> Json {
    json!({ "enum": words })
}

/// Whatever the field holds.
pub(super) fn anything() -> Json {
    json!({})
}

/// Named values of any form.
pub(super) fn values() -> Json {
    json!({ "type": "object" })
}

pub(super) fn link(name: &str) -> Json {
    json!({ "$ref": format!("#/$defs/{name}") })
}
