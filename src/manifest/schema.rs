//! The JSON Schema of manifests, from the same declarations as the reader.

use schemars::generate::SchemaSettings;
use serde_json::{Value as Json, json};

use super::{AccountDocument, OrganizationDocument, RegistryDocument, RepositoryDefaultsDocument, RepositoryDocument};

/// The JSON Schema (2020-12) of one document.
pub fn schema() -> Json {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let documents = [
        generator.subschema_for::<OrganizationDocument>(),
        generator.subschema_for::<RepositoryDocument>(),
        generator.subschema_for::<RepositoryDefaultsDocument>(),
        generator.subschema_for::<AccountDocument>(),
        generator.subschema_for::<RegistryDocument>(),
    ];
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Quayform manifest",
        "description": "One document of a manifest: what the registry is to hold.",
        "type": "object",
        "required": ["kind"],
        "oneOf": documents,
        "$defs": generator.take_definitions(true),
    })
}
