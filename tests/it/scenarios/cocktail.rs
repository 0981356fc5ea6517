//! Tags that CocktailCloud makes.

use std::sync::Arc;
use std::time::Duration;

use quayform::apply::journal::Work;
use quayform::emulator::{Fault, Faults, PathPattern, Requests, Rule, When};
use quayform::http::SystemClock;
use quayform::model::State;
use quayform::state::FileJournal;
use serde_json::json;

use crate::lab::{Lab, Planned, Surroundings};
use crate::meddler::{Meddler, answer};

const START: &str = "POST /v1/build/run/5?tagName=v1";

fn lab() -> Lab {
    seeded(
        r#"{"builds": [{"build_seq": 5, "registry": "acme", "image": "api", "steps": ["CODE_DOWN", "USER_TASK", "CREATE_IMAGE"]}]}"#,
    )
}

fn seeded(cocktail: &str) -> Lab {
    Lab::seeded(&format!(
        r#"{{"cocktail": {cocktail}, "organizations": [{{"name": "acme", "repositories": [{{"name": "api"}}, {{"name": "other"}}]}}]}}"#
    ))
}

fn with(tag: &str) -> String {
    format!("kind: Organization\nname: acme\n---\nkind: Repository\nname: acme/api\ntags: {{v1: {tag}}}\n")
}

fn run() -> String {
    with("{cocktail: {build_seq: 5}}")
}

fn runs(lab: &Lab) -> usize {
    lab.emulator.with(|registry| registry.runs())
}

fn is_there(lab: &Lab) -> bool {
    lab.emulator.with(|registry| registry.tag("acme/api", "v1").is_some())
}

fn planned(lab: &Lab) -> Planned {
    let planned = lab.plan(&run());
    assert_eq!(planned.lines(), ["create tag[acme/api:v1]"]);
    planned
}

/// The state of the only change.
fn outcome(lab: &Lab, surroundings: Surroundings) -> State {
    let applied = lab.carry_out_in(&planned(lab), surroundings).unwrap();
    applied.outcomes[0].state.clone()
}

fn failure(lab: &Lab) -> String {
    match outcome(lab, lab.surroundings()) {
        State::Failed(said) => said,
        other => panic!("it did not fail: {other:?}"),
    }
}

/// A directory that remembers what was started.
struct Machine(tempfile::TempDir);

impl Machine {
    fn new() -> Self {
        Machine(tempfile::tempdir().unwrap())
    }

    fn work(&self) -> Work {
        FileJournal::history(self.0.path(), "lab").unwrap().work
    }

    fn surroundings(&self, lab: &Lab) -> Surroundings {
        let journal = FileJournal::open(self.0.path(), "lab", Arc::new(SystemClock)).unwrap();
        Surroundings {
            journal: Arc::new(journal),
            work: self.work(),
            ..lab.surroundings()
        }
    }
}

#[test]
fn a_missing_tag_is_built_once() {
    let lab = lab();
    let text = with(
        "{cocktail: {build_seq: 5, description: \"for 50 % & more\"}, expiration: 2026-06-01T00:00:00Z, immutable: true}",
    );
    lab.converge(&text);
    assert!(is_there(&lab));
    assert_eq!(
        lab.writes(),
        [
            "POST /v1/build/run/5?tagName=v1&description=for%2050%20%25%20%26%20more",
            "PUT /api/v1/repository/acme/api/tag/v1",
            "PUT /api/v1/repository/acme/api/tag/v1"
        ]
    );
    // An existing tag stays, whichever build is named now.
    assert!(lab.plan(&with("{cocktail: {build_seq: 6}}")).plan.is_empty());
}

