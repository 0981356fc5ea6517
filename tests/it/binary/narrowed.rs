//! `--target`, `--exclude` and PATHs inside of a project.

use super::program::{Program, check};
use super::server;

const SEED: &str = r#"{"users": [{"name": "alice"}, {"name": "bob"}]}"#;

const TOML: &str = "format = 1\n[guards]\nallow_destroy = [\"robot[acme+old]\"]\n";

const ORGANIZATION: &str = "
kind: Organization
name: acme
teams:
  owners: {role: admin, members: [quayadmin]}
  developers: {role: creator, members: [alice]}
robots: {ci: {}}
";

fn repository(name: &str) -> String {
    format!(
        "kind: Repository
name: acme/{name}
permissions:
  teams: {{developers: write}}
  robots: {{ci: read}}
  users: {{}}
notifications:
  - {{title: pushes, event: repo_push, webhook: {{url: \"https://hooks.example/{name}\"}}}}
"
    )
}

fn project() -> Program {
    Program::new(&[
        ("quayform.toml", TOML),
        ("orgs/acme.yaml", ORGANIZATION),
        ("repositories/api.yaml", &repository("api")),
        ("repositories/web.yaml", &repository("web")),
    ])
}

#[test]
fn a_part_of_a_project_is_planned_and_applied() {
    let program = project().at(&server::serve(server::registry(SEED)), "emulator-token");
    check(
        "narrowed",
        &[
            program.run(&["plan", "--target", "permission[acme/api:team/developers]"]),
            program.run(&["plan", "repositories/web.yaml"]),
            program.run(&["plan", "--exclude", "repository[acme/web]"]),
            program.run(&["apply", "repositories/api.yaml", "--auto-approve"]),
            program.run(&["plan", "repositories/api.yaml", "--detailed-exitcode"]),
            program.run(&["plan", "--detailed-exitcode"]),
        ],
    );
}

#[test]
fn what_means_nothing_is_a_mistake() {
    let program = project().at(&server::serve(server::registry(SEED)), "emulator-token");
    program.write("notes/readme.txt", "no manifest");
    check(
        "narrowed-mistakes",
        &[
            program.run(&["plan", "--target", "repository[acme/apj]"]),
            program.run(&["plan", "--target", "repositories[acme/api]"]),
            program.run(&["plan", "--target", "acme/api"]),
            program.run(&["plan", "notes"]),
            program.run(&["plan", "orgs", "--target", "repository[acme/api]"]),
        ],
    );
}

/// What is not chosen is not even asked for.
#[test]
fn only_what_is_chosen_is_read() {
    let program = project().at(&server::serve(server::registry(SEED)), "emulator-token");
    let all = program.run(&["apply", "--auto-approve"]);
    assert_eq!(all.code, Some(0), "{}", all.shown());
    let part = program.run(&["plan", "--target", "*[acme/api*]", "--explain-reads"]);
    assert_eq!(part.code, Some(0), "{}", part.shown());
    assert!(
        part.stdout.contains("/repository/acme/api/notification/"),
        "{}",
        part.shown()
    );
    assert!(!part.stdout.contains("acme/web"), "{}", part.shown());
}

#[test]
fn a_saved_plan_knows_how_it_was_narrowed() {
    let program = project().at(&server::serve(server::registry(SEED)), "emulator-token");
    let saved = program.run(&["plan", "--target", "repository[acme/api]", "--out", "plan.json"]);
    assert_eq!(saved.code, Some(0), "{}", saved.shown());
    let again = program.run(&["apply", "plan.json", "--target", "repository", "--auto-approve"]);
    assert_eq!(again.code, Some(1), "{}", again.shown());
    let applied = program.run(&["apply", "plan.json", "--auto-approve", "--format", "json"]);
    assert_eq!(applied.code, Some(0), "{}", applied.shown());
    let document = applied.json();
    assert_eq!(
        (&document["converged"], &document["summary"]["done"]),
        (&true.into(), &2.into())
    );
    let file: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(program.path("plan.json")).unwrap()).unwrap();
    assert_eq!(file["narrowed"]["pulled_in"], serde_json::json!(["organization[acme]"]));
}
