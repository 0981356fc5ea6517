//! The order of changes: what must exist first, what must narrow before something widens, and who goes last.

mod births;
mod exclusions;
mod repositories;
mod robots;
mod roles;
mod sort;
mod teams;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::kinds::{default_permission, team};
use crate::model::{Action, Address, Change, HashMap, Value, World};

use super::stage::Causes;
use super::ways::Ways;
use sort::{Before, prefer, sort};

/// Changes that wait for each other, as a path that ends where it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CycleError(Vec<Address>);

impl fmt::Display for CycleError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        formatter.write_str(&path.join(" -> "))
    }
}

/// Fills in `after` of every change and sorts them so that each comes after those.
///
/// Where rules contradict each other: what must exist first and the administrators' own path before never-wider, and
/// that before never-narrower.
pub(super) fn order(
    changes: &mut [Change],
    causes: &Causes<'_>,
    live: &World,
    after: &World,
) -> Result<(), CycleError> {
    let ways = Ways::new(changes, live, after);
    let wishes = roles::wishes(&ways);
    drop(ways);
    let mut edges = Edges::new(changes);
    edges.follow_causes(causes);
    for namespace in edges.namespaces() {
        edges.births_and_default_permissions(&namespace, live);
        edges.robots(&namespace, live);
        edges.teams(&namespace);
        edges.exclusions(&namespace, live);
        edges.states(&namespace);
    }
    edges.look_alikes();
    edges.within_repositories(causes, live);
    wishes
        .administrators
        .iter()
        .for_each(|(first, later)| edges.add(*first, *later));
    let mut before = std::mem::take(&mut edges.before);
    prefer(&mut before, changes.len(), &wishes.narrow_first);
    prefer(&mut before, changes.len(), &wishes.open_first);
    for (later, firsts) in &before {
        let mut firsts: Vec<Address> = firsts.iter().map(|first| changes[*first].address.clone()).collect();
        firsts.sort();
        changes[*later].after = firsts;
    }
    let sequence = sort(changes, &before)?;
    arrange(changes, &sequence);
    Ok(())
}

/// Brings items into a sequence of their places, without a second list of them.
fn arrange<T>(items: &mut [T], sequence: &[usize]) {
    let mut goes_to = vec![0; items.len()];
    for (place, index) in sequence.iter().enumerate() {
        goes_to[*index] = place;
    }
    for place in 0..items.len() {
        while goes_to[place] != place {
            let other = goes_to[place];
            items.swap(place, other);
            goes_to.swap(place, other);
        }
    }
}

/// Which change (by its index) comes after which.
struct Edges<'a> {
    changes: &'a [Change],
    by_address: BTreeMap<&'a Address, usize>,
    /// The same, to be looked up: that is done several times for each change.
    places: HashMap<&'a Address, usize>,
    /// By organization and kind.
    groups: BTreeMap<(&'a str, &'a str), Vec<usize>>,
    before: Before,
}

impl<'a> Edges<'a> {
    fn new(changes: &'a [Change]) -> Self {
        let writes = changes.iter().enumerate().filter(|(_, change)| change.action.writes());
        let by_address: BTreeMap<&Address, usize> = writes.map(|(index, change)| (&change.address, index)).collect();
        let mut groups: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
        for (address, index) in &by_address {
            groups
                .entry((address.namespace(), address.kind))
                .or_default()
                .push(*index);
        }
        Edges {
            changes,
            places: by_address.iter().map(|(address, index)| (*address, *index)).collect(),
            by_address,
            groups,
            before: BTreeMap::new(),
        }
    }

    fn namespaces(&self) -> BTreeSet<String> {
        self.changes
            .iter()
            .map(|change| change.address.namespace().to_owned())
            .collect()
    }

    fn add(&mut self, first: usize, later: usize) {
        if first != later {
            self.before.entry(later).or_default().insert(first);
        }
    }

    fn add_all(&mut self, firsts: &[usize], laters: &[usize]) {
        for later in laters {
            for first in firsts {
                self.add(*first, *later);
            }
        }
    }

    fn select(&self, namespace: &str, kind: &str, fits: impl Fn(&Change) -> bool) -> Vec<usize> {
        let ours = self.groups.get(&(namespace, kind)).into_iter().flatten().copied();
        ours.filter(|index| fits(&self.changes[*index])).collect()
    }

    /// An object comes after what it needs is made; what the server makes by itself comes with the change that causes it.
    fn follow_causes(&mut self, causes: &Causes<'_>) {
        for (address, index) in self.by_address.clone() {
            let needs = causes.needs.get(address).copied().unwrap_or_default().iter();
            for need in needs.chain([address]) {
                let made = |index: &&usize| self.changes[**index].action == Action::Create;
                let first = match self.places.get(need).filter(made) {
                    Some(first) if need != address => Some(first),
                    _ => causes.born_by.get(need).and_then(|cause| self.places.get(cause)),
                };
                if let Some(first) = first.copied() {
                    self.add(first, index);
                }
            }
            let mover = causes.moved_by.get(address).and_then(|cause| self.places.get(cause));
            if let Some(mover) = mover.copied() {
                self.add(mover, index);
            }
        }
    }
}

fn roles(change: &Change) -> Option<(usize, usize)> {
    let strength = |value: &Option<Value>| {
        let role = value.as_ref().and_then(Value::as_text).unwrap_or_default();
        match change.address.kind {
            team::NAME => ["member", "creator", "admin"]
                .iter()
                .position(|each| *each == role)
                .unwrap_or_default(),
            _ => default_permission::strength(role),
        }
    };
    change
        .field("role")
        .map(|field| (strength(&field.before), strength(&field.after)))
}

pub(super) fn narrows(change: &Change) -> bool {
    change.action == Action::Update && roles(change).is_some_and(|(before, after)| after < before)
}

pub(super) fn widens(change: &Change) -> bool {
    change.action == Action::Update && roles(change).is_some_and(|(before, after)| after > before)
}
