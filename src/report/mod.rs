//! One folder per output format; nothing here prints.

pub mod csv;
pub mod diagnostics;
mod excerpt;
pub mod explain;
pub mod graph;
pub mod json;
pub mod message;
pub mod metrics;
pub mod patch;
pub mod reference;
pub mod text;

use std::collections::BTreeMap;

use crate::model::Asked;
use crate::read::Recalled;

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
