//! `explain`, `graph`, `completions` and `man`: what helps without changing anything.

use std::fs;

use super::program::Program;

const MANIFEST: &str = "kind: Organization\nname: acme\nteams:\n  owners: {role: admin, members: [quayadmin]}\n  devs: {role: creator}\n\
---\nkind: RepositoryDefaults\nmatch: acme/*\npermissions: {teams: {devs: read}}\n---\nkind: Repository\nname: acme/api\nvisibility: private\ndescription: The API\n";

fn project() -> Program {
    Program::new(&[("quayform.toml", "format = 1\n"), ("acme.yaml", MANIFEST)])
}

fn said(arguments: &[&str]) -> String {
    let run = project().run(arguments);
    assert_eq!(run.code, Some(0), "{}", run.shown());
    run.stdout
}

#[test]
fn a_code_is_explained_with_an_example_and_the_way_out() {
    let text = said(&["explain", "unknown-field"]);
    assert!(
        text.starts_with("unknown-field: A field that does not exist here."),
        "{text}"
    );
    assert!(
        text.contains("  teems: {}\n") && text.contains("suggests; docs/manifests.md lists all."),
        "{text}"
    );
    let json: serde_json::Value = serde_json::from_str(&said(&["explain", "in-use", "--format", "json"])).unwrap();
    assert_eq!(
        (&json["code"], &json["example"]["sort"]),
        (&"in-use".into(), &"story".into())
    );
}

#[test]
fn kinds_and_fields_are_explained_as_the_schema_says() {
    let text = said(&["explain", "repository.visibility"]);
    assert!(text.contains("value       one of public, private"), "{text}");
    assert!(
        text.contains("written at  Repository.visibility") && text.contains("difference  update"),
        "{text}"
    );
    let text = said(&["explain", "team"]);
    for line in [
        "written at  Organization.teams",
        "address     team[acme/developers]",
        "Fields:",
        "Example:",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    let text = said(&["explain", "Organization.quota.limits.at"]);
    assert!(
        text.contains("such as 80%") && text.contains("must be written"),
        "{text}"
    );
    assert!(
        said(&["explain", "notification.slack.url"]).contains("env"),
        "a secret's ways"
    );
}

#[test]
fn what_does_not_exist_is_suggested() {
    for (topic, help) in [
        ("repository.visibilty", "did you mean `visibility`?"),
        ("reposotory", "did you mean `repository`?"),
        ("unknown-feild", "did you mean `unknown-field`?"),
        ("team.role.more", "nothing is written below it"),
        ("team[acme/devs", "quote it for the shell"),
        ("acme/api", "an object is named with its kind: repository[acme/api]"),
        ("acme+ci", "an object is named with its kind: robot[acme+ci]"),
    ] {
        let run = project().run(&["explain", topic, "--emulator"]);
        assert_eq!(run.code, Some(1), "{}", run.shown());
        assert!(run.stderr.contains(help), "{topic}: {}", run.shown());
    }
}

#[test]
fn an_object_is_explained_with_its_line_its_live_value_and_its_log() {
    let program = project();
    let before = program.run(&["explain", "team[acme/devs]", "--emulator"]);
    assert_eq!(before.code, Some(0), "{}", before.shown());
    assert!(
        before.stdout.contains("plan          create") && before.stdout.contains("not on the registry"),
        "{}",
        before.stdout
    );
    assert!(!before.stdout.contains("live:"), "{}", before.stdout);
    program.converge();
    program.write("acme.yaml", &MANIFEST.replace("role: creator", "role: member"));
    let run = program.run(&["explain", "team[acme/devs]", "--emulator"]);
    for line in [
        "declared      acme.yaml:5",
        "plan          update",
        "role         member; live: creator",
        "org_create_team  by quayadmin",
    ] {
        assert!(run.stdout.contains(line), "{line}\n{}", run.shown());
    }
    let granted = program.run(&["explain", "permission[acme/api:team/devs]", "--emulator"]);
    assert!(
        granted.stdout.contains("inherited from the layer acme/*"),
        "{}",
        granted.shown()
    );
    let json = program
        .run(&["explain", "repository[acme/api]", "--emulator", "--format", "json"])
        .json();
    assert_eq!(
        (&json["line"], &json["layers"][0]["match"]),
        (&12.into(), &"acme/*".into())
    );
    let nobody = program.run(&["explain", "team[acme/nobody]", "--emulator"]);
    assert_eq!(nobody.code, Some(1), "{}", nobody.shown());
}

#[test]
fn an_inherited_field_is_told_with_the_line_of_its_layer() {
    let program = project();
    let rest = MANIFEST.replace("visibility: private\ndescription: The API\n", "");
    program.write("acme.yaml", &rest);
    program.write(
        "layers.yaml",
        "kind: RepositoryDefaults\nmatch: acme/*\nvisibility: public\n---\n\
         kind: RepositoryDefaults\nmatch: acme/api*\ndescription: told by a layer\n",
    );
    let plan = program.run(&["plan", "--emulator", "--expand"]);
    for line in [
        "visibility:  public  layers.yaml:3, for acme/*",
        "description: told by a layer  layers.yaml:7, for acme/api*",
    ] {
        assert!(plan.stdout.contains(line), "{line}\n{}", plan.shown());
    }
    let explained = program.run(&["explain", "repository[acme/api]", "--emulator"]);
    for line in [
        "visibility   public  from layers.yaml:3, for acme/*",
        "description  told by a layer  from layers.yaml:7, for acme/api*",
    ] {
        assert!(explained.stdout.contains(line), "{line}\n{}", explained.shown());
    }
    let json = program.run(&["explain", "repository[acme/api]", "--emulator", "--format", "json"]);
    let from = &json.json()["fields_from"]["visibility"];
    assert_eq!(
        (&from["at"], &from["layer"]),
        (&"layers.yaml:3".into(), &"acme/*".into())
    );
    // A saved plan says the same, without the files.
    assert_eq!(program.run(&["plan", "--emulator", "--out", "plan.json"]).code, Some(0));
    let saved: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(program.path("plan.json")).unwrap()).unwrap();
    let changes = saved["changes"].as_array().unwrap();
    let change = changes
        .iter()
        .find(|it| it["address"] == "repository[acme/api]")
        .unwrap();
    let field = &change["fields"].as_array().unwrap()[0];
    assert_eq!(field["because"]["layer"], "acme/*", "{field}");
    let applied = program.run(&["apply", "plan.json", "--emulator", "--auto-approve"]);
    assert_eq!(applied.code, Some(0), "{}", applied.shown());
}

