//! What the registry answered, by query target.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value as Json;

/// Why something could not be read: never to be taken for "not there".
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gap {
    /// The request that failed.
    pub target: String,
    /// What happened, for people.
    pub reason: String,
}

/// The settled answer to one query. Its `Debug` form does not show the body, which may hold secrets.
#[derive(Clone, PartialEq)]
pub enum Answer {
    /// The body, all pages of it.
    Body(Json),
    /// The server proved that there is no such thing.
    Missing,
    /// It could not be read.
    Gap(Gap),
}

impl fmt::Debug for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Answer::Body(_) => formatter.write_str("Body"),
            Answer::Missing => formatter.write_str("Missing"),
            Answer::Gap(gap) => gap.fmt(formatter),
        }
    }
}

/// All answers of a run so far.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    by_target: BTreeMap<String, Answer>,
}

impl Answers {
    /// Keeps an answer.
    pub fn insert(&mut self, target: String, answer: Answer) {
        self.by_target.insert(target, answer);
    }

    /// The answer to a target, if it was asked.
    pub fn get(&self, target: &str) -> Option<&Answer> {
        self.by_target.get(target)
    }

    /// The body of an answer, if there is one.
    pub fn body(&self, target: &str) -> Option<&Json> {
        match self.by_target.get(target)? {
            Answer::Body(body) => Some(body),
            Answer::Missing | Answer::Gap(_) => None,
        }
    }

    /// Whether the target was asked and is proven not to exist.
    pub fn is_missing(&self, target: &str) -> bool {
        matches!(self.by_target.get(target), Some(Answer::Missing))
    }

    /// The gap at a target, if reading it failed.
    pub fn gap(&self, target: &str) -> Option<&Gap> {
        match self.by_target.get(target)? {
            Answer::Gap(gap) => Some(gap),
            Answer::Body(_) | Answer::Missing => None,
        }
    }

    /// The named array of a body, which its query's form has promised; empty where there is no body.
    pub fn list(&self, target: &str, key: &str) -> &[Json] {
        self.body(target)
            .and_then(|body| body.get(key))
            .and_then(Json::as_array)
            .map_or(&[], Vec::as_slice)
    }
}
