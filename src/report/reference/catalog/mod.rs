//! What the reference pages say of each kind besides its fields: what it is, and one manifest that declares it whole.

mod organization;
mod registry;
mod repository;

/// One kind, as a reader first meets it.
pub struct Entry {
    /// The kind's name in addresses.
    pub kind: &'static str,
    /// What it is, in one sentence.
    pub what: &'static str,
    /// The address of the object that the example declares.
    pub address: &'static str,
    /// Where it is written: a document, and the fields that lead to it.
    pub path: &'static str,
    /// Where the names of its fields are not those of the manifest.
    pub names: &'static str,
    /// A manifest that declares one object of the kind with every field.
    pub example: &'static str,
}

/// Every kind, in the order of [`crate::kinds::ALL`].
pub fn catalog() -> impl Iterator<Item = &'static Entry> {
    [registry::REGISTRY, organization::ORGANIZATION, repository::REPOSITORY]
        .into_iter()
        .flatten()
}

/// What the catalog says of a kind.
pub fn entry(kind: &str) -> Option<&'static Entry> {
    catalog().find(|entry| entry.kind == kind)
}
