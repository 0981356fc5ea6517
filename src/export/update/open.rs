//! What manifests say otherwise than the registry.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use super::{Meant, document_of};
use crate::kinds::{organization, repository, wishes};
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
    /// What is declared, and not there.
    gone: BTreeSet<Address>,
    /// Which of the differences each document has.
    of_documents: BTreeMap<Document, Vec<usize>>,
}

impl Open {
    /// Whether a layer or a document declares the object.
    pub(super) fn declares(&self, address: &Address) -> bool {
        self.declared.contains(address)
    }

    /// What a document says otherwise.
    pub(super) fn of(&self, document: &Document) -> impl Iterator<Item = &Difference> {
        let indexes = self.of_documents.get(document).into_iter().flatten();
        indexes.map(|index| &self.differences[*index])
    }
}

/// Reads manifests and plans them against what is live.
pub(super) fn of(files: &[(PathBuf, String)], meant: &Meant<'_>) -> Result<Open, Box<Loaded>> {
    let loaded = wishes::loaded_for(files.to_vec(), meant.target, meant.live);
    let Some(project) = &loaded.project else {
        return Err(Box::new(loaded));
    };
    let mut desired = wishes::desired(project, &wishes::Secrets::new());
    let is_chosen = |kind: &str| meant.kinds.iter().any(|each| each.name() == kind);
    let is_meant = |address: &Address| is_chosen(address.kind) && meant.holds(&document_of(address, meant.live));
    desired.objects.retain(|declared| is_meant(&declared.address));
    desired.owned.retain(|collection, _| {
        let address = Address::new(collection.kind, collection.prefix.as_str());
        is_meant(&address)
    });
    let plan = plan(&desired, meant.live, &Options::default());
    let declared: BTreeSet<Address> = desired.objects.iter().map(|each| each.address.clone()).collect();
    let changes = plan.changes.iter().map(|change| Difference {
        address: change.address.clone(),
        place: change.origin.map(|origin| origin.place),
        fields: match meant.live.get(&change.address) {
            Some(_) => change.fields.iter().map(|field| field.name).collect(),
            None => Vec::new(),
        },
        document: document_of(&change.address, meant.live),
        is_missing: declared.contains(&change.address) && meant.live.get(&change.address).is_none(),
    });
    let differences: Vec<Difference> = changes.collect();
    let mut of_documents: BTreeMap<Document, Vec<usize>> = BTreeMap::new();
    for (index, difference) in differences.iter().enumerate() {
        of_documents.entry(difference.document.clone()).or_default().push(index);
    }
    let gone = differences.iter().filter(|each| each.is_missing);
    Ok(Open {
        gone: gone.map(|each| each.address.clone()).collect(),
        differences,
        of_documents,
        desired,
        sources: Arc::clone(&loaded.sources),
        secrets: loaded.secrets.clone(),
        declared,
    })
}

/// Whether a document describes something that is not there any more.
pub(super) fn is_gone(document: &Document, open: &Open) -> bool {
    match document {
        Document::Organization(name) => open.gone.contains(&organization::address(name)),
        Document::Repository(name) => open.gone.contains(&repository::address(name)),
        Document::Registry | Document::Account(_) => false,
    }
}
