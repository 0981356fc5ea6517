//! Applies in bad weather, in process: what the client makes of each fault, and that it ends well once they end.

use quayform::emulator::{Fault, Faults, ForeignWrite, PathPattern, Requests, Rule, When, WriteMethod};
use quayform::model::State;
use serde_json::json;

use crate::lab::Lab;
use crate::scenarios::company::{ACME, lab};

/// Applies until the plan is empty, then without the faults: there must be nothing left to do.
fn converges_under(faults: Faults) -> Lab {
    let lab = lab();
    lab.emulator.set_faults(faults);
    for _ in 0..6 {
        match lab.try_plan(ACME) {
            Ok(planned) if planned.plan.is_empty() && planned.plan.gaps.is_empty() => {
                lab.emulator.set_faults(Faults::default());
                assert!(lab.plan(ACME).plan.is_empty());
                return lab;
            }
            Ok(planned) => drop(lab.carry_out(&planned)),
            // The registry does not prove itself: nothing was written.
            Err(_) => {}
        }
    }
    panic!("it never converges: {:#?}", lab.plan(ACME).details());
}

/// A busy registry was seen to take that long; the client in process has the patience of the one over the network.
#[test]
fn answers_that_take_25_seconds_are_waited_for() {
    let lab = lab();
    lab.converge(ACME);
    let late = Fault::Latency { milliseconds: 25_000 };
    lab.emulator.set_faults(Faults::new([Rule::new(Requests::Any, late)]));
    let planned = lab.plan(ACME);
    assert!(planned.plan.gaps.is_empty(), "{:#?}", planned.plan.gaps);
    assert!(planned.plan.is_empty(), "{:#?}", planned.details());
    assert_eq!(lab.emulator.waited().as_secs(), 25 * planned.requests as u64);
}

#[test]
fn every_passing_fault_is_survived() {
    let somebody = ForeignWrite::new(
        WriteMethod::Put,
        "/api/v1/organization/acme/team/developers",
        json!({"role": "admin"}),
    );
    let (before, after) = (When::BeforeCommit, When::AfterCommit);
    for fault in [
        Fault::Latency { milliseconds: 200_000 },
        Fault::TooManyRequests { retry_after: Some(3) },
        Fault::BadGateway { when: before },
        Fault::BadGateway { when: after },
        Fault::Cut { when: before },
        Fault::Cut { when: after },
        Fault::Truncated {},
        Fault::stale_read(3),
        Fault::ForeignWrite(somebody),
    ] {
        for on in [Requests::Get, Requests::Write] {
            if matches!(fault, Fault::StaleRead { .. }) && on == Requests::Write {
                continue;
            }
            for from in [1, 20] {
                let rule = Rule::new(on, fault.clone()).from(from).times(3);
                let lab = converges_under(Faults::new([rule]));
                assert_eq!(
                    lab.emulator.fired().get(fault.name()),
                    Some(&3),
                    "{fault:?} on {on:?} from {from}"
                );
            }
        }
    }
}

/// What was sent and not answered is looked for, and not sent again.
#[test]
fn a_lost_answer_makes_no_second_object() {
    let mailing = || {
        let lab = lab();
        lab.emulator.with(|registry| registry.set_feature("MAILING", true));
        lab
    };
    let undisturbed = mailing();
    undisturbed.converge(ACME);
    let invitation = "**/team/developers/members/carol";
    for path in ["**/notification/", "**/prototypes", "/api/v1/organization/", invitation] {
        let lab = mailing();
        let rule = Rule::new(
            Requests::Write,
            Fault::Cut {
                when: When::AfterCommit,
            },
        );
        let rule = rule.at(PathPattern::parse(path).unwrap()).times(1);
        lab.emulator.set_faults(Faults::new([rule]));
        let applied = lab.carry_out(&lab.plan(ACME));
        assert_eq!(lab.emulator.fired().get("cut"), Some(&1), "{path}");
        let open = applied.count(|state| matches!(state, State::Unknown(_)));
        assert_eq!(open, 0, "{path}: {:#?}", applied.outcomes);
        lab.converge(ACME);
        assert_eq!(sorted(lab.writes()), sorted(undisturbed.writes()), "{path}");
    }
}

/// The same as the kill test of the program, at every write of another project, without processes.
#[test]
fn a_kill_at_any_write_changes_nothing_about_the_end() {
    let undisturbed = lab();
    undisturbed.converge(ACME);
    let writes = undisturbed.writes().len() as u64;
    assert!(writes > 20, "{writes}");
    let expected = sorted(undisturbed.writes());
    for write in 1..=writes {
        for when in [When::BeforeCommit, When::AfterCommit] {
            let lab = lab();
            let killed = lab.carry_out_until(&lab.plan(ACME), write, when);
            assert!(killed.is_none(), "{write} {when:?}");
            lab.converge(ACME);
            assert_eq!(
                sorted(lab.writes()),
                expected,
                "{write} {when:?}: each write happened once"
            );
        }
    }
}

fn sorted(mut writes: Vec<String>) -> Vec<String> {
    writes.sort();
    writes
}
