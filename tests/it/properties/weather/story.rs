//! One case: a registry with a past, a project, and applies that go wrong in one way or another.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use quayform::emulator::{Fault, Faults, Requests, Rule, SCOPES, When};

use crate::end_state::{differences, end_state};
use crate::lab::Lab;

use super::super::case::{Case, case};
use super::super::converges::converges;
use super::super::hands::{ByHand, by_hand_anywhere};
use super::super::images;
use super::super::large::large_case;
use super::bounds::Bounds;
use super::coverage::Coverage;
use super::round;

/// What happens to whom.
#[derive(Debug, Clone)]
pub(super) struct Story {
    pub(super) case: Case,
    /// Applies that are disturbed, one after the other.
    rounds: Vec<Round>,
    /// Whether the end is compared with an apply that nothing disturbs; such a story has nothing that leaves a trace.
    compared: bool,
}

/// One apply, and what goes wrong.
#[derive(Debug, Clone)]
pub(super) struct Round {
    pub(super) faults: Faults,
    /// What somebody else does between planning and applying.
    pub(super) meanwhile: Vec<ByHand>,
    /// At which write the apply is killed.
    pub(super) kill: Option<(u64, When)>,
    /// Whether the plan goes through a file.
    pub(super) saved: bool,
}

/// Stories about small or large registries.
pub(super) fn stories(is_large: bool) -> impl Strategy<Value = Story> {
    let case = if is_large { large_case().boxed() } else { case().boxed() };
    let reach = if is_large { 90 } else { 30 };
    let rounds = proptest::bool::weighted(0.4)
        .prop_flat_map(move |compared| (vec(round(reach, !compared), 1..4), Just(compared)));
    (case, rounds).prop_map(|(case, (rounds, compared))| Story { case, rounds, compared })
}

fn round(reach: u64, may_leave_traces: bool) -> impl Strategy<Value = Round> {
    let faults = vec(rule(reach, may_leave_traces), 0..5).prop_map(Faults::new);
    let hands = if may_leave_traces { 1..6 } else { 0..1 };
    let meanwhile = option::weighted(0.3, vec(by_hand_anywhere(), hands)).prop_map(Option::unwrap_or_default);
    let kill = option::weighted(0.4, (1..reach, when()));
    (faults, meanwhile, kill, proptest::bool::weighted(0.3)).prop_map(|(faults, meanwhile, kill, saved)| Round {
        faults,
        meanwhile,
        kill,
        saved,
    })
}

fn rule(reach: u64, may_leave_traces: bool) -> impl Strategy<Value = Rule> {
    let passing = passing_fault().boxed();
    let fault = if may_leave_traces {
        prop_oneof![3 => passing, 1 => trace()].boxed()
    } else {
        passing
    };
    let on = prop_oneof![Just(Requests::Write), Just(Requests::Get)];
    (on, fault, 1..reach, 1..4_u64).prop_map(|(on, fault, from, times)| Rule::new(on, fault).from(from).times(times))
}

fn when() -> impl Strategy<Value = When> {
    prop_oneof![Just(When::BeforeCommit), Just(When::AfterCommit)]
}

fn passing_fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        Just(Fault::Latency { milliseconds: 600_000 }),
        option::of(1..10_u64).prop_map(|retry_after| Fault::TooManyRequests { retry_after }),
        when().prop_map(|when| Fault::BadGateway { when }),
        when().prop_map(|when| Fault::Cut { when }),
        Just(Fault::Truncated {}),
        Just(Fault::ExpireToken {}),
    ]
}

/// What may leave a trace for good: somebody else's writes, and a creation of what the server has already, but did not
/// show. An additive list keeps both.
fn trace() -> impl Strategy<Value = Fault> {
    prop_oneof![
        (1..8_usize).prop_map(Fault::stale_read),
        by_hand_anywhere().prop_map(|call| Fault::ForeignWrite(call.foreign())),
    ]
}

impl Story {
    /// One more apply is enough, and where no trace may stay, it ends as if nothing had gone wrong.
    pub(super) fn happens(&self, coverage: &mut Coverage) {
        let (lab, text) = (self.case.lab(), self.case.wanted.text());
        coverage.case(&lab, &text);
        // Who cannot see that something is missing which a project relies on does the rest of it, and who can, nothing.
        let undisturbed = self.compared.then(|| {
            let lab = lab.once_more();
            let mut bounds = Bounds::before(&lab.emulator);
            let is_done = settle(&lab, &text);
            bounds.widen(&lab.emulator);
            // What still waits for something, such as a repository that came last for its images, would be more, or less, in
            // the end.
            let is_over = is_done
                && !images::push(&lab.emulator)
                && !lab.plan(&text).plan.changes.iter().any(|change| change.action.writes());
            is_over.then_some((lab, bounds))
        });
        let undisturbed = undisturbed.flatten();
        let bounds = undisturbed.as_ref().map(|(_, bounds)| bounds);
        for round in &self.rounds {
            round::endure(&lab, &text, round, bounds, coverage);
        }
        self.clears_up(&lab, coverage);
        settle(&lab, &text);
        if let Some((undisturbed, _)) = undisturbed {
            let end = end_state(&undisturbed.emulator);
            let differences = differences(&end_state(&lab.emulator), &end);
            assert!(differences.is_empty(), "{differences:#?}");
            coverage.note("story", "ends as an undisturbed one");
        }
    }

    /// The faults end, and the token lives again.
    fn clears_up(&self, lab: &Lab, coverage: &mut Coverage) {
        coverage.faults(&lab.emulator);
        lab.emulator.set_faults(Faults::default());
        renew_token(lab);
    }
}

/// Somebody puts a new token in place of the dead one.
pub(super) fn renew_token(lab: &Lab) {
    lab.emulator
        .with(|registry| registry.add_token("quayadmin", "emulator-token", &SCOPES));
}

/// One apply, and where something is left, another one for what the server had put off, and what nobody had pushed. Whether
/// the plan was not refused.
fn settle(lab: &Lab, text: &str) -> bool {
    let all = converges(lab, text);
    lab.emulator.with(|registry| registry.garbage_collect());
    images::push(&lab.emulator);
    if all != Some(true) {
        converges(lab, text);
    }
    all.is_some()
}
