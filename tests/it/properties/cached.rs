//! Plans with a cache are those without, whatever happened between the runs.

use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::SignedDuration;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use quayform::emulator::{Emulator, IncomingRequest, Registry};
use serde_json::{Value as Json, json};

use crate::kept::Kept;
use crate::lab::Lab;

use super::case::{Case, case, is_refused};
use super::config;
use super::hands::{ByHand, by_hand};
use super::project::REPOSITORIES;

/// What happens between two runs.
#[derive(Debug, Clone)]
enum Event {
    /// A call of the API, most of which are logged.
    Hand(ByHand),
    /// One that leaves no entry, or deletes what calls by hand cannot name beforehand.
    Other(usize, usize),
    /// The registry is used.
    Traffic,
    /// So many entries are moved out of the log.
    Rotation(usize),
    /// Both clocks go on by so many days, or the own one goes back.
    Days(i64),
    OwnDays(i64),
    /// A byte of the files is another one.
    Tamper(usize),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        3 => by_hand().prop_map(Event::Hand),
        3 => (0..6_usize, 0..REPOSITORIES.len()).prop_map(|(what, which)| Event::Other(what, which)),
        2 => Just(Event::Traffic),
        1 => (1..30_usize).prop_map(Event::Rotation),
        1 => (0..32_i64).prop_map(Event::Days),
        1 => (-2..30_i64).prop_map(Event::OwnDays),
        1 => any::<usize>().prop_map(Event::Tamper),
    ]
}

fn send(emulator: &Emulator, method: &str, path: &str, body: Json) -> Json {
    let mut request = IncomingRequest::new(method, &format!("/api/v1{path}")).with_token("emulator-token");
    if !body.is_null() {
        request = request.with_json(&body);
    }
    serde_json::from_slice(&emulator.handle(&request).unwrap().body).unwrap_or_default()
}

fn other(emulator: &Emulator, what: usize, which: usize) {
    let repository = format!("/repository/a_b/{}", REPOSITORIES[which]);
    match what {
        0 => drop(send(emulator, "DELETE", "/organization/a_b/members/alice", Json::Null)),
        1 => {
            let body = json!({"robot_username": "a_b+cd"});
            send(emulator, "PUT", &format!("{repository}/mirror"), body);
        }
        2 | 3 => {
            let list = send(emulator, "GET", &format!("{repository}/notification/"), Json::Null);
            for uuid in list["notifications"].as_array().into_iter().flatten() {
                let uuid = uuid["uuid"].as_str().unwrap();
                send(
                    emulator,
                    "DELETE",
                    &format!("{repository}/notification/{uuid}"),
                    Json::Null,
                );
            }
        }
        4 => {
            send(emulator, "DELETE", "/organization/a_b/robots/ci", Json::Null);
            let body = json!({"unstructured_metadata": {"made": "anew"}});
            send(emulator, "PUT", "/organization/a_b/robots/ci", body);
        }
        _ => drop(send(
            emulator,
            "POST",
            "/superuser/organizations/a_b/quota",
            json!({"limit_bytes": 7}),
        )),
    }
}

/// The registry with another log.
fn relog(lab: &mut Lab, change: impl FnOnce(&mut Vec<Json>)) {
    let mut state = lab.emulator.with(|registry| registry.to_json());
    change(state.pointer_mut("/store/logs").unwrap().as_array_mut().unwrap());
    lab.emulator = Emulator::new(Registry::from_json(state).unwrap());
}

fn happen(event: &Event, lab: &mut Lab, kept: &mut Kept) {
    match event {
        Event::Hand(hand) => hand.send(&lab.emulator),
        Event::Other(what, which) => other(&lab.emulator, *what, *which),
        Event::Traffic => {
            let time = lab.emulator.with(|registry| registry.clock());
            let entry = json!({"time": time, "kind": "pull_repo", "metadata": {}, "performer": null, "namespace": "a_b", "repository": null});
            relog(lab, |logs| logs.push(entry));
        }
        Event::Rotation(many) => relog(lab, |logs| drop(logs.drain(..(*many).min(logs.len())))),
        Event::Days(days) => {
            kept.now += SignedDuration::from_hours(24 * days);
            lab.emulator
                .with(|registry| registry.set_clock(registry.clock() + 86_400 * days));
        }
        Event::OwnDays(days) => kept.now += SignedDuration::from_hours(24 * days),
        Event::Tamper(place) => kept.tamper(|text| {
            let mut bytes = text.as_bytes().to_vec();
            let place = place % bytes.len();
            bytes[place] ^= 1;
            String::from_utf8_lossy(&bytes).into_owned()
        }),
    }
}

/// How many answers came from the cache.
fn same_with_and_without(case: &Case, runs: &[Vec<Event>]) -> usize {
    let mut lab = case.lab();
    let text = case.wanted.text();
    let planned = lab.plan(&text);
    if !is_refused(&planned.plan) {
        lab.carry_out(&planned);
    }
    let mut kept = Kept::new();
    let mut total = 0;
    for events in [Vec::new()].iter().chain(runs) {
        events.iter().for_each(|event| happen(event, &mut lab, &mut kept));
        let (with, recalled) = lab.plan_with(&text, &mut kept);
        let without = lab.plan(&text);
        assert_eq!(with.details(), without.details());
        assert_eq!(with.live.objects, without.live.objects);
        assert_eq!(with.live.complete, without.live.complete);
        assert_eq!(with.live.gaps, without.live.gaps);
        total += recalled.map_or(0, |recalled| recalled.requests);
    }
    total
}

#[test]
fn a_cache_never_changes_a_plan() {
    let recalled = AtomicUsize::new(0);
    let config = config(128);
    let cases = config.cases as usize;
    let outcome = TestRunner::new(config).run(&(case(), vec(vec(event(), 0..3), 1..5)), |(case, runs)| {
        recalled.fetch_add(same_with_and_without(&case, &runs), Ordering::Relaxed);
        Ok(())
    });
    assert!(outcome.is_ok(), "{}", outcome.unwrap_err());
    // It is also of use.
    assert!(recalled.into_inner() > cases, "the cache is hardly ever used");
}
