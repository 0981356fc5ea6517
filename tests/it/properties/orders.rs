//! Every order that a plan allows ends the same, and an apply sends what the plan says and nothing else.

use proptest::prelude::*;
use quayform::model::{Address, Call, Plan, Segment, State};

use crate::lab::{Lab, Planned, detail};

use super::case::{Case, case, copy, is_refused};
use super::config;

proptest! {
    #![proptest_config(config(192))]

    #[test]
    fn every_order_that_the_plan_allows_converges(case in case(), picks in proptest::collection::vec(any::<u8>(), 0..40)) {
        any_order(&case, &picks);
    }

    #[test]
    fn an_apply_sends_what_the_plan_says(case in case()) {
        let lab = case.lab();
        let planned = lab.plan(&case.wanted.text());
        if !is_refused(&planned.plan) {
            sends_the_plan(&lab, &planned);
        }
    }
}

fn any_order(case: &Case, picks: &[u8]) {
    let lab = case.lab();
    let text = case.wanted.text();
    let mut planned = lab.plan(&text);
    follows_its_own_order(&planned.plan);
    if is_refused(&planned.plan) {
        return;
    }
    let lab = copy(&lab.emulator.with(|registry| registry.to_json()));
    one_by_one(&mut planned.plan, picks);
    let order: Vec<String> = planned.details();
    let applied = lab.carry_out(&planned);
    let put_off = |state: &State| matches!(state, State::Deferred(_) | State::Skipped(_));
    if applied.count(put_off) > 0 {
        // In a chain, everything comes after what the server has put off.
        return;
    }
    let failed: Vec<_> = applied
        .outcomes
        .iter()
        .filter(|outcome| outcome.state != State::Done)
        .collect();
    assert!(failed.is_empty(), "{failed:#?} in {order:#?}");
    let again: Vec<String> = lab
        .plan(&text)
        .plan
        .changes
        .iter()
        .filter(|change| change.action.writes())
        .map(detail)
        .collect();
    assert!(again.is_empty(), "{again:#?} after {order:#?}");
}

fn follows_its_own_order(plan: &Plan) {
    let mut seen: Vec<&Address> = Vec::new();
    for change in plan.changes.iter().filter(|change| change.action.writes()) {
        for first in &change.after {
            assert!(seen.contains(&first), "{} comes before {first}", change.address);
        }
        seen.push(&change.address);
    }
}

/// Chains the changes in an order that the picks choose among those that are allowed.
pub(super) fn one_by_one(plan: &mut Plan, picks: &[u8]) {
    let mut open: Vec<_> = std::mem::take(&mut plan.changes);
    open.retain(|change| change.action.writes());
    let mut picks = picks.iter().cycle();
    while !open.is_empty() {
        let waits = |first: &Address| open.iter().any(|other| other.address == *first);
        let ready: Vec<usize> = (0..open.len())
            .filter(|at| !open[*at].after.iter().any(&waits))
            .collect();
        let pick = usize::from(picks.next().copied().unwrap_or_default());
        let mut change = open.remove(ready[pick % ready.len()]);
        change.after = plan
            .changes
            .last()
            .map(|last| last.address.clone())
            .into_iter()
            .collect();
        plan.changes.push(change);
    }
}

/// Every write is a call of the plan, and every call of the plan was sent, if nothing was put off.
fn sends_the_plan(lab: &Lab, planned: &Planned) {
    lab.emulator.with(|registry| registry.clear_log());
    let applied = lab.carry_out(planned);
    let calls = planned.plan.changes.iter().flat_map(|change| &change.calls);
    let mut open: Vec<&Call> = calls.collect();
    let sent = lab.emulator.with(|registry| registry.request_log().to_vec());
    for request in sent.iter().filter(|request| request.method != "GET") {
        let line = format!("{} {}", request.method, request.target);
        let at = open
            .iter()
            .position(|call| is_answered(call, &request.method, &request.target));
        match at {
            Some(at) => drop(open.remove(at)),
            None => panic!("{line} is not in the plan: {:#?}", planned.details()),
        }
    }
    if applied.count(|state| *state != State::Done) == 0 {
        assert!(open.is_empty(), "not sent: {open:#?}");
    }
}

/// Whether a request is this call; what has an id only on the server may have any.
pub(super) fn is_answered(call: &Call, method: &str, target: &str) -> bool {
    let path = target.trim_start_matches("/api/v1/");
    let sent: Vec<&str> = path.trim_end_matches('/').split('/').collect();
    let fits = |(segment, sent): (&Segment, &&str)| match segment {
        Segment::Text(text) => quayform::kinds::targets::encode(text) == **sent,
        Segment::Handle(_) => true,
    };
    call.method.to_string() == method
        && path.ends_with('/') == call.slash
        && call.path.len() == sent.len()
        && call.path.iter().zip(&sent).all(fits)
}
