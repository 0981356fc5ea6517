//! The file of a schedule.

use std::collections::BTreeSet;
use std::path::Path;

use quayform::emulator::{Fault, Faults};

/// The example of the documentation.
fn example() -> String {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/faults.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, rest) = page.split_once("```json\n").unwrap();
    rest.split_once("```").unwrap().0.to_owned()
}

#[test]
fn the_example_is_valid_and_names_every_fault() {
    let faults = Faults::from_json(&example()).unwrap();
    let named: BTreeSet<&str> = faults.rules.iter().map(|rule| rule.fault.name()).collect();
    assert_eq!(named, BTreeSet::from(Fault::NAMES));
}

#[test]
fn a_schedule_is_written_as_it_is_read() {
    let faults = Faults::from_json(&example()).unwrap();
    let text = serde_json::to_string(&faults).unwrap();
    assert_eq!(Faults::from_json(&text).unwrap(), faults, "{text}");
}

#[test]
fn a_mistake_is_told_with_its_place_and_what_may_stand_there() {
    for (rule, said) in [
        (
            r#"{"fault": {"late": {}}}"#,
            "unknown variant `late`, expected one of `latency`, `too_many_requests`",
        ),
        (r#"{"fault": {"cut": {}}}"#, "missing field `when`"),
        (
            r#"{"fault": {"cut": {"when": "later"}}}"#,
            "unknown variant `later`, expected `before_commit` or `after_commit`",
        ),
        (
            r#"{"on": "PATCH", "fault": {"truncated": {}}}"#,
            "unknown variant `PATCH`, expected one of `any`, `read`",
        ),
        (
            r#"{"paths": "/", "fault": {"truncated": {}}}"#,
            "unknown field `paths`, expected one of `on`, `path`",
        ),
        (
            r#"{"path": "api/v1", "fault": {"truncated": {}}}"#,
            "`api/v1` matches nothing: begin it with `/` or `**`",
        ),
        (
            r#"{"from": 0, "fault": {"truncated": {}}}"#,
            "invalid value: integer `0`, expected a nonzero u64",
        ),
        (
            r#"{"times": 0, "fault": {"truncated": {}}}"#,
            "invalid value: integer `0`, expected a nonzero u64",
        ),
        (r#"{"on": "read"}"#, "missing field `fault`"),
        (
            r#"{"fault": {"foreign_write": {"method": "GET", "path": "/"}}}"#,
            "unknown variant `GET`, expected one of `POST`, `PUT`, `DELETE`",
        ),
    ] {
        let error = Faults::from_json(&format!("{{\"rules\": [\n{rule}\n]}}")).unwrap_err();
        assert!(error.to_string().contains(said), "{rule}: {error}");
        assert!(error.line() == 2 || error.line() == 3, "{rule}: {error}");
    }
    assert!(
        Faults::from_json("{}")
            .unwrap_err()
            .to_string()
            .contains("missing field `rules`")
    );
}
