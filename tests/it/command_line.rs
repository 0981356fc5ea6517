//! The real binary: exit codes, streams, formats.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use quayform::cli::globals::{Color, Format};
use quayform::cli::ui::Ui;
use serde_json::Value as Json;
use tempfile::TempDir;

const VALID: &str = "kind: Organization\nname: acme\nteams:\n  owners: {role: admin, members: [alice]}\n";
const INVALID: &str = "kind: Organization\nname: acme\nteamz: {}\n";

/// The program in a directory of its own, with an environment that says nothing about registries or colours.
fn quayform(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_quayform"));
    command.current_dir(directory).args(arguments).stdin(Stdio::null());
    for variable in [
        "QUAYFORM_URL",
        "QUAYFORM_TOKEN",
        "NO_COLOR",
        "CLICOLOR_FORCE",
        "RUST_BACKTRACE",
    ] {
        command.env_remove(variable);
    }
    command
}

fn run(directory: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = quayform(directory, arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

fn project(text: &str) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("acme.yaml"), text).unwrap();
    directory
}

#[test]
fn wrong_usage_is_an_error_and_help_is_not() {
    let directory = project(VALID);
    for (arguments, code, on_stdout) in [
        (vec!["--help"], 0, true),
        (vec!["validate", "--help"], 0, true),
        (vec!["--version"], 0, true),
        (vec![], 1, false),
        (vec!["nonsense"], 1, false),
        (vec!["validate", "--nonsense"], 1, false),
        (vec!["validate", "--format", "html"], 1, false),
        (vec!["validate", "nowhere"], 1, false),
        (vec!["emulator", "--feature", "REPO_MIRROR=maybe"], 1, false),
    ] {
        let (status, stdout, stderr) = run(directory.path(), &arguments);
        assert_eq!(status, Some(code), "{arguments:?}: {stderr}");
        assert_eq!(
            (!stdout.is_empty(), !stderr.is_empty()),
            (on_stdout, !on_stdout),
            "{arguments:?}"
        );
    }
}

#[test]
fn validate_prints_the_verdict_to_stdout_and_problems_to_stderr() {
    let (status, stdout, stderr) = run(project(VALID).path(), &["validate"]);
    assert_eq!((status, stderr.as_str()), (Some(0), ""));
    assert_eq!(stdout, "Valid: 1 organization and 0 repositories in 1 file.\n");

    let (status, stdout, stderr) = run(project(INVALID).path(), &["validate"]);
    assert_eq!((status, stdout.as_str()), (Some(1), ""));
    assert!(
        stderr.contains("acme.yaml:3:1") && stderr.ends_with("1 error\n"),
        "{stderr}"
    );
    assert!(!stderr.contains('\u{1b}'), "colours go to terminals only");
}

#[test]
fn json_is_one_document_and_nothing_else() {
    for (text, arguments, code) in [
        (VALID, vec!["validate", "--format", "json"], 0),
        (INVALID, vec!["validate", "--format=json"], 1),
        (VALID, vec!["--format", "json", "validate", "nowhere"], 1),
    ] {
        let (status, stdout, stderr) = run(project(text).path(), &arguments);
        let document: Json = serde_json::from_str(&stdout).unwrap();
        assert_eq!((status, stderr.as_str()), (Some(code), ""), "{arguments:?}");
        assert_eq!(
            (&document["format_version"], &document["registry"]),
            (&1.into(), &Json::Null)
        );
        assert_eq!(
            document.get("valid").map(|valid| valid == true),
            (document.get("error").is_none()).then_some(code == 0)
        );
    }
}

#[test]
fn a_wrong_quayform_toml_is_shown_with_its_lines_but_not_its_secrets() {
    let directory = project(VALID);
    fs::write(
        directory.path().join("quayform.toml"),
        "[registry]\ntoken = \"hunter2hunter2\"\n",
    )
    .unwrap();
    let (status, stdout, stderr) = run(directory.path(), &["validate"]);
    assert_eq!((status, stdout.as_str()), (Some(1), ""));
    assert!(
        stderr.contains("quayform.toml:2:9") && stderr.contains("error: quayform.toml cannot be used"),
        "{stderr}"
    );
    assert!(!stderr.contains("hunter2"), "{stderr}");
}

