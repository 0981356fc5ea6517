//! What one run leaves for the next: the lock while it lives, the journal when it dies.
#![cfg(unix)]

use std::process::Child;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::Method;
use quayform::emulator::Emulator;
use serde_json::json;

use super::interrupt::{PATIENCE, signal, start};
use super::program::{Program, Run, check};
use super::server::{self, Held, Hold};

const MANIFEST: &str = "\
kind: Organization
name: acme
---
kind: Repository
name: acme/api
notifications: [{title: pushes, event: repo_push, webhook: {url: 'https://hooks.example'}}]
";

const APPLY: [&str; 2] = ["apply", "--auto-approve"];

/// A registry that never answers the first write whose path ends like this.
fn deaf(emulator: &Emulator, hold: Hold, end: &'static str) -> Held {
    let is_first = AtomicBool::new(true);
    Held::those(emulator.clone(), hold, move |method, path, _| {
        *method != Method::GET && path.ends_with(end) && is_first.swap(false, Ordering::SeqCst)
    })
}

/// Kills a run while a write of it is held.
fn killed_at(held: &Held, mut child: Child) {
    held.arrived.recv_timeout(PATIENCE).unwrap();
    signal(&child, "KILL");
    assert_eq!(child.wait().unwrap().code(), None);
}

/// Without times and process ids in what it said.
fn untimed(mut run: Run) -> Run {
    let patterns = [
        (r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?( UTC|Z)", "[time]"),
        (r"Waiting \d+ s", "Waiting [n] s"),
        (r"process \d+", "process [n]"),
    ];
    let replace = |text: String, (pattern, shown): &(&str, &str)| {
        let pattern = regex::Regex::new(pattern).unwrap();
        pattern.replace_all(&text, *shown).into_owned()
    };
    run.stderr = patterns.iter().fold(run.stderr, replace);
    run
}

#[test]
fn a_run_that_was_killed_is_told_by_the_next() {
    let held = deaf(&server::registry("{}"), Hold::Request, "/notification/");
    let program = Program::new(&[("acme.yaml", MANIFEST)]).at(&held.url, "emulator-token");
    killed_at(&held, start(&program, "text"));
    let document = program.run(&["plan", "--format", "json"]).json();
    let earlier = &document["previous_run"];
    let figures = ["actor", "changes", "done", "not_done"].map(|key| earlier[key].clone());
    assert_eq!(
        figures,
        [json!("quayadmin"), json!(3), json!(2), json!(0)],
        "{earlier:#}"
    );
    let open = &earlier["unanswered"][0];
    assert_eq!(open["address"], "notification[acme/api:pushes]", "{earlier:#}");
    let told = untimed(program.run(&["plan"]));
    let healed = program.run(&APPLY);
    assert_eq!(healed.code, Some(0), "{}", healed.shown());
    let empty = program.run(&["plan", "--detailed-exitcode"]);
    // It is told until an apply has come to its end, and then no more.
    assert_eq!((empty.code, empty.stderr.as_str()), (Some(0), ""), "{}", empty.shown());
    check("crash-killed", &[told]);
}

#[test]
fn what_was_done_before_the_kill_is_not_done_again() {
    let held = deaf(&server::registry("{}"), Hold::Answer, "/notification/");
    let program = Program::new(&[("acme.yaml", MANIFEST)]).at(&held.url, "emulator-token");
    killed_at(&held, start(&program, "text"));
    let next = program.run(&["apply", "--auto-approve", "--format", "json"]).json();
    assert_eq!(
        next["previous_run"]["unanswered"].as_array().unwrap().len(),
        1,
        "{next:#}"
    );
    assert_eq!(next["summary"]["done"], 0, "{next:#}");
    let last = program.run(&["apply", "--auto-approve", "--format", "json"]).json();
    assert_eq!(last.get("previous_run"), None, "{last:#}");
}

/// The wait is seen by what is said about it; how long it is has a test of its own, without a clock.
#[test]
fn a_request_that_may_be_at_work_is_waited_for() {
    let held = deaf(&server::registry("{}"), Hold::Request, "/notification/");
    let program = Program::new(&[("acme.yaml", MANIFEST)])
        .at(&held.url, "emulator-token")
        .with("QUAYFORM_SETTLE_SECONDS", "3600");
    killed_at(&held, start(&program, "text"));
    let mut command = program.command(&APPLY);
    let waiting = command.stderr(std::process::Stdio::piped()).spawn().unwrap();
    let (code, said) = super::interrupt::interrupted_at(waiting, "may still be at work");
    assert_eq!(code, Some(130), "{said}");
    assert!(said.contains("Interrupted: nothing was changed."), "{said}");
}

#[test]
fn without_its_journal_the_next_run_comes_to_the_same_end() {
    let held = deaf(&server::registry("{}"), Hold::Request, "/repository");
    let program = Program::new(&[("acme.yaml", MANIFEST)]).at(&held.url, "emulator-token");
    killed_at(&held, start(&program, "text"));
    std::fs::remove_dir_all(program.path(".quayform")).unwrap();
    let again = program.run(&APPLY);
    assert_eq!((again.code, again.stderr.as_str()), (Some(0), ""), "{}", again.shown());
    let empty = program.run(&["plan", "--detailed-exitcode"]);
    assert_eq!(empty.code, Some(0), "{}", empty.shown());
}

#[test]
fn a_second_apply_is_told_who_is_at_work() {
    let emulator = server::registry("{}");
    let held = deaf(&emulator, Hold::Request, "/organization/");
    let program = Program::new(&[("acme.yaml", MANIFEST)]).at(&held.url, "emulator-token");
    // Another checkout of the same project meets it too.
    let elsewhere = Program::new(&[("acme.yaml", MANIFEST)]).at(&held.url, "emulator-token");
    let mut child = start(&program, "text");
    held.arrived.recv_timeout(PATIENCE).unwrap();
    let requests = || emulator.with(|registry| registry.request_log().len());
    let before = requests();
    let second = elsewhere.run(&APPLY);
    assert_eq!(requests(), before, "it asked the registry");
    let holder = format!("process {}", child.id());
    assert!(second.stderr.contains(&holder), "{}", second.shown());
    let looked = program.run(&["plan"]);
    assert!(looked.stderr.contains(&holder), "{}", looked.shown());
    assert_eq!((second.code, looked.code), (Some(1), Some(0)));
    check("crash-second", &[untimed(second), untimed(looked)]);
    signal(&child, "KILL");
    child.wait().unwrap();
    let third = elsewhere.run(&APPLY);
    assert_eq!(third.code, Some(0), "{}", third.shown());
}

#[test]
fn nothing_is_written_without_a_journal() {
    let emulator = server::registry("{}");
    let url = server::serve(emulator.clone());
    let files = [
        ("acme.yaml", MANIFEST),
        ("quayform.toml", ""),
        (".quayform", "in the way"),
    ];
    let run = Program::new(&files).at(&url, "emulator-token").run(&APPLY);
    assert_eq!(run.code, Some(1), "{}", run.shown());
    assert_eq!(emulator.with(|registry| registry.write_log().len()), 0);
    for words in ["the journal", "cannot be written", "certain: nothing was changed"] {
        assert!(run.stderr.contains(words), "{words}: {}", run.shown());
    }
}
