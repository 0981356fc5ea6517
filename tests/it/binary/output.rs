//! What plans and results look like, as text and as JSON.

use super::program::{Program, check};
use super::server;

const SEED: &str = r#"{"users": [
    {"name": "alice", "email": "alice@example.com"},
    {"name": "bob", "email": "bob@example.com"},
    {"name": "carol", "email": "carol@example.com"}
]}"#;

const BEFORE: &str = r#"
kind: Organization
name: acme
email: platform@acme.example
tag_expiration: 1w
quota: {limit: 500 GiB, limits: [{type: warning, at: 80%}]}
teams:
  owners: {role: admin, members: [quayadmin, alice]}
  developers: {role: creator, description: Application developers, members: [bob, carol, acme+ci]}
robots:
  ci: {description: Pushes from CI}
  mirror: {}
default_permissions:
  - {role: write, team: developers}
---
kind: Repository
name: acme/api
visibility: private
description: |
  The public API.

  Built from main.
permissions: {teams: {developers: write}, robots: {ci: write}}
notifications:
  - {title: pushes, event: repo_push, slack: {url: {env: SLACK_URL}}}
---
kind: Repository
name: acme/mirrors/nginx
mirror:
  external_reference: docker.io/library/nginx
  tags: ["1.*", latest]
  sync_interval: 6h
  sync_start_date: 2026-01-01T00:00:00Z
  robot: mirror
  credentials: {username: acme, password: {env: HUB_PASSWORD}}
"#;

fn after() -> String {
    BEFORE
        .replace("tag_expiration: 1w", "tag_expiration: 2w")
        .replace("500 GiB", "1 TiB")
        .replace("[bob, carol, acme+ci]", "[bob, acme+ci]")
        .replace("Pushes from CI", "Pushes from the pipeline")
        .replace(
            "  - {role: write, team: developers}",
            "  - {role: read, team: developers}",
        )
        .replace(
            "  Built from main.",
            "  Built from every merge.\n  Ask the platform team.",
        )
        .replace("robots: {ci: write}", "robots: {}")
        .replace("event: repo_push", "event: build_failure")
        .replace("sync_interval: 6h", "sync_interval: 12h")
        .replace("visibility: private", "visibility: public")
}

fn program(text: &str) -> Program {
    Program::new(&[("seed.json", SEED), ("quayform.toml", ""), ("acme.yaml", text)])
        .with("SLACK_URL", "https://hooks.example/slack")
        .with("HUB_PASSWORD", "not-a-password")
}

#[test]
fn from_nothing() {
    let program = program(BEFORE);
    check(
        "from-nothing",
        &[
            program.run(&["plan", "--emulator"]),
            program.run(&["apply", "--emulator", "--auto-approve"]),
            program.run(&["plan", "--emulator", "--detailed-exitcode"]),
            program.run(&["apply", "--emulator", "--auto-approve"]),
        ],
    );
}

#[test]
fn every_sort_of_change() {
    let program = program(BEFORE);
    program.converge();
    program.write("acme.yaml", &after());
    let runs = [
        program.run(&["plan", "--emulator", "--detailed-exitcode"]),
        program.run(&["apply", "--emulator", "--auto-approve"]),
        program.run(&["plan", "--emulator", "--detailed-exitcode"]),
    ];
    check("every-sort", &runs);
    let codes: Vec<_> = runs.iter().map(|run| run.code).collect();
    assert_eq!(codes, [Some(2), Some(0), Some(2)]);
}

#[test]
fn what_is_not_declared_is_listed() {
    let program = program(BEFORE);
    program.converge();
    let fewer = BEFORE.split("---").next().unwrap();
    let fewer = fewer.replace("  mirror: {}\n", "").replace(
        "  developers: {role: creator, description: Application developers, members: [bob, carol, acme+ci]}\n",
        "",
    );
    program.write(
        "acme.yaml",
        &fewer.replace("default_permissions:\n  - {role: write, team: developers}\n", ""),
    );
    check(
        "unmanaged",
        &[program.run(&["plan", "--emulator", "--detailed-exitcode"])],
    );
}

