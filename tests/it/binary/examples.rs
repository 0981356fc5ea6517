//! Every example works as it stands, in process and over a port.

use std::path::Path;

use super::program::Program;
use super::server;

/// The examples that are projects.
fn names() -> Vec<String> {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut names: Vec<String> = std::fs::read_dir(examples)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().join("quayform.toml").is_file())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert!(names.len() >= 3, "{names:?}");
    names
}

/// Validates, applies, and plans again with these flags.
fn goes_through(name: &str, program: &Program, flags: &[&str]) {
    let run = |words: &[&str]| program.run(&[words, flags].concat());
    let validated = run(&["validate"]);
    assert_eq!(validated.code, Some(0), "{name}: {}", validated.shown());
    let applied = run(&["apply", "--auto-approve"]);
    assert_eq!(applied.code, Some(0), "{name}: {}", applied.shown());
    assert!(
        applied.stdout.contains("\nconverged: ") && applied.stdout.contains(", residual 0\n"),
        "{name}: {}",
        applied.shown()
    );
    let again = run(&["plan", "--detailed-exitcode"]);
    assert_eq!(again.code, Some(0), "{name}: {}", again.shown());
    assert!(again.stdout.contains("Nothing to do"), "{name}: {}", again.shown());
}

#[test]
fn examples_converge_in_the_embedded_registry() {
    for name in names() {
        goes_through(&name, &Program::example(&name), &["--emulator"]);
    }
}

#[test]
fn examples_converge_over_a_port() {
    for name in names() {
        let program = Program::example(&name);
        let seed = std::fs::read_to_string(program.path("seed.json")).unwrap();
        let url = server::serve(server::registry(&seed));
        let program = program
            .at(&url, "emulator-token")
            .with("QUAYFORM_COCKTAIL_URL", &url)
            .with("QUAYFORM_COCKTAIL_TOKEN", "emulator-token")
            .with("SLACK_URL", "https://hooks.example/slack")
            .with("SECURITY_WEBHOOK_URL", "https://hooks.example/security")
            .with("HUB_PASSWORD", "not-a-password")
            .with("MINIO_MIRROR_PASSWORD", "not-a-password");
        goes_through(&name, &program, &[]);
    }
}

#[test]
fn a_rehearsal_says_which_secrets_it_makes_up() {
    let run = Program::example("acme").run(&["plan", "--emulator"]);
    let said = "stand-ins for secrets that are not here: env HUB_PASSWORD, env SECURITY_WEBHOOK_URL, env SLACK_URL";
    assert!(run.stderr.contains(said), "{}", run.shown());
}
