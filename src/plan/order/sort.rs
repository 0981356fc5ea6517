//! Puts changes in a row, and edges that may be left out into the graph.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use petgraph::Direction;
use petgraph::algo::{has_path_connecting, tarjan_scc};
use petgraph::graph::{DiGraph, NodeIndex};

use crate::model::Change;

use super::CycleError;

/// For each change what comes before it.
pub(super) type Before = BTreeMap<usize, BTreeSet<usize>>;

/// Adds the edges (first, later) that close no cycle. Where they contradict what is there, or each other, only those
/// that take part in the contradiction are looked at one by one.
pub(super) fn prefer(before: &mut Before, count: usize, edges: &BTreeSet<(usize, usize)>) {
    let new: Vec<(usize, usize)> = edges
        .iter()
        .copied()
        .filter(|(first, later)| !has(before, *first, *later))
        .collect();
    if new.is_empty() {
        return;
    }
    for (first, later) in &new {
        before.entry(*later).or_default().insert(*first);
    }
    let mut knots = vec![None; count];
    for (knot, nodes) in tarjan_scc(&graph(before, count))
        .into_iter()
        .enumerate()
        .filter(|(_, nodes)| nodes.len() > 1)
    {
        nodes.iter().for_each(|node| knots[node.index()] = Some(knot));
    }
    let doubtful = |edge: &&(usize, usize)| knots[edge.0].is_some() && knots[edge.0] == knots[edge.1];
    let doubtful: Vec<(usize, usize)> = new.iter().filter(doubtful).copied().collect();
    if doubtful.is_empty() {
        return;
    }
    for (first, later) in &doubtful {
        before.entry(*later).or_default().remove(first);
    }
    let mut graph = graph(before, count);
    for (first, later) in doubtful {
        let (from, to) = (NodeIndex::new(first), NodeIndex::new(later));
        if !has_path_connecting(&graph, to, from, None) {
            graph.add_edge(from, to, ());
            before.entry(later).or_default().insert(first);
        }
    }
}

fn has(before: &Before, first: usize, later: usize) -> bool {
    before.get(&later).is_some_and(|firsts| firsts.contains(&first))
}

fn graph(before: &Before, count: usize) -> DiGraph<(), ()> {
    let mut graph = DiGraph::new();
    for _ in 0..count {
        graph.add_node(());
    }
    for (later, firsts) in before {
        for first in firsts {
            graph.add_edge(NodeIndex::new(*first), NodeIndex::new(*later), ());
        }
    }
    graph
}

/// Sorts by dependencies, and by the given order where they leave a choice.
pub(super) fn sort(changes: &[Change], before: &Before) -> Result<Vec<usize>, CycleError> {
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
    use crate::model::{Action, Address};

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
