//! The order of changes: what must exist first, what must narrow before something widens, and who goes last.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::fmt;

use petgraph::Direction;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::kinds::{default_permission, member, mirror, organization, permission, repository, robot, team};
use crate::model::{Action, Address, Change, Value, World};

use super::stage::Causes;

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
pub(super) fn order(changes: &mut Vec<Change>, causes: &Causes, live: &World) -> Result<(), CycleError> {
    let mut edges = Edges::new(changes);
    edges.follow_causes(causes);
    for namespace in edges.namespaces() {
        edges.births_and_default_permissions(&namespace);
        edges.administrators(&namespace);
        edges.robots(&namespace);
    }
    edges.look_alikes();
    edges.within_repositories(causes, live);
    let before = std::mem::take(&mut edges.before);
    for (later, firsts) in &before {
        let mut firsts: Vec<Address> = firsts.iter().map(|first| changes[*first].address.clone()).collect();
        firsts.sort();
        changes[*later].after = firsts;
    }
    let sequence = sort(changes, &before)?;
    let mut slots: Vec<Option<Change>> = std::mem::take(changes).into_iter().map(Some).collect();
    changes.extend(sequence.into_iter().filter_map(|index| slots[index].take()));
    Ok(())
}

/// Which change (by its index) comes after which.
struct Edges<'a> {
    changes: &'a [Change],
    by_address: BTreeMap<&'a Address, usize>,
    before: BTreeMap<usize, BTreeSet<usize>>,
}

