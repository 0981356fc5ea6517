//! Applies that end half-way: what was done, what not and why, and exit code 5.

use super::program::{Program, check};
use super::server;

const SEED: &str = r#"{"users": [{"name": "alice", "email": "alice@example.com"}]}"#;

/// The grant is refused by the server; everything else goes on.
const REFUSED: &str = r#"
kind: Organization
name: acme
teams: {developers: {}}
---
kind: Repository
name: acme/api
permissions: {teams: {developers: read}}
"#;

#[test]
fn a_refused_write_stops_nothing_else() {
    let start = "/api/v1/repository/acme/api/permissions/team";
    let url = server::refusing(server::registry(SEED), start);
    let program = Program::new(&[("acme.yaml", REFUSED)]).at(&url, "emulator-token");
    let runs = [
        program.run(&["apply", "--auto-approve"]),
        program.run(&["plan", "--detailed-exitcode"]),
    ];
    assert_eq!((runs[0].code, runs[1].code), (Some(5), Some(2)), "{}", runs[0].shown());
    check("partly-refused", &runs);
}

const COMPANY: &str = r#"
kind: Organization
name: acme
teams: {developers: {members: [alice]}}
robots: {ci: {}}
---
kind: Repository
name: acme/api
permissions: {teams: {developers: read}, robots: {ci: write}}
"#;

#[test]
fn what_depends_on_a_failure_is_skipped() {
    let start = "/api/v1/organization/acme/team/developers";
    let url = server::refusing(server::registry(SEED), start);
    let program = Program::new(&[("acme.yaml", COMPANY)]).at(&url, "emulator-token");
    let first = program.run(&["apply", "--auto-approve"]);
    let json = program.run(&["apply", "--auto-approve", "--format", "json"]);
    assert_eq!((first.code, json.code), (Some(5), Some(5)), "{}", json.shown());
    let document = json.json();
    assert_eq!(document["summary"]["failed"], 1, "{}", json.shown());
    let mut states: Vec<String> = document["outcomes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|outcome| format!("{} {}", outcome["state"], outcome["address"]).replace('"', ""))
        .collect();
    states.sort();
    assert_eq!(
        states,
        [
            "failed team[acme/developers]",
            "skipped member[acme/developers/alice]",
            "skipped permission[acme/api:team/developers]",
        ]
    );
    check("partly-skipped", &[first]);
}

#[test]
fn secrets_that_must_be_sent_are_asked_for_before_the_first_write() {
    let emulator = server::registry(SEED);
    let url = server::serve(emulator.clone());
    let slack = "notifications:\n  - {title: pushes, event: repo_push, slack: {url: {env: SLACK_URL}}}";
    let text = format!("{REFUSED}{slack}\n");
    let program = Program::new(&[("acme.yaml", text.as_str())]).at(&url, "emulator-token");
    let run = program.run(&["apply", "--auto-approve"]);
    assert_eq!(run.code, Some(1), "{}", run.shown());
    assert!(emulator.with(|registry| registry.write_log().is_empty()));
    check("partly-no-secret", &[run]);
}
