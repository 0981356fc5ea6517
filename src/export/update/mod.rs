//! Export onto manifests that are there: they come to say what is live, in their own order and words.
//!
//! Only documents are touched of which a plan would change something, or which lack something that is live. They are
//! changed step by step, from the gentlest way to the strictest, until nothing is left to plan. What an edit cannot say,
//! since an anchor or a layer says it, is told.

mod blend;
mod edits;
mod open;
mod registries;
mod site;
mod thin;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use super::files::with_remarks;
use super::{Described, Export, Section, Split};
use crate::kinds::{Kind, registry};
use crate::manifest::edit::Data;
use crate::manifest::{Loaded, Target, Whole, whole};
use crate::model::{Address, Collection, Diagnostics, Document, Interest, Place, Sources, World, Written};

pub use open::Difference;

/// What manifests are brought up to.
pub struct Ground<'a> {
    /// The registry among several.
    pub target: Target<'a>,
    /// The registry as it was read.
    pub live: &'a World,
    /// What was read of it.
    pub interest: &'a Interest,
    /// The kinds that are exported.
    pub kinds: &'a [&'static dyn Kind],
    /// The sections that are exported.
    pub sections: &'a [&'static Section],
    /// The export as it would be without any manifest.
    pub export: &'a Export,
    /// The export for organizations of which nothing is written yet.
    pub fresh: &'a Export,
    /// How documents are distributed among new files.
    pub split: Split,
    /// The path of the schema below the project's root.
    pub schema: Option<&'a str>,
}

/// What came of manifests.
#[derive(Debug, Default)]
pub struct Updated {
    /// Every manifest as it is to be, those that stay as they are among them.
    pub files: Vec<(PathBuf, String)>,
    /// Files of which nothing is left.
    pub emptied: Vec<PathBuf>,
    /// Documents that were added.
    pub added: Vec<Document>,
    /// Documents that were taken out, since what they describe is not there any more.
    pub removed: Vec<Document>,
    /// What the manifests still say otherwise.
    pub left: Vec<Difference>,
    /// Why edits were refused.
    pub refused: Diagnostics,
    /// The files as they are to be, for the places of what is left and refused.
    pub sources: Arc<Sources>,
    /// Where in them secrets are written out; nothing there may be shown.
    pub secrets: Vec<Place>,
}

/// Why manifests are not brought up to date.
#[derive(Debug)]
pub enum Problem {
    /// They are wrong as they are.
    Before(Box<Loaded>),
    /// They would be wrong.
    After(Box<Loaded>),
    /// New ones cannot be written.
    Unwritable(String),
}

/// How far a document may be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    /// What differs, and nothing beside it.
    Differences,
    /// All that the export does not say goes.
    Everything,
    /// What the export says, as it says it.
    Export,
}

/// Brings manifests up to what is live.
///
/// # Errors
///
/// The manifests are wrong, or would be.
pub fn update(files: Vec<(PathBuf, String)>, ground: &Ground<'_>) -> Result<Updated, Problem> {
    let open = open::of(&files, ground).map_err(Problem::Before)?;
    let mut updated = Updated {
        files,
        ..Updated::default()
    };
    updated.refused = edits::pass(&mut updated, Some(&open), Step::Differences, ground)?;
    for step in [Step::Everything, Step::Export] {
        match open::of(&updated.files, ground) {
            Ok(now) if now.differences.is_empty() => {
                updated.refused = Diagnostics::default();
                break;
            }
            Ok(now) => {
                updated.refused = edits::pass(&mut updated, Some(&now), step, ground)?;
            }
            Err(_) => updated.refused = edits::pass(&mut updated, None, step, ground)?,
        }
    }
    say_what_is_not_exported(&mut updated, ground);
    let after = open::of(&updated.files, ground).map_err(Problem::After)?;
    updated.left = after.differences;
    updated.sources = after.sources;
    updated.secrets = after.secrets;
    Ok(updated)
}

