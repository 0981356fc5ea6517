//! `registries:` on a document: in which of several registries it holds, and what is different there.

use super::layers::{Candidate, Merge, is_marked};
use super::suggest::{alternatives, closest};
use super::tree::{Content, MapEntry, NodeId, Tree};
use crate::model::{Diagnostic, Diagnostics, Place};

/// The registry that a project is read for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Target<'r> {
    /// Its name in `[registries.NAME]`; `None` for the unnamed one, where documents for named ones do not hold.
    pub name: Option<&'r str>,
    /// Every name that there is; `None` where they are not known.
    pub known: Option<&'r [String]>,
}

/// What a document is in one registry.
pub(super) enum Aimed<'t> {
    /// What it is in every other.
    AsWritten,
    /// Nothing.
    Elsewhere,
    /// Its own text with the differences; the only document of a tree.
    Changed(Tree<'t>),
}

const FIELD: &str = "registries";

/// Takes the document as it holds in the registry.
pub(super) fn aim<'t>(tree: &Tree<'t>, root: NodeId, target: Target<'_>, diagnostics: &mut Diagnostics) -> Aimed<'t> {
    let Content::Map(entries) = &tree.node(root).content else {
        return Aimed::AsWritten;
    };
    let Some(field) = entries.iter().find(|entry| entry.name == FIELD) else {
        return Aimed::AsWritten;
    };
    let Some(named) = named(tree, field, target, diagnostics) else {
        return Aimed::Elsewhere;
    };
    let Some((_, differences)) = named.into_iter().find(|(name, _)| Some(*name) == target.name) else {
        return Aimed::Elsewhere;
    };
    let is_lost = |entry: &&MapEntry<'_>| {
        let stays = matches!(entry.name.as_ref(), "kind" | "name" | "match");
        entry.name == FIELD || (!stays && is_marked(tree, differences))
    };
    let own = entries.iter().filter(|entry| !is_lost(entry)).collect();
    let maps = vec![
        (Candidate::difference(tree), differences.iter().collect()),
        (Candidate::document(tree), own),
    ];
    // Differences win over the document, so that nothing can contradict.
    let mut reported = Default::default();
    Aimed::Changed(Merge::new(diagnostics, &mut reported).document(tree.node(root).place, maps))
}

/// The registries that are named, each with what is different there; `None` after a report.
fn named<'n, 't>(
    tree: &'n Tree<'t>,
    field: &MapEntry<'t>,
    target: Target<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<(&'n str, &'n [MapEntry<'t>])>> {
    let node = tree.node(field.value);
    let mut named = Vec::new();
    match &node.content {
        Content::List(items) => {
            for item in items {
                let item = tree.node(*item);
                let Content::Scalar { text, .. } = &item.content else {
                    diagnostics.push(wrong(item.place));
                    return None;
                };
                diagnostics.extend(unknown(text, item.place, target));
                named.push((text.as_ref(), [].as_slice()));
            }
        }
        Content::Map(entries) => {
            for entry in entries {
                let Content::Map(differences) = &tree.node(entry.value).content else {
                    diagnostics.push(wrong(tree.node(entry.value).place));
                    return None;
                };
                diagnostics.extend(unknown(&entry.name, entry.place, target));
                diagnostics.extend(differences.iter().filter_map(fixed));
                named.push((entry.name.as_ref(), differences.as_slice()));
            }
        }
        Content::Broken => return None,
        Content::Scalar { .. } => {
            diagnostics.push(wrong(node.place));
            return None;
        }
    }
    Some(named)
}

fn wrong(place: Place) -> Diagnostic {
    Diagnostic::error(
        "wrong-type",
        "`registries` must be a list of names, or a map of names to differences",
        place,
    )
    .help("write `registries: [production]`, or `registries: {staging: {visibility: public}, production: {}}`")
}

fn unknown(name: &str, place: Place, target: Target<'_>) -> Option<Diagnostic> {
    let known = target.known?;
    if known.iter().any(|each| each == name) {
        return None;
    }
    let help = match closest(name, known.iter().map(String::as_str)) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None if known.is_empty() => format!("add [registries.{name}] to quayform.toml"),
        None => format!(
            "write {}, or add [registries.{name}] to quayform.toml",
            alternatives(known.iter().map(String::as_str))
        ),
    };
    Some(Diagnostic::error("unknown-registry", format!("no registry is named `{name}`"), place).help(help))
}

/// What a document is about is the same everywhere.
fn fixed(entry: &MapEntry<'_>) -> Option<Diagnostic> {
    let is_fixed = matches!(entry.name.as_ref(), "kind" | "name" | "match" | FIELD);
    is_fixed.then(|| {
        Diagnostic::error(
            "unknown-field",
            format!("`{}` cannot differ by registry", entry.name),
            entry.place,
        )
        .help("write two documents, each with its own `registries`")
    })
}
