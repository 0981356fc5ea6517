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
    program.write("here/organizations/acme.yaml", "kind: Organization\nname: acme\n");
    let runs = [
        program.run(&["export", "acme", "--out", "here"]),
        program.run(&["export", "acme", "--out", "mine"]),
        program.run(&["init", "here"]),
        program.run(&["export", "acme", "--out", "here", "--overwrite"]),
    ];
    check("moving-in-files", &runs);
}

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
    let nowhere = Program::new(&[]);
    check(
        "moving-in-nowhere",
        &[nowhere.run(&["init"]), nowhere.run(&["export", "acme"])],
    );
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