/// Brings the comments up to date that name what is not exported.
fn say_what_is_not_exported(updated: &mut Updated, ground: &Ground<'_>) {
    let mut sources = Sources::default();
    for (path, text) in &updated.files {
        sources.add(path.clone(), text.clone());
    }
    let known = known(&sources, ground);
    for (source, (_, text)) in updated.files.iter_mut().enumerate() {
        let first = known.iter().find(|each| each.whole.source as usize == source);
        if let Some(first) = first {
            *text = with_remarks(text, &ground.export.not_exported, namespace(&first.document));
        }
    }
}

impl Ground<'_> {
    /// Whether all of what a document describes was read.
    fn is_meant(&self, document: &Document) -> bool {
        match document {
            Document::Registry => self.interest.collections.iter().any(|each| registry::owns(each.kind)),
            _ => self.namespaces().contains(namespace(document)),
        }
    }

    /// The organizations and accounts that were read whole.
    fn namespaces(&self) -> BTreeSet<&str> {
        let owned = |each: &&Collection| !registry::owns(each.kind);
        let read = self
            .interest
            .collections
            .iter()
            .filter(owned)
            .map(Collection::namespace);
        let is_gap = |name: &str| self.export.gaps.iter().any(|(gap, _)| gap.namespace() == name);
        read.filter(|name| !is_gap(name)).collect()
    }

    /// What is live, as a document says it.
    fn exported(&self, document: &Document) -> Option<&Written> {
        let described = Described::One(document.clone());
        let found = self.export.documents.iter().find(|(each, _)| *each == described);
        found.map(|(_, written)| written)
    }
}

/// A document of a manifest.
struct Known {
    document: Document,
    whole: Whole,
}

/// The documents that there are, but for those of what was not read.
fn known(sources: &Sources, ground: &Ground<'_>) -> Vec<Known> {
    let all = whole(sources, ground.target).into_iter();
    let known = all.filter_map(|whole| {
        let text = |key: &str| match whole.own.get(&[crate::manifest::edit::Step::Key(key.to_owned())]) {
            Some(Data::Text(text) | Data::Bare(text)) => Some(text.clone()),
            _ => None,
        };
        let document = match text("kind")?.as_str() {
            "Registry" => Document::Registry,
            "Organization" => Document::Organization(text("name")?),
            "Account" => Document::Account(text("name")?),
            "Repository" => Document::Repository(text("name")?),
            _ => return None,
        };
        Some(Known { document, whole })
    });
    let mut known: Vec<Known> = known.collect();
    let namespaces = ground.namespaces();
    let has_registry = ground.is_meant(&Document::Registry);
    known.retain(|each| match each.document {
        Document::Registry => has_registry,
        _ => namespaces.contains(namespace(&each.document)),
    });
    known
}

/// The organization or account that a document belongs to; nothing for the registry as a whole.
fn namespace(document: &Document) -> &str {
    document.name().split('/').next().unwrap_or_default()
}

/// The document in which an object is described.
fn document_of(address: &Address, live: &World) -> Document {
    if registry::owns(address.kind) {
        return Document::Registry;
    }
    let repository = crate::kinds::find(address.kind).and_then(|kind| kind.repository(&address.identity));
    match repository {
        Some(name) => Document::Repository(name.to_owned()),
        None => Document::of_namespace(address.namespace(), live),
    }
}

/// What is written, as the editor takes it.
fn data(written: &Written) -> Data {
    match written {
        Written::Text(text) => Data::text(text.clone()),
        Written::Number(number) => Data::Bare(number.to_string()),
        Written::Switch(switch) => Data::Bare(switch.to_string()),
        Written::List(items) => Data::List(items.iter().map(data).collect()),
        Written::Map(entries) => Data::Map(entries.iter().map(|(key, value)| (key.clone(), data(value))).collect()),
        // References have taken their places.
        Written::Secret { .. } => Data::Bare("null".to_owned()),
    }
}
