//! An export for programs.

use serde_json::{Value as Json, json};

use super::FORMAT_VERSION;
use crate::export::update::Updated;
use crate::export::{Export, File};
use crate::model::Document;
use crate::report::Cost;

/// What became of manifests that were there: documents that came and went, and what they still say otherwise.
pub fn updated(updated: &Updated) -> Json {
    let names = |documents: &[Document]| documents.iter().map(|each| each.name().to_owned()).collect::<Vec<_>>();
    let left = updated.left.iter().map(|each| &each.address);
    json!({
        "added": names(&updated.added),
        "removed": names(&updated.removed),
        "removed_files": updated.emptied,
        "left": left.collect::<Vec<_>>(),
    })
}

/// The files with their texts, what is not in them, the variables that they name, and what could not be read.
pub fn exported(export: &Export, files: &[File], registry: &str, cost: Cost) -> Json {
    let files: Vec<Json> = files
        .iter()
        .map(|file| json!({ "path": file.path, "text": file.text }))
        .collect();
    let variables: Vec<Json> = export
        .variables
        .iter()
        .map(|variable| {
            json!({
                "name": variable.name,
                "document": variable.document.name(),
                "what": variable.label,
                "known": variable.secret.is_some(),
            })
        })
        .collect();
    let not_exported: Vec<Json> = export
        .not_exported
        .iter()
        .map(|each| {
            json!({
                "address": each.address,
                "field": each.field,
                "reason": each.reason,
                "written": each.is_written,
            })
        })
        .collect();
    let gaps: Vec<Json> = export
        .gaps
        .iter()
        .map(|(collection, gap)| {
            json!({ "collection": collection.to_string(), "request": gap.target, "reason": gap.reason })
        })
        .collect();
    json!({
        "format_version": FORMAT_VERSION,
        "registry": registry,
        "files": files,
        "not_exported": not_exported,
        "variables": variables,
        "gaps": gaps,
        "requests": {
            "read": cost.read,
            "estimated_read": cost.estimated_read,
            "seconds": cost.seconds,
            "estimated_seconds": cost.estimated_seconds,
        },
    })
}