#[test]
fn bare_answers_are_as_good_as_wrapped_ones() {
    let lab = seeded(r#"{"bare": true, "builds": [{"build_seq": 5, "registry": "acme", "image": "api"}]}"#);
    lab.converge(&run());
    assert!(is_there(&lab));
}

#[test]
fn the_log_of_a_failing_step_is_shown() {
    let lab = lab();
    lab.emulator
        .with(|registry| registry.fail_runs(5, "COPY failed: no such file"));
    let said = failure(&lab);
    assert_eq!(
        said,
        "run 1 of CocktailCloud ended as `ERROR`; the log of step 3, CREATE_IMAGE, ends:\n  CREATE_IMAGE begins\n  \
         Step 1/2 : FROM scratch\n  Step 2/2 : COPY . /\n  COPY failed: no such file"
    );
    assert!(!is_there(&lab));
}

#[test]
fn a_code_is_an_error_although_the_status_is_200() {
    let lab = seeded(r#"{"builds": []}"#);
    let said = failure(&lab);
    assert_eq!(
        said,
        format!("{START}: the server refused: 404 build 5 does not exist; nothing was changed")
    );
}

#[test]
fn a_build_that_pushes_elsewhere_is_found_out() {
    let lab = seeded(r#"{"builds": [{"build_seq": 5, "registry": "acme", "image": "other"}]}"#);
    let said = failure(&lab);
    assert!(
        said.ends_with("the registry has no such tag: the build pushes elsewhere (emulator.invalid/acme/other:v1)"),
        "{said}"
    );
}

#[test]
fn an_image_that_somebody_else_replaced_is_found_out() {
    let lab = lab();
    let planned = planned(&lab);
    let meddler = Meddler::new(&lab.emulator).after(|emulator, request, _| {
        let is_look = request.target.starts_with("/v1/build/run/log/");
        emulator.with(|registry| {
            if is_look && registry.tag("acme/api", "v1").is_some() {
                registry.push("acme/api", "v1", "something else");
            }
        });
    });
    let applied = lab.carry_out_through(&planned, Arc::new(meddler));
    let State::Failed(said) = &applied.outcomes[0].state else {
        panic!("{:?}", applied.outcomes);
    };
    assert!(said.contains("somebody else has moved it"), "{said}");
}

/// From the same directory no second run is started, unless the kill came before its number was told.
#[test]
fn a_run_under_way_is_found_again_after_a_crash() {
    let (lab, machine) = (lab(), Machine::new());
    let planned = planned(&lab);
    let hasty = Surroundings {
        build_patience: Duration::ZERO,
        ..machine.surroundings(&lab)
    };
    // Killed as soon as the number was told: the journal has it.
    lab.carry_out_in(&planned, hasty).unwrap();
    assert_eq!(machine.work()["tag[acme/api:v1]"].1, 1);
    assert_eq!(outcome(&lab, machine.surroundings(&lab)), State::Done);
    assert_eq!((runs(&lab), is_there(&lab)), (1, true));
    assert!(machine.work().is_empty());
    assert!(lab.plan(&run()).plan.is_empty());
}

#[test]
fn another_machine_comes_to_the_same_end() {
    for when in [When::BeforeCommit, When::AfterCommit] {
        let lab = lab();
        assert!(lab.carry_out_until(&planned(&lab), 1, when).is_none());
        lab.converge(&run());
        // Nothing tells of a run whose number is not known: a second one is the price.
        assert!(runs(&lab) <= 2, "{when:?}");
        assert!(is_there(&lab));
    }
}

#[test]
fn a_start_that_gets_no_answer_is_not_made_twice() {
    let lab = lab();
    let planned = planned(&lab);
    let lost = Rule::new(
        Requests::Write,
        Fault::Cut {
            when: When::AfterCommit,
        },
    );
    lab.emulator.set_faults(Faults::new([lost.times(1)]));
    let applied = lab.carry_out(&planned);
    assert_eq!(applied.outcomes[0].state, State::Done);
    assert_eq!((runs(&lab), is_there(&lab)), (1, true));
}

/// It cannot be told from one that has begun, so that it counts as unknown; the next apply starts it.
#[test]
fn a_start_that_never_arrives_is_left_to_the_next_apply() {
    let lab = lab();
    let planned = planned(&lab);
    let lost = Rule::new(
        Requests::Write,
        Fault::Cut {
            when: When::BeforeCommit,
        },
    );
    lab.emulator.set_faults(Faults::new([lost.times(1)]));
    let applied = lab.carry_out(&planned);
    let (State::Failed(said) | State::Unknown(said)) = &applied.outcomes[0].state else {
        panic!("{:?}", applied.outcomes);
    };
    assert!(
        said.contains("a run may be under way, and its tag has not come"),
        "{said}"
    );
    assert_eq!(runs(&lab), 0);
    lab.converge(&run());
    assert_eq!(runs(&lab), 1);
}

#[test]
fn a_run_that_cannot_be_looked_at_is_not_started_again() {
    let (lab, machine) = (lab(), Machine::new());
    let hasty = Surroundings {
        build_patience: Duration::ZERO,
        ..machine.surroundings(&lab)
    };
    assert!(matches!(outcome(&lab, hasty), State::Deferred(_)));
    lab.emulator.with(|registry| registry.set_builder(false));
    let refused = Rule::new(Requests::Get, Fault::TooManyRequests { retry_after: None })
        .at(PathPattern::parse("/v1/**").unwrap());
    lab.emulator.set_faults(Faults::new([refused]));
    let State::Failed(said) = outcome(&lab, machine.surroundings(&lab)) else {
        panic!("it went on");
    };
    assert!(said.contains("so that nothing was started"), "{said}");
    lab.emulator.set_faults(Faults::default());
    lab.emulator.with(|registry| registry.set_builder(true));
    assert_eq!(outcome(&lab, machine.surroundings(&lab)), State::Done);
    assert_eq!(runs(&lab), 1);
}

#[test]
fn who_does_not_wait_leaves_the_rest_to_the_next_apply() {
    let (lab, machine) = (lab(), Machine::new());
    lab.emulator.with(|registry| registry.set_builder(false));
    let State::Deferred(said) = outcome(&lab, machine.surroundings(&lab)) else {
        panic!("nothing was built");
    };
    assert!(said.contains("has not ended within 30 minutes"), "{said}");
    lab.emulator.with(|registry| registry.set_builder(true));
    assert_eq!(outcome(&lab, machine.surroundings(&lab)), State::Done);
    assert_eq!(runs(&lab), 1);
}

/// What the journal remembers is of use for the very same build only.
#[test]
fn another_build_of_the_same_tag_is_run_anew() {
    let (lab, machine) = (lab(), Machine::new());
    lab.emulator.with(|registry| registry.set_builder(false));
    assert!(matches!(outcome(&lab, machine.surroundings(&lab)), State::Deferred(_)));
    lab.emulator.with(|registry| registry.set_builder(true));
    let described = lab.plan(&with("{cocktail: {build_seq: 5, description: anew}}"));
    let applied = lab.carry_out_in(&described, machine.surroundings(&lab)).unwrap();
    assert_eq!(applied.outcomes[0].state, State::Done);
    assert_eq!(runs(&lab), 2);
}

#[test]
fn two_means_and_no_build_are_mistakes() {
    for (tag, said) in [
        ("{cocktail: {build_seq: 0}}", "no build has the number 0"),
        ("{cocktail: {description: x}}", "build_seq"),
        ("{cocktail: {build_seq: 5}, from_tag: v0}", "comes to be in one way"),
    ] {
        let loaded = quayform::manifest::parse_sources([("manifest.yaml".into(), with(tag))]);
        let messages: Vec<&str> = loaded
            .diagnostics
            .iter()
            .map(|problem| problem.message.as_str())
            .collect();
        assert!(
            messages.iter().any(|message| message.contains(said)),
            "{tag}: {messages:?}"
        );
    }
}

/// Whoever interrupts an apply that follows a run gets the rest with the next one.
#[test]
fn an_interrupt_ends_the_wait_and_not_the_run() {
    let (lab, machine) = (lab(), Machine::new());
    let surroundings = machine.surroundings(&lab);
    let stop = surroundings.stop.clone();
    let meddler = Meddler::new(&lab.emulator).after(move |_, request, _| {
        if request.target.starts_with("/v1/build/run/log/") {
            stop.ask();
        }
    });
    let surroundings = Surroundings {
        transport: Arc::new(meddler),
        ..surroundings
    };
    let State::Deferred(said) = outcome(&lab, surroundings) else {
        panic!("it waited");
    };
    assert_eq!(
        said,
        "run 1 goes on; the next apply from this directory goes on with it"
    );
    assert_eq!((runs(&lab), machine.work().len()), (1, 1));
    lab.converge(&run());
    assert!(is_there(&lab));
}

/// What failed inside of the server may have begun; nobody waits for what perhaps never comes.
#[test]
fn a_failure_of_the_server_is_told_at_once() {
    let lab = lab();
    let meddler = Meddler::new(&lab.emulator).before(|request| {
        let body = json!({ "code": "500", "status": "error", "message": "no build server" });
        request
            .target
            .starts_with("/v1/build/run/5")
            .then(|| answer(200, &body))
    });
    let applied = lab.carry_out_through(&planned(&lab), Arc::new(meddler));
    let (State::Failed(said) | State::Unknown(said)) = &applied.outcomes[0].state else {
        panic!("{:?}", applied.outcomes);
    };
    assert!(said.contains("500 no build server: the server failed inside"), "{said}");
    let looks = lab.emulator.with(|registry| {
        let log = registry.request_log().iter();
        log.filter(|entry| entry.target.contains("specificTag=v1")).count()
    });
    assert!(looks < 10, "{looks}");
}
