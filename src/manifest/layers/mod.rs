//! `kind: RepositoryDefaults`: what repositories inherit.
//!
//! Layers are merged into the documents before these are read, node by node, so that every field of a repository is
//! inherited alike and keeps the place at which it was written. The document itself wins, then the longest match.

mod merge;

use std::collections::{BTreeSet, HashSet};

use super::registries::{Aimed, Target, aim};
use super::tree::{self, Content, MapEntry, Node, NodeId, Tree};
use crate::model::address::matches_glob;
use crate::model::{Diagnostic, Diagnostics, Place, Sources};
use merge::spot;
pub(super) use merge::{Candidate, Merge};

/// What is said of the layer itself.
const OWN: [&str; 4] = ["kind", "match", "applies_to", "enforced"];

/// The layers of a project.
#[derive(Default)]
pub(super) struct Layers<'t> {
    trees: Vec<Tree<'t>>,
    layers: Vec<Layer>,
    /// Contradictions that were reported: the same two places may concern many repositories.
    reported: HashSet<(Place, Place)>,
    used: BTreeSet<usize>,
}

/// One document.
struct Layer {
    /// Its tree's index.
    tree: usize,
    root: NodeId,
    pattern: String,
    place: Place,
    reaches_all: bool,
    enforced: bool,
}

impl Layer {
    /// How long the match is: its characters that stand for themselves.
    fn rank(&self) -> usize {
        self.pattern.chars().filter(|letter| *letter != '*').count()
    }
}

impl<'t> Layers<'t> {
    /// Finds the layers in all files, and notes in which stretch of which file each stands. What is wrong in them is
    /// reported where all documents are read.
    pub(super) fn find(sources: &'t Sources, target: Target<'_>) -> Self {
        let mut layers = Layers::default();
        let mut changes = Vec::new();
        for index in 0..sources.len() as u32 {
            let Some(source) = sources
                .get(index)
                .filter(|source| source.text.contains("RepositoryDefaults"))
            else {
                continue;
            };
            let mut ignored = Diagnostics::default();
            let tree = tree::parse(index, &source.text, &mut ignored);
            let roots = tree.documents.iter();
            for (root, aimed) in roots.map(|root| (*root, aim(&tree, *root, target, &mut ignored))) {
                match aimed {
                    Aimed::Elsewhere => {}
                    Aimed::AsWritten => layers.layers.extend(layer(&tree, root, layers.trees.len())),
                    Aimed::Changed(changed) => changes.push(changed),
                }
            }
            layers.trees.push(tree);
        }
        for changed in changes {
            layers
                .layers
                .extend(layer(&changed, changed.documents[0], layers.trees.len()));
            layers.trees.push(changed);
        }
        layers
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.layers.is_empty()
    }

    /// Where each of them stands, and what it matches.
    pub(super) fn spans(&self) -> Vec<(Place, String)> {
        let span = |layer: &Layer| {
            let tree = &self.trees[layer.tree];
            (tree.extent(layer.root), layer.pattern.clone())
        };
        self.layers.iter().map(span).collect()
    }

    /// The patterns of those that also reach repositories which nobody declares.
    pub(super) fn reaching(&self) -> Vec<String> {
        let reaching = self.layers.iter().filter(|layer| layer.reaches_all);
        reaching.map(|layer| layer.pattern.clone()).collect()
    }

