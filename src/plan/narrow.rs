//! A part of a plan: what is chosen, and all that it comes after.
//!
//! The order of the whole plan is safe at everything that is closed under `after`, so that its part is safe too: nobody
//! gets more by it than they have, or are to have.

use std::collections::{BTreeMap, BTreeSet};

use crate::kinds::{self, Identity, Kind};
use crate::model::{Address, Change, Narrowed, Narrowing, Plan, Summary, World};

use super::{matching, step};

/// Narrows an ordered plan, and returns the registry as its part would leave it. `start` is the registry before, with
/// its operators.
pub(super) fn narrow(plan: &mut Plan, narrowing: &Narrowing, start: &World) -> World {
    let excluded = labels(&plan.changes, |change| narrowing.excludes(&change.address));
    let held_up = held_up(&plan.changes, narrowing, &excluded);
    let is_meant = |change: &Change| narrowing.chooses(&change.address, change.origin.as_ref());
    let meant = labels(&plan.changes, is_meant);
    let closure = closure(&plan.changes, |change| {
        let label = label(&change.address);
        meant.contains_key(&label) && !held_up.contains_key(&key(change)) && !excluded.contains_key(&label)
    });
    let meant = plan.changes.iter().filter(|change| is_meant(change));
    let pulled_in = plan
        .changes
        .iter()
        .filter(|change| closure.contains(&key(change)) && !is_meant(change));
    let left_out = meant.filter_map(|change| Some((change.address.clone(), held_up.get(&key(change))?.clone())));
    plan.narrowed = Some(Narrowed {
        targets: narrowing.targets.iter().map(ToString::to_string).collect(),
        exclude: narrowing.exclude.iter().map(ToString::to_string).collect(),
        paths: narrowing.paths.clone(),
        left_out: left_out.collect(),
        pulled_in: pulled_in.map(|change| change.address.clone()).collect(),
    });
    plan.changes.retain(|change| closure.contains(&key(change)));
    plan.summary = Summary {
        unchanged: plan.summary.unchanged,
        unmanaged: plan.summary.unmanaged,
        ..Summary::default()
    };
    let mut world = start.clone();
    for change in &plan.changes {
        plan.summary.count(change.action);
        step::advance(change, &mut world);
    }
    world
}

/// What tells a change from others: one object may have fields that change and fields that are blocked.
type Key = (Address, bool);

fn key(change: &Change) -> Key {
    (change.address.clone(), change.action.writes())
}

/// A kind, and what an object of it is called.
type Label<'a> = (&'static str, &'a str);

/// What items without names of their own are called before they are numbered: they are chosen together, since their
/// numbers change as soon as one of them goes. Everything else is called by its address.
fn label(address: &Address) -> Label<'_> {
    let identity = match kinds::find(address.kind).map(Kind::identity) {
        Some(Identity::Content) => matching::label(address),
        _ => &address.identity,
    };
    (address.kind, identity)
}

/// The labels of what `chooses` accepts, each with the first object that has it.
fn labels(changes: &[Change], chooses: impl Fn(&Change) -> bool) -> BTreeMap<Label<'_>, &Address> {
    let mut labels = BTreeMap::new();
    for change in changes.iter().filter(|change| chooses(change)) {
        labels.entry(label(&change.address)).or_insert(&change.address);
    }
    labels
}

/// The changes that cannot be carried out while what is excluded stays as it is, each with the first such object: it
/// comes before, would go along, or is called alike. `changes` are in order.
fn held_up(
    changes: &[Change],
    narrowing: &Narrowing,
    excluded: &BTreeMap<Label<'_>, &Address>,
) -> BTreeMap<Key, Address> {
    let mut stays: BTreeMap<&Address, &Address> = BTreeMap::new();
    let mut held_up = BTreeMap::new();
    let writes = || changes.iter().filter(|change| change.action.writes());
    for change in writes() {
        if let Some(cause) = excluded.get(&label(&change.address)) {
            let is_excluded = narrowing.excludes(&change.address);
            stays.insert(&change.address, if is_excluded { &change.address } else { cause });
        }
    }
    for change in writes().filter(|change| !narrowing.excludes(&change.address)) {
        let goes_along = || change.takes_along.iter().find(|address| narrowing.excludes(address));
        let comes_before = || change.after.iter().find_map(|first| stays.get(first).copied());
        let alike = stays.get(&change.address).copied();
        if let Some(cause) = alike.or_else(comes_before).or_else(goes_along) {
            stays.insert(&change.address, cause);
            held_up.insert(key(change), cause.clone());
        }
    }
    held_up
}

/// The changes that `chooses` accepts, with all that they come after.
fn closure(changes: &[Change], chooses: impl Fn(&Change) -> bool) -> BTreeSet<Key> {
    let writes = changes.iter().filter(|change| change.action.writes());
    let by_address: BTreeMap<&Address, &Change> = writes.map(|change| (&change.address, change)).collect();
    let mut open: Vec<&Change> = changes.iter().filter(|change| chooses(change)).collect();
    let mut closure = BTreeSet::new();
    while let Some(change) = open.pop() {
        if closure.insert(key(change)) {
            open.extend(change.after.iter().filter_map(|first| by_address.get(first)));
        }
    }
    closure
}