impl<'a> Edges<'a> {
    fn new(changes: &'a [Change]) -> Self {
        let writes = changes.iter().enumerate().filter(|(_, change)| change.action.writes());
        let by_address = writes.map(|(index, change)| (&change.address, index)).collect();
        Edges {
            changes,
            by_address,
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
        let ours = self.by_address.values().copied();
        ours.filter(|index| {
            let change = &self.changes[*index];
            change.address.kind == kind && change.address.namespace() == namespace && fits(change)
        })
        .collect()
    }

    /// An object comes after what it needs is made; what the server makes by itself comes with the change that causes it.
    fn follow_causes(&mut self, causes: &Causes) {
        for (address, index) in self.by_address.clone() {
            let needs = causes.needs.get(address).into_iter().flatten();
            for need in needs.chain([address]) {
                let made = |index: &&usize| self.changes[**index].action == Action::Create;
                let first = match self.by_address.get(need).filter(made) {
                    Some(first) if need != address => Some(first),
                    _ => causes.born_by.get(need).and_then(|cause| self.by_address.get(cause)),
                };
                if let Some(first) = first.copied() {
                    self.add(first, index);
                }
            }
        }
    }

    /// Default permissions fire on repositories: those that go or shrink come first, those that come or grow last.
    fn births_and_default_permissions(&mut self, namespace: &str) {
        let births = self.select(namespace, repository::NAME, |change| change.action == Action::Create);
        let grows = |change: &Change| change.action == Action::Create || widens(change);
        let growing = self.select(namespace, default_permission::NAME, grows);
        let shrinking = self.select(namespace, default_permission::NAME, |change| !grows(change));
        self.add_all(&shrinking, &births);
        self.add_all(&births, &growing);
    }

    /// Nobody leaves an admin team, and none goes or is demoted, before the new administrators are in.
    fn administrators(&mut self, namespace: &str) {
        let arrivals = self.select(namespace, member::NAME, |change| change.action == Action::Create);
        let departures = self.select(namespace, member::NAME, |change| change.action == Action::Delete);
        let demotions = self.select(namespace, team::NAME, |change| {
            change.action == Action::Delete || narrows(change)
        });
        self.add_all(&arrivals, &departures);
        let elsewhere = |arrival: &usize, demotion: &usize| {
            let team = &self.changes[*demotion].address.identity;
            !self.changes[*arrival].address.identity.starts_with(&format!("{team}/"))
        };
        let pairs: Vec<(usize, usize)> = demotions
            .iter()
            .flat_map(|demotion| arrivals.iter().map(move |arrival| (*arrival, *demotion)))
            .filter(|(arrival, demotion)| elsewhere(arrival, demotion))
            .collect();
        pairs
            .into_iter()
            .for_each(|(arrival, demotion)| self.add(arrival, demotion));
    }

    /// A robot goes after the mirrors that leave it and the repositories that used it.
    fn robots(&mut self, namespace: &str) {
        let robots = self.select(namespace, robot::NAME, |change| change.action == Action::Delete);
        let mirrors = self.select(namespace, mirror::NAME, |_| true);
        let repositories = self.select(namespace, repository::NAME, |change| change.action == Action::Delete);
        self.add_all(&mirrors, &robots);
        self.add_all(&repositories, &robots);
    }

    /// The deletion of an organization takes the robots of its look-alikes along, so that those are made afterwards.
    fn look_alikes(&mut self) {
        let changes = self.by_address.values().map(|index| (*index, &self.changes[*index]));
        let (mut deletions, mut robots) = (Vec::new(), Vec::new());
        for (index, change) in changes {
            match (change.address.kind, change.action) {
                (organization::NAME, Action::Delete) => deletions.push(index),
                (robot::NAME, Action::Create) => robots.push(index),
                _ => {}
            }
        }
        for deletion in deletions {
            let name = &self.changes[deletion].address.identity;
            let lost = |robot: &usize| organization::is_look_alike(name, &self.changes[*robot].address);
            let lost: Vec<usize> = robots.iter().copied().filter(lost).collect();
            self.add_all(&[deletion], &lost);
        }
    }

    /// In one repository: private before any grant, public after all of them, what the birth granted too much before
    /// the mirror fills it, and the creator's own way in last.
    fn within_repositories(&mut self, causes: &Causes, live: &World) {
        let mut grants: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (address, index) in self
            .by_address
            .clone()
            .into_iter()
            .filter(|(address, _)| address.kind == permission::NAME)
        {
            grants.entry(permission::parts(address).0).or_default().push(index);
        }
        for (name, grants) in grants {
            let repository = self.by_address.get(&repository::address(name)).copied();
            let mirror = self.by_address.get(&mirror::address(name)).copied();
            let own = permission::address(name, "user", &live.caller.name);
            let last: Vec<usize> = self
                .by_address
                .get(&own)
                .copied()
                .filter(|index| self.changes[*index].action == Action::Delete || narrows(&self.changes[*index]))
                .into_iter()
                .collect();
            let rest: Vec<usize> = grants.iter().copied().filter(|index| !last.contains(index)).collect();
            if let Some(index) = repository {
                let visibility = self.changes[index]
                    .field("visibility")
                    .and_then(|field| field.after.clone());
                match (self.changes[index].action, visibility) {
                    (Action::Update, Some(Value::Text(word))) if word == "private" => self.add_all(&[index], &grants),
                    (Action::Update, Some(_)) => self.add_all(&rest, &[index]),
                    _ => {}
                }
            }
            let others: Vec<usize> = rest.iter().copied().chain(repository).chain(mirror).collect();
            self.add_all(&others, &last);
            if let Some(mirror) = mirror {
                let born = |index: &usize| {
                    let change = &self.changes[*index];
                    let cause = causes.born_by.get(&change.address).map(|cause| cause.kind);
                    cause == Some(repository::NAME)
                        && (change.action == Action::Delete || narrows(change))
                        && change.address != own
                };
                let narrowed: Vec<usize> = grants.iter().copied().filter(born).collect();
                self.add_all(&narrowed, &[mirror]);
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

fn narrows(change: &Change) -> bool {
    change.action == Action::Update && roles(change).is_some_and(|(before, after)| after < before)
}

fn widens(change: &Change) -> bool {
    change.action == Action::Update && roles(change).is_some_and(|(before, after)| after > before)
}

/// Sorts by dependencies, and by the given order where they leave a choice.
fn sort(changes: &[Change], before: &BTreeMap<usize, BTreeSet<usize>>) -> Result<Vec<usize>, CycleError> {
    let mut graph = DiGraph::<usize, ()>::new();
    let nodes: Vec<NodeIndex> = (0..changes.len()).map(|index| graph.add_node(index)).collect();
    for (later, firsts) in before {
        for first in firsts {
            graph.add_edge(nodes[*first], nodes[*later], ());
        }
    }
    let mut open: Vec<usize> = nodes
        .iter()
        .map(|node| graph.edges_directed(*node, Direction::Incoming).count())
        .collect();
    let mut ready: BinaryHeap<Reverse<usize>> = (0..changes.len())
        .filter(|index| open[*index] == 0)
        .map(Reverse)
        .collect();
    let mut sequence = Vec::with_capacity(changes.len());
    while let Some(Reverse(index)) = ready.pop() {
        sequence.push(index);
        for later in graph.neighbors_directed(nodes[index], Direction::Outgoing) {
            let later = graph[later];
            open[later] -= 1;
            if open[later] == 0 {
                ready.push(Reverse(later));
            }
        }
    }
    if sequence.len() == changes.len() {
        Ok(sequence)
    } else {
        Err(cycle(&graph, changes, &open))
    }
}

/// Walks backwards among the changes that never became ready, until one comes again.
fn cycle(graph: &DiGraph<usize, ()>, changes: &[Change], open: &[usize]) -> CycleError {
    let mut path = Vec::new();
    let mut at = open.iter().position(|count| *count > 0);
    while let Some(index) = at {
        if let Some(start) = path.iter().position(|seen| *seen == index) {
            path.drain(..start);
            path.push(index);
            break;
        }
        path.push(index);
        let firsts = graph.neighbors_directed(NodeIndex::new(index), Direction::Incoming);
        at = firsts.map(|node| graph[node]).find(|first| open[*first] > 0);
    }
    path.reverse();
    CycleError(path.into_iter().map(|index| changes[index].address.clone()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cycle_is_shown_as_a_path() {
        let changes = ["a", "b", "c"].map(|name| Change::new(Address::new("team", name), Action::Create));
        let before = BTreeMap::from([
            (1, BTreeSet::from([0])),
            (2, BTreeSet::from([1])),
            (1, BTreeSet::from([2])),
        ]);
        let cycle = sort(&changes, &before).unwrap_err();
        assert_eq!(cycle.to_string(), "team[b] -> team[c] -> team[b]");
    }
}
