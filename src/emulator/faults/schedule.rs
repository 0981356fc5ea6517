//! A schedule under way: what has matched and fired so far.

use std::collections::{BTreeMap, VecDeque};

use super::super::request::IncomingRequest;
use super::super::store::Store;
use super::Faults;
use super::fault::Fault;
use super::requests::Rule;

/// The rules with their counters, and the past that stale reads need.
#[derive(Debug, Clone, Default)]
pub(in crate::emulator) struct Schedule {
    rules: Vec<Progress>,
    fired: BTreeMap<&'static str, u64>,
    fired_on_writes: BTreeMap<&'static str, u64>,
    /// The states before the latest writes, oldest first; only as many as a rule may ask for.
    past: VecDeque<Store>,
    depth: usize,
}

#[derive(Debug, Clone)]
struct Progress {
    rule: Rule,
    matched: u64,
    fired: u64,
}

impl Schedule {
    /// Begins a schedule; the counts of what fired before go on.
    pub(in crate::emulator) fn begin(&mut self, faults: Faults) {
        let depth = |rule: &Rule| match rule.fault {
            Fault::StaleRead { writes } => writes.get(),
            _ => 0,
        };
        self.depth = faults.rules.iter().map(depth).max().unwrap_or(0);
        self.past.clear();
        let begun = |rule| Progress {
            rule,
            matched: 0,
            fired: 0,
        };
        self.rules = faults.rules.into_iter().map(begun).collect();
    }

    /// How often each fault fired.
    pub(in crate::emulator) fn fired(&self) -> &BTreeMap<&'static str, u64> {
        &self.fired
    }

    /// How often each fault fired on a request that writes.
    pub(in crate::emulator) fn fired_on_writes(&self) -> &BTreeMap<&'static str, u64> {
        &self.fired_on_writes
    }

    /// How often any fault fired.
    pub(in crate::emulator) fn total(&self) -> u64 {
        self.fired.values().sum()
    }

    /// Counts the request, and gives the fault of the first rule that is due on it, with that rule's place.
    pub(super) fn due(&mut self, request: &IncomingRequest) -> Option<(usize, Fault)> {
        let mut due = None;
        for (place, progress) in self.rules.iter_mut().enumerate() {
            if !progress.rule.matches(request) || !can_strike(&progress.rule.fault, request, &self.past) {
                continue;
            }
            progress.matched += 1;
            if due.is_none() && progress.is_due() {
                due = Some((place, progress.rule.fault.clone()));
            }
        }
        due
    }

    /// The rule at this place has fired on this request.
    pub(super) fn struck(&mut self, place: usize, request: &IncomingRequest) {
        if let Some(progress) = self.rules.get_mut(place) {
            let name = progress.rule.fault.name();
            progress.fired += 1;
            *self.fired.entry(name).or_default() += 1;
            if request.is_write() {
                *self.fired_on_writes.entry(name).or_default() += 1;
            }
        }
    }

    /// Remembers the state before a write.
    pub(in crate::emulator) fn remember(&mut self, store: &Store) {
        if self.depth == 0 {
            return;
        }
        if self.past.len() == self.depth {
            self.past.pop_front();
        }
        self.past.push_back(store.clone());
    }

    /// The state so many writes ago, or the oldest that is known.
    pub(super) fn past(&self, writes: usize) -> Option<Store> {
        let place = self.past.len().saturating_sub(writes);
        self.past.get(place).cloned()
    }
}

impl Progress {
    fn is_due(&self) -> bool {
        let left = self.rule.times.is_none_or(|times| self.fired < times.get());
        self.matched >= self.rule.from.get() && left
    }
}

/// Whether the request is one that the fault can do something to.
fn can_strike(fault: &Fault, request: &IncomingRequest, past: &VecDeque<Store>) -> bool {
    match fault {
        Fault::StaleRead { .. } => request.method == "GET" && !past.is_empty(),
        Fault::ExpireToken {} => request.token.is_some(),
        _ => true,
    }
}
