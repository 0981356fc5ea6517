//! What manifests say otherwise than the registry.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use super::{Ground, document_of};
use crate::kinds::{repository, wishes};
use crate::manifest::Loaded;
use crate::model::{Address, Desired, Document, Place, Sources};
use crate::plan::{Options, plan};

/// An object of which the manifests say something else than what is live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The object.
    pub address: Address,
    /// Where it is declared, or the list that it should stand in.
    pub place: Option<Place>,
    /// The fields that differ; none where it is there or not as a whole.
    pub fields: Vec<&'static str>,
    /// What it is written in, or should be.
    pub document: Document,
    /// Whether it is declared, and not there.
    pub is_missing: bool,
}

/// The differences, and what is declared at all.
pub(super) struct Open {
    pub(super) differences: Vec<Difference>,
    pub(super) desired: Desired,
    pub(super) sources: Arc<Sources>,
    /// Where secrets are written out.
    pub(super) secrets: Vec<Place>,
    declared: BTreeSet<Address>,
}

impl Open {
    /// Whether a layer or a document declares the object.
    pub(super) fn declares(&self, address: &Address) -> bool {
        self.declared.contains(address)
    }
}

/// Reads manifests and plans them against what is live.
pub(super) fn of(files: &[(PathBuf, String)], ground: &Ground<'_>) -> Result<Open, Box<Loaded>> {
    let loaded = wishes::loaded_for(files.to_vec(), ground.target, ground.live);
    let Some(project) = &loaded.project else {
        return Err(Box::new(loaded));
    };
    let mut desired = wishes::desired(project, &wishes::Secrets::new());
    let is_chosen = |kind: &str| ground.kinds.iter().any(|each| each.name() == kind);
    let is_meant = |address: &Address| is_chosen(address.kind) && ground.is_meant(&document_of(address, ground.live));
    desired.objects.retain(|declared| is_meant(&declared.address));
    desired.owned.retain(|collection, _| {
        let address = Address::new(collection.kind, collection.prefix.as_str());
        is_meant(&address)
    });
    let plan = plan(&desired, ground.live, &Options::default());
    let declared: BTreeSet<Address> = desired.objects.iter().map(|each| each.address.clone()).collect();
    let changes = plan.changes.iter().map(|change| Difference {
        address: change.address.clone(),
        place: change.origin.map(|origin| origin.place),
        fields: match ground.live.get(&change.address) {
            Some(_) => change.fields.iter().map(|field| field.name).collect(),
            None => Vec::new(),
        },
        document: document_of(&change.address, ground.live),
        is_missing: declared.contains(&change.address) && ground.live.get(&change.address).is_none(),
    });
    Ok(Open {
        differences: changes.collect(),
        desired,
        sources: Arc::clone(&loaded.sources),
        secrets: loaded.secrets.clone(),
        declared,
    })
}

/// Whether a document describes something that is not there any more.
pub(super) fn is_gone(document: &Document, open: &Open) -> bool {
    let is_it = |difference: &&Difference| match document {
        Document::Organization(name) => difference.address == crate::kinds::organization::address(name),
        Document::Repository(name) => difference.address == repository::address(name),
        Document::Registry | Document::Account(_) => false,
    };
    open.differences
        .iter()
        .filter(|each| each.is_missing)
        .any(|each| is_it(&each))
}
