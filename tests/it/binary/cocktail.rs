//! CocktailCloud as people meet it, with a token of its own.

use quayform::emulator::{Emulator, IncomingRequest};

use super::canary::clean;
#[cfg(unix)]
use super::interrupt::{PATIENCE, signal, start};
use super::program::{Program, Run, check};
use super::server::{Held, Hold, echoing, registry, serve};
use crate::files::below;

/// Stands in the answers of the embedded CocktailCloud in the place of the build server's private key.
const KEY: &str = "EMULATED-BUILD-SERVER-CLIENT-KEY";
/// The only token that CocktailCloud takes.
const TOKEN: &str = "CANARY-cocktail";

const MANIFEST: &str = "\
kind: Organization
name: acme
---
kind: Repository
name: acme/api
tags:
  v1: {cocktail: {build_seq: 1, description: Release 1}}
";

fn emulator(failure: &str) -> Emulator {
    registry(&format!(
        r#"{{"cocktail": {{"token": "{TOKEN}", "builds": [{{"registry": "acme", "image": "api"{failure}}}]}},
            "organizations": [{{"name": "acme", "repositories": [{{"name": "api"}}]}}]}}"#
    ))
}

fn without_cocktail(emulator: Emulator) -> (Program, String) {
    let url = serve(emulator);
    let program = Program::new(&[("acme.yaml", MANIFEST)]).at(&url, "emulator-token");
    (program.with("RUST_LOG", "trace"), url)
}

fn program(emulator: Emulator) -> Program {
    let (program, url) = without_cocktail(emulator);
    program
        .with("QUAYFORM_COCKTAIL_URL", &url)
        .with("QUAYFORM_COCKTAIL_TOKEN", TOKEN)
}

/// Neither what was printed nor any file holds the key or the token.
fn nothing_leaks(program: &Program, run: &Run) {
    clean(run, &[KEY.to_owned()]);
    for file in below(&program.path("")) {
        let text = String::from_utf8_lossy(&std::fs::read(&file).unwrap()).into_owned();
        assert!(!text.contains(KEY) && !text.contains(TOKEN), "{}", file.display());
    }
}

#[test]
fn the_answers_really_hold_the_key() {
    let emulator = emulator("");
    for (method, path) in [("POST", "/v1/build/run/1"), ("GET", "/v1/build/run/log/1")] {
        let answer = emulator
            .handle(&IncomingRequest::new(method, path).with_token(TOKEN))
            .unwrap();
        assert!(String::from_utf8_lossy(&answer.body).contains(KEY), "{path}");
    }
}

#[test]
fn a_tag_is_built_and_nothing_leaks() {
    let emulator = emulator("");
    let program = program(emulator.clone());
    let planned = program.run(&["plan", "-vv"]);
    nothing_leaks(&program, &planned);
    assert!(planned.stdout.contains("build_seq: 1"), "{}", planned.shown());
    for format in ["text", "json"] {
        let applied = program.run(&["apply", "--auto-approve", "-vv", "--format", format]);
        assert_eq!(applied.code, Some(0), "{}", applied.shown());
        nothing_leaks(&program, &applied);
        if format == "text" {
            for told in [
                "run 1: RUNNING, 1 of 2: CODE_DOWN",
                "run 1: DONE",
                "POST /v1/build/run/1",
            ] {
                assert!(applied.stderr.contains(told), "{told}: {}", applied.shown());
            }
        }
    }
    assert_eq!(emulator.with(|registry| registry.runs()), 1);
    let again = program.run(&["plan", "--detailed-exitcode"]);
    assert_eq!(again.code, Some(0), "{}", again.shown());
}

#[test]
fn a_saved_plan_starts_the_build_too() {
    let emulator = emulator("");
    let program = program(emulator.clone());
    assert_eq!(program.run(&["plan", "--out", "plan.json"]).code, Some(0));
    let applied = program.run(&["apply", "plan.json", "--auto-approve"]);
    assert_eq!(applied.code, Some(0), "{}", applied.shown());
    assert!(emulator.with(|registry| registry.tag("acme/api", "v1").is_some()));
    nothing_leaks(&program, &applied);
}

