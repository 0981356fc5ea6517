//! Where a document goes that no manifest has yet: where those like it stand.

use std::path::{Path, PathBuf};

use super::{Known, Meant, namespace};
use crate::export::files::path;
use crate::export::{Described, Split};
use crate::model::{Document, Sources};

/// A place for a document.
pub(super) enum Site {
    /// In a file that is there, after one of its documents.
    After(u32, usize),
    /// In a file of its own, or with others that are new.
    New,
}

/// The place for a document among those that are known.
pub(super) fn of(document: &Document, known: &[Known], sources: &Sources, meant: &Meant<'_>) -> Site {
    let described = Described::One(document.clone());
    let file = |known: &Known| sources.get(known.whole.source).map(|file| file.path.clone());
    let ours = known
        .iter()
        .filter(|each| namespace(&each.document) == namespace(document));
    // The one that comes before it by name: its organization, or the next repository.
    let mut ours: Vec<&Known> = ours.collect();
    ours.sort_by(|one, other| one.document.cmp(&other.document));
    let before = ours.iter().rev().find(|each| each.document < *document);
    let Some(neighbour) = before.or(ours.first()) else {
        let path = PathBuf::from(path(&described, meant.split));
        return last_in(&path, known, sources).map_or(Site::New, |(source, document)| Site::After(source, document));
    };
    let is_split =
        file(neighbour).is_some_and(|file| file == Path::new(&path(&described_by(neighbour), Split::ByGroup)));
    let own = PathBuf::from(path(&described, Split::ByGroup));
    match last_in(&own, known, sources) {
        Some((source, document)) if is_split && file(neighbour) != Some(own.clone()) => Site::After(source, document),
        None if is_split && file(neighbour) != Some(own) => Site::New,
        _ => Site::After(neighbour.whole.source, neighbour.whole.document),
    }
}

fn described_by(known: &Known) -> Described {
    Described::One(known.document.clone())
}

/// The last document of a file.
fn last_in(path: &Path, known: &[Known], sources: &Sources) -> Option<(u32, usize)> {
    let is_there = |each: &&Known| sources.get(each.whole.source).is_some_and(|file| file.path == path);
    let last = known.iter().filter(is_there).max_by_key(|each| each.whole.document)?;
    Some((last.whole.source, last.whole.document))
}
