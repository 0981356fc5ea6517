//! Each name once, and what `<<` brings.

use std::borrow::Cow;
use std::collections::HashMap;

use super::{Content, MapEntry, NodeId, Tree};
use crate::model::{Diagnostic, Diagnostics, Place};

/// Maps of at most so many names are searched, larger ones indexed.
const FEW: usize = 12;

/// The entries with each name once: those written in the map itself win, then those of earlier merges.
pub(super) fn entries<'t>(
    written: Vec<MapEntry<'t>>,
    merge: Option<(Place, Vec<NodeId>)>,
    tree: &Tree<'t>,
    diagnostics: &mut Diagnostics,
) -> Vec<MapEntry<'t>> {
    let mut unique = Unique::new(written.len());
    for entry in written {
        if let Some((first, again)) = unique.add(entry) {
            diagnostics.push(duplicate_name(&again.name, again.place, first));
        }
    }
    for source in merge.into_iter().flat_map(|(_, sources)| sources) {
        if let Content::Map(more) = &tree.node(source).content {
            for entry in more {
                unique.add(entry.clone());
            }
        }
    }
    unique.entries
}

/// Says that a name is written twice in one map.
pub(super) fn duplicate_name(name: &str, place: Place, first: Place) -> Diagnostic {
    Diagnostic::error("duplicate-key", format!("`{name}` is written twice"), place)
        .remark("written again here")
        .also(first, "first written here")
        .help("keep one of the two")
}

/// Entries with different names.
struct Unique<'t> {
    entries: Vec<MapEntry<'t>>,
    /// Where each name stands in `entries`, once there are many.
    index: HashMap<Cow<'t, str>, usize>,
}

impl<'t> Unique<'t> {
    fn new(size: usize) -> Self {
        Unique {
            entries: Vec::with_capacity(size),
            index: HashMap::new(),
        }
    }

    /// Adds the entry, or hands it back with the place of the other one of its name.
    fn add(&mut self, entry: MapEntry<'t>) -> Option<(Place, MapEntry<'t>)> {
        if self.entries.len() == FEW && self.index.is_empty() {
            self.index = self
                .entries
                .iter()
                .enumerate()
                .map(|(at, entry)| (entry.name.clone(), at))
                .collect();
        }
        let known = if self.entries.len() < FEW {
            self.entries.iter().position(|other| other.name == entry.name)
        } else {
            self.index.get(&entry.name).copied()
        };
        if let Some(at) = known {
            return Some((self.entries[at].place, entry));
        }
        if self.entries.len() >= FEW {
            self.index.insert(entry.name.clone(), self.entries.len());
        }
        self.entries.push(entry);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    fn names(text: &str) -> (Vec<String>, usize) {
        let mut diagnostics = Diagnostics::default();
        let tree = parse(0, text, &mut diagnostics);
        let Content::Map(entries) = &tree.node(tree.documents[0]).content else {
            panic!("{text}")
        };
        (
            entries.iter().map(|entry| entry.name.to_string()).collect(),
            diagnostics.len(),
        )
    }

    #[test]
    fn large_and_small_maps_know_their_names() {
        for size in [1, FEW - 1, FEW, FEW + 1, 3 * FEW] {
            let unique: String = (0..size).map(|name| format!("k{name}: v\n")).collect();
            assert_eq!(names(&unique).0.len(), size);
            let (found, problems) = names(&format!("{unique}{unique}"));
            assert_eq!((found.len(), problems), (size, size));
        }
    }

    #[test]
    fn a_quoted_merge_key_is_a_name() {
        assert_eq!(
            names("\"<<\": {a: b}\nc: d\n"),
            (vec!["<<".to_owned(), "c".to_owned()], 0)
        );
        assert_eq!(names("<<: {a: b}\nc: d\n"), (vec!["c".to_owned(), "a".to_owned()], 0));
    }
}
