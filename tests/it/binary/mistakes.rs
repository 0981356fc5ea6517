//! What goes wrong around a run: files, flags, streams and other runs.

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
    both("mistake-half", "kind: Organization\nname: acme\nteams:\n  owners: {role: admin, members: [alice\n");
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
    both("mistake-names", &format!("kind: Organization\nname: {}\n---\nkind: Repository\nname: acme/größe-✨\n", "a".repeat(300)));
}

#[test]
fn wrong_flags() {
    let program = Program::new(&[("acme.yaml", VALID)]);
    let runs = [
        program.run(&["plan", "--emulator", "--allow", "nonsense"]),
        program.run(&["plan", "--emulator", "--allow", "robott[acme+old]"]),
        program.run(&["plan", "--emulater"]),
        program.run(&["plan", "nowhere"]),
        program.run(&["plan", "--format", "html", "--emulator"]),
        program.run(&["plan", "--url", "not a url"]),
        program.run(&["plan", "--registry", "prod"]),
        program.run(&["plan", "--url", "http://127.0.0.1:1"]),
    ];
    assert!(runs.iter().all(|run| run.code == Some(1)));
    check("mistake-flags", &runs);
}

#[test]
fn files_that_cannot_be_read() {
    let program = Program::new(&[]);
    // Who may read everything can still not read a directory as a file, or bytes as text.
    std::fs::create_dir(program.path("directory.yaml")).unwrap();
    std::fs::write(program.path("latin1.yaml"), b"kind: Organization\nname: acme\ndescription: gr\xfc\xdfe\n").unwrap();
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
