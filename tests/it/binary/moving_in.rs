//! Moving in: `export` and `init` as somebody meets them who has a registry and has never used quayform.

use std::fs;

use super::program::{Program, Run, check};
use super::server;

/// A registry that grew: one organization with so many repositories, a few people, and what they have done.
fn grown(repositories: usize) -> String {
    let names = (0..repositories).map(|number| match number % 4 {
        0 => format!("svc-{number:03}"),
        1 => format!("web/{number:03}"),
        2 => format!("lib-{number:03}"),
        _ => format!("tool{number:03}"),
    });
    let repositories: Vec<String> = names
        .enumerate()
        .map(|(number, name)| {
            let notifications = match number % 10 {
                0 => {
                    r#", "notifications": [{"title": "pushes", "event": "repo_push", "method": "slack",
                          "config": {"url": "https://hooks.example/pushes"}}]"#
                }
                _ => "",
            };
            format!(
                r#"{{"name": "{name}", "description": "Number {number}",
                    "permissions": {{"teams": {{"developers": "write"}}, "users": {{"acme+ci": "write"}}}}{notifications}}}"#
            )
        })
        .collect();
    format!(
        r#"{{"users": [{{"name": "alice", "email": "alice@example.com"}}, {{"name": "bob", "email": "bob@example.com"}}],
            "organizations": [{{
                "name": "acme", "robots": ["ci"],
                "teams": {{"developers": {{"role": "member", "description": "They develop", "members": ["alice", "bob"]}}}},
                "repositories": [{}]
            }}]}}"#,
        repositories.join(", ")
    )
}

fn done(run: &Run, code: i32) {
    assert_eq!(run.code, Some(code), "{}", run.shown());
}

/// From nothing to the first applied change: five commands, one of them by hand in an editor's stead.
#[test]
fn a_new_user_is_at_home_within_six_commands() {
    let url = server::serve(server::registry(&grown(200)));
    let program = Program::new(&[]).at(&url, "emulator-token");
    let init = program.run(&["init", "--org", "acme", "--factor"]);
    done(&init, 0);
    assert!(init.stderr.contains("org:admin    there"), "{}", init.shown());
    insta::assert_snapshot!(init.stdout);
    for file in [
        "quayform.toml",
        ".vscode/settings.json",
        ".github/workflows/quayform.yml",
        ".gitignore",
    ] {
        let text = fs::read_to_string(program.path(file)).unwrap();
        assert!(!text.contains("emulator-token"), "{file}: {text}");
    }
    done(&program.run(&["plan", "--detailed-exitcode"]), 0);
    let path = "organizations/acme.yaml";
    let text = fs::read_to_string(program.path(path)).unwrap();
    assert!(text.contains("description: They develop"), "{text}");
    program.write(path, &text.replace("They develop", "They develop all day"));
    let plan = program.run(&["plan", "--detailed-exitcode"]);
    done(&plan, 2);
    assert!(plan.stdout.contains("Plan: 1 to update"), "{}", plan.shown());
    done(&program.run(&["apply", "--auto-approve"]), 0);
    done(&program.run(&["plan", "--detailed-exitcode"]), 0);
}

