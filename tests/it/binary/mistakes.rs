//! What goes wrong around a run: files, flags, streams and other runs.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use super::program::{Program, check};

const VALID: &str = "kind: Organization\nname: acme\n";

/// `validate` and `plan` of a project with one file.
fn both(name: &str, text: &str) {
    let program = Program::new(&[("acme.yaml", text)]);
    let runs = [program.run(&["validate"]), program.run(&["plan", "--emulator"])];
    for run in &runs {
        assert_eq!(run.code, Some(1), "{}", run.shown());
    }
    check(name, &runs);
}

#[test]
fn an_empty_directory() {
    let program = Program::new(&[]);
    let runs = [
        program.run(&["validate"]),
        program.run(&["plan", "--emulator"]),
        program.run(&["apply", "--emulator", "--auto-approve"]),
    ];
    assert!(runs.iter().all(|run| run.code == Some(1)));
    assert!(!program.path(".quayform").exists(), "nothing is left behind");
    check("mistake-empty", &runs);
}

#[test]
fn half_a_file() {
    both(
        "mistake-half",
        "kind: Organization\nname: acme\nteams:\n  owners: {role: admin, members: [alice\n",
    );
}

#[test]
fn five_mistakes_in_one_run() {
    both(
        "mistake-five",
        "kind: Organization\nname: Acme!\nteamz: {}\ntag_expiration: soon\nteams:\n  owners: {role: boss}\nrobots: {ci: null}\n",
    );
}

#[test]
fn names_beyond_measure() {
    both(
        "mistake-names",
        &format!(
            "kind: Organization\nname: {}\n---\nkind: Repository\nname: acme/größe-✨\n",
            "a".repeat(300)
        ),
    );
}

#[test]
fn wrong_flags() {
    let program = Program::new(&[("acme.yaml", VALID)]);
    let runs = [
        program.run(&["plan", "--emulator", "--allow", "nonsense"]),
        program.run(&["plan", "--emulator", "--allow", "robott[acme+old]"]),
        program.run(&["plan", "--emulator", "--allow", "acme/api"]),
        program.run(&["plan", "--emulater"]),
        program.run(&["plan", "nowhere"]),
        program.run(&["plan", "--format", "yaml", "--emulator"]),
        program.run(&["plan", "--url", "not a url"]),
        program.run(&["plan", "--registry", "prod"]),
        program.run(&["plan", "--url", "http://127.0.0.1:1"]),
    ];
    check("mistake-flags", &runs);
    assert!(runs.iter().all(|run| run.code == Some(1)));
}

#[test]
fn files_that_cannot_be_read() {
    let program = Program::new(&[]);
    // Who may read everything can still not read a directory as a file, or bytes as text.
    std::fs::create_dir(program.path("directory.yaml")).unwrap();
    std::fs::write(
        program.path("latin1.yaml"),
        b"kind: Organization\nname: acme\ndescription: gr\xfc\xdfe\n",
    )
    .unwrap();
    let run = program.run(&["validate"]);
    assert_eq!(run.code, Some(1), "{}", run.shown());
    check("mistake-unreadable", &[run]);
}

#[test]
fn a_state_file_that_is_none() {
    let program = Program::new(&[("acme.yaml", VALID), (".quayform/emulator.json", "{half")]);
    let run = program.run(&["plan", "--emulator"]);
    assert_eq!(run.code, Some(1), "{}", run.shown());
    check("mistake-state", &[run]);
}

#[test]
fn a_place_for_the_state_that_is_taken() {
    let program = Program::new(&[("acme.yaml", VALID), (".quayform", "a file, no directory")]);
    let run = program.run(&["plan", "--emulator"]);
    assert_eq!(run.code, Some(1), "{}", run.shown());
    check("mistake-state-directory", &[run]);
}

#[test]
fn a_seed_that_is_none() {
    let program = Program::new(&[("acme.yaml", VALID), ("seed.json", "{\"users\": [{\"nam\": \"bob\"}]}")]);
    let run = program.run(&["plan", "--emulator"]);
    assert_eq!(run.code, Some(1), "{}", run.shown());
    check("mistake-seed", &[run]);
}

#[test]
fn a_narrow_terminal() {
    let program = Program::new(&[("acme.yaml", "kind: Organization\nname: acme\nteamz: {}\n")]).with("COLUMNS", "40");
    check("mistake-narrow", &[program.run(&["validate"])]);
}

#[test]
fn a_guard_for_a_kind_that_does_not_exist() {
    let guards = "[guards]\nprotected = [\"repositry[acme/prod-*]\"]\n";
    let program = Program::new(&[("acme.yaml", VALID), ("quayform.toml", guards)]);
    let runs = [program.run(&["validate"]), program.run(&["plan", "--emulator"])];
    assert!(runs.iter().all(|run| run.code == Some(1)));
    check("mistake-guard", &runs);
}

/// The other run is a registry over a port, which holds its state as long as it lives.
#[test]
fn two_runs_on_one_state() {
    let program = Program::new(&[("acme.yaml", VALID)]);
    let arguments = [
        "emulator",
        "--listen",
        "127.0.0.1:0",
        "--state",
        ".quayform/emulator.json",
    ];
    let mut other = program
        .command(&arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(other.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let run = program.run(&["apply", "--emulator", "--auto-approve"]);
    other.kill().unwrap();
    other.wait().unwrap();
    assert_eq!(run.code, Some(1), "{}", run.shown());
    check("mistake-two-runs", &[run]);
    program.converge();
}

/// Who may write to a registry must not be able to write to the terminals of those who look at it.
#[test]
fn live_texts_do_not_reach_the_terminal_as_commands() {
    let hostile = "kind: Organization\nname: acme\n---\nkind: Repository\nname: acme/api\n\
                   description: \"a\\e]0;owned\\a\\e[2Jb\\nc\\rd\\u202Ee\"\n";
    let program = Program::new(&[("acme.yaml", hostile)]);
    program.converge();
    program.write(
        "acme.yaml",
        "kind: Organization\nname: acme\n---\nkind: Repository\nname: acme/api\ndescription: good\n",
    );
    let run = program.run(&["plan", "--emulator", "--color", "always"]);
    assert!(!run.stdout.contains(['\u{7}', '\r', '\u{202e}']), "{}", run.shown());
    assert!(
        !run.stdout.contains("\u{1b}]") && !run.stdout.contains("\u{1b}[2J"),
        "{}",
        run.shown()
    );
    check("mistake-hostile", &[program.run(&["plan", "--emulator"])]);
}
