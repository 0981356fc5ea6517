//! Applies that end half-way: what was done, what not and why, and exit code 5.

use super::program::{Program, check};
use super::server;

const SEED: &str = r#"{"users": [{"name": "alice", "email": "alice@example.com"}]}"#;

/// An e-mail that nobody confirmed is refused by the server; everything else goes on.
const UNCONFIRMED: &str = r#"
kind: Organization
name: acme
teams: {developers: {}}
---
kind: Repository
name: acme/api
permissions: {teams: {developers: read}}
notifications:
  - {title: pushes, event: repo_push, email: {address: someone@example.com}}
"#;

#[test]
fn a_refused_write_stops_nothing_else() {
    let url = server::serve(server::registry(SEED));
    let program = Program::new(&[("acme.yaml", UNCONFIRMED)]).at(&url, "emulator-token");
    let runs = [
        program.run(&["apply", "--auto-approve"]),
        program.run(&["plan", "--detailed-exitcode"]),
    ];
    assert_eq!((runs[0].code, runs[1].code), (Some(5), Some(2)), "{}", runs[0].shown());
    check("partly-refused", &runs);
}

/// The name of a robot is taken by one that the server keeps.
const REFUSED: &str = r#"
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
    let emulator = server::registry(SEED);
    let scopes = ["org:admin", "repo:admin", "user:admin", "user:read"];
    emulator.with(|registry| registry.add_token("quayadmin", "no-create", &scopes));
    let url = server::serve(emulator);
    let program = Program::new(&[("acme.yaml", REFUSED)]).at(&url, "no-create");
    let run = program.run(&["apply", "--auto-approve"]);
    assert_eq!(run.code, Some(5), "{}", run.shown());
    let json = Program::new(&[("acme.yaml", REFUSED)]).at(&url, "no-create");
    let json = json.run(&["apply", "--auto-approve", "--format", "json"]);
    assert_eq!(json.code, Some(5), "{}", json.shown());
    assert_eq!(json.json()["converged"], true);
    assert_eq!(json.json()["outcomes"][0]["state"], "failed", "{}", json.shown());
    check("partly-skipped", &[run]);
}

#[test]
fn secrets_that_must_be_sent_are_asked_for_before_the_first_write() {
    let emulator = server::registry(SEED);
    let url = server::serve(emulator.clone());
    let text = UNCONFIRMED.replace("email: {address: someone@example.com}", "slack: {url: {env: SLACK_URL}}");
    let program = Program::new(&[("acme.yaml", text.as_str())]).at(&url, "emulator-token");
    let run = program.run(&["apply", "--auto-approve"]);
    assert_eq!(run.code, Some(1), "{}", run.shown());
    assert!(emulator.with(|registry| registry.write_log().is_empty()));
    check("partly-no-secret", &[run]);
}
