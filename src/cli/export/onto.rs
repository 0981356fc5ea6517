//! Export onto the manifests of a project: what is told about it.

use std::path::{Path, PathBuf};

use super::{Taken, unwritable};
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::findings::Findings;
use crate::cli::globals::Format;
use crate::cli::prepare::unusable;
use crate::export::update::{Ground, Problem, Updated};
use crate::export::{File, Variable, update as updating};
use crate::model::{Diagnostics, Severity};
use crate::report::patch::patch;
use crate::report::{json, text};

/// Brings manifests up to what is live, in memory.
pub(super) fn update(manifests: &[(PathBuf, String)], ground: &Ground<'_>) -> Result<Updated, Failure> {
    updating::update(manifests.to_vec(), ground).map_err(|problem| match problem {
        Problem::Before(loaded) => unusable(*loaded, "nothing was written; the registry was only read")
            .help("mend them, or let them be written anew: --overwrite"),
        Problem::After(loaded) => unusable(*loaded, "nothing was written; the registry was only read")
            .help("this is how they would be; change by hand what stands in the way, or let them be written anew: --overwrite"),
        Problem::Unwritable(error) => unwritable(error),
    })
}

/// The files that are new or say something else.
pub(super) fn changed(manifests: &[(PathBuf, String)], updated: &Updated) -> Vec<File> {
    let differs = |file: &&(PathBuf, String)| !manifests.contains(file);
    let files = updated.files.iter().filter(differs).map(|(path, text)| File {
        path: path.to_string_lossy().replace('\\', "/"),
        text: text.clone(),
    });
    files.collect()
}

/// Keeps the variables that manifests name: those that were there may have names of their own for secrets.
pub(super) fn only_named(variables: &mut Vec<Variable>, updated: &Updated) {
    let is_named = |text: &str, name: &str| {
        let mut words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
        words.any(|word| word == name)
    };
    variables.retain(|variable| updated.files.iter().any(|(_, text)| is_named(text, &variable.name)));
}

/// What would change, as a patch.
pub(super) fn check(
    taken: &Taken,
    manifests: Vec<(PathBuf, String)>,
    format: Format,
    context: &Context,
) -> Result<Exit, Failure> {
    let before = |path: &Path| {
        manifests
            .iter()
            .find(|(known, _)| known == path)
            .map(|(_, text)| text.as_str())
    };
    let changes = taken.files.iter().map(|file| {
        let path = Path::new(&file.path);
        patch(path, before(path).unwrap_or_default(), &file.text)
    });
    let mut shown: String = changes.collect();
    let gone = taken.updated.iter().flat_map(|updated| &updated.emptied);
    shown.extend(gone.map(|path| patch(path, before(path).unwrap_or_default(), "")));
    if let Some(updated) = &taken.updated {
        tell(updated, context);
    }
    if format == Format::Json {
        let mut document = json::exported(&taken.export, &taken.files, &taken.connection.identity, taken.cost);
        document["patch"] = shown.clone().into();
        context.ui.json(&document)?;
    } else {
        if !shown.is_empty() {
            context.ui.data(&shown);
        }
        context.ui.message(&text::exported(&taken.export, taken.cost));
    }
    Ok(match (taken.exit(), shown.is_empty()) {
        (Exit::Done, false) => Exit::Changes,
        (exit, _) => exit,
    })
}

/// Says what is still written otherwise, and why.
pub(super) fn tell(updated: &Updated, context: &Context) {
    if updated.left.is_empty() {
        return;
    }
    let mut refused = Diagnostics::default();
    refused.extend(updated.refused.iter().cloned().map(|mut diagnostic| {
        diagnostic.severity = Severity::Warning;
        diagnostic
    }));
    let findings = Findings::new(refused, updated.sources.clone(), updated.secrets.clone());
    context.ui.findings(&findings);
    let mut lines = vec!["The manifests still say otherwise:".to_owned()];
    lines.extend(updated.left.iter().map(|each| {
        let layer = each.place.and_then(|place| updated.sources.layer(place));
        match layer {
            Some(layer) => format!("  {}: the layer for {layer} says it; change it by hand", each.address),
            None => format!("  {}: change it by hand", each.address),
        }
    }));
    context.ui.message(&lines.join("\n"));
}
