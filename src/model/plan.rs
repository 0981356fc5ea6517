//! A whole plan.

use std::collections::BTreeSet;

use super::access::AccessChange;
use super::address::Address;
use super::answers::Gap;
use super::change::{Action, Change};
use super::diagnostic::Diagnostics;
use super::narrowing::Narrowed;

/// How many of what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Summary {
    /// Objects that come to be.
    pub create: usize,
    /// Objects that change in place.
    pub update: usize,
    /// Objects that are made anew.
    pub replace: usize,
    /// Objects that go.
    pub delete: usize,
    /// Wishes that cannot be fulfilled.
    pub blocked: usize,
    /// Changes that the server will allow later.
    pub deferred: usize,
    /// Declared objects that are as they should be.
    pub unchanged: usize,
    /// Live objects in owned collections that no manifest declares.
    pub unmanaged: usize,
}

impl Summary {
    /// Counts one change.
    pub fn count(&mut self, action: Action) {
        *match action {
            Action::Create => &mut self.create,
            Action::Update => &mut self.update,
            Action::Replace => &mut self.replace,
            Action::Delete => &mut self.delete,
            Action::Blocked => &mut self.blocked,
            Action::Deferred => &mut self.deferred,
        } += 1;
    }

    /// How many changes lead to requests.
    pub fn writes(&self) -> usize {
        self.create + self.update + self.replace + self.delete
    }
}

/// A guard that says no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The guard's name in `quayform.toml`, such as `max_deletes`.
    pub guard: &'static str,
    /// The figure, the limit and what it is about.
    pub message: String,
    /// The objects concerned.
    pub addresses: Vec<Address>,
    /// What to know before it is allowed, in sentences without a full stop.
    pub remarks: Vec<String>,
    /// The narrowest way to allow exactly this, or that there is none.
    pub way_out: String,
    /// Whether somebody who has seen the whole plan may allow all of it at once. `protected`, `operators` and the robots
    /// of look-alike organizations have no such override.
    pub overridable: bool,
}

/// A moment that the order of a plan allows, and in which somebody may do more than they should, or less than they must:
/// a mistake of quayform's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// Who may do what, and what they may before and after.
    pub message: String,
    /// What is done at that moment, of all that bears on it.
    pub done: Vec<Address>,
    /// What is not done yet.
    pub open: Vec<Address>,
}

/// What is to be done, in an order that keeps every dependency.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// The changes, ordered.
    pub changes: Vec<Change>,
    /// The figures.
    pub summary: Summary,
    /// Live objects that no manifest declares, in collections that are owned as declared.
    pub unmanaged: Vec<Address>,
    /// What could not be read.
    pub gaps: Vec<Gap>,
    /// The organizations with gaps: nothing in them is written.
    pub unreadable: BTreeSet<String>,
    /// Guards that refuse; nothing is applied while there is one.
    pub refusals: Vec<Refusal>,
    /// Moments at which the order would not be safe; nothing is applied while there is one.
    pub breaches: Vec<Breach>,
    /// What it was narrowed to; `None` for a whole plan.
    pub narrowed: Option<Narrowed>,
    /// Who gains and who loses what, as far as it was read.
    pub access: AccessChange,
    /// Warnings and notes.
    pub diagnostics: Diagnostics,
}

impl Plan {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.summary.writes() == 0
    }
}
