//! One-shot commands as people meet them.

use super::canary::clean;
use super::program::{Program, check};
use super::server::{registry, serve};

/// A registry with something to look at.
fn program() -> Program {
    let emulator = registry(
        r#"{"organizations": [{"name": "acme",
            "teams": {"developers": {"role": "creator", "members": ["quayadmin"]}},
            "robots": [{"name": "ci", "description": "Pushes from CI"}],
            "repositories": [{"name": "api",
                "manifests": [{"digest": "sha256:3ef65b291a76bbace6c2b6301076445dc8db25b055bc855e4a91c61f8f005196",
                    "scan": {"Layer": {"Features": [{"Name": "openssl", "Version": "3.0", "Vulnerabilities": [
                        {"Name": "CVE-2", "Severity": "Low"}, {"Name": "CVE-1", "Severity": "High", "FixedBy": "3.1"}
                    ]}]}}}],
                "tags": [
                    {"name": "latest", "digest": "sha256:3ef65b291a76bbace6c2b6301076445dc8db25b055bc855e4a91c61f8f005196"},
                    {"name": "new"}
                ]}]}]}"#,
    );
    Program::new(&[]).at(&serve(emulator), "emulator-token")
}

#[test]
fn lists_and_objects_are_tables_for_people() {
    let program = program();
    let runs = [
        program.run(&["robot", "list", "acme"]),
        program.run(&["organization", "show", "acme"]),
        program.run(&["manifest", "security", "acme/api", "latest"]),
        program.run(&["logs", "list", "acme", "--limit", "1", "--format", "json"]),
    ];
    let shown: Vec<String> = runs.iter().map(super::program::Run::shown).collect();
    for (words, text) in [
        ("ROBOT    DESCRIPTION", &shown[0]),
        ("acme+ci  Pushes from CI", &shown[0]),
        ("organization:        acme", &shown[1]),
        ("High      CVE-1  openssl  3.0      3.1", &shown[2]),
        ("\"has_more\"", &shown[3]),
    ] {
        assert!(text.contains(words), "{words} in {text}");
    }
    assert_eq!(runs.iter().map(|run| run.code).collect::<Vec<_>>(), [Some(0); 4]);
}

#[test]
fn a_gate_passes_only_what_was_looked_at_and_is_harmless() {
    let program = program();
    for (tag, grade, code) in [
        ("latest", "critical", 0),
        ("latest", "high", 2),
        ("latest", "negligible", 2),
        ("new", "critical", 1),
    ] {
        let run = program.run(&["manifest", "security", "acme/api", tag, "--fail-on", grade]);
        assert_eq!(run.code, Some(code), "{}", run.shown());
    }
}

#[test]
fn mistakes_say_what_is_certain_and_what_to_do() {
    let program = program();
    check(
        "operations-mistakes",
        &[
            program.run(&["robot", "token", "acme+ci"]),
            program.run(&["robot", "regenerate", "acme+ci", "--show-secret"]),
            program.run(&["robot", "show", "acme+missing"]),
            program.run(&["mirror", "show", "acme/api/mirror"]),
            program.run(&["mirror", "sync-now", "acme/api"]),
            program.run(&["tag", "delete", "acme/api", "..", "--auto-approve"]),
            program.run(&["permission", "show", "acme/api"]),
            program.run(&["api", "DELETE", "/repository/acme/api/mirror", "--auto-approve"]),
            program.run(&["api", "POST", "/messages", "--field", "message/content=hello"]),
            program.run(&["star", "add", "acme/missing"]),
        ],
    );
}

/// The long lines in the files of the sink: secrets, all of them.
fn kept(program: &Program) -> Vec<String> {
    let files = crate::files::below(&program.path("sink"));
    let texts: Vec<String> = files
        .iter()
        .map(|file| std::fs::read_to_string(file).unwrap())
        .collect();
    let lines = texts
        .iter()
        .flat_map(|text| text.lines())
        .filter(|line| line.len() > 20);
    lines.map(str::to_owned).collect()
}

/// Every way in which a secret comes back: neither stream holds it, and only the file that was named.
#[test]
fn secrets_go_where_they_were_told_to_and_nowhere_else() {
    let program = program();
    let to_file = ["--credentials-out", "sink", "--credentials-format", "plain"];
    let outputs: [&[&str]; 7] = [
        &["robot", "token", "acme+ci"],
        &["robot", "regenerate", "acme+ci", "--auto-approve"],
        &["token", "create", "laptop"],
        &["user", "create", "frank", "--email", "frank@example.com"],
        &["service-key", "create", "svc", "--name", "builder"],
        &["robot", "list", "acme"],
        &["api", "GET", "/organization/acme/robots"],
    ];
    for words in outputs {
        let sink: &[&str] = if words[0] == "api" || words[1] == "list" {
            &[]
        } else {
            &to_file
        };
        for more in [&["-vv"][..], &["-vv", "--format", "json"]] {
            let run = program.run(&[words, sink, more].concat());
            assert!(run.code == Some(0) || words[0] == "user", "{}", run.shown());
            clean(&run, &kept(&program));
        }
    }
    let files: Vec<String> = crate::files::below(&program.path("sink"))
        .iter()
        .map(|file| file.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    for name in ["acme+ci.txt", "laptop.txt", "frank.txt"] {
        assert!(files.iter().any(|file| file == name), "{name} in {files:?}");
    }
    let shown = program.run(&["robot", "token", "acme+ci", "--show-secret"]);
    assert!(shown.stdout.contains("EMULATED"), "{}", shown.shown());
}

#[test]
fn anything_else_can_be_asked_and_written() {
    let program = program();
    let created = program.run(&[
        "api",
        "POST",
        "/messages",
        "-f",
        "message/content=hello",
        "-f",
        "message/severity=info",
        "-f",
        "message/media_type=text/plain",
        "--auto-approve",
    ]);
    assert_eq!(created.code, Some(0), "{}", created.shown());
    let read = program.run(&["api", "get", "/messages"]);
    assert!(read.stdout.contains("\"content\": \"hello\""), "{}", read.shown());
    let logs = program.run(&["api", "get", "/superuser/logs", "--paginate", "--format", "json"]);
    assert_eq!(logs.code, Some(0), "{}", logs.shown());
}
