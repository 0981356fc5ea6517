//! The comment of a pull request.

use super::nasty;
use crate::binary::program::{Program, check};
use crate::binary::server::{registry, serve};

#[test]
fn a_plan_that_nobody_should_approve() {
    let program = nasty();
    let run = program.run(&["plan", "--emulator", "--format", "markdown", "--out", "plan.json"]);
    assert_eq!(run.code, Some(3), "{}", run.shown());
    let saved: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(program.path("plan.json")).unwrap()).unwrap();
    let digest = saved["digest"].as_str().unwrap();
    assert!(run.stdout.contains(digest), "{}", run.shown());
    check("markdown-nasty", &[run.without("[digest]", digest)]);
}

#[test]
fn the_marker_is_that_of_the_project_and_the_registry() {
    let program = Program::example("minimal");
    let marker = |program: &Program, more: &[&str]| {
        let run = program.run(&[&["plan", "--format", "markdown"], more].concat());
        let first = run.stdout.lines().next().unwrap_or_default().to_owned();
        assert!(
            first.starts_with("<!-- quayform plan ") && first.ends_with(" -->"),
            "{}",
            run.shown()
        );
        first
    };
    let emulator = marker(&program, &["--emulator"]);
    // Whatever the manifests say, and wherever it was checked out.
    program.write("acme.yaml", "kind: [");
    assert_eq!(marker(&program, &["--emulator"]), emulator);
    program.write("quayform.toml", "wrong");
    assert_eq!(marker(&program, &["--emulator"]), emulator);
    assert_eq!(marker(&Program::example("minimal"), &["--emulator"]), emulator);
    assert_ne!(marker(&program, &["--registry", "other"]), emulator);
}

#[test]
fn a_failure_takes_the_place_of_the_plan() {
    let program = Program::example("minimal").at("http://127.0.0.1:9", "token");
    check("markdown-failed", &[program.run(&["plan", "--format", "markdown"])]);
    program.write("acme.yaml", "kind: Organization\nname: acme\ntems: {}\n");
    check("markdown-invalid", &[program.run(&["plan", "--format", "markdown"])]);
}

#[test]
fn an_apply_says_what_became_of_it() {
    let program = Program::example("minimal");
    let first = program.run(&["apply", "--emulator", "--auto-approve", "--format", "markdown"]);
    let again = program.run(&["apply", "--emulator", "--auto-approve", "--format", "markdown"]);
    check("markdown-applied", &[first, again]);
    let nasty = nasty();
    let refused = nasty.run(&["apply", "--emulator", "--auto-approve", "--format", "markdown"]);
    assert_eq!(refused.code, Some(3));
    assert!(
        refused.stdout.contains("**Refused** by `protected`"),
        "{}",
        refused.shown()
    );
}

#[test]
fn nobody_is_asked_who_has_not_seen_the_plan() {
    let run = Program::example("minimal").run(&["apply", "--emulator", "--format", "markdown"]);
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("nobody can be asked"), "{}", run.shown());
}

#[test]
fn several_registries_share_one_comment() {
    let settings = format!(
        "[registries.down]\nurl = \"http://127.0.0.1:1\"\ntoken = {{ env = \"TOKEN\" }}\n\
         [registries.up]\nurl = \"{}\"\ntoken = {{ env = \"TOKEN\" }}\n",
        serve(registry("{}"))
    );
    let program = Program::new(&[
        ("acme.yaml", "kind: Organization\nname: acme\n"),
        ("quayform.toml", &settings),
    ])
    .with("TOKEN", "emulator-token");
    let run = program.run(&["plan", "--registry", "all", "--format", "markdown"]);
    assert_eq!(run.code, Some(1), "{}", run.shown());
    assert_eq!(run.stdout.matches("<!-- quayform plan ").count(), 1, "{}", run.shown());
    for part in ["### Plan failed\n", "(`up`)\n", "**1 to create**"] {
        assert!(run.stdout.contains(part), "{part}: {}", run.shown());
    }
}

#[test]
fn drift_says_who_first_and_then_what_an_apply_would_do() {
    let program = nasty();
    let run = program.run(&["drift", "--emulator", "--format", "markdown"]);
    assert_eq!(run.code, Some(2), "{}", run.shown());
    let places: Vec<usize> = [
        "<!-- quayform drift ",
        "### Drift for ",
        "objects are not as the manifests say. What follows is what an apply would do about them.",
        "#### Who changed it",
        "#### Lost for good",
        "#### All changes, by organization",
    ]
    .map(|said| {
        run.stdout
            .find(said)
            .unwrap_or_else(|| panic!("{said}: {}", run.shown()))
    })
    .to_vec();
    assert!(places.is_sorted(), "{}", run.shown());
    let tests = program.run(&["drift", "--emulator", "--format", "junit"]);
    assert_eq!(tests.code, Some(2));
    assert!(
        tests.stdout.contains("skipped=\"1\"") && !tests.stdout.contains("<system-out>  -"),
        "{}",
        tests.shown()
    );
    let page = program.run(&["drift", "--emulator", "--format", "html"]);
    assert!(page.stdout.contains("<h1>Drift for "), "{}", page.shown());
    let both = program.run(&["drift", "--emulator", "--format", "html", "--adopt"]);
    assert!(
        both.stderr.contains("use --format text or --format json"),
        "{}",
        both.shown()
    );
}