#[test]
fn the_log_of_a_failing_build_is_shown() {
    let program = program(emulator(r#", "failure": "COPY failed: no such file""#));
    let applied = program.run(&["apply", "--auto-approve", "-vv"]);
    nothing_leaks(&program, &applied);
    assert_eq!(applied.code, Some(5), "{}", applied.shown());
    assert!(
        applied.stdout.contains("the log of step 2, CREATE_IMAGE, ends:")
            && applied.stdout.contains("COPY failed: no such file"),
        "{}",
        applied.shown()
    );
}

/// A gateway may repeat in its refusal what it was told.
#[test]
fn what_is_echoed_is_not_shown() {
    let url = echoing(emulator(""), "/v1/build", "writes");
    let program = Program::new(&[("acme.yaml", MANIFEST)])
        .at(&url, "emulator-token")
        .with("QUAYFORM_COCKTAIL_URL", &url)
        .with("QUAYFORM_COCKTAIL_TOKEN", TOKEN);
    for (words, code) in [
        (["apply", "--auto-approve", "-vv"].as_slice(), 5),
        (&["cocktail", "build", "run", "1", "-vv"], 1),
    ] {
        let run = program.run(words);
        assert_eq!(run.code, Some(code), "{}", run.shown());
        assert!(
            (run.stdout.clone() + &run.stderr).contains("You said: "),
            "{}",
            run.shown()
        );
        nothing_leaks(&program, &run);
    }
}

#[test]
fn what_is_not_set_is_said_before_anything_is_written() {
    let emulator = emulator("");
    let (bare, url) = without_cocktail(emulator.clone());
    let (other, _) = without_cocktail(emulator.clone());
    let other = other.with("QUAYFORM_COCKTAIL_URL", &url);
    let (dead, _) = without_cocktail(emulator.clone());
    let dead = dead
        .with("QUAYFORM_COCKTAIL_URL", &url)
        .with("QUAYFORM_COCKTAIL_TOKEN", "emulator-token");
    check(
        "cocktail-mistakes",
        &[
            bare.run(&["plan"]),
            bare.run(&["apply", "--auto-approve"]),
            other.run(&["apply", "--auto-approve"]),
            dead.run(&["apply", "--auto-approve"]),
            bare.run(&["cocktail", "build", "run", "1"]),
            dead.run(&["cocktail", "build", "run", "1"]),
            program(emulator.clone()).run(&["cocktail", "build", "run", "7"]),
            program(emulator.clone()).run(&["cocktail", "build", "log", "x"]),
        ],
    );
    assert_eq!(emulator.with(|registry| registry.runs()), 0);
}

/// Killed while it looks at the run: the next apply goes on with that one, since its number was noted.
#[cfg(unix)]
#[test]
fn a_run_under_way_is_found_again_after_a_kill() {
    let emulator = emulator(r#", "steps": ["A", "B", "C", "D", "E", "F", "G", "H", "I", "CREATE_IMAGE"]"#);
    let looks = |_: &axum::http::Method, path: &str, _: &Emulator| path.starts_with("/v1/build/run/log/");
    let held = Held::those(emulator.clone(), Hold::Request, looks);
    let program = Program::new(&[("acme.yaml", MANIFEST)])
        .at(&held.url, "emulator-token")
        .with("QUAYFORM_COCKTAIL_URL", &held.url)
        .with("QUAYFORM_COCKTAIL_TOKEN", TOKEN);
    let mut child = start(&program, "text");
    held.arrived.recv_timeout(PATIENCE).unwrap();
    signal(&child, "KILL");
    assert_eq!(child.wait().unwrap().code(), None);
    held.open();
    let applied = program.run(&["apply", "--auto-approve"]);
    assert_eq!(applied.code, Some(0), "{}", applied.shown());
    assert!(applied.stderr.contains("run 1 goes on: RUNNING"), "{}", applied.shown());
    assert_eq!(emulator.with(|registry| registry.runs()), 1);
    nothing_leaks(&program, &applied);
}

const STEPS: &str = "- {stepType: CODE_DOWN, stepOrder: 1}\n- {stepType: CREATE_IMAGE, stepOrder: 2}\n";

#[test]
fn builds_are_created_run_and_looked_at() {
    let program = program(emulator(""));
    program.write("build.yaml", "registryName: acme\nimageName: api\nautotagUseYn: N\n");
    program.write("steps.yaml", STEPS);
    program.write("broken.yaml", "imageName: [api\n");
    let create = [
        "cocktail",
        "build",
        "create",
        "--file",
        "build.yaml",
        "--steps",
        "steps.yaml",
    ];
    let runs = [
        program.run(&create),
        program.run(&["cocktail", "build", "create", "--file", "steps.yaml"]),
        program.run(&["cocktail", "build", "create", "--file", "broken.yaml"]),
        program.run(&["cocktail", "build", "create", "--file", "missing.yaml"]),
        program.run(&["cocktail", "build", "create", "--registry-name", "acme"]),
        program.run(&["cocktail", "build", "run", "2", "--tag", "v2", "--wait"]),
        program.run(&["cocktail", "build", "log", "1"]),
        program.run(&["cocktail", "build", "log", "9"]),
    ];
    runs.iter().for_each(|run| clean(run, &[KEY.to_owned()]));
    check("cocktail-commands", &runs);
    let json = program.run(&["cocktail", "build", "log", "1", "--follow", "--format", "json", "-vv"]);
    nothing_leaks(&program, &json);
    assert_eq!(json.code, Some(0), "{}", json.shown());
    assert!(json.stdout.contains("\"imageDigest\""), "{}", json.shown());
}
