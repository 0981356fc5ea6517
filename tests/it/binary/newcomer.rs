//! The mistakes that somebody makes in the first hour, and what is said to them: read each as whoever has made it, at
//! night, for the first time.

use super::program::{Program, Run, check};

const ORGANIZATION: &str = "kind: Organization\nname: acme\n";

/// What `validate` says of a project with one file.
fn says(text: &str) -> Run {
    let run = Program::new(&[("acme.yaml", text)]).run(&["validate"]);
    assert_eq!(run.code, Some(1), "{}", run.shown());
    run
}

fn with(more: &str) -> Run {
    says(&format!("{ORGANIZATION}{more}"))
}

#[test]
fn mistakes_of_yaml() {
    check(
        "newcomer-yaml",
        &[
            // Wrong indentation.
            with("teams:\n  developers:\n    role: member\n   members: [alice]\n"),
            // A tab.
            with("teams:\n\tdevelopers: {role: member}\n"),
            // The same key twice.
            with("email: a@acme.example\nemail: b@acme.example\n"),
            // No space after the colon.
            with("robots:\n  ci:{}\n"),
            // A text that YAML takes for something else.
            with("teams:\n  developers:\n    role: member\n    description: build: and test\n"),
            // A key without its value.
            with("robots:\n  ci:\n"),
        ],
    );
}

#[test]
fn mistakes_of_form() {
    check(
        "newcomer-form",
        &[
            // A name that is nearly right.
            with("default_permission: []\n"),
            // A list in place of a map.
            with("teams:\n  - name: developers\n    role: member\n"),
            // A map in place of a list.
            with("teams:\n  developers:\n    role: member\n    members: {alice: true}\n"),
            // A text in place of a list, of a number, and of a size.
            with("teams:\n  developers:\n    role: member\n    members: alice\n"),
            with("auto_prune:\n  - {keep_tags: ten}\n"),
            with("quota: {limit: lots}\n"),
            // No kind, a misspelt one, and one of another tool.
            says("name: acme\nemail: a@acme.example\n"),
            says("kind: Organisation\nname: acme\n"),
            says("kind: Team\nname: developers\n"),
            // No name.
            says("kind: Organization\nemail: a@acme.example\n"),
        ],
    );
}

#[test]
fn mistakes_of_content() {
    check(
        "newcomer-content",
        &[
            // A duration in words.
            with("tag_expiration: 2 weeks and a day\n"),
            // A role that is none, and one of repositories.
            with("teams:\n  developers: {role: developer}\n"),
            with("teams:\n  developers: {role: write}\n"),
            // A team that nobody declares.
            with("default_permissions:\n  - {role: write, team: developers}\n"),
            // The full name of a robot for its own.
            with("robots:\n  acme+ci: {}\n"),
            // A robot among users, by its short name among robots of another map.
            with("robots: {ci: {}}\n---\nkind: Repository\nname: acme/api\npermissions:\n  users: {acme+ci: write}\n"),
            with("robots: {ci: {}}\n---\nkind: Repository\nname: acme/api\npermissions:\n  robots: {acme+ci: write}\n"),
            // An e-mail address among members.
            with("teams:\n  developers: {role: member, members: [alice@acme.example]}\n"),
            // A repository without its organization.
            says("kind: Repository\nname: api\nvisibility: private\n"),
            // Capital letters.
            says("kind: Organization\nname: Acme\n"),
            // A robot that nobody declares, in a mirror.
            with(
                "---\nkind: Repository\nname: acme/api\nmirror:\n  external_reference: docker.io/library/nginx\n  tags: [latest]\n  sync_interval: 6h\n  sync_start_date: 2026-01-01T00:00:00Z\n  robot: ci\n",
            ),
            // An address without its scheme.
            with(
                "---\nkind: Repository\nname: acme/api\nnotifications:\n  - {event: repo_push, webhook: {url: hooks.example/quay}}\n",
            ),
        ],
    );
}

/// A secret that is written out is right, and never shown; a shell's variable in its place is a text like any other.
#[test]
fn secrets_in_the_words_of_a_shell() {
    let text =
        "---\nkind: Repository\nname: acme/api\nnotifications:\n  - {event: repo_push, slack: {url: $SLACK_URL}}\n";
    let run = Program::new(&[("acme.yaml", &format!("{ORGANIZATION}{text}"))]).run(&["validate"]);
    assert_eq!(run.code, Some(0), "{}", run.shown());
    check("newcomer-secret", &[run]);
}

#[test]
fn mistakes_of_the_project() {
    let twice = Program::new(&[("a.yaml", ORGANIZATION), ("b.yaml", ORGANIZATION)]);
    let settings = |text: &str| Program::new(&[("acme.yaml", ORGANIZATION), ("quayform.toml", text)]);
    let registry = "format = 1\n\n[registry]\nurl = \"https://127.0.0.1:1\"\ntoken = { env = \"QUAYFORM_TOKEN\" }\n";
    let runs = [
        // One organization in two files.
        twice.run(&["validate"]),
        // No quayform.toml, so that nobody knows the registry.
        Program::new(&[("acme.yaml", ORGANIZATION)]).run(&["plan"]),
        // A name in it that is nearly right, and the token written out.
        settings("format = 1\n\n[registry]\nurll = \"https://quay.example.com\"\n").run(&["plan"]),
        settings("format = 1\n\n[registry]\nurl = \"https://quay.example.com\"\ntoken = \"hunter2\"\n").run(&["plan"]),
        // An address without its scheme, and one of an API.
        settings("format = 1\n\n[registry]\nurl = \"quay.example.com\"\n").run(&["plan"]),
        settings("format = 1\n\n[registry]\nurl = \"https://quay.example.com/api/v1\"\n").run(&["plan"]),
        // The token is not set.
        settings(registry).run(&["plan"]),
        // A file that is not there.
        Program::new(&[("acme.yaml", ORGANIZATION)]).run(&["validate", "acmee.yaml"]),
        // A command that is none, one of another tool, and one that is nearly right.
        Program::new(&[]).run(&["destroy"]),
        Program::new(&[]).run(&["aply"]),
    ];
    assert!(runs.iter().all(|run| run.code == Some(1)));
    check("newcomer-project", &runs);
}
