//! What manifests want, by address.

use std::collections::{BTreeMap, BTreeSet};

use super::address::{Address, Collection};
use super::fields::Fields;
use super::place::Place;
use super::query::Interest;

/// Where a wish comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Origin {
    /// The place in the manifest.
    pub place: Place,
}

/// What a manifest says about an object's existence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// It must exist with these fields.
    Present,
    /// A tombstone: it must not exist.
    Absent,
    /// It must exist, and nothing of it is managed.
    External,
}

/// One declared object.
#[derive(Debug, Clone, PartialEq)]
pub struct Declared {
    /// Its name.
    pub address: Address,
    /// Whether it must exist.
    pub intent: Intent,
    /// The fields that are written; what is not written is not managed.
    pub fields: Fields,
    /// Where it is declared.
    pub origin: Origin,
    /// Where the fields are written that stand elsewhere: in a layer, or in a document that completes one.
    pub apart: Vec<(&'static str, Place)>,
    /// Objects that must exist before this one can.
    pub needs: Vec<Address>,
}

/// Who owns what is live and not written in a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manage {
    /// What is not written is removed.
    Exact,
    /// What is not written stays, and is no concern of the manifest.
    Additive,
    /// What is not written stays, and is reported as unmanaged.
    Declared,
}

/// A collection that a manifest speaks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owned {
    /// What happens to the rest of it.
    pub manage: Manage,
    /// Where that is written.
    pub origin: Origin,
}

/// All wishes of a project.
#[derive(Debug, Clone, Default)]
pub struct Desired {
    /// The declared objects, in the order of the manifests.
    pub objects: Vec<Declared>,
    /// The collections spoken about.
    pub owned: BTreeMap<Collection, Owned>,
    /// References to objects that no manifest declares: checked against the registry.
    pub references: BTreeMap<Address, Place>,
    /// Objects with declared fields that no list shows.
    pub detailed: BTreeSet<Address>,
    /// Namespaces that are said to be a user's account, and not an organization.
    pub accounts: BTreeSet<String>,
    /// Collections that decide whether a change is safe, although nothing in them is declared.
    pub watched: BTreeSet<Collection>,
    /// What exact lists leave to somebody else: the kinds know what each address stands for.
    pub left_to_others: BTreeSet<Address>,
    /// What an object was called before, where it is to have another name.
    pub previous: BTreeMap<Address, Address>,
}

impl Desired {
    /// What has to be read to compare the registry with these wishes; `collection_of` is the kinds' own.
    pub fn interest(&self, collection_of: impl Fn(&Address) -> Collection) -> Interest {
        let mut interest = Interest::default();
        let named = self.objects.iter().map(|declared| &declared.address);
        for address in named.chain(self.references.keys()) {
            interest.collections.insert(collection_of(address));
            interest.addresses.insert(address.clone());
        }
        interest.collections.extend(self.owned.keys().cloned());
        interest.collections.extend(self.watched.iter().cloned());
        interest.detailed.clone_from(&self.detailed);
        interest.accounts.clone_from(&self.accounts);
        let gone = self.objects.iter().filter(|declared| declared.intent == Intent::Absent);
        interest.ending = gone.map(|declared| declared.address.clone()).collect();
        let exact = self.owned.iter().filter(|(_, owned)| owned.manage == Manage::Exact);
        interest.exact = exact.map(|(collection, _)| collection.clone()).collect();
        interest
    }

    /// The wishes that concern some organizations. What they need of others is no wish of theirs: it is looked up.
    #[must_use]
    pub fn of_namespaces(mut self, chosen: impl Fn(&str) -> bool) -> Desired {
        self.objects.retain(|declared| chosen(declared.address.namespace()));
        self.owned.retain(|collection, _| chosen(collection.namespace()));
        self.references.retain(|address, _| chosen(address.namespace()));
        self.detailed.retain(|address| chosen(address.namespace()));
        self.watched.retain(|collection| chosen(collection.namespace()));
        self.accounts.retain(|name| chosen(name));
        self.left_to_others.retain(|address| chosen(address.namespace()));
        self.previous.retain(|address, _| chosen(address.namespace()));
        self
    }

    /// The wishes of which the collection is chosen, and what else is said of those; `collection_of` is the kinds' own.
    #[must_use]
    pub fn within(
        &self,
        chosen: impl Fn(&Collection) -> bool,
        collection_of: impl Fn(&Address) -> Collection,
    ) -> Desired {
        let concerned = |address: &Address| chosen(&collection_of(address));
        let objects = self.objects.iter().filter(|declared| concerned(&declared.address));
        let owned = self.owned.iter().filter(|(collection, _)| chosen(collection));
        let references = self.references.iter().filter(|(address, _)| concerned(address));
        let detailed = self.detailed.iter().filter(|address| concerned(address));
        let watched = self.watched.iter().filter(|collection| chosen(collection));
        Desired {
            objects: objects.cloned().collect(),
            owned: owned.map(|(collection, owned)| (collection.clone(), *owned)).collect(),
            references: references.map(|(address, place)| (address.clone(), *place)).collect(),
            detailed: detailed.cloned().collect(),
            watched: watched.cloned().collect(),
            accounts: self.accounts.clone(),
            left_to_others: self.left_to_others.clone(),
            previous: self.previous.clone(),
        }
    }

    /// The wishes that concern some collections; `collection_of` is the kinds' own.
    #[must_use]
    pub fn narrowed(
        &self,
        collections: &BTreeSet<Collection>,
        collection_of: impl Fn(&Address) -> Collection,
    ) -> Desired {
        let concerned = |address: &Address| collections.contains(&collection_of(address));
        let objects = self.objects.iter().filter(|declared| concerned(&declared.address));
        let owned = self.owned.iter().filter(|(each, _)| collections.contains(*each));
        let detailed = self.detailed.iter().filter(|address| concerned(address));
        Desired {
            objects: objects.cloned().collect(),
            owned: owned.map(|(each, owned)| (each.clone(), *owned)).collect(),
            detailed: detailed.cloned().collect(),
            left_to_others: self.left_to_others.clone(),
            previous: self.previous.clone(),
            ..Desired::default()
        }
    }
}
