//! The graph as a picture: layers from left to right.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::graph::{Graph, Node};
use crate::model::Action;
use crate::report::words::printable;

/// The measures of a node, and the space between two, in pixels.
const WIDTH: usize = 210;
const HEIGHT: usize = 44;
const ACROSS: usize = 60;
const BETWEEN: usize = 12;

/// How many letters fit into a node.
const LETTERS: usize = 28;

/// The picture; nothing where there is nothing to order.
pub(super) fn picture(graph: &Graph) -> Markup {
    let places = places(graph);
    let (right, bottom) = places
        .iter()
        .fold((0, 0), |(right, bottom), (x, y)| (right.max(*x), bottom.max(*y)));
    let (width, height) = (right + WIDTH + BETWEEN, bottom + HEIGHT + BETWEEN);
    html! {
        svg role="img" aria-label="What is done before what" width=(width) height=(height) viewBox=(format!("0 0 {width} {height}")) {
            @for (from, to) in &graph.edges {
                @if let (Some(from), Some(to)) = (places.get(*from), places.get(*to)) {
                    path class="edge" d=(curve(*from, *to)) {}
                }
            }
            @for (node, (x, y)) in graph.nodes.iter().zip(&places) {
                g class=(format!("node {}", node.action.word())) {
                    title { (printable(&whole(node))) }
                    rect x=(x) y=(y) width=(WIDTH) height=(HEIGHT) rx="6" {}
                    text x=(x + 10) y=(y + 18) { (sign(node.action)) " " (what(node)) }
                    text class="name" x=(x + 10) y=(y + 35) { (short(&node.name)) }
                }
            }
        }
    }
}

/// Each layer is a column; nodes stand near those that come before them.
fn places(graph: &Graph) -> Vec<(usize, usize)> {
    let mut layers: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, node) in graph.nodes.iter().enumerate() {
        layers.entry(node.layer).or_default().push(index);
    }
    let mut places = vec![(0, 0); graph.nodes.len()];
    for (layer, mut column) in layers {
        let height_of = |index: &usize| {
            let before = graph.edges.iter().filter(|(_, to)| to == index);
            let heights: Vec<usize> = before.map(|(from, _)| places[*from].1).collect();
            heights.iter().sum::<usize>() / heights.len().max(1)
        };
        column.sort_by_cached_key(height_of);
        for (row, index) in column.into_iter().enumerate() {
            places[index] = (BETWEEN + layer * (WIDTH + ACROSS), BETWEEN + row * (HEIGHT + BETWEEN));
        }
    }
    places
}

/// From the right side of one node to the left side of the other.
fn curve(from: (usize, usize), to: (usize, usize)) -> String {
    let (x, y) = (from.0 + WIDTH, from.1 + HEIGHT / 2);
    let (end, height) = (to.0, to.1 + HEIGHT / 2);
    let bend = ACROSS / 2;
    format!(
        "M{x} {y}C{} {y} {} {height} {end} {height}",
        x + bend,
        end.saturating_sub(bend)
    )
}

fn what(node: &Node) -> String {
    match node.number {
        1 => node.kind.to_owned(),
        number => format!("{number} × {}", node.kind),
    }
}

fn whole(node: &Node) -> String {
    format!("{} {} {}", node.action.word(), what(node), node.name)
}

fn short(name: &str) -> String {
    let name = printable(name);
    match name.char_indices().nth(LETTERS) {
        None => name,
        Some((end, _)) => format!("{}…", &name[..end]),
    }
}

fn sign(action: Action) -> &'static str {
    match action {
        Action::Create => "+",
        Action::Update => "~",
        Action::Replace => "±",
        Action::Delete => "−",
        Action::Blocked => "!",
        Action::Deferred => "…",
    }
}
