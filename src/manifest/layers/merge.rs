//! Several maps to one: by key, and everything else as a whole.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use super::is_marked;
use crate::manifest::tree::{Content, MapEntry, NodeId, Tree};
use crate::model::{Diagnostic, Diagnostics, Place};

/// A value that may win.
#[derive(Clone, Copy)]
pub(in crate::manifest) struct Candidate<'m, 't> {
    tree: &'m Tree<'t>,
    node: NodeId,
    /// The higher wins; the document itself has the highest.
    rank: usize,
    /// Whether nobody above may say otherwise.
    enforced: bool,
}

impl<'m, 't> Candidate<'m, 't> {
    /// What the document says of one registry.
    pub(in crate::manifest) fn difference(tree: &'m Tree<'t>) -> Self {
        Candidate::layer(tree, usize::MAX, false)
    }

    /// What the document itself says.
    pub(in crate::manifest) fn document(tree: &'m Tree<'t>) -> Self {
        Candidate::layer(tree, usize::MAX - 1, false)
    }

    /// What holds where nobody says otherwise.
    pub(super) fn fallback(tree: &'m Tree<'t>) -> Self {
        Candidate::layer(tree, 0, false)
    }

    pub(super) fn layer(tree: &'m Tree<'t>, rank: usize, enforced: bool) -> Self {
        Candidate {
            tree,
            node: 0,
            rank,
            enforced,
        }
    }

    fn place(&self) -> Place {
        self.tree.node(self.node).place
    }

    /// The entries, where it is a map that can be merged.
    fn entries(&self) -> Option<&'m [MapEntry<'t>]> {
        match &self.tree.node(self.node).content {
            Content::Map(entries) if !is_marked(self.tree, entries) => Some(entries),
            _ => None,
        }
    }

    fn items(&self) -> Option<Vec<Self>> {
        let Content::List(items) = &self.tree.node(self.node).content else {
            return None;
        };
        Some(items.iter().map(|item| Candidate { node: *item, ..*self }).collect())
    }

    /// Whether both say the same, wherever they stand.
    fn is_alike(&self, other: &Self) -> bool {
        match (&self.tree.node(self.node).content, &other.tree.node(other.node).content) {
            (Content::Scalar { text: one, .. }, Content::Scalar { text: two, .. }) => one == two,
            (Content::List(_), Content::List(_)) => {
                let (one, two) = (self.items().unwrap_or_default(), other.items().unwrap_or_default());
                one.len() == two.len() && one.iter().zip(&two).all(|(one, two)| one.is_alike(two))
            }
            (Content::Map(one), Content::Map(two)) => {
                let twin =
                    |entry: &MapEntry<'_>| two.iter().find(|twin| twin.name == entry.name).map(|twin| twin.value);
                let is_alike = |entry: &MapEntry<'t>| {
                    let mine = Candidate {
                        node: entry.value,
                        ..*self
                    };
                    twin(entry).is_some_and(|node| mine.is_alike(&Candidate { node, ..*other }))
                };
                one.len() == two.len() && one.iter().all(is_alike)
            }
            // What is broken was reported.
            (Content::Broken, _) | (_, Content::Broken) => true,
            _ => false,
        }
    }

    /// Whether it is a list with all that the other one holds: more is no less.
    fn covers(&self, other: &Self) -> bool {
        match (self.items(), other.items()) {
            (Some(mine), Some(theirs)) => theirs.iter().all(|item| mine.iter().any(|own| own.is_alike(item))),
            _ => false,
        }
    }
}

/// One merge: the tree that comes of it, and what contradicts.
pub(in crate::manifest) struct Merge<'m, 't> {
    tree: Tree<'t>,
    /// What was copied already, by tree and node: an alias may be named a thousand times.
    copies: HashMap<(usize, NodeId), NodeId>,
    diagnostics: &'m mut Diagnostics,
    reported: &'m mut HashSet<(Place, Place)>,
}

impl<'m, 't> Merge<'m, 't> {
    pub(in crate::manifest) fn new(
        diagnostics: &'m mut Diagnostics,
        reported: &'m mut HashSet<(Place, Place)>,
    ) -> Self {
        Merge {
            tree: Tree::default(),
            copies: HashMap::new(),
            diagnostics,
            reported,
        }
    }

