//! Tags that builds make.

use std::time::Duration;

use quayform::emulator::{Fault, Faults, Requests, Rule, When};
use quayform::model::State;
use quayform::report::text;
use serde_json::Value as Json;

use crate::lab::{Lab, Surroundings};

const ARCHIVE: &str = "https://example.com/api.tar.gz";

fn lab() -> Lab {
    Lab::seeded(r#"{"organizations": [{"name": "acme", "robots": ["pull"], "repositories": [{"name": "api"}]}]}"#)
}

fn with(tag: &str) -> String {
    format!(
        "kind: Organization\nname: acme\nrobots: {{pull: {{}}}}\n---\nkind: Repository\nname: acme/api\ntags: {{v1: {tag}}}\n"
    )
}

fn built() -> String {
    with(&format!(
        "{{build: {{archive_url: \"{ARCHIVE}\", subdirectory: /api, pull_robot: pull}}}}"
    ))
}

/// How many builds there are.
fn builds(lab: &Lab) -> usize {
    let builds = lab.by_hand("GET", "/repository/acme/api/build/?limit=100", Json::Null);
    builds["builds"].as_array().unwrap().len()
}

fn is_there(lab: &Lab) -> bool {
    lab.emulator.with(|registry| registry.tag("acme/api", "v1").is_some())
}

/// The state of the only change.
fn outcome(lab: &Lab, surroundings: Surroundings) -> State {
    let planned = lab.plan(&built());
    assert_eq!(planned.lines(), ["create tag[acme/api:v1]"]);
    let applied = lab.carry_out_in(&planned, surroundings).unwrap();
    applied.outcomes[0].state.clone()
}

#[test]
fn a_missing_tag_is_built_once() {
    let lab = lab();
    let text = with(&format!(
        "{{build: {{archive_url: \"{ARCHIVE}\", dockerfile_path: /api/Dockerfile, context: /}}, \
         expiration: 2026-06-01T00:00:00Z, immutable: true}}"
    ));
    lab.converge(&text);
    assert!(is_there(&lab));
    let writes = lab.writes();
    assert_eq!(
        writes,
        [
            "POST /api/v1/repository/acme/api/build/",
            "PUT /api/v1/repository/acme/api/tag/v1",
            "PUT /api/v1/repository/acme/api/tag/v1"
        ]
    );
    // An existing tag stays, whatever its sources are called now.
    assert!(lab.plan(&built()).plan.is_empty());
}

#[test]
fn the_log_of_a_failing_build_is_shown() {
    let lab = lab();
    lab.emulator
        .with(|registry| registry.fail_builds(ARCHIVE, "COPY failed: no such file"));
    let applied = lab.carry_out(&lab.plan(&built()));
    let State::Failed(said) = &applied.outcomes[0].state else {
        panic!("the build did not fail");
    };
    assert!(said.contains("ended as `error`; its log ends:"), "{said}");
    let shown = text::applied(&applied, 0, 0.0, text::Style::default());
    assert!(
        shown.contains("\n      error\n      COPY failed: no such file\n"),
        "{shown}"
    );
    assert!(
        said.ends_with("\n  Step 2/2 : COPY . /\n  error\n  COPY failed: no such file"),
        "{said}"
    );
    assert!(!is_there(&lab));
}

#[test]
fn a_build_under_way_is_found_again_after_a_crash() {
    for when in [When::BeforeCommit, When::AfterCommit] {
        let lab = lab();
        let planned = lab.plan(&built());
        assert!(lab.carry_out_until(&planned, 1, when).is_none());
        lab.converge(&built());
        assert_eq!(builds(&lab), 1, "{when:?}");
    }
}

#[test]
fn a_start_that_gets_no_answer_is_not_made_twice() {
    let lab = lab();
    let planned = lab.plan(&built());
    let lost = Rule::new(
        Requests::Write,
        Fault::Cut {
            when: When::AfterCommit,
        },
    );
    lab.emulator.set_faults(Faults::new([lost.times(1)]));
    let applied = lab.carry_out(&planned);
    assert_eq!(applied.outcomes[0].state, State::Done);
    assert!(is_there(&lab));
    assert_eq!(builds(&lab), 1);
}

#[test]
fn who_does_not_wait_leaves_the_rest_to_the_next_apply() {
    let lab = lab();
    let hasty = Surroundings {
        build_patience: Duration::ZERO,
        ..lab.surroundings()
    };
    let State::Deferred(said) = outcome(&lab, hasty) else {
        panic!("the build was waited for");
    };
    assert!(said.contains("the next apply finds it again"), "{said}");
    lab.converge(&built());
    assert_eq!(builds(&lab), 1);
}

#[test]
fn patience_has_an_end() {
    let lab = lab();
    lab.emulator.with(|registry| registry.set_builder(false));
    let State::Deferred(said) = outcome(&lab, lab.surroundings()) else {
        panic!("without a builder nothing is built");
    };
    assert!(said.contains("has not ended within 30 minutes"), "{said}");
    lab.emulator.with(|registry| registry.set_builder(true));
    lab.converge(&built());
    assert_eq!(builds(&lab), 1);
}

#[test]
fn a_server_that_does_not_build_blocks_the_tag() {
    let lab = lab();
    lab.emulator
        .with(|registry| registry.set_feature("BUILD_SUPPORT", false));
    let planned = lab.plan(&built());
    assert_eq!(planned.lines(), ["blocked tag[acme/api:v1]"]);
}

/// A copy of what is only being built has to wait for the next apply.
#[test]
fn a_copy_of_a_tag_that_is_being_built_is_put_off() {
    let lab = lab();
    let text = format!("{}manage: {{}}\n", built()).replace("pull}}}\n", "pull}}, v2: {from_tag: v1}}\n");
    let planned = lab.plan(&text);
    assert_eq!(
        planned.lines(),
        ["create tag[acme/api:v1]", "deferred tag[acme/api:v2]"]
    );
    lab.carry_out(&planned);
    assert_eq!(lab.converge(&text).lines(), ["create tag[acme/api:v2]"]);
}
