//! Marked secrets in every place that takes one: the mark is nowhere but in the registry.

use std::fs;
use std::path::Path;

use super::program::{Program, Run};

const MARK: &str = "CANARY";

/// A secret in each place of a manifest, literally where that is allowed and by reference elsewhere.
const MANIFEST: &str = r#"
kind: Organization
name: acme
robots: {mirror: {}}
---
kind: Repository
name: acme/api
notifications:
  - {title: a, event: repo_push, slack: {url: "https://hooks.example/CANARY1"}}
  - {title: b, event: repo_push, slack: {url: {env: SLACK_URL}}}
  - {title: c, event: repo_push, webhook: {url: "https://user:CANARY2@hooks.example/x?key=CANARY3"}}
  - {title: d, event: repo_push, webhook: {url: {file: hook.txt}}}
  - {title: e, event: repo_push, flowdock: {flow_api_token: {env: FLOW_TOKEN}}}
  - {title: f, event: repo_push, hipchat: {room_id: "7", notification_token: {env: CHAT_TOKEN}}}
---
kind: Repository
name: acme/mirror
mirror:
  external_reference: docker.io/library/nginx
  tags: [latest]
  sync_interval: 6h
  sync_start_date: 2026-01-01T00:00:00Z
  robot: mirror
  credentials: {username: acme, password: {env: HUB_PASSWORD}}
  proxy: {https_proxy: "http://proxy.example:3128"}
"#;

fn program() -> Program {
    Program::new(&[
        ("acme.yaml", MANIFEST),
        ("hook.txt", "https://hooks.example/CANARY4\n"),
        (
            "quayform.toml",
            "[registry]\nurl = \"https://quay.example\"\n[guards]\nmax_deletes = 10\n",
        ),
    ])
    .with("SLACK_URL", "https://hooks.example/CANARY5")
    .with("FLOW_TOKEN", "CANARY6")
    .with("CHAT_TOKEN", "CANARY7")
    .with("HUB_PASSWORD", "CANARY8")
    .with("QUAYFORM_TOKEN", "CANARY9")
}

fn clean(run: &Run) {
    assert!(
        !run.stdout.contains(MARK) && !run.stderr.contains(MARK),
        "{}",
        run.shown()
    );
}

/// The files below a directory that hold the mark.
fn marked(directory: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            names.extend(marked(&path));
        } else if String::from_utf8_lossy(&fs::read(&path).unwrap()).contains(MARK) {
            names.push(path.file_name().unwrap().to_string_lossy().into_owned());
        }
    }
    names
}

#[test]
fn no_output_and_no_file_holds_a_secret() {
    let program = program();
    for formats in [
        vec![],
        vec!["-vv"],
        vec!["--format", "json"],
        vec!["--format", "json", "-vv"],
    ] {
        clean(&program.run(&[vec!["validate"], formats.clone()].concat()));
        clean(&program.run(&[vec!["plan", "--emulator", "--expand"], formats].concat()));
    }
    let applied = program.run(&["apply", "--emulator", "--auto-approve", "-vv"]);
    assert_eq!(applied.code, Some(0), "{}", applied.shown());
    clean(&applied);
    assert_eq!(marked(&program.path(".quayform")), ["emulator.json"]);

    // Secrets that change, that are compared, and that go.
    program.write(
        "acme.yaml",
        &MANIFEST.replace("CANARY1", "CANARY10").replace("CANARY3", "CANARY11"),
    );
    for formats in [vec![], vec!["--format", "json"]] {
        clean(&program.run(&[vec!["plan", "--emulator"], formats].concat()));
    }
    clean(&program.run(&[
        "apply",
        "--emulator",
        "--auto-approve",
        "--format",
        "json",
        "--resend-secrets",
    ]));
    let none = MANIFEST.split("notifications:").next().unwrap().to_owned() + "notifications: []\n";
    program.write("acme.yaml", &none);
    for formats in [vec![], vec!["-vv"], vec!["--format", "json"]] {
        let run = program.run(&[vec!["plan", "--emulator"], formats].concat());
        assert_eq!(run.code, Some(0), "{}", run.shown());
        clean(&run);
    }
    let applied = program.run(&["apply", "--emulator", "--auto-approve"]);
    clean(&applied);
    assert_eq!(marked(&program.path(".quayform")), ["emulator.json"]);
}

#[test]
fn secrets_are_masked_in_the_lines_of_mistakes() {
    let program = program();
    let wrong = MANIFEST
        .replace("event: repo_push, ", "event: repo_pusch, ")
        .replace("flow_api_token: {env: FLOW_TOKEN}", "flow_api_token: CANARY12, x: 1");
    program.write("acme.yaml", &wrong);
    for words in [
        vec!["validate"],
        vec!["validate", "--format", "json"],
        vec!["plan", "--emulator"],
    ] {
        let run = program.run(&words);
        assert_eq!(run.code, Some(1), "{}", run.shown());
        clean(&run);
    }
}

#[test]
fn the_token_of_the_run_is_in_no_log() {
    let url = super::server::serve(super::server::registry("{}"));
    let program = program().at(&url, "emulator-token");
    let run = program.run(&["plan", "-vv"]);
    assert_eq!(run.code, Some(0), "{}", run.shown());
    assert!(run.stderr.contains("GET /api/v1/user/"), "{}", run.shown());
    assert!(!run.stderr.contains("emulator-token"), "{}", run.shown());
    clean(&run);
}
