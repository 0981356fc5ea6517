//! What the cases were about: counted, printed, and held to floors.

use std::collections::{BTreeMap, BTreeSet};

use quayform::apply::Applied;
use quayform::emulator::{Emulator, When};
use quayform::kinds;
use quayform::model::{Intent, Plan, State};

use crate::lab::Lab;

/// How often what was seen, by its sort and name.
#[derive(Default)]
pub(super) struct Coverage(BTreeMap<(&'static str, String), u64>);

impl Coverage {
    pub(super) fn note(&mut self, sort: &'static str, name: impl Into<String>) {
        self.many(sort, name, 1);
    }

    fn many(&mut self, sort: &'static str, name: impl Into<String>, times: u64) {
        *self.0.entry((sort, name.into())).or_default() += times;
    }

    pub(super) fn add(&mut self, other: &Coverage) {
        for ((sort, name), times) in &other.0 {
            self.many(sort, name, *times);
        }
    }

    /// Whether a case counts as large is what its project and its registry hold, not how it was made.
    pub(super) fn case(&mut self, lab: &Lab, text: &str) {
        let desired = lab.desired(text);
        let present = desired.objects.iter().filter(|object| object.intent == Intent::Present);
        let present: Vec<_> = present.map(|object| &object.address).collect();
        let all_of = |kind: &str| present.iter().filter(|address| address.kind == kind).count();
        let kinds: BTreeSet<&str> = present.iter().map(|address| address.kind).collect();
        let has_all = kinds::ALL.iter().all(|kind| kinds.contains(kind.name()));
        let is_large = all_of("organization") >= 2 && all_of("repository") >= 10 && has_all;
        self.note("story", if is_large { "large" } else { "small" });
        if is_large && lab.emulator.with(|registry| registry.repositories().count()) >= 10 {
            self.note("story", "large, of a large past");
        }
    }

    pub(super) fn plan(&mut self, plan: &Plan) {
        for change in plan.changes.iter().filter(|change| !change.action.writes()) {
            self.note("planned", format!("{} {}", change.address.kind, change.action.word()));
        }
        if !plan.gaps.is_empty() {
            self.note("round", "with gaps");
        }
    }

    pub(super) fn outcomes(&mut self, applied: &Applied) {
        self.note("round", "came to its end");
        for outcome in &applied.outcomes {
            if outcome.state == State::Done {
                self.note("done", format!("{} {}", outcome.address.kind, outcome.action.word()));
            }
            self.note("outcome", outcome.state.word());
        }
    }

    pub(super) fn kill(&mut self, at: Option<(u64, When)>) {
        match at {
            Some((_, When::BeforeCommit)) => self.note("round", "killed before a commit"),
            _ => self.note("round", "killed after a commit"),
        }
    }

    pub(super) fn faults(&mut self, emulator: &Emulator) {
        let on_writes = emulator.fired_on_writes();
        for (name, times) in emulator.fired() {
            let writes = on_writes.get(name).copied().unwrap_or_default();
            self.many("fault", format!("{name} on a write"), writes);
            self.many("fault", format!("{name} on a read"), times - writes);
        }
    }

    fn times(&self, sort: &'static str, name: &str) -> u64 {
        self.0.get(&(sort, name.to_owned())).copied().unwrap_or_default()
    }

    fn cases(&self) -> u64 {
        self.times("story", "large") + self.times("story", "small")
    }

    pub(super) fn reaches_its_floors(&self) {
        assert!(2 * self.times("story", "large") >= self.cases(), "too few large cases");
    }

    #[allow(clippy::print_stdout, reason = "what a test says about itself")]
    pub(super) fn print(&self) {
        println!("{} cases", self.cases());
        for ((sort, name), times) in &self.0 {
            println!("{sort:10} {name:44} {times:9}");
        }
    }
}
