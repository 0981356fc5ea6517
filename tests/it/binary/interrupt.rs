//! An interrupt lets what is under way end, says what was not begun, and the next apply goes on from there.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::program::Program;
use super::server::{self, Held};

/// Long enough for a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(30);

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

fn start(program: &Program, format: &str) -> Child {
    let mut command = program.command(&["apply", "--auto-approve", "--format", format]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

fn signal(child: &Child, name: &str) {
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
