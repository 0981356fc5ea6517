//! Plan, apply, plan again.

use std::collections::BTreeSet;

use proptest::prelude::*;
use quayform::apply::Applied;
use quayform::kinds::{default_permission, member, mirror, permission, robot, team};
use quayform::model::{Action, Address, Change, Outcome, Plan, State};

use crate::lab::{Lab, detail};

use super::case::{case, is_refused};
use super::{config, images};

proptest! {
    #![proptest_config(config(192))]

    #[test]
    fn every_plan_converges(case in case()) {
        converges(&case.lab(), &case.wanted.text());
    }
}

/// Plans, applies, and plans again: nothing is left but what the server has put off. Whether nothing at all is left;
/// `None` where the plan is refused.
pub(super) fn converges(lab: &Lab, text: &str) -> Option<bool> {
    let planned = lab.plan(text);
    if is_refused(&planned.plan) {
        return None;
    }
    assert!(planned.plan.gaps.is_empty(), "{:#?}", planned.plan.gaps);
    let applied = lab.carry_out(&planned);
    let lacking = beyond_reach(lab, &planned.plan);
    let is_expected =
        |outcome: &&Outcome| lacking.contains(&outcome.address) || is_expected(outcome, &applied, &lacking);
    let unexpected = applied.outcomes.iter().find(|outcome| !is_expected(outcome));
    assert!(unexpected.is_none(), "{unexpected:?} of {:#?}", planned.details());
    if let Some(verified) = &applied.verified {
        let residual = verified.residual.iter().map(|residual| &residual.change);
        let residual = residual.filter(|change| !lacking.contains(&change.address) && !stays(change, &applied));
        let residual: Vec<String> = residual.map(detail).collect();
        assert!(
            residual.is_empty() && verified.unproven.is_empty(),
            "residual: {residual:#?} {:?} of {:#?}, not done: {:#?}",
            verified.unproven,
            planned.details(),
            applied
                .outcomes
                .iter()
                .filter(|outcome| outcome.state != State::Done)
                .collect::<Vec<_>>()
        );
    }
    let again = lab.plan(text);
    // Of an image that was never pushed to what was just made, nothing proves that it is missing.
    let lacking = beyond_reach(lab, &again.plan);
    let open = still_open(&again.plan, &planned.plan, &applied, &lacking);
    assert!(open.is_empty(), "second: {open:#?} first: {:#?}", planned.details());
    Some(again.plan.changes.is_empty())
}

/// What points to images that were never pushed, and mirrors whose tags the server does not change any more.
fn beyond_reach(lab: &Lab, plan: &Plan) -> BTreeSet<Address> {
    let writing = plan.changes.iter().filter(|change| change.action.writes());
    let lacking = writing.filter(|change| {
        let is_lacking = || images::is_missing_for(change, &lab.emulator) || has_a_stuck_rule(change, lab);
        change.action != Action::Delete && is_lacking()
    });
    lacking.map(|change| change.address.clone()).collect()
}

/// A creation of a mirror that failed on its robot leaves a rule behind, and the server changes that one ever after: only
/// the verification can tell (behaviour.md, hazards). People here try that by hand.
fn has_a_stuck_rule(change: &Change, lab: &Lab) -> bool {
    let is_mirror = change.address.kind == mirror::NAME && change.touches("tags");
    let state = || lab.emulator.with(|registry| registry.to_json());
    is_mirror && !state()["store"]["repositories"][&*change.address.identity]["orphan_mirror_rule"].is_null()
}

/// What would go with a robot or a team that is put off stays with it, and is told.
fn stays(change: &Change, applied: &Applied) -> bool {
    let is_put_off = |outcome: &&Outcome| outcome.action == Action::Delete && outcome.state != State::Done;
    let mut stay = applied.outcomes.iter().filter(is_put_off);
    stay.any(|outcome| goes_with(&change.address, &outcome.address))
}

fn goes_with(object: &Address, owner: &Address) -> bool {
    let is_for = |sort, name| permission::is_of(object, sort, name) || default_permission::is_of(object, sort, name);
    match (owner.kind, owner.identity.split_once('/')) {
        (robot::NAME, _) => {
            let short = robot::short_name(object.namespace(), &owner.identity);
            is_for("robot", short) || member::is_of(object, &owner.identity)
        }
        (team::NAME, Some((organization, team))) => object.namespace() == organization && is_for("team", team),
        _ => false,
    }
}

/// Done, or put off by the server; what comes after something that is put off waits with it: after an organization whose
/// name is still taken, or after a robot that the server still holds.
fn is_expected(outcome: &Outcome, applied: &Applied, lacking: &BTreeSet<Address>) -> bool {
    match outcome.state {
        State::Done | State::Deferred(_) => true,
        State::Skipped(_) => applied
            .outcomes
            .iter()
            .any(|other| matches!(other.state, State::Deferred(_)) || lacking.contains(&other.address)),
        _ => false,
    }
}

/// What a second plan would write, but for what was put off, by the server or by the first plan: the next apply tries that
/// again. That a mirror which has gone to sleep still holds its robot is not looked for.
fn still_open(again: &Plan, first: &Plan, applied: &Applied, lacking: &BTreeSet<Address>) -> Vec<String> {
    let deferred = |change: &Change| {
        let mut all = first.changes.iter().filter(|other| other.action == Action::Deferred);
        all.any(|other| other.address == change.address)
    };
    let put_off = |change: &&Change| {
        let outcome = applied
            .outcomes
            .iter()
            .find(|outcome| outcome.address == change.address);
        outcome.is_some_and(|outcome| outcome.state != State::Done) || deferred(change)
    };
    let writing = again.changes.iter().filter(|change| change.action.writes());
    let open = writing.filter(|change| !put_off(change) && !lacking.contains(&change.address));
    open.map(detail).collect()
}
