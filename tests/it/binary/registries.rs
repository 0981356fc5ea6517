//! Several registries in one run.

use crate::meddler::by;

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

/// Drift of each registry is told under its name; the gravest of all decides, and what is down hides nothing.
#[test]
fn drift_of_all_registries_is_told_by_registry() {
    let (quiet, changed) = (registry(PEOPLE), registry(PEOPLE));
    let (first, second) = (serve(quiet), serve(changed.clone()));
    let toml = |third: &str| {
        format!(
            "[registries.first]\nurl = \"{first}\"\ntoken = {{ env = \"TOKEN\" }}\n\
             [registries.second]\nurl = \"{second}\"\ntoken = {{ env = \"TOKEN\" }}\n{third}"
        )
    };
    let manifest = "kind: Organization\nname: acme\nteams: {testers: {role: member}}\n";
    let program =
        Program::new(&[("quayform.toml", &toml("")), ("acme.yaml", manifest)]).with("TOKEN", "emulator-token");
    let all = ["--registry", "all"];
    let applied = program.run(&[&["apply", "--auto-approve"], &all[..]].concat());
    assert_eq!(applied.code, Some(0), "{}", applied.shown());
    let drift = |more: &[&str]| program.run(&[&["drift", "--settle", "0"], &all[..], more].concat());
    let silent = drift(&[]);
    assert_eq!(silent.code, Some(0), "{}", silent.shown());
    assert_eq!(silent.stdout.matches("No drift").count(), 2, "{}", silent.shown());

    let role = serde_json::json!({ "role": "admin" });
    by(
        &changed,
        "emulator-token",
        "PUT",
        "/organization/acme/team/testers",
        &role,
    );
    let found = drift(&["--metrics", "quayform.prom"]);
    assert_eq!(found.code, Some(2), "{}", found.shown());
    let (one, two) = found.stdout.split_once("=== second (").unwrap();
    assert!(
        one.contains("=== first (") && one.contains("No drift"),
        "{}",
        found.shown()
    );
    assert!(two.contains("differs  team[acme/testers]"), "{}", found.shown());
    let figures = std::fs::read_to_string(program.path("quayform.prom")).unwrap();
    let line = format!("registry=\"{second}\",organization=\"acme\",kind=\"team\"");
    assert!(figures.contains(&line), "{figures}");
    let document = drift(&["--format", "json"]).json();
    let tallies = document["registries"].as_array().unwrap().iter();
    let tallies: Vec<_> = tallies.map(|each| each["tally"]["drifted"].clone()).collect();
    assert_eq!(tallies, [0, 1]);
    let page = drift(&["--format", "markdown"]);
    assert!(
        page.stdout.contains("(`first`)") && page.stdout.contains("(`second`)"),
        "{}",
        page.shown()
    );

    // What cannot be reached is graver than drift, and the drift is told all the same.
    program.write(
        "quayform.toml",
        &toml("[registries.down]\nurl = \"http://127.0.0.1:1\"\ntoken = { env = \"TOKEN\" }\n"),
    );
    let down = drift(&[]);
    assert_eq!(down.code, Some(1), "{}", down.shown());
    assert!(down.stdout.contains("differs  team[acme/testers]"), "{}", down.shown());
}

const TWO: &str = "
kind: Organization
name: acme
teams: {owners: {role: admin, members: [quayadmin]}, testers: {}}
---
kind: Repository
name: acme/api
description: The API
permissions: {teams: {owners: admin}}
registries:
  production: {}
  staging:
    description: The API as it will be
    permissions: {teams: {testers: write}}
---
kind: Repository
name: acme/sandbox
registries: [staging]
";

/// Each registry has what is meant for it, and each is told under its name.
#[test]
fn a_document_holds_where_it_says_and_differs_there() {
    let (production, staging) = (serve(registry(PEOPLE)), serve(registry(PEOPLE)));
    let toml = format!(
        "format = 1\n[registries.production]\nurl = \"{production}\"\ntoken = {{ env = \"TOKEN\" }}\n\
         [registries.staging]\nurl = \"{staging}\"\ntoken = {{ env = \"TOKEN\" }}\n"
    );
    let program = Program::new(&[("quayform.toml", &toml), ("acme.yaml", TWO)]).with("TOKEN", "emulator-token");
    let validated = program.run(&["validate"]);
    assert_eq!(validated.code, Some(0), "{}", validated.shown());
    assert!(
        validated.stdout.contains("1 organization and 2 repositories"),
        "{}",
        validated.shown()
    );
    let planned = program.run(&["plan", "--registry", "all", "--format", "json"]).json();
    let descriptions = |index: usize| -> Vec<String> {
        let changes = planned["registries"][index]["changes"].as_array().unwrap().iter();
        let ours = changes.filter(|change| change["address"].as_str().unwrap().starts_with("repository["));
        let ours = ours.map(|change| {
            let fields = change["fields"].as_array().unwrap().iter();
            let described = fields
                .filter(|field| field["name"] == "description")
                .map(|field| field["after"].to_string());
            format!("{} {}", change["address"], described.collect::<String>())
        });
        let mut ours: Vec<String> = ours.collect();
        ours.sort();
        ours
    };
    assert_eq!(descriptions(0), [r#""repository[acme/api]" "The API""#]);
    assert_eq!(
        descriptions(1),
        [
            r#""repository[acme/api]" "The API as it will be""#,
            r#""repository[acme/sandbox]" "#
        ]
    );
    let applied = program.run(&["apply", "--registry", "all", "--auto-approve"]);
    assert_eq!(applied.code, Some(0), "{}", applied.shown());
    assert!(
        applied.stdout.contains("=== production (") && applied.stdout.contains("=== staging ("),
        "{}",
        applied.shown()
    );
    let again = program.run(&["plan", "--registry", "all", "--detailed-exitcode"]);
    assert_eq!(again.code, Some(0), "{}", again.shown());
}

#[test]
fn registries_of_documents_must_exist() {
    let toml = "format = 1\n[registries.production]\nurl = \"https://quay.example.com\"\n";
    let manifest = "kind: Organization\nname: acme\nregistries: {producton: {email: a@example.com, name: other}}\n";
    let program = Program::new(&[("quayform.toml", toml), ("acme.yaml", manifest)]);
    let validated = program.run(&["validate", "--format", "json"]);
    assert_eq!(validated.code, Some(1), "{}", validated.shown());
    let document = validated.json();
    let mut codes: Vec<&str> = document["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|each| each["code"].as_str().unwrap())
        .collect();
    codes.sort_unstable();
    assert_eq!(codes, ["unknown-field", "unknown-registry"]);
}
