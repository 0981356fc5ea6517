//! `quayform emulator --faults`: it does what the file declares, and says what is wrong with one.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use super::program::{Program, check};

const TEAMS: &str = "kind: Organization\nname: acme\nteams: {one: {}, two: {}}\n";

#[test]
fn a_token_expires_in_the_middle_of_an_apply() {
    let faults = r#"{"rules": [{"on": "PUT", "path": "**/team/two", "fault": {"expire_token": {}}}]}"#;
    let program = Program::new(&[("acme.yaml", TEAMS), ("faults.json", faults)]);
    let arguments = ["emulator", "--listen", "127.0.0.1:0", "--faults", "faults.json"];
    let mut command = program.command(&arguments);
    let mut registry = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut url = String::new();
    let mut stdout = BufReader::new(registry.stdout.take().unwrap());
    stdout.read_line(&mut url).unwrap();
    let run = program
        .at(url.trim(), "emulator-token")
        .run(&["apply", "--auto-approve"]);
    registry.kill().unwrap();
    registry.wait().unwrap();
    assert_eq!(run.code, Some(5), "{}", run.shown());
    assert!(
        run.stdout.contains("the token is no longer accepted"),
        "{}",
        run.shown()
    );
}

#[test]
fn a_schedule_that_cannot_be_used() {
    let cut = "{\n  \"rules\": [\n    {\"on\": \"write\", \"fault\": {\"cut_off\": {}}}\n  ]\n}\n";
    let program = Program::new(&[("unknown.json", cut), ("not.json", "rules:\n  - on: write\n")]);
    let runs = ["unknown.json", "not.json", "nowhere.json"].map(|file| program.run(&["emulator", "--faults", file]));
    assert!(runs.iter().all(|run| run.code == Some(1)));
    check("faults-unusable", &runs);
}
