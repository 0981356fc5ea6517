//! Questions to the registry, as data.

use std::collections::BTreeSet;

use crate::http::Method;

use super::address::{Address, Collection};
use super::answers::{Answer, Gap};
use super::shape::Form;

/// One GET, with the reason it is needed for. Queries with one target are one request.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// Path and query from the origin on, percent-encoded.
    pub target: String,
    /// What the answer must look like before anything is concluded from it.
    pub form: &'static Form,
    /// Why it is asked, for people; the same for all of its sort, so that it names no object.
    pub reason: String,
    /// What becomes known by it, for `--explain-reads`.
    pub serves: Vec<Collection>,
    /// How further pages follow.
    pub paging: Paging,
}

impl Query {
    /// The answer as far as it can be believed: one of another form is a gap, since what it leaves out would be taken
    /// for "not there".
    pub fn believe(&self, answer: Answer) -> Answer {
        let reason = match &answer {
            Answer::Gap(_) => None,
            Answer::Missing => (!self.form.may_be_missing)
                .then(|| "not found, although what it belongs to is there: that proves nothing".to_owned()),
            Answer::Body(body) => {
                let mismatch = self.form.shape.mismatch(body);
                mismatch.map(|place| format!("the answer is not one of this API: {place}"))
            }
        };
        let gap = |reason| Answer::Gap(self.gap(reason));
        reason.map_or(answer, gap)
    }

    /// A gap in place of the answer.
    pub fn gap(&self, reason: String) -> Gap {
        Gap {
            target: self.target.clone(),
            reason,
        }
    }
}

/// A query that was sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// GET, but for what signing in sends.
    pub method: Method,
    /// What was asked, and why.
    pub query: Query,
    /// How many requests it took: one for each page.
    pub requests: usize,
}

/// How a list answer continues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paging {
    /// The answer is complete.
    Whole,
    /// `next_page` in the body leads on; the named array grows page by page (API guide §1.6).
    NextPage(&'static str),
    /// `has_additional` in the body says that there is a page with the next number, `page=2` (API guide §1.6).
    Numbered(&'static str),
}

/// What a run wants to know: the collections, and the objects that manifests name in them.
#[derive(Debug, Clone, Default)]
pub struct Interest {
    /// Whole collections whose live content matters.
    pub collections: BTreeSet<Collection>,
    /// Objects that are declared, tombstoned or referred to.
    pub addresses: BTreeSet<Address>,
    /// Declared objects with fields that no list shows, so that each needs a request of its own.
    pub detailed: BTreeSet<Address>,
    /// Objects that are asked about although perhaps nobody declares them: of kinds without a list that is worth its
    /// price, nothing else is read.
    pub asked: BTreeSet<Address>,
    /// Whether those who are to be added somewhere are known to exist, so that nobody needs to look them up.
    pub subjects_are_known: bool,
    /// Objects that are to go: what goes with them matters, and how much they are used.
    pub ending: BTreeSet<Address>,
    /// Namespaces that are said to be a user's account, and not an organization.
    pub accounts: BTreeSet<String>,
    /// Objects that a list has shown although they were to be absent: what may mean another of the same name is not
    /// believed about them.
    pub doubted: BTreeSet<Address>,
    /// Collections of which everything is to go that is not named.
    pub exact: BTreeSet<Collection>,
}

impl Interest {
    /// The organizations concerned, in alphabetical order.
    pub fn namespaces(&self) -> BTreeSet<&str> {
        let collections = self.collections.iter().map(Collection::namespace);
        let mut all = collections.chain(self.addresses.iter().map(Address::namespace));
        // Both stand in order, so that whole runs of them are of one organization: few are looked up in the set.
        let mut found = BTreeSet::new();
        let mut last = all.next();
        found.extend(last);
        for namespace in all {
            if last != Some(namespace) {
                found.insert(namespace);
                last = Some(namespace);
            }
        }
        found
    }

    /// Whether an object goes if it is there.
    pub fn ends(&self, address: &Address, collection: &Collection) -> bool {
        let is_undeclared = || self.exact.contains(collection) && !self.addresses.contains(address);
        self.ending.contains(address) || is_undeclared()
    }

    /// The organizations in which collections of a kind are wanted, in alphabetical order.
    pub fn namespaces_of(&self, kind: &'static str) -> BTreeSet<&str> {
        let of_kind = self.collections.range(Collection::new(kind, "")..);
        let of_kind = of_kind.take_while(|collection| collection.kind == kind);
        of_kind.map(Collection::namespace).collect()
    }

    /// The prefixes of the wanted collections of a kind within an organization.
    pub fn prefixes<'a>(&'a self, kind: &'static str, namespace: &'a str) -> impl Iterator<Item = &'a str> {
        // They stand together, with those of organizations whose names only begin alike.
        let from = self.collections.range(Collection::new(kind, namespace)..);
        from.take_while(move |collection| collection.kind == kind && collection.prefix.starts_with(namespace))
            .filter(move |collection| collection.namespace() == namespace)
            .map(|collection| collection.prefix.as_str())
    }

    /// Whether any collection of the kind is wanted within an organization.
    pub fn wants(&self, kind: &'static str, namespace: &str) -> bool {
        self.prefixes(kind, namespace).next().is_some()
    }
}
