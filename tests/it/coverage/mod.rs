//! All 177 operations of the API guide: each is sent by what the list says, or there is a reason that users accept.

mod cocktail;
pub(crate) mod page;
mod stories;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use quayform::model::Target;
use quayform::{kinds, operations};
use serde::Deserialize;

use crate::operations::runs::{self, fits};

/// One operation of the guide, and what serves it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    /// Its number in the guide.
    pub(crate) number: usize,
    pub(crate) method: String,
    /// Below `/api/v1`, with the guide's names of parameters.
    pub(crate) path: String,
    /// What the guide calls it.
    pub(crate) name: String,
    /// The kinds that send it to plan or to apply.
    #[serde(default)]
    pub(crate) kinds: Vec<String>,
    /// The rows of the table that send it.
    #[serde(default)]
    pub(crate) commands: Vec<String>,
    /// Whether only `quayform api` sends it.
    #[serde(default)]
    pub(crate) api: bool,
    /// Why nothing sends it.
    #[serde(default)]
    pub(crate) reason: Option<String>,
}

/// The list.
pub(crate) fn entries() -> Vec<Entry> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/coverage.json");
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn the_list_is_that_of_the_guide() {
    let entries = entries();
    let numbers: Vec<usize> = entries.iter().map(|entry| entry.number).collect();
    assert_eq!(numbers, (1..=177).collect::<Vec<_>>());
    let distinct: BTreeSet<(&str, &str)> = entries.iter().map(|entry| (&*entry.method, &*entry.path)).collect();
    assert_eq!(distinct.len(), 177);
}

#[test]
fn everything_is_served_or_has_a_reason() {
    let mut reasons = Vec::new();
    for entry in entries() {
        let served = !entry.kinds.is_empty() || !entry.commands.is_empty() || entry.api;
        assert!(served != entry.reason.is_some(), "{} {}", entry.method, entry.path);
        for kind in &entry.kinds {
            assert!(kinds::find(kind).is_some(), "there is no kind {kind}");
        }
        for command in &entry.commands {
            let known = operations::all().any(|operation| operation.command() == *command);
            assert!(known, "there is no command {command}");
        }
        reasons.extend(entry.reason.map(|_| entry.number));
    }
    // The registry itself refuses these.
    assert_eq!(reasons, [108, 109, 110, 111, 112]);
}

/// What is said to send an operation does send it to the embedded registry.
#[test]
fn everything_is_sent_by_what_is_said_to_send_it() {
    let lines: Vec<&runs::Sent> = runs::all().iter().flat_map(|ran| &ran.requests).collect();
    let stories = stories::all();
    let mut lacking = Vec::new();
    for entry in entries() {
        let template = format!("/api/v1{}", entry.path);
        let is_sent_by = |sent: &runs::Sent, by: &str| {
            sent.command == by && sent.method == entry.method && fits(&template, &sent.path)
        };
        for command in &entry.commands {
            if !lines.iter().any(|sent| is_sent_by(sent, command)) {
                lacking.push(format!("{} {} by {command}", entry.method, entry.path));
            }
        }
        for kind in &entry.kinds {
            if !stories.iter().any(|sent| is_sent_by(sent, kind)) {
                lacking.push(format!("{} {} by {kind}", entry.method, entry.path));
            }
        }
        if entry.api && !runs::can_be_sent(&entry.method, &entry.path) {
            lacking.push(format!("{} {} by api", entry.method, entry.path));
        }
    }
    assert!(lacking.is_empty(), "{lacking:#?}");
}

/// The list names every kind that writes by an operation; reads are shared by many.
#[test]
fn no_kind_is_left_out() {
    let entries = entries();
    let mut left_out = BTreeSet::new();
    for sent in stories::all().iter().filter(|sent| sent.method != "GET") {
        let serves =
            |entry: &&Entry| entry.method == sent.method && fits(&format!("/api/v1{}", entry.path), &sent.path);
        let mut fitting = entries.iter().filter(serves).peekable();
        let is_named = fitting.peek().is_none() || fitting.any(|entry| entry.kinds.contains(&sent.command));
        if !is_named {
            left_out.insert(format!("{} {} by {}", sent.method, sent.path, sent.command));
        }
    }
    assert!(left_out.is_empty(), "{left_out:#?}");
}

/// The list names every command that serves an operation, so that the page does.
#[test]
fn no_command_is_left_out() {
    let mut left_out = Vec::new();
    for operation in operations::all() {
        for route in operation.routes.iter().filter(|route| route.target == Target::Registry) {
            let shape = |path: &str| {
                let parts = path.split('/').map(|part| match part {
                    "{repository}" => part,
                    part if part.starts_with('{') => "{}",
                    part => part,
                });
                parts.collect::<Vec<_>>().join("/")
            };
            let method = route.method.to_string();
            let entry = entries()
                .into_iter()
                .find(|entry| entry.method == method && shape(&entry.path) == shape(route.path));
            if let Some(entry) = entry.filter(|entry| !entry.commands.contains(&operation.command())) {
                left_out.push(format!("{} by {}", entry.number, operation.command()));
            }
        }
    }
    assert!(left_out.is_empty(), "{left_out:#?}");
}
