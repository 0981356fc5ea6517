//! Several registries in one run.

use super::program::Program;
use super::server::{registry, serve};

const PEOPLE: &str = r#"{"users": []}"#;

#[test]
fn all_registries_of_the_project_are_planned_and_applied() {
    let (first, second) = (serve(registry(PEOPLE)), serve(registry(PEOPLE)));
    let toml = format!(
        "format = 1\n[registries.first]\nurl = \"{first}\"\ntoken = {{ env = \"ONE\" }}\n\
         [registries.second]\nurl = \"{second}\"\ntoken = {{ env = \"TWO\" }}\n"
    );
    let manifest = "kind: Organization\nname: acme\n";
    let program = Program::new(&[("quayform.toml", &toml), ("acme.yaml", manifest)])
        .with("ONE", "emulator-token")
        .with("TWO", "emulator-token");
    let applied = program.run(&["apply", "--registry", "all", "--auto-approve", "--format", "json"]);
    assert_eq!(applied.code, Some(0), "{}", applied.stderr);
    let document = applied.json();
    let registries = document["registries"].as_array().unwrap();
    assert_eq!(
        registries.iter().map(|each| &each["converged"]).collect::<Vec<_>>(),
        [true, true]
    );
    let again = program.run(&["plan", "--registry", "all", "--detailed-exitcode"]);
    assert_eq!(again.code, Some(0), "{}{}", again.stdout, again.stderr);
    let one = program
        .run(&["plan", "--registry", "second", "--format", "json"])
        .json();
    assert!(
        one["registry"].is_string(),
        "the document of one registry stands by itself"
    );
}

/// One that is down must not hide what was done to the other.
#[test]
fn one_registry_that_is_down_does_not_hide_the_others() {
    let emulator = registry("{}");
    let settings = format!(
        "[registries.down]\nurl = \"http://127.0.0.1:1\"\ntoken = {{ env = \"TOKEN\" }}\n\
         [registries.up]\nurl = \"{}\"\ntoken = {{ env = \"TOKEN\" }}\n",
        serve(emulator)
    );
    let program = Program::new(&[
        ("acme.yaml", "kind: Organization\nname: acme\n"),
        ("quayform.toml", &settings),
    ])
    .with("TOKEN", "emulator-token");
    let planned = program.run(&["plan", "--registry", "all"]);
    assert_eq!(planned.code, Some(1), "{}", planned.shown());
    assert!(planned.stdout.contains("Plan: 1 to create"), "{}", planned.shown());
    let applied = program.run(&["apply", "--registry", "all", "--auto-approve", "--format", "json"]);
    assert_eq!(applied.code, Some(1), "{}", applied.shown());
    let document = applied.json();
    let of = |name: &str| {
        document["registries"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one.get(name).is_some())
            .cloned()
    };
    assert_eq!(
        of("error").unwrap()["registry"],
        "http://127.0.0.1:1",
        "{}",
        applied.shown()
    );
    assert_eq!(of("converged").unwrap()["summary"]["done"], 1, "{}", applied.shown());
}