#[test]
fn colours_can_be_forced() {
    let (_, _, stderr) = run(project(INVALID).path(), &["validate", "--color", "always"]);
    assert!(stderr.contains("\u{1b}["), "{stderr}");
    let forced = quayform(project(INVALID).path(), &["validate"])
        .env("CLICOLOR_FORCE", "1")
        .env("NO_COLOR", "1")
        .output();
    assert!(
        !String::from_utf8(forced.unwrap().stderr).unwrap().contains('\u{1b}'),
        "NO_COLOR wins"
    );
}

#[cfg(unix)]
#[test]
fn a_reader_that_leaves_early_is_no_error() {
    let directory = project(VALID);
    let mut child = quayform(directory.path(), &["schema"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        (output.status.code(), output.stderr.as_slice()),
        (Some(0), b"".as_slice())
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_result_that_cannot_be_written_is_an_error() {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = quayform(project(VALID).path(), &["schema"])
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .starts_with("error: the result could not be written")
    );
}

/// Runs one of these tests again in a process of its own, without a terminal and with a mark that it can ask for.
fn again(test: &str) -> Output {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("command_line::{test}"), "--nocapture"])
        .env("QUAYFORM_TEST_AGAIN", "1")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn is_again() -> bool {
    std::env::var_os("QUAYFORM_TEST_AGAIN").is_some()
}

#[test]
fn a_panic_is_called_a_bug() {
    if is_again() {
        quayform::cli::ui::report_panics_as_bugs();
        panic!("the sky fell");
    }
    let output = again("a_panic_is_called_a_bug");
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(70), "{stderr}");
    assert!(stderr.contains("error: this is a bug in quayform"), "{stderr}");
    assert!(stderr.contains("cause: the sky fell (tests"), "{stderr}");
}

#[test]
fn nobody_is_asked_where_nobody_can_answer() {
    if !is_again() {
        assert!(again("nobody_is_asked_where_nobody_can_answer").status.success());
        return;
    }
    for format in [Format::Text, Format::Json] {
        let failure = Ui::new(format, Color::Never, 0).confirm("Apply?").unwrap_err();
        assert_eq!(failure.json()["error"]["certain"], "nothing was changed");
    }
}

#[test]
fn the_embedded_registry_answers_over_a_port_and_keeps_its_state() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(
        directory.path().join("seed.json"),
        r#"{"organizations": [{"name": "acme"}]}"#,
    )
    .unwrap();
    let arguments = [
        "emulator",
        "--listen",
        "127.0.0.1:0",
        "--token",
        "t0k3n",
        "--state",
        "state/registry.json",
        "--seed",
        "seed.json",
    ];
    let start = || {
        quayform(directory.path(), &arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    };

    let mut first = start();
    let address = first_line(&mut first);
    assert!(http(&address, "GET", "/api/v1/organization/acme", "").contains("\"is_admin\":true"));
    assert!(http(&address, "POST", "/api/v1/organization/", r#"{"name": "zoo"}"#).contains("Created"));
    first.kill().unwrap();
    first.wait().unwrap();

    let mut second = start();
    let address = first_line(&mut second);
    assert!(http(&address, "GET", "/api/v1/organization/zoo", "").contains("\"is_admin\":true"));
    second.kill().unwrap();
    second.wait().unwrap();
}

/// The address that the server announces.
fn first_line(child: &mut std::process::Child) -> String {
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    line.trim().strip_prefix("http://").unwrap().to_owned()
}

/// One exchange with the token; the answer as text, white space in JSON removed.
fn http(address: &str, method: &str, target: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!("{method} {target} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer t0k3n\r\n");
    let rest = format!(
        "Connection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(format!("{head}{rest}").as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.replace(": ", ":")
}
