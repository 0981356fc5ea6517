//! An interrupt lets what is under way end, says what was not begun, and the next apply goes on from there.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use axum::http::Method;

use super::program::Program;
use super::server::{self, Held, Hold};

/// Long enough for a machine that is busy with other tests.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

const MANIFEST: &str = "\
kind: Organization
name: acme
teams: {one: {}, two: {}, three: {}}
robots: {ci: {}, deploy: {}}
---
kind: Repository
name: acme/api
permissions: {teams: {one: read}}
";

pub(super) fn start(program: &Program, format: &str) -> Child {
    let mut command = program.command(&["apply", "--auto-approve", "--format", format]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

pub(super) fn signal(child: &Child, name: &str) {
    let words = format!("kill -{name} {}", child.id());
    assert!(Command::new("/bin/sh").args(["-c", &words]).status().unwrap().success());
}

/// Interrupts an apply while its first write is under way, and lets it end.
fn interrupted_by(name: &str) {
    let emulator = server::registry("{}");
    let held = Held::new(emulator.clone());
    let program = Program::new(&[("acme.yaml", MANIFEST)]).at(&held.url, "emulator-token");
    let mut child = start(&program, "text");
    let first = held.arrived.recv_timeout(PATIENCE).unwrap();
    assert_eq!(first, "POST /api/v1/organization/");
    signal(&child, name);
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    while !said.contains("Interrupted") {
        assert!(stderr.read_line(&mut said).unwrap() > 0, "{said}");
    }
    held.open();
    let mut stdout = String::new();
    child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
    stderr.read_to_string(&mut said).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{stdout}{said}");
    assert!(stdout.contains("cancelled: create repository[acme/api]"), "{stdout}");
    assert!(stdout.contains("\nApply: 1 done, "), "{stdout}");
    let writes = emulator.with(|registry| registry.write_log().len());
    assert_eq!(writes, 1, "{stdout}");

    let again = program.run(&["apply", "--auto-approve"]);
    assert_eq!(again.code, Some(0), "{}", again.shown());
    let empty = program.run(&["plan", "--detailed-exitcode"]);
    assert_eq!(empty.code, Some(0), "{}", empty.shown());
}

#[test]
fn from_the_keyboard() {
    interrupted_by("INT");
}

#[test]
fn by_a_pipeline_that_is_cancelled() {
    interrupted_by("TERM");
}

#[test]
fn the_second_one_stops_at_once() {
    let held = Held::new(server::registry("{}"));
    let program = Program::new(&[("acme.yaml", MANIFEST)]).at(&held.url, "emulator-token");
    let mut child = start(&program, "text");
    held.arrived.recv_timeout(PATIENCE).unwrap();
    signal(&child, "INT");
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    while !said.contains("Interrupted") {
        assert!(stderr.read_line(&mut said).unwrap() > 0, "{said}");
    }
    signal(&child, "INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    held.open();
    let again = program.run(&["apply", "--auto-approve"]);
    assert_eq!(again.code, Some(0), "{}", again.shown());
}

/// Interrupts a run once it has said this, and waits for its end.
pub(super) fn interrupted_at(mut child: Child, words: &str) -> (Option<i32>, String) {
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    while !said.contains(words) {
        assert!(stderr.read_line(&mut said).unwrap() > 0, "{said}");
    }
    signal(&child, "INT");
    stderr.read_to_string(&mut said).unwrap();
    (child.wait().unwrap().code(), said)
}

/// Interrupts a run once and waits for its end.
fn ends_by_one(mut child: Child) -> (Option<i32>, String, String) {
    signal(&child, "INT");
    let (mut stdout, mut stderr) = (String::new(), String::new());
    child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    (child.wait().unwrap().code(), stdout, stderr)
}

#[test]
fn while_it_reads_nothing_was_changed() {
    for command in ["plan", "apply"] {
        let held = Held::those(server::registry("{}"), Hold::Request, |_, _, _| true);
        let program = Program::new(&[("acme.yaml", MANIFEST)]).at(&held.url, "emulator-token");
        let mut run = program.command(&[command]);
        let child = run.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        held.arrived.recv_timeout(PATIENCE).unwrap();
        let (code, stdout, stderr) = ends_by_one(child);
        assert_eq!((code, stdout.as_str()), (Some(130), ""), "{stderr}");
        assert!(stderr.contains("Interrupted: nothing was changed."), "{stderr}");
    }
}

/// The server asks for two minutes: nobody waits for them after an interrupt.
#[test]
fn while_the_server_wants_to_be_left_alone() {
    let (url, arrived) = server::erring(server::registry("{}"), 429, "120");
    let program = Program::new(&[("acme.yaml", MANIFEST)]).at(&url, "emulator-token");
    let child = start(&program, "text");
    arrived.recv_timeout(PATIENCE).unwrap();
    let (code, stdout, stderr) = ends_by_one(child);
    assert_eq!(code, Some(130), "{stdout}{stderr}");
    assert!(stdout.contains("failed: create organization[acme]"), "{stdout}");
    assert!(stdout.contains("nothing was changed"), "{stdout}");
    assert!(stdout.contains("skipped: create team[acme/one]"), "{stdout}");
}

#[test]
fn while_an_outcome_settles_it_is_left_unknown() {
    let (url, arrived) = server::erring(server::registry("{}"), 502, "0");
    let program = Program::new(&[("acme.yaml", MANIFEST)])
        .at(&url, "emulator-token")
        .with("QUAYFORM_SETTLE_SECONDS", "3600");
    let child = start(&program, "text");
    arrived.recv_timeout(PATIENCE).unwrap();
    let (code, stdout, stderr) = ends_by_one(child);
    assert_eq!(code, Some(130), "{stdout}{stderr}");
    assert!(stdout.contains("read again too early to be sure"), "{stdout}");
    assert_eq!(arrived.try_iter().count(), 0, "it was repeated");
}

#[test]
fn while_it_verifies_the_proof_is_finished() {
    let emulator = server::registry("{}");
    let held = Held::those(emulator, Hold::Request, |method, _, registry| {
        // From then on everything of the manifest is written.
        *method == Method::GET && registry.with(|registry| registry.write_log().len()) >= 8
    });
    let program = Program::new(&[("acme.yaml", MANIFEST)]).at(&held.url, "emulator-token");
    let child = start(&program, "text");
    held.arrived.recv_timeout(PATIENCE).unwrap();
    signal(&child, "TERM");
    held.open();
    let output = child.wait_with_output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(130), "{stdout}");
    assert!(stdout.contains("residual 0"), "{stdout}");
}
