//! Everything that works with a token works with a user name and a password, in process and over a port.

use std::sync::Arc;

use quayform::emulator::{Emulator, IncomingRequest, Registry};
use quayform::http::{Session, Transport};
use secrecy::SecretString;

use crate::binary::program::{Program, Run};
use crate::binary::server::serve;
use crate::lab::Lab;
use crate::scenarios::company::{ACME, lab};

const PASSWORD: &str = "correct-horse-battery";

fn session(lab: &Lab) -> Arc<dyn Transport> {
    lab.emulator
        .with(|registry| registry.set_password("quayadmin", PASSWORD));
    let password = SecretString::from(PASSWORD);
    Arc::new(Session::new(lab.emulator.clone(), "quayadmin".to_owned(), password))
}

fn sign_ins(emulator: &Emulator) -> usize {
    emulator.with(|registry| {
        let requests = registry.request_log().iter();
        requests.filter(|request| request.target == "/api/v1/signin").count()
    })
}

/// Plans and applies over the session, with something done between; the next plan must be empty.
fn converges_although(between: fn(&mut Registry)) -> usize {
    // No token would do: everything goes by the session.
    let lab = Lab {
        token: "no-such-token".to_owned(),
        ..lab()
    };
    let session = session(&lab);
    let planned = lab.plan_through(ACME, session.clone()).unwrap();
    lab.emulator.with(between);
    let applied = lab.carry_out_through(&planned, session.clone());
    assert!(
        applied.outcomes.iter().all(|outcome| outcome.state.word() == "done"),
        "{:#?}",
        applied.outcomes
    );
    let again = lab.plan_through(ACME, session).unwrap();
    assert!(again.lines().is_empty(), "{:#?}", again.details());
    sign_ins(&lab.emulator)
}

#[test]
fn a_company_is_built_in_one_session() {
    assert_eq!(converges_although(|_| ()), 1);
}

#[test]
fn a_session_that_ends_in_the_middle_is_renewed() {
    assert_eq!(converges_although(Registry::end_sessions), 2);
}

#[test]
fn what_needs_a_fresh_login_gets_one() {
    let gone = lab().allow(&["organization[zoo]"]);
    let session = session(&gone);
    gone.converge("kind: Organization\nname: zoo\n");
    let absent = "kind: Organization\nname: zoo\nabsent: true\n";
    let planned = gone.plan_through(absent, session.clone()).unwrap();
    assert_eq!(planned.lines(), ["delete organization[zoo]"]);
    gone.emulator
        .with(|registry| registry.set_clock(registry.clock() + 3600));
    let applied = gone.carry_out_through(&planned, session);
    assert_eq!(applied.outcomes[0].state.word(), "done");
    assert_eq!(sign_ins(&gone.emulator), 2);
}

/// A project that signs in at a registry over a port.
fn program(emulator: Emulator, password: &str) -> Program {
    Program::new(&[("acme.yaml", "kind: Organization\nname: acme\nrobots: {ci: {}}\n")])
        .with("QUAYFORM_URL", &serve(emulator))
        .with("QUAYFORM_USERNAME", "quayadmin")
        .with("QUAYFORM_PASSWORD", password)
        .with("RUST_LOG", "trace")
}

fn with_password() -> Emulator {
    let mut registry = Registry::new();
    registry.set_password("quayadmin", PASSWORD);
    Emulator::new(registry)
}

/// Asserts that nothing of the session can be read in the output.
fn clean(run: &Run) {
    let text = run.shown();
    for secret in [PASSWORD, "EMULATED-SESSION", "EMULATED-CSRF"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

#[test]
fn the_program_signs_in_over_a_port_and_tells_no_secret() {
    let emulator = with_password();
    let program = program(emulator.clone(), &format!("{PASSWORD}\n"));
    for (words, code) in [
        (["plan", "-vv", "--detailed-exitcode"].as_slice(), 2),
        (&["apply", "--auto-approve", "-vv"], 0),
        (&["plan", "-vv", "--detailed-exitcode"], 0),
    ] {
        let run = program.run(words);
        assert_eq!(run.code, Some(code), "{}", run.shown());
        assert!(run.stderr.contains("POST /api/v1/signin"), "{}", run.shown());
        clean(&run);
    }
    assert_eq!(sign_ins(&emulator), 3);
    let organization = IncomingRequest::new("GET", "/api/v1/organization/acme").with_token("emulator-token");
    assert_eq!(emulator.handle(&organization).unwrap().status, 200);
    for entry in std::fs::read_dir(program.path(".quayform")).into_iter().flatten() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap_or_default();
        assert!(!text.contains(PASSWORD) && !text.contains("EMULATED-SESSION"), "{text}");
    }
}

/// Everything that was sent for it, what layers and signing in took included, is what the plan says.
#[test]
fn the_price_of_signing_in_is_told() {
    let emulator = with_password();
    let layer = "kind: RepositoryDefaults\nmatch: 'acme/*'\napplies_to: all\ndescription: ours\n";
    let program = program(emulator.clone(), PASSWORD);
    program.write("layer.yaml", layer);
    emulator.with(|registry| registry.clear_log());
    let run = program.run(&["plan", "--explain-reads"]);
    let sent = emulator.with(|registry| registry.request_log().len());
    let is_request = |line: &&str| line.starts_with("  GET ") || line.starts_with("  POST ");
    assert_eq!(run.stdout.lines().filter(is_request).count(), sent, "{}", run.shown());
    assert_eq!(run.stdout.matches("GET /config").count(), 1, "{}", run.shown());
    let told = "2 requests for signing in\n  GET /csrf_token\n  POST /api/v1/signin\n";
    assert!(run.stdout.contains(told), "{}", run.shown());
    let document = program.run(&["plan", "--explain-reads", "--format", "json"]).json();
    assert_eq!(document["requests"]["read"].as_u64(), Some(sent as u64));
    let mut groups = document["reads"].as_array().unwrap().iter();
    let signing_in = groups.find(|group| group["reason"] == "signing in").unwrap();
    assert_eq!(signing_in["each"][1]["method"], "POST");
    let most = format!("{}", sent - 1);
    let refused = program.run(&["plan", "--max-requests", &most]);
    assert_eq!(refused.code, Some(3), "{}", refused.shown());
}

#[test]
fn a_wrong_password_is_sent_once_and_told_with_a_way_out() {
    let emulator = with_password();
    let run = program(emulator.clone(), "wrong-horse-battery").run(&["plan"]);
    assert_eq!(run.code, Some(1), "{}", run.shown());
    for part in ["does not accept the password of `quayadmin`", "QUAYFORM_PASSWORD"] {
        assert!(run.stderr.contains(part), "{}", run.shown());
    }
    assert!(!run.shown().contains("wrong-horse"), "{}", run.shown());
    assert_eq!(sign_ins(&emulator), 1);
}
