//! One folder per output format; nothing here prints.

mod access;
pub mod csv;
pub mod diagnostics;
mod excerpt;
pub mod explain;
mod fold;
pub mod github;
pub mod graph;
pub mod html;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod message;
pub mod metrics;
pub mod patch;
mod problems;
pub mod reference;
pub mod sarif;
pub mod schema;
pub mod text;
mod values;
mod words;

use std::collections::BTreeMap;

pub use problems::Problems;

use crate::model::{Address, Asked, Declared, Diagnostics, Plan, Sources};
use crate::read::Recalled;

/// A plan with all that a page about it tells: what Markdown, HTML and JUnit are made from.
#[derive(Clone, Copy)]
pub struct Report<'a> {
    /// What it is: `Plan` or `Drift`.
    pub title: &'a str,
    /// What is to be read before everything else, in one plain sentence; mostly nothing.
    pub lead: &'a str,
    /// The plan.
    pub plan: &'a Plan,
    /// The files that its places mean.
    pub sources: &'a Sources,
    /// What is declared: among it are the exceptions of patterns.
    pub declared: &'a [Declared],
    /// The problems of the manifests and of the plan.
    pub diagnostics: &'a Diagnostics,
    /// What the registry is known by.
    pub registry: &'a str,
    /// Its name in `[registries.NAME]`.
    pub name: Option<&'a str>,
    /// The digest of the plan, where it was saved.
    pub digest: Option<&'a str>,
    /// What reading cost.
    pub cost: Cost,
    /// What is known of some objects besides, in plain words: who changed them, and when.
    pub remarks: &'a [(Address, String)],
}

impl<'a> Report<'a> {
    /// A plan alone, of a registry without a name.
    pub fn of(plan: &'a Plan, sources: &'a Sources) -> Self {
        Report {
            title: "Plan",
            lead: "",
            plan,
            sources,
            declared: &[],
            diagnostics: &plan.diagnostics,
            registry: "",
            name: None,
            digest: None,
            cost: Cost::default(),
            remarks: &[],
        }
    }
}

/// What a run cost, for the last line and the JSON.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cost {
    /// Requests that read.
    pub read: usize,
    /// Seconds that reading took.
    pub seconds: f64,
    /// How many requests were expected once the lists were there.
    pub estimated_read: usize,
    /// How many seconds were expected then.
    pub estimated_seconds: f64,
    /// What came from the cache instead.
    pub recalled: Option<Recalled>,
}

impl Cost {
    /// Requests so far, and how long they took; nothing else was expected.
    pub fn new(read: usize, seconds: f64) -> Self {
        Cost {
            read,
            seconds,
            estimated_read: read,
            estimated_seconds: seconds,
            recalled: None,
        }
    }

    /// The same, where so many requests and seconds were expected.
    #[must_use]
    pub fn expected(mut self, requests: usize, seconds: f64) -> Self {
        (self.estimated_read, self.estimated_seconds) = (requests, seconds);
        self
    }

    /// The same, with what came from the cache.
    #[must_use]
    pub fn with(self, recalled: Option<Recalled>) -> Self {
        Cost { recalled, ..self }
    }
}

/// Requests of one sort.
pub(crate) struct Reads<'a> {
    /// What they were for.
    pub(crate) reason: &'a str,
    /// How many there were, pages included.
    pub(crate) requests: usize,
    /// One by one.
    pub(crate) each: Vec<&'a Asked>,
}

/// Groups requests by their reasons, the most first.
pub(crate) fn by_reason(asked: &[Asked]) -> Vec<Reads<'_>> {
    let mut groups: BTreeMap<&str, Vec<&Asked>> = BTreeMap::new();
    for each in asked {
        groups.entry(&each.query.reason).or_default().push(each);
    }
    let mut groups: Vec<Reads<'_>> = groups
        .into_iter()
        .map(|(reason, each)| Reads {
            reason,
            requests: each.iter().map(|each| each.requests).sum(),
            each,
        })
        .collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.requests));
    groups
}