#[test]
fn many_like_changes_are_one_line_unless_they_are_expanded() {
    let mut text = "kind: Organization\nname: acme\nteams: {developers: {}}\n".to_owned();
    for number in 1..=12 {
        text.push_str(&format!(
            "---\nkind: Repository\nname: acme/svc-{number}\npermissions: {{teams: {{developers: write}}}}\n"
        ));
    }
    let program = program(&text);
    program.converge();
    program.write("acme.yaml", &text.replace("developers: write", "developers: read"));
    check(
        "folded",
        &[
            program.run(&["plan", "--emulator"]),
            program.run(&["plan", "--emulator", "--expand"]),
        ],
    );
}

#[test]
fn what_the_server_allows_later_is_deferred() {
    let program = program(BEFORE);
    program.converge();
    let gone = BEFORE.replace("  mirror: {}", "  mirror: {absent: true}");
    let gone = gone
        .split("---\nkind: Repository\nname: acme/mirrors/nginx")
        .next()
        .unwrap();
    let gone = format!("{gone}---\nkind: Repository\nname: acme/mirrors/nginx\nabsent: true\n");
    program.write("acme.yaml", &gone);
    let allowed = [
        "--emulator",
        "--allow",
        "robot[acme+mirror]",
        "--allow",
        "repository[acme/mirrors/nginx]",
    ];
    let runs = [
        program.run(&[vec!["plan"], allowed.to_vec()].concat()),
        program.run(&[vec!["apply", "--auto-approve"], allowed.to_vec()].concat()),
        program.run(&[vec!["plan", "--detailed-exitcode"], allowed.to_vec()].concat()),
    ];
    check("deferred", &runs);
}

#[test]
fn json_is_one_document_with_its_keys() {
    let program = program(BEFORE);
    let planned = program.run(&["plan", "--emulator", "--format", "json"]);
    let plan = planned.json();
    assert_eq!(
        (planned.code, planned.stderr.as_str()),
        (Some(0), ""),
        "{}",
        planned.shown()
    );
    assert_eq!(plan["format_version"], 1);
    assert_eq!(plan["registry"], "[project]/.quayform/emulator.json");
    for key in [
        "create",
        "update",
        "replace",
        "delete",
        "blocked",
        "deferred",
        "unchanged",
        "unmanaged",
    ] {
        assert!(plan["summary"][key].is_u64(), "{key}");
    }
    for key in ["read", "estimated_write", "seconds"] {
        assert!(plan["requests"][key].is_number(), "{key}");
    }
    for change in plan["changes"].as_array().unwrap() {
        for key in [
            "address",
            "action",
            "fields",
            "because",
            "calls",
            "after",
            "reversibility",
        ] {
            assert!(change.get(key).is_some(), "{key} of {change}");
        }
    }
    let applied = program.run(&["apply", "--emulator", "--auto-approve", "--format", "json"]);
    let result = applied.json();
    assert_eq!(
        (applied.code, applied.stderr.as_str()),
        (Some(0), ""),
        "{}",
        applied.shown()
    );
    assert_eq!(
        (&result["converged"], &result["residual"]),
        (&true.into(), &serde_json::json!([]))
    );
    assert_eq!(result["summary"]["done"], plan["changes"].as_array().unwrap().len());
    for key in ["done", "failed", "skipped", "deferred", "cancelled"] {
        assert!(result["summary"][key].is_u64(), "{key}");
    }
}

#[test]
fn without_a_terminal_apply_does_not_ask() {
    let program = program(BEFORE);
    let run = program.run(&["apply", "--emulator"]);
    assert_eq!(run.code, Some(1), "{}", run.shown());
    let run = program.run(&["plan", "--emulator", "--detailed-exitcode"]);
    assert_eq!(run.code, Some(2), "everything is still to do: {}", run.shown());
    let refused = Program::new(&[("acme.yaml", "kind: Organization\nname: acme\n")]).run(&["apply", "--emulator"]);
    check("no-terminal", &[refused]);
}

