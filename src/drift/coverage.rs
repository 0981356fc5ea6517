//! How much of what is live the manifests speak for.

use std::collections::{BTreeMap, BTreeSet};

use crate::kinds;
use crate::model::{Action, Collection, Desired, Intent, Manage, Plan, World};

/// Objects of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Covered {
    /// How many of them manifests declare, or hold in a list that they own exactly.
    pub managed: usize,
    /// How many there are.
    pub live: usize,
}

/// Objects by kind, in the collections that manifests speak of; what nobody speaks of is not read.
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
    coverage.kinds.retain(|_, covered| covered.live > 0);
    coverage
}
