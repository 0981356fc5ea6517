//! Which part of the wishes a narrowed plan is made from: what is chosen, and everything that its order may depend on.
//!
//! It is always made of whole collections, so that nothing that is declared is ever taken for undeclared.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::kinds::{self, organization, quota, quota_limit, robot};
use crate::model::{Address, Collection, Declared, Desired, Intent, Narrowing, Plan};

/// Kinds that stand in the organization itself and decide nobody's access.
const APART: [&str; 3] = [organization::NAME, quota::NAME, quota_limit::NAME];

/// What is read, compared and ordered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// By organization; `None` for all of them.
    extents: Option<BTreeMap<String, Extent>>,
}

/// How much of one organization.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Extent {
    /// What belongs to no repository, and what belongs to these.
    Repositories(BTreeSet<String>),
    Whole,
}

impl Scope {
    /// What must be looked at for what is chosen. [`Scope::grow`] says whether that was enough.
    pub fn new(desired: &Desired, narrowing: Option<&Narrowing>) -> Self {
        let Some(narrowing) = narrowing.filter(|narrowing| narrowing.selects()) else {
            return Scope { extents: None };
        };
        let mut scope = Scope {
            extents: Some(BTreeMap::new()),
        };
        let chosen = desired.objects.iter().filter(|wish| narrowing.chooses_wish(wish));
        let chosen: Vec<&Address> = chosen.map(|wish| &wish.address).collect();
        chosen.iter().for_each(|address| scope.include(address));
        // What is needed may be there: only if it changes, that depends on more.
        for address in with_needs(desired, chosen) {
            scope.extent(address);
        }
        for (collection, owned) in &desired.owned {
            if narrowing.may_choose_in(collection, owned) {
                scope.include(&Address::new(collection.kind, collection.prefix.clone()));
            }
        }
        scope.include_look_alikes(desired);
        scope
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.extents.as_ref().is_some_and(BTreeMap::is_empty)
    }

    /// The wishes in it, with all that their collections own.
    pub fn of<'d>(&self, desired: &'d Desired) -> Cow<'d, Desired> {
        if self.extents.is_none() {
            return Cow::Borrowed(desired);
        }
        Cow::Owned(desired.within(|collection| self.holds(collection), kinds::collection))
    }

    /// Takes in what the changes of a plan may depend on besides; returns whether that is more than before, so that the
    /// plan must be made anew.
    pub fn grow(&mut self, plan: &Plan, desired: &Desired) -> bool {
        let before = self.clone();
        plan.changes.iter().for_each(|change| self.include(&change.address));
        self.include_look_alikes(desired);
        *self != before
    }

    fn holds(&self, collection: &Collection) -> bool {
        let Some(extents) = &self.extents else { return true };
        match extents.get(collection.namespace()) {
            None => false,
            Some(Extent::Whole) => true,
            Some(Extent::Repositories(names)) => {
                repository_of(collection.kind, &collection.prefix).is_none_or(|name| names.contains(name))
            }
        }
    }

    /// Takes in an object with what its change may come after. Whoever gets a way in gets it after others have lost
    /// theirs, on any repository of the organization; what stands below a repository is ordered with that and with the
    /// organization's own objects.
    fn include(&mut self, address: &Address) {
        let is_apart = repository_of(address.kind, &address.identity).is_some() || APART.contains(&address.kind);
        if let Some(extent) = self.extent(address).filter(|_| !is_apart) {
            *extent = Extent::Whole;
        }
    }

    /// How much of its organization is in, at least what stands in that itself and in the object's own repository;
    /// `None` where everything is in anyway.
    fn extent(&mut self, address: &Address) -> Option<&mut Extent> {
        let extents = self.extents.as_mut()?.entry(address.namespace().to_owned());
        let extent = extents.or_insert_with(|| Extent::Repositories(BTreeSet::new()));
        if let (Some(name), Extent::Repositories(names)) =
            (repository_of(address.kind, &address.identity), &mut *extent)
        {
            names.insert(name.to_owned());
        }
        Some(extent)
    }

    /// The deletion of an organization takes robots of its look-alikes along: those are made only afterwards.
    fn include_look_alikes(&mut self, desired: &Desired) {
        let Some(extents) = &mut self.extents else { return };
        let names: Vec<String> = extents.keys().cloned().collect();
        let gone = desired
            .objects
            .iter()
            .filter(|wish| wish.address.kind == organization::NAME && wish.intent == Intent::Absent);
        for wish in gone {
            let name = &wish.address.identity;
            let meets = |other: &String| organization::is_look_alike(name, &robot::address(&format!("{other}+x")));
            if names.iter().any(meets) {
                let of_its_own = Extent::Repositories(BTreeSet::new());
                extents.entry(name.to_string()).or_insert(of_its_own);
            }
        }
    }
}

/// The repository that an object, or a collection with this prefix, is or belongs to.
fn repository_of<'a>(kind: &str, identity: &'a str) -> Option<&'a str> {
    kinds::find(kind)?.repository(identity)
}

/// Wishes with all that they need.
fn with_needs<'d>(desired: &'d Desired, chosen: Vec<&'d Address>) -> BTreeSet<&'d Address> {
    let by_address: BTreeMap<&Address, &Declared> = desired.objects.iter().map(|wish| (&wish.address, wish)).collect();
    let mut open = chosen;
    let mut all = BTreeSet::new();
    while let Some(address) = open.pop() {
        if all.insert(address) {
            let needs = by_address.get(address).map_or(&[][..], |wish| wish.needs.as_slice());
            open.extend(needs.iter().filter(|need| by_address.contains_key(need)));
            // A robot goes with its organization, whether it is a wish itself or not.
            let owners = needs.iter().map(|need| organization::address(need.namespace()));
            let owners = owners.filter_map(|owner| by_address.get(&owner).copied());
            let gone = owners.filter(|owner| owner.intent == Intent::Absent);
            open.extend(gone.map(|owner| &owner.address));
        }
    }
    all
}
