//! The order of keys: that of the schema, so that every export, and every manifest in order, looks alike.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde_json::Value as Json;

use crate::manifest;
use crate::model::{Document, Written};

/// Puts the keys of documents into the order in which the schema declares them; names stay in theirs.
pub(super) fn in_order(documents: &mut BTreeMap<Document, Written>) {
    let schema = manifest::schema();
    for (document, tree) in documents {
        let name = match document {
            Document::Registry => "RegistryDocument",
            Document::Organization(_) => "OrganizationDocument",
            Document::Account(_) => "AccountDocument",
            Document::Repository(_) => "RepositoryDocument",
        };
        sort(tree, &schema["$defs"][name], &schema);
    }
}

/// The same for one document.
pub(super) fn in_order_of(tree: &mut Written, document: &str) {
    let schema = manifest::schema();
    sort(tree, &schema["$defs"][document], &schema);
}

fn sort(tree: &mut Written, node: &Json, schema: &Json) {
    let node = followed(node, schema);
    match tree {
        Written::Map(entries) => {
            let declared = node.get("properties").and_then(Json::as_object);
            match declared {
                Some(declared) => {
                    let place = |key: &str| declared.keys().position(|each| each == key);
                    entries.sort_by(|one, _, other, _| place(one).cmp(&place(other)));
                }
                None => entries.sort_keys(),
            }
            sort_entries(entries, node, schema);
        }
        Written::List(items) => items.iter_mut().for_each(|item| sort(item, &node["items"], schema)),
        _ => {}
    }
}

fn sort_entries(entries: &mut IndexMap<String, Written>, node: &Json, schema: &Json) {
    for (key, value) in entries {
        let declared = node.get("properties").and_then(|properties| properties.get(key));
        let inner = declared.or_else(|| node.get("additionalProperties"));
        sort(value, inner.unwrap_or(&Json::Null), schema);
    }
}

fn followed<'s>(node: &'s Json, schema: &'s Json) -> &'s Json {
    let target = node.get("$ref").and_then(Json::as_str);
    let target = target.and_then(|target| schema.pointer(target.trim_start_matches('#')));
    target.unwrap_or(node)
}