/// The commands of the quick start, as they stand on the page, each section in a directory of its own; those that plan,
/// apply and export are six at most.
#[test]
fn the_quick_start_goes_through() {
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/quick-start.md")).unwrap();
    let url = server::serve(server::registry(&grown(8)));
    let program = Program::new(&[]).with("QUAYFORM_TOKEN", "emulator-token");
    let binary = std::path::Path::new(env!("CARGO_BIN_EXE_quayform")).parent().unwrap();
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap());
    let mut commands = 0;
    for (number, section) in page.split("\n## ").skip(1).enumerate() {
        let mut script = String::new();
        let mut is_command = false;
        for line in section.lines().map(str::trim_start) {
            match line {
                "```sh" => is_command = true,
                "```" => is_command = false,
                // The token is another one here.
                line if is_command && !line.starts_with("export QUAYFORM_TOKEN") => {
                    script.push_str(&line.replace("https://quay.example.com", &url));
                    script.push('\n');
                }
                _ => {}
            }
        }
        if number == 0 {
            commands = script.lines().filter(|line| line.starts_with("quayform ")).count();
        }
        // What is changed by hand is changed in the registry of the first section.
        let start = if script.contains("--out .") { "registry" } else { "." };
        let shell = program
            .command(&[])
            .get_envs()
            .fold(std::process::Command::new("sh"), |mut shell, (name, value)| {
                if let Some(value) = value {
                    shell.env(name, value);
                }
                shell
            })
            .env("PATH", &path)
            .current_dir(program.path(start))
            .args(["-euc", &script])
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&shell.stderr);
        assert!(
            shell.status.success(),
            "{script}{told}{}",
            String::from_utf8_lossy(&shell.stdout)
        );
    }
    assert!((1..=6).contains(&commands), "{commands}");
    let text = fs::read_to_string(program.path("registry/organizations/acme.yaml")).unwrap();
    assert!(text.contains("They develop all day"), "{text}");
}

/// What repositories share stands once, and means the same.
#[test]
fn a_factored_export_is_short_and_there_is_nothing_to_plan() {
    let url = server::serve(server::registry(&grown(12)));
    let program = Program::new(&[]).at(&url, "emulator-token");
    done(&program.run(&["export", "acme", "--out", "plain"]), 0);
    done(
        &program.run(&["export", "acme", "--out", "factored", "--factor", "--split"]),
        0,
    );
    let defaults = fs::read_to_string(program.path("factored/organizations/acme/defaults.yaml")).unwrap();
    insta::assert_snapshot!(defaults);
    for project in ["plain", "factored"] {
        done(&program.run(&["plan", project, "--detailed-exitcode"]), 0);
    }
}

