//! At a terminal: `apply` asks, and takes an answer or an interrupt. `script` of util-linux plays the terminal.
#![cfg(target_os = "linux")]

use std::io::{Read, Write};
use std::process::{Command, Stdio};

use super::program::Program;
use super::server;

const MANIFEST: &str = "kind: Organization\nname: acme\n";

/// The same command, with a terminal for its streams.
fn at_a_terminal(program: &Program, arguments: &[&str]) -> Command {
    let plain = program.command(arguments);
    let words = std::iter::once(plain.get_program()).chain(plain.get_args());
    let words: Vec<_> = words.map(|word| word.to_str().unwrap()).collect();
    let variables = plain.get_envs().filter_map(|(name, value)| Some((name, value?)));
    let mut command = Command::new("script");
    command
        .args([
            "--quiet",
            "--return",
            "--flush",
            "--command",
            &words.join(" "),
            "/dev/null",
        ])
        .current_dir(plain.get_current_dir().unwrap())
        .env_clear()
        .envs(variables)
        .env("PATH", std::env::var_os("PATH").unwrap())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    command
}

/// Types this when `apply` asks; how it ended, what it said, and how many requests wrote.
fn answered(keys: &[u8]) -> (Option<i32>, String, usize) {
    let emulator = server::registry("{}");
    let url = server::serve(emulator.clone());
    let program = Program::new(&[("acme.yaml", MANIFEST)]).at(&url, "emulator-token");
    let mut child = at_a_terminal(&program, &["apply"]).spawn().unwrap();
    let mut screen = child.stdout.take().unwrap();
    let mut said = Vec::new();
    while !String::from_utf8_lossy(&said).contains("[yes/no] ") {
        let mut some = [0; 4096];
        let read = screen.read(&mut some).unwrap();
        assert!(read > 0, "{}", String::from_utf8_lossy(&said));
        said.extend_from_slice(&some[..read]);
    }
    let mut keyboard = child.stdin.take().unwrap();
    keyboard.write_all(keys).unwrap();
    screen.read_to_end(&mut said).unwrap();
    let code = child.wait().unwrap().code();
    let writes = emulator.with(|registry| registry.write_log().len());
    (code, String::from_utf8_lossy(&said).into_owned(), writes)
}

/// Whoever has only a token is asked for the registry.
#[test]
fn init_asks_for_the_registry() {
    let url = server::serve(server::registry(r#"{"organizations": [{"name": "acme"}]}"#));
    let program = Program::new(&[]).with("QUAYFORM_TOKEN", "emulator-token");
    let mut child = at_a_terminal(&program, &["init", "--org", "acme", "--ci", "gitlab"])
        .spawn()
        .unwrap();
    let mut screen = child.stdout.take().unwrap();
    let mut said = Vec::new();
    while !String::from_utf8_lossy(&said).contains("https://quay.example.com: ") {
        let mut some = [0; 4096];
        let read = screen.read(&mut some).unwrap();
        assert!(read > 0, "{}", String::from_utf8_lossy(&said));
        said.extend_from_slice(&some[..read]);
    }
    let mut keyboard = child.stdin.take().unwrap();
    keyboard.write_all(format!("{url}\n").as_bytes()).unwrap();
    screen.read_to_end(&mut said).unwrap();
    let told = String::from_utf8_lossy(&said).into_owned();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{told}");
    let settings = std::fs::read_to_string(program.path("quayform.toml")).unwrap();
    assert!(
        settings.contains(&url) && !settings.contains("emulator-token"),
        "{settings}"
    );
    assert!(program.path("organizations/acme.yaml").is_file(), "{told}");
    assert!(
        program.path(".gitlab-ci.yml").is_file() && !program.path(".github").exists(),
        "{told}"
    );
}

#[test]
fn an_interrupt_is_an_answer() {
    let (code, said, writes) = answered(b"\x03");
    assert_eq!((code, writes), (Some(130), 0), "{said}");
    assert!(said.contains("Interrupted: nothing was changed."), "{said}");
}

#[test]
fn no_changes_nothing() {
    let (code, said, writes) = answered(b"no\n");
    assert_eq!((code, writes), (Some(1), 0), "{said}");
    assert!(said.contains("Nothing was changed."), "{said}");
}

#[test]
fn yes_applies() {
    let (code, said, writes) = answered(b"yes\n");
    assert_eq!(code, Some(0), "{said}");
    assert!(writes > 0, "{said}");
}