#[test]
fn a_graph_shows_what_must_come_first() {
    let dot = said(&["graph"]);
    assert!(
        dot.starts_with("digraph quayform {") && dot.contains(r#"label="team[acme/devs]""#),
        "{dot}"
    );
    assert!(dot.contains(" -> "), "{dot}");
    let program = project();
    assert_eq!(program.run(&["plan", "--emulator", "--out", "plan.json"]).code, Some(0));
    let plan = program.run(&["graph", "--plan", "plan.json", "--as", "mermaid"]);
    assert!(plan.stdout.starts_with("flowchart LR\n"), "{}", plan.shown());
    assert!(
        plan.stdout.contains(r#"["create team[acme/devs]"]:::create"#),
        "{}",
        plan.shown()
    );
    let teams: String = (0..100).map(|number| format!("  team{number}: {{}}\n")).collect();
    program.write("acme.yaml", &format!("kind: Organization\nname: acme\nteams:\n{teams}"));
    let folded = program.run(&["graph"]);
    assert!(
        folded.stdout.contains("team[acme/*] ×100") && folded.stdout.lines().count() < 10,
        "{}",
        folded.shown()
    );
    assert!(
        folded
            .stderr
            .contains("101 objects are folded into 2; --expand draws each."),
        "{}",
        folded.stderr
    );
    assert!(program.run(&["graph", "--expand"]).stdout.contains("team[acme/team99]"));
    assert_eq!(program.run(&["graph", "--plan", "acme.yaml"]).code, Some(1));
}

/// The words that a shell is given for what stands on its line.
fn completed(program: Program, words: &[&str]) -> Vec<String> {
    let index = words.len().to_string();
    let program = program
        .with("QUAYFORM_COMPLETE", "bash")
        .with("_CLAP_COMPLETE_INDEX", &index);
    let line = [&["--", "quayform"], words].concat();
    let run = program.with("_CLAP_IFS", "\n").run(&line);
    assert_eq!(run.code, Some(0), "{}", run.shown());
    run.stdout.lines().map(str::to_owned).collect()
}

#[test]
fn a_shell_completes_commands_and_addresses() {
    assert_eq!(completed(project(), &["valid"]), ["validate"]);
    assert_eq!(
        completed(project(), &["plan", "--target", "team[acme/d"]),
        ["team[acme/devs]"]
    );
    let program = project();
    program.converge();
    program.write(
        "acme.yaml",
        &MANIFEST.replace("  devs: {role: creator}\n", "  devs: {absent: true}\n"),
    );
    program.run(&["plan", "--emulator"]);
    program.write("acme.yaml", "kind: [");
    // The manifests cannot be read at the moment; the last plan is remembered.
    assert_eq!(completed(program, &["plan", "--allow", "team["]), ["team[acme/devs]"]);
}

#[test]
fn every_shell_has_a_script_that_asks_the_program() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = said(&["completions", shell]);
        assert!(
            script.contains("QUAYFORM_COMPLETE") && script.contains("quayform"),
            "{shell}: {script}"
        );
    }
}

#[test]
fn manual_pages_are_written_for_every_command() {
    assert!(said(&["man"]).contains(".TH quayform 1"));
    let program = project();
    assert_eq!(program.run(&["man", "pages"]).code, Some(0));
    for page in ["quayform.1", "quayform-plan.1", "quayform-mirror-sync-now.1"] {
        let text = fs::read_to_string(program.path("pages").join(page)).unwrap();
        assert!(text.contains(".SH NAME") && text.contains(".SH SYNOPSIS"), "{page}");
    }
    assert!(!program.path("pages/quayform-reference.1").exists());
}
