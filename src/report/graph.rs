//! What must come before what, as a picture for Graphviz (DOT) or for Markdown (Mermaid).

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Action, Address, Desired, Plan};

/// More objects than this are folded unless everything is asked for.
pub const MOST_UNFOLDED: usize = 60;

/// Objects and what each waits for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Graph {
    nodes: Vec<Node>,
    /// From what comes first to what comes after it, by index.
    edges: BTreeSet<(usize, usize)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Node {
    label: String,
    group: String,
    action: Option<Action>,
    /// How many objects it stands for.
    size: usize,
}

impl Graph {
    /// The declared objects; each comes after what it needs.
    pub fn of_desired(desired: &Desired) -> Self {
        let objects = desired.objects.iter();
        Graph::new(objects.map(|declared| (&declared.address, None, declared.needs.as_slice())))
    }

    /// The changes of a plan in their order.
    pub fn of_plan(plan: &Plan) -> Self {
        let changes = plan.changes.iter();
        Graph::new(changes.map(|change| (&change.address, Some(change.action), change.after.as_slice())))
    }

    fn new<'a>(objects: impl Iterator<Item = (&'a Address, Option<Action>, &'a [Address])> + Clone) -> Self {
        let index: BTreeMap<&Address, usize> = objects
            .clone()
            .enumerate()
            .map(|(index, (address, ..))| (address, index))
            .collect();
        let mut graph = Graph::default();
        for (at, (address, action, before)) in objects.enumerate() {
            graph.nodes.push(Node {
                label: address.to_string(),
                group: format!("{}[{}/*]", address.kind, address.namespace()),
                action,
                size: 1,
            });
            let known = before.iter().filter_map(|address| index.get(address));
            graph
                .edges
                .extend(known.filter(|first| **first != at).map(|first| (*first, at)));
        }
        graph
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// One node for all objects of a kind in an organization with which the same is done.
    #[must_use]
    pub fn folded(&self) -> Self {
        let mut places: BTreeMap<(&str, Option<Action>), usize> = BTreeMap::new();
        let (mut nodes, mut homes): (Vec<Node>, Vec<usize>) = (Vec::new(), Vec::new());
        for node in &self.nodes {
            let home = *places.entry((&node.group, node.action)).or_insert_with(|| {
                nodes.push(Node {
                    size: 0,
                    ..node.clone()
                });
                nodes.len() - 1
            });
            nodes[home].size += 1;
            if nodes[home].size == 2 {
                nodes[home].label = node.group.clone();
            }
            homes.push(home);
        }
        let edges = self.edges.iter().map(|(first, second)| (homes[*first], homes[*second]));
        Graph {
            nodes,
            edges: edges.filter(|(first, second)| first != second).collect(),
        }
    }

    /// For Graphviz.
    pub fn dot(&self) -> String {
        let mut text =
            String::from("digraph quayform {\n  rankdir=LR;\n  node [shape=box, fontname=\"sans-serif\"];\n");
        for (index, node) in self.nodes.iter().enumerate() {
            let color = node
                .action
                .map(|action| format!(", color=\"{}\"", color(action)))
                .unwrap_or_default();
            text.push_str(&format!(
                "  n{index} [label=\"{}\"{color}];\n",
                node.title().replace('\\', "\\\\").replace('"', "\\\"")
            ));
        }
        for (first, second) in &self.edges {
            text.push_str(&format!("  n{first} -> n{second};\n"));
        }
        text + "}\n"
    }

    /// For Markdown.
    pub fn mermaid(&self) -> String {
        let mut text = String::from("flowchart LR\n");
        for (index, node) in self.nodes.iter().enumerate() {
            let class = node
                .action
                .map(|action| format!(":::{}", action.word()))
                .unwrap_or_default();
            text.push_str(&format!("  n{index}[\"{}\"]{class}\n", escaped(&node.title())));
        }
        for (first, second) in &self.edges {
            text.push_str(&format!("  n{first} --> n{second}\n"));
        }
        let actions: BTreeSet<Action> = self.nodes.iter().filter_map(|node| node.action).collect();
        for action in actions {
            text.push_str(&format!("  classDef {} stroke:{}\n", action.word(), color(action)));
        }
        text
    }
}

impl Node {
    fn title(&self) -> String {
        let action = self
            .action
            .map(|action| format!("{} ", action.word()))
            .unwrap_or_default();
        let count = if self.size > 1 {
            format!(" ×{}", self.size)
        } else {
            String::new()
        };
        format!("{action}{}{count}", self.label)
    }
}

/// Mermaid takes letters by their numbers where they could mean something.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        match letter {
            '"' | '#' | '<' | '>' | '&' | '`' | '\\' => escaped.push_str(&format!("#{};", u32::from(letter))),
            letter => escaped.push(letter),
        }
    }
    escaped
}

fn color(action: Action) -> &'static str {
    match action {
        Action::Create => "#1a7f37",
        Action::Update => "#9a6700",
        Action::Replace => "#8250df",
        Action::Delete => "#cf222e",
        Action::Blocked | Action::Deferred => "#57606a",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Change;

    fn plan() -> Plan {
        let mut plan = Plan::default();
        plan.changes
            .push(Change::new(Address::new("organization", "acme"), Action::Create));
        for team in ["one", "two", "\"three\""] {
            let mut change = Change::new(Address::new("team", format!("acme/{team}")), Action::Create);
            change.after = vec![Address::new("organization", "acme"), Address::new("robot", "acme+gone")];
            plan.changes.push(change);
        }
        plan
    }

    #[test]
    fn what_comes_first_points_to_what_comes_after() {
        let graph = Graph::of_plan(&plan());
        let dot = graph.dot();
        assert!(dot.contains("n0 -> n1;\n  n0 -> n2;\n  n0 -> n3;"), "{dot}");
        assert!(dot.contains(r#"label="create team[acme/\"three\"]""#), "{dot}");
        let mermaid = graph.mermaid();
        assert!(
            mermaid.contains("n3[\"create team[acme/#34;three#34;]\"]:::create"),
            "{mermaid}"
        );
        assert!(mermaid.contains("classDef create stroke:#1a7f37"), "{mermaid}");
    }

    #[test]
    fn like_ones_are_folded_with_their_number() {
        let folded = Graph::of_plan(&plan()).folded();
        assert_eq!(folded.len(), 2);
        assert!(folded.dot().contains("create team[acme/*] ×3"), "{}", folded.dot());
        assert!(folded.dot().contains("n0 -> n1;"));
    }
}
