//! How much of what is live the manifests speak for.

use std::collections::{BTreeMap, BTreeSet};

use crate::kinds::{self, organization};
use crate::model::{Action, Address, Collection, Desired, Intent, Manage, Plan, World};

/// Objects of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Covered {
    /// How many of them manifests declare, or hold in a list that they own exactly.
    pub managed: usize,
    /// How many there are.
    pub live: usize,
}

/// Objects by kind, in the collections that manifests speak of, and the organizations of which none speaks: what is in
/// those is not read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Coverage {
    /// By kind.
    pub kinds: BTreeMap<&'static str, Covered>,
}

impl Coverage {
    /// Objects of all kinds.
    pub fn total(&self) -> Covered {
        let add = |sum: Covered, each: &Covered| Covered {
            managed: sum.managed + each.managed,
            live: sum.live + each.live,
        };
        self.kinds.values().fold(Covered::default(), add)
    }
}

/// The organizations of these of which no manifest says anything, not even of something in them.
pub fn unnamed<'a>(organizations: &'a [String], desired: &Desired) -> impl Iterator<Item = Address> + use<'a> {
    let objects = desired.objects.iter().map(|declared| declared.address.namespace());
    let owned = desired.owned.keys().map(Collection::namespace);
    let named: BTreeSet<String> = objects.chain(owned).map(str::to_owned).collect();
    let others = organizations.iter().filter(move |name| !named.contains(*name));
    others.map(|name| organization::address(name))
}

/// Counts what is live and managed. `plan` is the whole one between the two.
pub fn coverage(desired: &Desired, live: &World, plan: &Plan) -> Coverage {
    let mut wished: BTreeMap<Collection, usize> = BTreeMap::new();
    for declared in &desired.objects {
        let wishes = wished.entry(kinds::collection(&declared.address)).or_default();
        *wishes += usize::from(declared.intent != Intent::Absent || live.get(&declared.address).is_some());
    }
    // What is wished for and not there is no live object.
    let missing = plan.changes.iter().filter(|change| {
        let is_born = matches!(change.action, Action::Create | Action::Blocked | Action::Deferred);
        is_born && live.get(&change.address).is_none()
    });
    for change in missing {
        if let Some(wishes) = wished.get_mut(&kinds::collection(&change.address)) {
            *wishes = wishes.saturating_sub(1);
        }
    }
    let mut unmanaged: BTreeMap<Collection, usize> = BTreeMap::new();
    for address in &plan.unmanaged {
        *unmanaged.entry(kinds::collection(address)).or_default() += 1;
    }
    let collections: BTreeSet<&Collection> = wished.keys().chain(desired.owned.keys()).collect();
    let mut coverage = Coverage::default();
    for collection in collections.into_iter().filter(|each| live.is_complete(each)) {
        let there = live.of(collection).count();
        let manage = desired.owned.get(collection).map(|owned| owned.manage);
        let managed = match manage {
            Some(Manage::Exact) => there,
            Some(Manage::Declared) => there.saturating_sub(unmanaged.get(collection).copied().unwrap_or_default()),
            Some(Manage::Additive) | None => wished.get(collection).copied().unwrap_or_default().min(there),
        };
        let covered = coverage.kinds.entry(collection.kind).or_default();
        covered.managed += managed;
        covered.live += there;
    }
    let others = plan.unmanaged.iter().filter(|address| {
        let is_counted = || live.is_complete(&kinds::collection(address));
        address.kind == organization::NAME && !is_counted()
    });
    let others = others.count();
    coverage.kinds.entry(organization::NAME).or_default().live += others;
    coverage.kinds.retain(|_, covered| covered.live > 0);
    coverage
}