    /// Merges maps, of which the first wins, to the only document of a tree.
    pub(in crate::manifest) fn document(
        mut self,
        place: Place,
        maps: Vec<(Candidate<'_, 't>, Vec<&MapEntry<'t>>)>,
    ) -> Tree<'t> {
        let entries = self.entries(maps);
        let root = self.tree.push(place, Content::Map(entries));
        self.tree.documents.push(root);
        self.tree
    }

    fn entries(&mut self, maps: Vec<(Candidate<'_, 't>, Vec<&MapEntry<'t>>)>) -> Vec<MapEntry<'t>> {
        let mut fields: IndexMap<_, (Place, Vec<Candidate<'_, 't>>)> = IndexMap::new();
        for (candidate, entries) in maps {
            for entry in entries {
                let (_, values) = fields
                    .entry(entry.name.clone())
                    .or_insert_with(|| (entry.place, Vec::new()));
                values.push(Candidate {
                    node: entry.value,
                    ..candidate
                });
            }
        }
        let mut merged = Vec::with_capacity(fields.len());
        for (name, (place, values)) in fields {
            let value = self.value(&name, &values);
            merged.push(MapEntry { name, place, value });
        }
        merged
    }

    /// Maps merge; of everything else the first is taken whole.
    fn value(&mut self, field: &str, candidates: &[Candidate<'_, 't>]) -> NodeId {
        let first = candidates[0];
        if first.entries().is_some() {
            let mut maps = Vec::new();
            for candidate in candidates {
                match candidate.entries() {
                    Some(entries) => maps.push((*candidate, entries.iter().collect())),
                    None => self.contradicts(field, first, *candidate),
                }
            }
            let entries = self.entries(maps);
            return self.tree.push(first.place(), Content::Map(entries));
        }
        for other in candidates.iter().skip(1).filter(|other| !first.is_alike(other)) {
            self.contradicts(field, first, *other);
        }
        self.copy(first)
    }

    /// Reports it where neither of two values may win over the other.
    fn contradicts(&mut self, field: &str, first: Candidate<'_, 't>, other: Candidate<'_, 't>) {
        let is_tie = first.rank == other.rank;
        let is_weakened = other.enforced && !first.covers(&other);
        if !(is_tie || is_weakened) || !self.reported.insert((first.place(), other.place())) {
            return;
        }
        let diagnostic = if is_tie {
            let message = format!("two layers that match equally well set `{field}` differently");
            Diagnostic::error("layer-tie", message, first.place())
                .remark("one of them")
                .also(other.place(), "the other one")
                .help("make one `match` longer than the other, or write the field in the repository's document")
        } else {
            let message = format!("`{field}` is enforced by a layer, and set differently here");
            Diagnostic::error("enforced", message, first.place())
                .remark("set differently here")
                .also(other.place(), "enforced here")
                .help("delete it here, or have the layer changed by those who own it")
        };
        self.diagnostics.push(diagnostic);
    }

    fn copy(&mut self, value: Candidate<'_, 't>) -> NodeId {
        let key = (std::ptr::from_ref(value.tree).addr(), value.node);
        if let Some(copied) = self.copies.get(&key) {
            return *copied;
        }
        let inner = |node: NodeId| Candidate { node, ..value };
        let content = match &value.tree.node(value.node).content {
            Content::Scalar { text, plain } => Content::Scalar {
                text: text.clone(),
                plain: *plain,
            },
            Content::List(items) => Content::List(items.iter().map(|item| self.copy(inner(*item))).collect()),
            Content::Map(entries) => Content::Map(
                entries
                    .iter()
                    .map(|entry| MapEntry {
                        value: self.copy(inner(entry.value)),
                        ..entry.clone()
                    })
                    .collect(),
            ),
            Content::Broken => Content::Broken,
        };
        let copied = self.tree.push(value.place(), content);
        self.copies.insert(key, copied);
        copied
    }
}

/// The text of a field, and where it stands.
pub(super) fn spot<'n>(tree: &'n Tree<'_>, entries: &[MapEntry<'_>], name: &str) -> Option<(&'n str, Place)> {
    let entry = entries.iter().find(|entry| entry.name == name)?;
    let node = tree.node(entry.value);
    match &node.content {
        Content::Scalar { text, .. } => Some((text.as_ref(), node.place)),
        _ => None,
    }
}
