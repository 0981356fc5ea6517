//! Whatever goes wrong during applies, and wherever one is killed: once it is over, one more apply is enough, and it
//! ends as if nothing had gone wrong.

use std::collections::BTreeMap;
use std::sync::Mutex;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use quayform::emulator::{Fault, Faults, Requests, Rule, SCOPES, When};

use crate::end_state::{differences, end_state};
use crate::lab::Lab;

use super::case::{Case, case, is_refused};
use super::config;
use super::converges::converges;
use super::hands::by_hand;

/// What happens while applies are under way.
#[derive(Debug, Clone)]
struct Weather {
    faults: Faults,
    /// At which write the first apply is killed.
    kill: Option<(u64, When)>,
}

fn weather() -> impl Strategy<Value = Weather> {
    let faults = vec(rule(), 0..5).prop_map(Faults::new);
    (faults, option::weighted(0.5, (1..40_u64, when()))).prop_map(|(faults, kill)| Weather { faults, kill })
}

fn rule() -> impl Strategy<Value = Rule> {
    let on = prop_oneof![Just(Requests::Write), Just(Requests::Get), Just(Requests::Any)];
    (on, fault(), 1..30_u64, 1..4_u64).prop_map(|(on, fault, from, times)| Rule::new(on, fault).from(from).times(times))
}

fn when() -> impl Strategy<Value = When> {
    prop_oneof![Just(When::BeforeCommit), Just(When::AfterCommit)]
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        Just(Fault::Latency { milliseconds: 600_000 }),
        option::of(1..10_u64).prop_map(|retry_after| Fault::TooManyRequests { retry_after }),
        when().prop_map(|when| Fault::BadGateway { when }),
        when().prop_map(|when| Fault::Cut { when }),
        Just(Fault::Truncated {}),
        (1..8_usize).prop_map(Fault::stale_read),
        Just(Fault::ExpireToken {}),
        by_hand().prop_map(|call| Fault::ForeignWrite(call.foreign())),
    ]
}

/// Two applies while it lasts, the first of them perhaps killed; some of them may not even begin.
fn endure(lab: &Lab, text: &str, weather: &Weather) {
    lab.emulator.set_faults(weather.faults.clone());
    for kill in [weather.kill, None] {
        let Ok(planned) = lab.try_plan(text) else { continue };
        if is_refused(&planned.plan) {
            continue;
        }
        match kill {
            Some((write, when)) => drop(lab.carry_out_until(&planned, write, when)),
            None => drop(lab.carry_out(&planned)),
        }
    }
    lab.emulator.set_faults(Faults::default());
    lab.emulator
        .with(|registry| registry.add_token("quayadmin", "emulator-token", &SCOPES));
}

/// What may leave a trace for good: somebody else's writes, and a creation of what the server has already, but did not
/// show. An additive list keeps both.
const TRACES: [&str; 2] = ["foreign_write", "stale_read"];

/// One more apply is enough, and where no trace may stay, it ends as if nothing had gone wrong.
fn survives(case: &Case, weather: &Weather) -> BTreeMap<&'static str, u64> {
    let (lab, text) = (case.lab(), case.wanted.text());
    endure(&lab, &text, weather);
    let fired = lab.emulator.fired();
    settle(&lab, &text);
    if !TRACES.iter().any(|fault| fired.contains_key(fault)) {
        let undisturbed = case.lab();
        settle(&undisturbed, &text);
        let differences = differences(&end_state(&lab.emulator), &end_state(&undisturbed.emulator));
        assert!(differences.is_empty(), "{differences:#?}");
    }
    fired
}

/// One apply, and another for what the server had put off.
fn settle(lab: &Lab, text: &str) {
    converges(lab, text);
    lab.emulator.with(|registry| registry.garbage_collect());
    converges(lab, text);
}

/// How often each fault must have fired at least, for a hundred cases.
const FLOOR: u64 = 5;

#[test]
fn one_more_apply_is_enough_after_any_weather() {
    let config = config(96);
    let floor = u64::from(config.cases) * FLOOR / 100;
    let fired = Mutex::new(BTreeMap::<&str, u64>::new());
    let outcome = TestRunner::new(config).run(&(case(), weather()), |(case, weather)| {
        for (fault, times) in survives(&case, &weather) {
            *fired.lock().unwrap().entry(fault).or_default() += times;
        }
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
    let fired = fired.into_inner().unwrap();
    for name in Fault::NAMES {
        let times = fired.get(name).copied().unwrap_or_default();
        assert!(
            times >= floor,
            "{name} fired {times} times, which proves little: {fired:?}"
        );
    }
}
