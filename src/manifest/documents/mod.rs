//! The documents that manifests hold, one file per kind.

mod account;
mod manage;
mod organization;
mod registry;
mod repository;
mod repository_defaults;

pub use account::{AccountDocument, AccountKind};
pub use manage::{AccountManage, Manage, OrganizationManage, RegistryManage, RepositoryManage, TeamManage};
pub use organization::{OrganizationDocument, OrganizationKind};
pub use registry::{RegistryDocument, RegistryKind};
pub use repository::{RepositoryDocument, RepositoryKind};
pub use repository_defaults::{AppliesTo, InheritedFields, RepositoryDefaultsDocument, RepositoryDefaultsKind};

use schemars::Schema;
use serde_json::json;

/// Says in the schema of a document what may stand in every one: keys that start with `x-`, and `registries`.
fn allow_extensions(schema: &mut Schema) {
    schema.insert(
        "patternProperties".to_owned(),
        json!({ "^x-": { "description": "Ignored: a place for anchors that the rest of the document refers to." } }),
    );
    let properties = schema.ensure_object().entry("properties").or_insert_with(|| json!({}));
    properties["registries"] = json!({
        "description": "The registries of `quayform.toml` in which the document holds; all of them unless written. \
                        As a map it says what is different there: `{staging: {visibility: public}, production: {}}`.",
        "anyOf": [
            { "type": "array", "items": { "type": "string" } },
            { "type": "object", "additionalProperties": { "type": "object" } },
        ],
    });
}
