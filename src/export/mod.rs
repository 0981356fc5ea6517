//! From a live registry to manifests: what the kinds say of their objects, put together to documents and files.
//!
//! Pure: reading is [`read::explore`](crate::read::explore()), writing files is the command's.

mod collect;
mod factor;
mod files;
mod layout;
mod order;
mod sections;
mod tree;
pub mod update;
mod variables;

use crate::kinds::Kind;
use crate::model::{Address, Collection, Document, Gap, Interest, World, Written};

pub use factor::factor;
pub use files::{File, Split, files};
pub(crate) use order::in_order;
pub use sections::{Section, kinds_of};
pub use variables::Variable;
pub(crate) use variables::in_capitals;

/// A registry, or a part of it, as manifests.
#[derive(Debug, Clone, Default)]
pub struct Export {
    /// The documents with what they hold, in their order; layers have no document of their own.
    pub documents: Vec<(Described, Written)>,
    /// What is not written, or needs more elsewhere, in the order of addresses.
    pub not_exported: Vec<NotExported>,
    /// The variables that the manifests name.
    pub variables: Vec<Variable>,
    /// What could not be read; nothing is exported of its namespace.
    pub gaps: Vec<(Collection, Gap)>,
}

/// What a document describes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Described {
    /// One thing of the registry.
    One(Document),
    /// What the repositories of a namespace inherit.
    Layer(String),
}

impl Described {
    /// The namespace in whose files it stands; nothing for the registry as a whole.
    pub fn namespace(&self) -> &str {
        match self {
            Described::One(document) => document.name().split('/').next().unwrap_or_default(),
            Described::Layer(namespace) => namespace,
        }
    }
}

/// Something that the manifests do not say.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct NotExported {
    /// What it is about.
    pub address: Address,
    /// The part of it; all of it where there is none.
    pub field: Option<&'static str>,
    /// Why.
    pub reason: String,
    /// Whether it is written all the same, and only another registry needs more for it.
    pub is_written: bool,
}

/// Puts together what was read for this interest, as far as it is of these kinds.
pub fn export(interest: &Interest, world: &World, kinds: &[&'static dyn Kind]) -> Export {
    let gaps = world
        .gaps
        .iter()
        .filter(|(collection, _)| interest.collections.contains(*collection));
    let gaps: Vec<(Collection, Gap)> = gaps
        .map(|(collection, gap)| (collection.clone(), gap.clone()))
        .collect();
    let is_whole = |namespace: &str| !gaps.iter().any(|(collection, _)| collection.namespace() == namespace);
    let collected = collect::collect(interest, world, kinds, is_whole);
    let mut documents = collected.documents;
    documents.values_mut().for_each(order::in_order);
    let variables = variables::take_out(&mut documents);
    let documents = documents
        .into_iter()
        .map(|(document, written)| (Described::One(document), written));
    Export {
        documents: documents.collect(),
        not_exported: collected.not_exported,
        variables,
        gaps,
    }
}
