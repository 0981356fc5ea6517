//! Records to JSON Schema.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::{Map as JsonMap, Value as Json, json};

use super::{Record, description};

/// The schema of a record: closed, every field described.
pub fn schema<R: Record>(generator: &mut SchemaGenerator) -> Schema {
    let mut properties = JsonMap::new();
    let mut required = Vec::new();
    for field in R::fields() {
        let mut property = (field.schema)(generator);
        property.insert("description".to_owned(), description(field.doc).into());
        properties.insert(field.name.to_owned(), property.to_value());
        if field.required {
            required.push(field.name);
        }
    }
    let mut schema = json_schema!({
        "description": description(R::DOC),
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    });
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    R::refine(&mut schema);
    schema
}

/// Says in the schema that each of the marks stands alone.
pub fn refine_marks(schema: &mut Schema, marks: &[&str]) {
    for mark in marks {
        let condition = json!({ "properties": { *mark: { "const": true } }, "required": [mark] });
        let names = json!({ "anyOf": [{ "enum": ["kind", "name", "registries", mark] }, { "pattern": "^x-" }] });
        add_condition(schema, json!({ "if": condition, "then": { "propertyNames": names } }));
    }
}

/// Adds one more condition that must hold.
pub fn add_condition(schema: &mut Schema, condition: Json) {
    let conditions = schema.ensure_object().entry("allOf").or_insert_with(|| json!([]));
    if let Json::Array(conditions) = conditions {
        conditions.push(condition);
    }
}