    /// A repository's document with all that it inherits, or `None` for what inherits nothing.
    pub(super) fn applied_to(
        &mut self,
        tree: &Tree<'t>,
        document: &Node<'t>,
        diagnostics: &mut Diagnostics,
    ) -> Option<Tree<'t>> {
        let Content::Map(entries) = &document.content else {
            return None;
        };
        let is_repository = || spot(tree, entries, "kind").is_some_and(|(kind, _)| kind == "Repository");
        if self.is_empty() || !is_repository() || is_marked(tree, entries) {
            return None;
        }
        let (name, _) = spot(tree, entries, "name")?;
        let matching = self.matching(name, |_| true);
        if matching.is_empty() {
            return None;
        }
        self.used.extend(&matching);
        let mut maps = vec![(Candidate::document(tree), entries.iter().collect())];
        maps.extend(
            matching
                .iter()
                .map(|index| inherited(&self.trees, &self.layers[*index])),
        );
        Some(Merge::new(diagnostics, &mut self.reported).document(document.place, maps))
    }

    /// The document of a live repository that nobody declares: what reaches it, additive unless that says otherwise.
    /// `manage` has the names of all lists that can be owned.
    pub(super) fn reached(
        &mut self,
        name: &str,
        manage: &[&'static str],
        diagnostics: &mut Diagnostics,
    ) -> Option<Tree<'t>> {
        let matching = self.matching(name, |layer| layer.reaches_all);
        let place = self.layers[*matching.first()?].place;
        let mut own = Tree::default();
        let [kind, name, additive] = ["Repository", name, "additive"].map(|text| own.scalar(place, text.to_owned()));
        let field = |field: &'static str, value| MapEntry {
            name: field.into(),
            place,
            value,
        };
        let lists = manage.iter().map(|list| field(list, additive)).collect();
        let lists = own.push(place, Content::Map(lists));
        let (own_fields, fallback) = ([field("kind", kind), field("name", name)], [field("manage", lists)]);
        let mut maps = vec![(Candidate::document(&own), own_fields.iter().collect())];
        maps.extend(
            matching
                .iter()
                .map(|index| inherited(&self.trees, &self.layers[*index])),
        );
        maps.push((Candidate::fallback(&own), fallback.iter().collect()));
        Some(Merge::new(diagnostics, &mut self.reported).document(place, maps))
    }

    /// Says which layers match nothing that is declared.
    pub(super) fn report_unused(&self, diagnostics: &mut Diagnostics) {
        let layers = self.layers.iter().enumerate();
        for (_, layer) in layers.filter(|(index, layer)| !self.used.contains(index) && !layer.reaches_all) {
            let message = format!("no repository that is declared matches `{}`", layer.pattern);
            diagnostics.push(
                Diagnostic::warning("unused-layer", message, layer.place)
                    .help("correct `match`, or write `applies_to: all` if live repositories are meant"),
            );
        }
    }

    /// The layers that match, the longest match first.
    fn matching(&self, name: &str, fits: impl Fn(&Layer) -> bool) -> Vec<usize> {
        let layers = self.layers.iter().enumerate();
        let matching = layers.filter(|(_, layer)| fits(layer) && matches_glob(&layer.pattern, name));
        let mut matching: Vec<usize> = matching.map(|(index, _)| index).collect();
        matching.sort_by_key(|index| std::cmp::Reverse(self.layers[*index].rank()));
        matching
    }
}

/// What a layer has to say of repositories.
fn inherited<'m, 't>(trees: &'m [Tree<'t>], layer: &Layer) -> (Candidate<'m, 't>, Vec<&'m MapEntry<'t>>) {
    let tree = &trees[layer.tree];
    let entries = match &tree.node(layer.root).content {
        Content::Map(entries) => entries.as_slice(),
        _ => &[],
    };
    let is_inherited = |entry: &&MapEntry<'_>| {
        !OWN.contains(&entry.name.as_ref()) && !entry.name.starts_with("x-") && entry.name != "name"
    };
    let candidate = Candidate::layer(tree, layer.rank(), layer.enforced);
    (candidate, entries.iter().filter(is_inherited).collect())
}

fn layer(tree: &Tree<'_>, root: NodeId, index: usize) -> Option<Layer> {
    let Content::Map(entries) = &tree.node(root).content else {
        return None;
    };
    let text = |name: &str| spot(tree, entries, name);
    text("kind").filter(|(kind, _)| *kind == "RepositoryDefaults")?;
    let (pattern, place) = text("match")?;
    Some(Layer {
        tree: index,
        root,
        pattern: pattern.to_owned(),
        place,
        reaches_all: text("applies_to").is_some_and(|(word, _)| word == "all"),
        enforced: text("enforced").is_some_and(|(word, _)| word.eq_ignore_ascii_case("true")),
    })
}

/// Whether a map says that its object goes, or is managed elsewhere: that stands alone.
pub(super) fn is_marked(tree: &Tree<'_>, entries: &[MapEntry<'_>]) -> bool {
    let is_true = |name| spot(tree, entries, name).is_some_and(|(word, _)| word.eq_ignore_ascii_case("true"));
    is_true("absent") || is_true("external")
}
