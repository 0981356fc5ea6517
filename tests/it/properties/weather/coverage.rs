//! What the cases were about: counted, printed, and held to floors.

use std::collections::{BTreeMap, BTreeSet};

use quayform::apply::Applied;
use quayform::emulator::{Emulator, Fault, When};
use quayform::kinds::{self, Kind};
use quayform::model::{Intent, Plan, State, Way};

use crate::lab::Lab;

/// How often in a thousand cases, at least.
const OF_CHANGES: u64 = 5;
const OF_FAULTS: u64 = 20;
const OTHERS: &[(&str, &str, u64)] = &[
    ("planned", "member blocked", 5),
    ("planned", "mirror blocked", 5),
    ("planned", "robot blocked", 5),
    ("outcome", "deferred", 5),
    ("outcome", "failed", 50),
    ("outcome", "skipped", 50),
    ("outcome", "stale", 20),
    ("round", "killed after a commit", 50),
    ("round", "killed before a commit", 50),
    ("round", "saved and loaded", 200),
    ("round", "with gaps", 50),
    ("story", "ends as an undisturbed one", 150),
    ("story", "large, of a large past", 250),
];

/// What could be done to a kind and is too seldom here to have a floor, with the reason.
const SELDOM: &[(&str, &str)] = &[
    // An organization goes only where all of it may go, and half of the projects hold whole ones.
    ("organization", "delete"),
    // Where no mail is sent, as in most registries here, nobody can be asked and none be taken back.
    ("invite", "delete"),
];

/// What cannot be done to a kind although others know it.
const IMPOSSIBLE: &[(&str, &str)] = &[
    // Another text is another message.
    ("message", "replace"),
    // They are made in a browser.
    ("trigger", "create"),
    // Every repository is in one state and trusted or not, from its birth to its end.
    ("repository_state", "create"),
    ("repository_state", "delete"),
    ("repository_trust", "create"),
    ("repository_trust", "delete"),
];

/// Kinds that random projects do not hold, with the reason; scenarios hold them.
const APART: &[&str] = &[
    // They can only be taken away, and nobody who is taken away stands in these projects.
    "organization_member",
];

fn held() -> impl Iterator<Item = &'static &'static dyn Kind> {
    kinds::ALL.iter().filter(|kind| !APART.contains(&kind.name()))
}

fn without_floor(kind: &str, action: &str) -> bool {
    let named = SELDOM.iter().chain(IMPOSSIBLE);
    named.copied().any(|pair| pair == (kind, action))
}

/// What can be done to each kind, by what its fields say of themselves.
fn actions() -> impl Iterator<Item = String> {
    held().flat_map(|kind| {
        let has = |way: fn(Way) -> bool| kind.fields().iter().any(|field| way(field.way));
        let possible = [
            ("create", true),
            ("update", has(|way| matches!(way, Way::Update))),
            ("replace", has(|way| matches!(way, Way::Replace))),
            ("delete", true),
        ];
        let counted = possible
            .into_iter()
            .filter(|(action, can)| *can && !without_floor(kind.name(), action));
        counted.map(|(action, _)| format!("{} {action}", kind.name()))
    })
}

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
        let has_all = held().all(|kind| kinds.contains(kind.name()));
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

    /// Half of the cases are large, and whatever can happen does.
    pub(super) fn reaches_its_floors(&self) {
        assert!(2 * self.times("story", "large") >= self.cases(), "too few large cases");
        let changes = actions().map(|name| ("done", name, OF_CHANGES));
        let faults = Fault::NAMES.iter().flat_map(|name| {
            let sides: &[&str] = if *name == "stale_read" {
                &["read"]
            } else {
                &["read", "write"]
            };
            sides
                .iter()
                .map(move |side| ("fault", format!("{name} on a {side}"), OF_FAULTS))
        });
        let others = OTHERS
            .iter()
            .map(|(sort, name, floor)| (*sort, (*name).to_owned(), *floor));
        let too_few: Vec<String> = changes
            .chain(faults)
            .chain(others)
            .filter(|(sort, name, floor)| self.times(sort, name) * 1_000 < floor * self.cases())
            .map(|(sort, name, _)| format!("{sort} {name}: {}", self.times(sort, &name)))
            .collect();
        assert!(too_few.is_empty(), "what happens so seldom proves little: {too_few:#?}");
    }

    #[allow(clippy::print_stdout, reason = "what a test says about itself")]
    pub(super) fn print(&self) {
        println!("{} cases", self.cases());
        for ((sort, name), times) in &self.0 {
            println!("{sort:10} {name:44} {times:9}");
        }
    }
}
