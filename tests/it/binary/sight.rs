//! Registries that cannot be read, or not whole: one message, the way out, and nothing planned.

use super::program::{Program, Run, check};
use super::server;

const MANIFEST: &str = "\
kind: Organization
name: acme
teams:
  owners: {role: admin, members: [alice, quayadmin]}
  developers: {members: [carol]}
";
const SEED: &str = r#"{
    "users": [
        {"name": "alice", "email": "alice@example.com"},
        {"name": "carol", "email": "carol@example.com"}
    ]
}"#;

/// Plans and applies there; both must end with 1.
fn both(url: &str, token: &str) -> [Run; 2] {
    let program = Program::new(&[("acme.yaml", MANIFEST)]).at(url, token);
    let runs = [program.run(&["plan"]), program.run(&["apply", "--auto-approve"])];
    for run in &runs {
        assert_eq!(run.code, Some(1), "{}", run.shown());
        assert!(!run.stdout.contains("to create"), "{}", run.shown());
    }
    runs
}

#[test]
fn a_wrong_token() {
    check(
        "sight-wrong-token",
        &both(&server::serve(server::registry(SEED)), "wrong"),
    );
}

#[test]
fn an_expired_token() {
    let emulator = server::registry(SEED);
    let url = server::serve(emulator.clone());
    let program = Program::new(&[("acme.yaml", MANIFEST)]).at(&url, "emulator-token");
    assert_eq!(program.run(&["apply", "--auto-approve"]).code, Some(0));
    emulator.with(|registry| {
        registry.expire_token("emulator-token");
        registry.clear_log();
    });
    check("sight-expired-token", &both(&url, "emulator-token"));
    assert!(emulator.with(|registry| registry.write_log().is_empty()));
}

#[test]
fn the_token_of_a_plain_member() {
    let emulator = server::registry(SEED);
    let url = server::serve(emulator.clone());
    let program = Program::new(&[("acme.yaml", MANIFEST)]).at(&url, "emulator-token");
    assert_eq!(program.run(&["apply", "--auto-approve"]).code, Some(0));
    let scopes = ["org:admin", "repo:admin", "repo:create", "user:admin"];
    emulator.with(|registry| {
        registry.add_token("carol", "of-carol", &scopes);
        registry.clear_log();
    });
    check("sight-plain-member", &both(&url, "of-carol"));
    let program = Program::new(&[("acme.yaml", MANIFEST)]).at(&url, "of-carol");
    for words in [vec!["plan"], vec!["apply", "--auto-approve"]] {
        let run = program.run(&[words, vec!["--format", "json"]].concat());
        let document = run.json();
        assert_eq!(run.code, Some(1), "{}", run.shown());
        assert_eq!(
            document["gaps"][0]["request"],
            "/api/v1/organization/acme",
            "{}",
            run.shown()
        );
    }
    assert!(emulator.with(|registry| registry.write_log().is_empty()));
}

#[test]
fn a_token_that_cannot_say_whose_it_is() {
    let emulator = server::registry(SEED);
    emulator.with(|registry| registry.add_token("quayadmin", "narrow", &["org:admin"]));
    let url = server::serve(emulator);
    let program = Program::new(&[("acme.yaml", MANIFEST)]).at(&url, "emulator-token");
    assert_eq!(program.run(&["apply", "--auto-approve"]).code, Some(0));
    check("sight-narrow-token", &both(&url, "narrow"));
}

#[test]
fn nobody_listens() {
    // Nothing that a test could start may listen on a port this low.
    check("sight-refused", &both("http://127.0.0.1:1", "token"));
}

#[test]
fn a_server_without_tls() {
    let authority = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/transport/authority.pem");
    let url = server::serve(server::registry(SEED)).replace("http:", "https:");
    // The machine's own certificates are none of the test's business.
    let program = Program::new(&[("acme.yaml", MANIFEST)])
        .at(&url, "emulator-token")
        .with("SSL_CERT_FILE", authority);
    let run = program.run(&["plan"]);
    assert_eq!(run.code, Some(1), "{}", run.shown());
    check("sight-no-tls", &[run]);
}

#[test]
fn some_other_web_server() {
    let page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 21\r\nConnection: close\r\n\r\n<html>Welcome!</html>";
    check("sight-web-page", &both(&server::parrot(page), "token"));
}

#[test]
fn some_other_api() {
    let json = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 14\r\nConnection: close\r\n\r\n{\"alive\":true}";
    check("sight-other-json", &both(&server::parrot(json), "token"));
}

#[test]
fn half_an_answer() {
    let half = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{\"features\": {";
    check("sight-half", &both(&server::parrot(half), "token"));
}

#[test]
fn no_answer_at_all() {
    check("sight-hung-up", &both(&server::parrot(b""), "token"));
}

#[test]
fn a_server_that_fails_inside() {
    let page = b"HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/html\r\nContent-Length: 13\r\nConnection: close\r\n\r\n<html></html>";
    check("sight-500", &both(&server::parrot(page), "token"));
}
