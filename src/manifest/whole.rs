//! Documents as a whole, with all that they inherit, for whoever compares them with something else.

use super::edit::Data;
use super::layers::Layers;
use super::registries::{Aimed, Target, aim};
use super::tree;
use crate::model::{Diagnostics, Sources};

/// A document that holds in a registry.
pub struct Whole {
    /// The file: its index in the sources.
    pub source: u32,
    /// Which of the file's documents it is: those that are not empty, counted from 0.
    pub document: usize,
    /// What is written in it.
    pub own: Data,
    /// What it says with its layers, and with what is different in this registry.
    pub inherited: Data,
}

/// The documents of all files that hold in a registry, layers among them. What is wrong in them is not said here.
pub fn whole(sources: &Sources, target: Target<'_>) -> Vec<Whole> {
    let mut layers = Layers::find(sources, target);
    let mut ignored = Diagnostics::default();
    let mut found = Vec::new();
    for source in 0..sources.len() as u32 {
        let Some(file) = sources.get(source) else { continue };
        let tree = tree::parse(source, &file.text, &mut ignored);
        for (document, root) in tree.documents.iter().enumerate() {
            let changed = match aim(&tree, *root, target, &mut ignored) {
                Aimed::Elsewhere => continue,
                Aimed::AsWritten => None,
                Aimed::Changed(changed) => Some(changed),
            };
            let (holder, held) = match &changed {
                Some(changed) => (changed, changed.documents[0]),
                None => (&tree, *root),
            };
            let merged = layers.applied_to(holder, holder.node(held), &mut ignored);
            let inherited = match &merged {
                Some(merged) => Data::read(merged, merged.documents[0]),
                None => Data::read(holder, held),
            };
            found.push(Whole {
                source,
                document,
                own: Data::read(&tree, *root),
                inherited,
            });
        }
    }
    found
}
