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

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
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
    let meant = &Meant::new(ground);
    let open = open::of(&files, meant).map_err(Problem::Before)?;
    let mut updated = Updated {
        files,
        ..Updated::default()
    };
    updated.refused = edits::pass(&mut updated, Some(&open), Step::Differences, meant)?;
    for step in [Step::Everything, Step::Export] {
        match open::of(&updated.files, meant) {
            Ok(now) if now.differences.is_empty() => {
                updated.refused = Diagnostics::default();
                break;
            }
            Ok(now) => {
                updated.refused = edits::pass(&mut updated, Some(&now), step, meant)?;
            }
            Err(_) => updated.refused = edits::pass(&mut updated, None, step, meant)?,
        }
    }
    say_what_is_not_exported(&mut updated, meant);
    let after = open::of(&updated.files, meant).map_err(Problem::After)?;
    updated.left = after.differences;
    updated.sources = after.sources;
    updated.secrets = after.secrets;
    Ok(updated)
}

/// Brings the comments up to date that name what is not exported.
fn say_what_is_not_exported(updated: &mut Updated, meant: &Meant<'_>) {
    let sources: Sources = updated.files.iter().cloned().collect();
    let known = known(&sources, meant);
    for (source, (_, text)) in updated.files.iter_mut().enumerate() {
        let first = known.iter().find(|each| each.whole.source as usize == source);
        if let Some(first) = first {
            *text = with_remarks(text, &meant.export.not_exported, namespace(&first.document));
        }
    }
}

/// The ground, with what is looked up for each object of a project.
struct Meant<'a> {
    ground: &'a Ground<'a>,
    /// What is live, as its document says it.
    exported: BTreeMap<&'a Document, &'a Written>,
    /// The organizations and accounts that were read whole.
    namespaces: BTreeSet<&'a str>,
    has_registry: bool,
}

impl<'a> Meant<'a> {
    fn new(ground: &'a Ground<'a>) -> Self {
        let exported = ground
            .export
            .documents
            .iter()
            .filter_map(|(described, written)| match described {
                Described::One(document) => Some((document, written)),
                Described::Layer(_) => None,
            });
        let gaps: BTreeSet<&str> = ground.export.gaps.iter().map(|(gap, _)| gap.namespace()).collect();
        let (of_registry, read): (Vec<&Collection>, Vec<&Collection>) = ground
            .interest
            .collections
            .iter()
            .partition(|each| registry::owns(each.kind));
        let read = read.into_iter().map(Collection::namespace);
        Meant {
            ground,
            exported: exported.collect(),
            namespaces: read.filter(|name| !gaps.contains(name)).collect(),
            has_registry: !of_registry.is_empty(),
        }
    }

    /// Whether all of what a document describes was read.
    fn holds(&self, document: &Document) -> bool {
        match document {
            Document::Registry => self.has_registry,
            _ => self.namespaces.contains(namespace(document)),
        }
    }

    /// What is live, as a document says it.
    fn exported(&self, document: &Document) -> Option<&'a Written> {
        self.exported.get(document).copied()
    }
}

impl<'a> Deref for Meant<'a> {
    type Target = Ground<'a>;

    fn deref(&self) -> &Ground<'a> {
        self.ground
    }
}

/// A document of a manifest.
struct Known {
    document: Document,
    whole: Whole,
}

/// The documents that there are, but for those of what was not read.
fn known(sources: &Sources, meant: &Meant<'_>) -> Vec<Known> {
    let all = whole(sources, meant.target).into_iter();
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
    known.retain(|each| meant.holds(&each.document));
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
    let nothing = || Data::Bare("null".to_owned());
    // References have taken the places of secrets.
    Data::of_written(written, &|| Some(nothing())).unwrap_or_else(nothing)
}
