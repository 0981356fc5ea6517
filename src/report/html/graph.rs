//! What comes before what, folded to what fits a picture.

use std::collections::{BTreeSet, HashMap};

use crate::model::{Action, Address, Change};

/// Up to how many changes each is a node of its own.
const ONE_BY_ONE: usize = 40;

/// Up to how many nodes organizations are kept apart; above it there is one for each kind and action.
const BY_ORGANIZATION: usize = 80;

/// Like changes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Node {
    /// What happens.
    pub(super) action: Action,
    /// To what kind.
    pub(super) kind: &'static str,
    /// To which object, or in which organization; empty for all of them.
    pub(super) name: String,
    /// How many there are.
    pub(super) number: usize,
    /// How many steps come before it at least.
    pub(super) layer: usize,
}

/// Nodes in the order of the plan, and which comes before which.
#[derive(Debug)]
pub(super) struct Graph {
    /// The nodes.
    pub(super) nodes: Vec<Node>,
    /// From which to which, without those that follow from others.
    pub(super) edges: BTreeSet<(usize, usize)>,
}

/// The graph of a plan, with at most 168 nodes: 28 kinds and 6 actions.
pub(super) fn graph(changes: &[Change]) -> Graph {
    let organizations: BTreeSet<_> = changes
        .iter()
        .map(|change| (change.action, change.address.kind, change.address.namespace()))
        .collect();
    let name = |address: &Address| match (changes.len(), organizations.len()) {
        (..=ONE_BY_ONE, _) => address.identity.to_string(),
        (_, ..=BY_ORGANIZATION) => address.namespace().to_owned(),
        _ => String::new(),
    };
    let (mut nodes, mut by_key, mut by_address) = (Vec::new(), HashMap::new(), HashMap::new());
    for change in changes {
        let (action, kind, name) = (change.action, change.address.kind, name(&change.address));
        let index = *by_key.entry((action, kind, name.clone())).or_insert_with(|| {
            nodes.push(Node {
                action,
                kind,
                name,
                number: 0,
                layer: 0,
            });
            nodes.len() - 1
        });
        if let Some(node) = nodes.get_mut(index) {
            node.number += 1;
        }
        by_address.insert(&change.address, index);
    }
    let pairs = changes.iter().flat_map(|change| {
        let to = by_address.get(&change.address).copied();
        let before = change
            .after
            .iter()
            .filter_map(|address| by_address.get(address).copied());
        before.filter_map(move |from| Some((from, to?)))
    });
    // Folded, two nodes may each come before the other; what comes first in the plan is drawn first.
    let edges = pairs.filter(|(from, to)| from < to).collect();
    let edges = without_detours(edges, nodes.len());
    let graph = Graph { nodes, edges };
    graph.layered()
}

/// Without the edges beside which there is a longer way.
fn without_detours(edges: BTreeSet<(usize, usize)>, number: usize) -> BTreeSet<(usize, usize)> {
    let mut reaches = vec![vec![false; number]; number];
    // Edges lead onwards, so that from the back all ways from a node's successors are known.
    for (from, to) in edges.iter().rev() {
        let beyond = reaches[*to].clone();
        for (reached, beyond) in reaches[*from].iter_mut().zip(beyond) {
            *reached |= beyond;
        }
        reaches[*from][*to] = true;
    }
    let is_detour = |(from, to): &(usize, usize)| {
        let mut others = edges.range((*from, 0)..(*from + 1, 0)).filter(|(_, other)| other != to);
        others.any(|(_, other)| reaches[*other][*to])
    };
    edges.iter().filter(|edge| !is_detour(edge)).copied().collect()
}

impl Graph {
    fn layered(mut self) -> Self {
        for (from, to) in &self.edges {
            let layer = self.nodes.get(*from).map_or(0, |node| node.layer + 1);
            if let Some(node) = self.nodes.get_mut(*to) {
                node.layer = node.layer.max(layer);
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(name: &str, after: &[&str]) -> Change {
        let mut change = Change::new(Address::new("team", name), Action::Create);
        change.after = after.iter().map(|name| Address::new("team", *name)).collect();
        change
    }

    #[test]
    fn what_follows_from_other_edges_is_not_drawn() {
        let graph = graph(&[change("a", &[]), change("b", &["a"]), change("c", &["a", "b"])]);
        assert_eq!(graph.edges, BTreeSet::from([(0, 1), (1, 2)]));
        let layers: Vec<usize> = graph.nodes.iter().map(|node| node.layer).collect();
        assert_eq!(layers, [0, 1, 2]);
    }

    #[test]
    fn many_changes_are_folded() {
        let many = |organizations: usize| -> usize {
            let changes: Vec<Change> = (0..1_000)
                .map(|number| change(&format!("org-{}/{number}", number % organizations), &[]))
                .collect();
            graph(&changes).nodes.len()
        };
        assert_eq!((many(10), many(500)), (10, 1));
    }
}