/// One collection is enough to begin with; what it speaks of is managed elsewhere.
#[test]
fn one_section_can_be_managed_alone() {
    let seed = grown(4).replace(r#"["alice", "bob"]"#, r#"["alice", "acme+ci"]"#);
    let url = server::serve(server::registry(&seed));
    let program = Program::new(&[]).at(&url, "emulator-token");
    let run = program.run(&["export", "acme", "--only", "teams"]);
    done(&run, 0);
    insta::assert_snapshot!(run.stdout);
    program.write("acme.yaml", &run.stdout);
    done(&program.run(&["plan", "--detailed-exitcode"]), 0);
}

/// Secrets are named, never written out, unless a file is named for them.
#[test]
fn secrets_are_variables() {
    let url = server::serve(server::registry(&grown(11)));
    let program = Program::new(&[]).at(&url, "emulator-token");
    let run = program.run(&["export", "acme", "--out", "here", "--secrets-out", "secrets.env"]);
    done(&run, 0);
    assert!(run.stderr.contains("Variables to set (1):"), "{}", run.shown());
    let text = fs::read_to_string(program.path("here/organizations/acme.yaml")).unwrap();
    assert!(!text.contains("hooks.example"), "{text}");
    assert_eq!(text.matches("{env: ACME_LIB_010_SLACK_URL}").count(), 2, "{text}");
    assert_eq!(
        fs::read_to_string(program.path("secrets.env")).unwrap(),
        "ACME_LIB_010_SLACK_URL='https://hooks.example/pushes'\n"
    );
    let again = program.run(&["export", "acme", "--secrets-out", "secrets.env"]);
    done(&again, 1);
    let compared = program.with("ACME_LIB_010_SLACK_URL", "https://hooks.example/pushes");
    let plan = compared.run(&["plan", "here", "--detailed-exitcode"]);
    done(&plan, 0);
    assert!(!plan.stderr.contains("not compared"), "{}", plan.shown());
}

/// The same again writes nothing; something else is not written over.
#[test]
fn files_are_only_written_over_when_told_so() {
    let url = server::serve(server::registry(&grown(2)));
    let program = Program::new(&[("mine/notes.txt", "mine")]).at(&url, "emulator-token");
    done(&program.run(&["export", "acme", "--out", "here"]), 0);
    let same = program.run(&["export", "acme", "--out", "here"]);
    done(&same, 0);
    assert!(!same.stdout.contains("wrote"), "{}", same.shown());
    let mine = "kind: Organization\nname: acme\n";
    program.write("here/organizations/acme.yaml", mine);
    let check_only = program.run(&["export", "acme", "--out", "here", "--check"]);
    done(&check_only, 2);
    assert!(check_only.stdout.contains("+  developers:"), "{}", check_only.shown());
    assert_eq!(
        fs::read_to_string(program.path("here/organizations/acme.yaml")).unwrap(),
        mine
    );
    let runs = [
        program.run(&["export", "acme", "--out", "mine"]),
        program.run(&["init", "here"]),
        program.run(&["export", "acme", "--out", "here", "--overwrite"]),
    ];
    check("moving-in-files", &runs);
}

/// What somebody has made of an export stays: comments, order, other words for the same, anchors, and files of their own.
#[test]
fn manifests_come_to_say_what_is_live_and_stay_as_they_are() {
    let url = server::serve(server::registry(&grown(4)));
    let program =
        Program::new(&[("here/quayform.toml", "format = 1\n"), ("here/acme.yaml", MINE)]).at(&url, "emulator-token");
    let first = program.run(&["export", "acme", "--out", "here"]);
    done(&first, 0);
    insta::assert_snapshot!(fs::read_to_string(program.path("here/acme.yaml")).unwrap());
    let last = program.run(&["export", "acme", "--out", "here", "--check"]);
    done(&last, 0);
    done(&program.run(&["plan", "here", "--detailed-exitcode"]), 0);
    check("moving-in-onto", &[first, last]);
}

/// A document that holds in one of several registries is brought up to that one, and what a layer says is not repeated.
#[test]
fn layers_and_registries_are_left_as_they_are() {
    let url = server::serve(server::registry(&grown(2)));
    let layered = "kind: RepositoryDefaults
match: acme/*
visibility: private # as a rule
permissions: {teams: {developers: write}, robots: {ci: write}, users: {}}
---
kind: Organization
name: acme
registries: {prod: {email: prod@acme.example}}
teams:
  owners: {role: admin, members: [quayadmin]}
  developers: {role: member, description: They develop, members: [alice]} # bob is missing
robots: {ci: {}}
default_permissions: []
---
kind: Repository
name: acme/svc-000
description: Of old
notifications: []
---
kind: Repository
name: acme/elsewhere
registries: [stage]
";
    let settings = format!(
        "format = 1\n\n[registries.prod]\nurl = \"{url}\"\ntoken = {{ env = \"TOKEN\" }}\n\n[registries.stage]\nurl = \"https://stage.example\"\n"
    );
    let program = Program::new(&[("quayform.toml", &settings), ("acme.yaml", layered)]).with("TOKEN", "emulator-token");
    let run = program.run(&["export", "acme", "--registry", "prod", "--out", "."]);
    insta::assert_snapshot!(format!(
        "{}\n{}",
        run.shown(),
        fs::read_to_string(program.path("acme.yaml")).unwrap()
    ));
    done(&run, 0);
    done(&program.run(&["plan", "--registry", "prod", "--detailed-exitcode"]), 0);
}

/// What an anchor shares cannot be said in place; it is told, and all else is written.
#[test]
fn what_cannot_be_written_in_place_is_told() {
    let url = server::serve(server::registry(&grown(2)));
    let shared = "kind: Organization\nname: acme\nteams:\n  owners: {role: admin, members: &people [quayadmin]}\n  developers:\n    role: member\n    description: Of old\n    members: *people\nrobots:\n  ci: {}\n";
    let program =
        Program::new(&[("here/quayform.toml", "format = 1\n"), ("here/acme.yaml", shared)]).at(&url, "emulator-token");
    let run = program.run(&["export", "acme", "--out", "here"]);
    done(&run, 1);
    let text = fs::read_to_string(program.path("here/acme.yaml")).unwrap();
    assert!(
        text.contains("description: They develop\n    members: *people"),
        "{text}"
    );
    check("moving-in-shared", &[run]);
}

/// Somebody's own manifest of what `grown` makes, as it once was.
const MINE: &str = r#"# Everything about acme.

kind: Organization
name: acme # our name
robots:
  # Pushes from CI.
  ci: {} # the one and only
  # It is gone.
  gone: {description: Nobody knows}
x-words: &people [bob, alice]
teams:
  # Who may do everything.
  owners: {role: admin}
  developers:
    # As in the handbook.
    role: member
    description: They develop
    members: *people
  # They were let go.
  former: {role: member, members: []}
default_permissions: [] # none, and that is right
---
# The second one first: it matters most.
kind: Repository
name: acme/web/001
visibility: private
description: Of old # to be improved
permissions:
  robots: {ci: write}
  users: {}
  teams:
    # They own it.
    developers: admin
    former: read
---
# Nobody has it any more.
kind: Repository
name: acme/gone
visibility: private
---
kind: Repository
name: acme/tool003
visibility: private # as ever
description: Number 3
permissions: {teams: {developers: write}, robots: {ci: write}, users: {}}
"#;

#[test]
fn mistakes_are_told_with_the_way_out() {
    let emulator = server::registry(&grown(2));
    emulator.with(|registry| registry.set_feature("SUPERUSERS_FULL_ACCESS", true));
    let url = server::serve(emulator);
    let program = Program::new(&[]).at(&url, "emulator-token");
    let runs = [
        program.run(&["export", "acne"]),
        program.run(&["export", "beta-*"]),
        program.run(&["export", "acme", "--only", "team"]),
        program.run(&["export", "acme", "--split"]),
    ];
    check("moving-in-mistakes", &runs);
    let dear = program.run(&["export", "acme", "--max-requests", "3"]);
    done(&dear, 3);
    assert!(dear.stderr.contains("--max-requests allows 3"), "{}", dear.shown());
    assert!(dear.stderr.contains("exporting takes at least"), "{}", dear.shown());
    assert!(dear.stderr.contains("--only"), "{}", dear.shown());
    assert!(!dear.stderr.contains("--shard"), "{}", dear.shown());
    let nowhere = Program::new(&[]);
    check(
        "moving-in-nowhere",
        &[nowhere.run(&["init"]), nowhere.run(&["export", "acme"])],
    );
}

/// What a token lacks is said, with what it is needed for, before anything is written.
#[test]
fn what_a_token_lacks_is_said_with_what_for() {
    let emulator = server::registry(&grown(2));
    let url = server::serve(emulator.clone());
    emulator.with(|registry| {
        registry.add_token("quayadmin", "poor", &["user:read", "org:admin"]);
    });
    let program = Program::new(&[]).at(&url, "poor");
    check("moving-in-rights", &[program.run(&["init", "--org", "acme"])]);
}

/// What cannot be read is not exported, and nothing pretends that it was.
#[test]
fn a_gap_is_no_export() {
    let emulator = server::registry(&grown(2));
    let url = server::serve(emulator.clone());
    emulator.with(|registry| {
        registry.add_token("alice", "poor", &["user:admin", "org:admin"]);
    });
    let program = Program::new(&[]).at(&url, "poor");
    let run = program.run(&["export", "acme"]);
    done(&run, 1);
    assert!(!run.stdout.contains("kind:"), "{}", run.shown());
    assert!(run.stderr.contains("nothing of acme is exported"), "{}", run.shown());
    let all = program.run(&["export", "--out", "here"]);
    done(&all, 1);
    assert!(all.stderr.contains("administers no organization"), "{}", all.shown());
}
