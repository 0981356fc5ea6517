//! Every moment of an apply, by the registry's own verdicts: nobody may do more than before or afterwards, and who may do
//! less is named beforehand.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use quayform::emulator::{Emulator, Role, TeamRole};
use quayform::kinds::repository;
use quayform::model::State;
use quayform::plan::{predict, safety};
use serde_json::Value as Json;

use crate::lab::Lab;

use super::case::{Case, case, copy, is_refused};
use super::config;
use super::orders::one_by_one;

const PEOPLE: &[&str] = &[
    "alice", "bob", "carol", "a_b+ci", "a_b+cd", "a_b+bot", "axb+ci", "axb+cd", "axb+bot",
];

proptest! {
    #![proptest_config(config(96))]

    #[test]
    fn no_moment_gives_anybody_more(case in case(), picks in proptest::collection::vec(any::<u8>(), 0..40)) {
        every_moment(&case, &picks);
    }
}

/// By account and repository.
type Verdicts = BTreeMap<(&'static str, String), Option<Role>>;

fn every_moment(case: &Case, picks: &[u8]) {
    let lab = case.lab();
    let mut planned = lab.plan(&case.wanted.text());
    let (_, after) = predict(&planned.desired, &planned.live, &lab.options);
    if is_refused(&planned.plan) {
        return;
    }
    let told = safety::check(&planned.plan.changes, &planned.live, &after).interruptions;
    let told: BTreeSet<String> = told.into_keys().map(|address| address.to_string()).collect();
    let lab = copy(&lab.emulator.with(|registry| registry.to_json()));
    one_by_one(&mut planned.plan, picks);
    let changes = std::mem::take(&mut planned.plan.changes);
    let mut moments = vec![verdicts(&lab.emulator)];
    let mut members = vec![administrators(&lab)];
    for change in &changes {
        planned.plan.changes = vec![change.clone()];
        if lab.carry_out(&planned).count(|state| *state != State::Done) > 0 {
            return;
        }
        moments.push(verdicts(&lab.emulator));
        members.push(administrators(&lab));
    }
    let order: Vec<String> = changes.iter().map(crate::lab::detail).collect();
    never_more(&moments, &told, &order);
    never_without_administrators(&members, &order);
}

/// What exists before and after is never open to more; what is new may hold what its birth gave.
fn never_more(moments: &[Verdicts], told: &BTreeSet<String>, order: &[String]) {
    let (Some(first), Some(last)) = (moments.first(), moments.last()) else {
        return;
    };
    for (pair, before) in first {
        // Who may do what in a repository that goes is not read.
        let Some(after) = last.get(pair).copied() else { continue };
        for (step, moment) in moments.iter().enumerate() {
            let now = moment.get(pair).copied().flatten();
            assert!(
                now <= (*before).max(after),
                "{pair:?}: {now:?} after step {step} of {order:#?}"
            );
            let told = told.contains(&repository::address(&pair.1).to_string());
            // What everybody may is nothing to a robot that is gone.
            let is_gone = order.contains(&format!("delete robot[{}]", pair.0));
            assert!(
                told || is_gone || now >= (*before).min(after),
                "{pair:?}: only {now:?} after step {step} of {order:#?}"
            );
        }
    }
}

/// Who administers an organization before and after does so all the time.
fn never_without_administrators(moments: &[BTreeSet<(String, String)>], order: &[String]) {
    let (Some(first), Some(last)) = (moments.first(), moments.last()) else {
        return;
    };
    for stays in first.intersection(last) {
        for (step, moment) in moments.iter().enumerate() {
            assert!(
                moment.contains(stays),
                "{stays:?} does not after step {step} of {order:#?}"
            );
        }
    }
}

fn verdicts(emulator: &Emulator) -> Verdicts {
    let state = emulator.with(|registry| registry.to_json());
    let all = state["store"]["repositories"].as_object().unwrap();
    let ours = all
        .iter()
        .filter(|(name, _)| ["a_b/", "axb/"].iter().any(|prefix| name.starts_with(prefix)));
    let pairs = ours.flat_map(|(name, view)| PEOPLE.iter().map(move |account| (*account, name, view)));
    let verdict = |account: &str, name: &str, view: &Json| {
        let own = emulator.with(|registry| registry.role_of(account, name));
        own.max((view["is_public"] == Json::Bool(true)).then_some(Role::Read))
    };
    pairs
        .map(|(account, name, view)| ((account, name.clone()), verdict(account, name, view)))
        .collect()
}

/// Who is in which admin team of which organization, teams aside.
fn administrators(lab: &Lab) -> BTreeSet<(String, String)> {
    let state = lab.emulator.with(|registry| registry.to_json());
    let admin = serde_json::to_value(TeamRole::Admin).unwrap();
    let mut found = BTreeSet::new();
    for (organization, view) in state["store"]["organizations"].as_object().unwrap() {
        for team in view["teams"]
            .as_object()
            .unwrap()
            .values()
            .filter(|team| team["role"] == admin)
        {
            let members = team["members"].as_array().unwrap().iter().filter_map(Json::as_str);
            found.extend(members.map(|name| (organization.clone(), name.to_owned())));
        }
    }
    found
}