#[test]
fn passwords_are_sent_again_when_asked() {
    let program = program(BEFORE);
    program.converge();
    let quiet = program.run(&["plan", "--emulator", "--detailed-exitcode"]);
    assert_eq!(quiet.code, Some(0), "{}", quiet.shown());
    let program = program.with("HUB_PASSWORD", "another-password");
    let run = program.run(&["apply", "--emulator", "--auto-approve", "--resend-secrets"]);
    let state = std::fs::read_to_string(program.path(".quayform/emulator.json")).unwrap();
    assert!(state.contains("another-password") && !state.contains("not-a-password"));
    check("resend-secrets", &[run]);
}

#[test]
fn a_missing_external_team_is_shown_where_it_is_declared() {
    let text = "kind: Organization\nname: acme\nteams: {platform: {external: true}}\n---\n\
                kind: Repository\nname: acme/api\npermissions: {teams: {platform: read}}\n";
    let program = program("kind: Organization\nname: acme\n");
    program.converge();
    program.write("acme.yaml", text);
    let runs = [
        program.run(&["plan", "--emulator"]),
        program.run(&["apply", "--emulator", "--auto-approve"]),
    ];
    for run in &runs {
        assert_eq!(run.code, Some(1), "{}", run.shown());
    }
    check("missing-external", &runs);
}

#[test]
fn a_feature_that_is_off_is_blocked_with_the_reason() {
    let emulator = server::registry(SEED);
    emulator.with(|registry| {
        registry.set_feature("QUOTA_MANAGEMENT", false);
        registry.set_feature("REPO_MIRROR", false);
    });
    let program = program(BEFORE).at(&server::serve(emulator), "emulator-token");
    let runs = [
        program.run(&["apply", "--auto-approve"]),
        program.run(&["plan", "--detailed-exitcode"]),
    ];
    assert_eq!((runs[0].code, runs[1].code), (Some(0), Some(2)), "{}", runs[1].shown());
    check("blocked", &runs);
}

#[test]
fn colours_are_forced_or_forbidden() {
    let program = program(BEFORE);
    let forced = program.run(&["plan", "--emulator", "--color", "always"]);
    assert!(forced.stdout.contains("\u{1b}[32m+\u{1b}[0m"), "{}", forced.shown());
    let program = program.with("NO_COLOR", "1").with("CLICOLOR_FORCE", "1");
    let plain = program.run(&["plan", "--emulator"]);
    assert!(
        !plain.stdout.contains('\u{1b}') && !plain.stderr.contains('\u{1b}'),
        "{}",
        plain.shown()
    );
}

#[test]
fn a_variable_that_is_not_set_is_mentioned_once() {
    let mut text = BEFORE.to_owned();
    text.push_str("notifications:\n");
    for number in 1..=9 {
        text.push_str(&format!(
            "  - {{title: t{number}, event: repo_push, slack: {{url: {{env: SLACK_URL}}}}}}\n"
        ));
    }
    let url = server::serve(server::registry(SEED));
    let program = Program::new(&[("acme.yaml", text.as_str())]).at(&url, "emulator-token");
    let run = program.run(&["apply", "--auto-approve"]);
    assert_eq!(run.code, Some(1), "{}", run.shown());
    assert_eq!(
        run.stderr.matches("env SLACK_URL is not compared").count(),
        1,
        "{}",
        run.shown()
    );
    assert!(run.stderr.contains("and 9 more)"), "{}", run.shown());
}

/// `quayform apply | head -1` must not end half-way.
#[cfg(unix)]
#[test]
fn a_reader_that_leaves_early_does_not_stop_an_apply() {
    let program = program(BEFORE);
    let mut child = program
        .command(&["apply", "--emulator", "--auto-approve"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.starts_with("Reading ") && said.lines().count() == 1, "{said}");
    let run = program.run(&["plan", "--emulator", "--detailed-exitcode"]);
    assert_eq!(run.code, Some(0), "{}", run.shown());
}
