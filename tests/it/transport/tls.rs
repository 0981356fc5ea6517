//! TLS against a real server: HTTP/2 over one connection, private authorities, client certificates, proxies.

use std::sync::Arc;

use quayform::emulator::{Emulator, Registry};
use quayform::http::{Client, ClientOptions, Method, Transport, TransportError};
use secrecy::SecretString;
use tokio::task::JoinSet;

use super::secure::{Authority, Secure, proxy};
use super::{options, request};
use crate::binary::program::{Program, Run};

const BOTH: [&str; 2] = ["h2", "http/1.1"];

async fn registry(authority: &Authority, name: &str, protocols: &[&str], clients: Option<&Authority>) -> Secure {
    Secure::serve(Emulator::new(Registry::new()), authority, name, protocols, clients).await
}

fn trusting(authority: &Authority, server: &Secure) -> ClientOptions {
    ClientOptions {
        authorities: Some(authority.pem.clone().into_bytes()),
        ..options(&format!("https://localhost:{}", server.address.port()))
    }
}

/// Sends so many requests at once; all must be answered.
async fn flood(client: Client, number: usize) {
    let client = Arc::new(client);
    let mut tasks = JoinSet::new();
    for _ in 0..number {
        let client = Arc::clone(&client);
        tasks.spawn(async move { client.send(request(Method::Get, "/config")).await.unwrap().status });
    }
    assert!(tasks.join_all().await.iter().all(|status| *status == 200));
}

#[tokio::test]
async fn a_server_that_speaks_http_2_gets_one_connection() {
    let authority = Authority::new();
    let server = registry(&authority, "localhost", &BOTH, None).await;
    flood(Client::new(&trusting(&authority, &server)).unwrap(), 20).await;
    assert_eq!(*server.protocols.lock().unwrap(), ["h2"]);
}

#[tokio::test]
async fn a_server_that_does_not_gets_http_1() {
    let authority = Authority::new();
    for protocols in [&BOTH[1..], &[]] {
        let server = registry(&authority, "localhost", protocols, None).await;
        flood(Client::new(&trusting(&authority, &server)).unwrap(), 8).await;
        let seen = server.protocols.lock().unwrap();
        assert!(
            !seen.is_empty() && seen.iter().all(|protocol| protocol != "h2"),
            "{seen:?}"
        );
    }
}

#[tokio::test]
async fn a_server_that_wants_to_know_its_clients_is_shown_the_certificate() {
    let (authority, clients, strangers) = (Authority::new(), Authority::new(), Authority::new());
    let server = registry(&authority, "localhost", &BOTH, Some(&clients)).await;
    let shown = |identity: Option<(String, String)>| ClientOptions {
        identity: identity.map(|(certificate, key)| SecretString::from(certificate + &key)),
        ..trusting(&authority, &server)
    };
    let known = Client::new(&shown(Some(clients.identity("quayform")))).unwrap();
    assert_eq!(known.send(request(Method::Get, "/config")).await.unwrap().status, 200);
    for (identity, cause) in [
        (None, "asks for a client certificate"),
        (
            Some(strangers.identity("quayform")),
            "does not accept the client certificate",
        ),
    ] {
        let client = Client::new(&shown(identity)).unwrap();
        let error = client.send(request(Method::Post, "/config")).await.unwrap_err();
        assert!(
            matches!(&error, TransportError::Tls(text) if text.contains(cause)),
            "{error:?}"
        );
        assert!(!error.may_have_acted());
    }
    let broken = shown(Some(("nothing".to_owned(), String::new())));
    assert!(Client::new(&broken).is_err());
}

/// A project at a registry of that address, with the files of its settings.
fn program(url: &str, settings: &str, files: &[(&str, &str)]) -> Program {
    let toml = format!("[registry]\nurl = \"{url}\"\n{settings}");
    let program = Program::new(&[
        ("quayform.toml", &toml),
        ("acme.yaml", "kind: Organization\nname: acme\n"),
    ])
    .with("QUAYFORM_TOKEN", "emulator-token");
    for (name, text) in files {
        program.write(name, text);
    }
    program
}

/// Runs the program while the servers of this test go on.
async fn run(program: Program, words: &'static [&'static str]) -> Run {
    tokio::task::spawn_blocking(move || program.run(words)).await.unwrap()
}

#[tokio::test]
async fn the_program_finds_its_files_and_goes_through_the_proxy() {
    let (authority, clients) = (Authority::new(), Authority::new());
    let server = registry(&authority, "quay.example", &BOTH, Some(&clients)).await;
    let (proxy, wanted) = proxy(server.address).await;
    let (certificate, key) = clients.identity("quayform");
    let settings = "ca_file = \"ca.pem\"\nclient_certificate = \"me.pem\"\nclient_key = \"me.key\"\n";
    let files = [
        ("ca.pem", authority.pem.as_str()),
        ("me.pem", &certificate),
        ("me.key", &key),
    ];
    let program = program("https://quay.example", settings, &files).with("HTTPS_PROXY", &format!("http://{proxy}"));
    let run = run(program, &["plan", "--detailed-exitcode"]).await;
    assert_eq!(run.code, Some(2), "{}", run.shown());
    assert_eq!(*wanted.lock().unwrap(), ["CONNECT quay.example:443 HTTP/1.1"]);
    assert_eq!(*server.protocols.lock().unwrap(), ["h2"]);
}

/// The address is this machine's, but none that the program knows as its own.
#[tokio::test]
async fn what_no_proxy_names_is_reached_without_the_proxy() {
    let authority = Authority::new();
    let server = registry(&authority, "quay.example", &BOTH, None).await;
    let url = format!("https://0.0.0.0:{}", server.address.port());
    for (exempt, by_proxy) in [("quay.example", true), ("quay.example,0.0.0.0", false)] {
        let (proxy, wanted) = proxy(server.address).await;
        let program = program(&url, "insecure = true\n", &[])
            .with("HTTPS_PROXY", &format!("http://{proxy}"))
            .with("NO_PROXY", exempt);
        let run = run(program, &["plan", "--detailed-exitcode"]).await;
        assert_eq!(run.code, Some(2), "{exempt}: {}", run.shown());
        assert_eq!(!wanted.lock().unwrap().is_empty(), by_proxy, "{exempt}");
    }
}

#[tokio::test]
async fn insecure_is_possible_and_loud() {
    let authority = Authority::new();
    let server = registry(&authority, "another.example", &BOTH, None).await;
    let url = format!("https://localhost:{}", server.address.port());
    for (settings, words, code) in [
        ("", &["plan", "--detailed-exitcode"][..], 1),
        ("insecure = true\n", &["plan", "--detailed-exitcode"], 2),
        ("", &["plan", "--detailed-exitcode", "--insecure"], 2),
    ] {
        let run = run(program(&url, settings, &[]), words).await;
        assert_eq!(run.code, Some(code), "{}", run.shown());
        assert_eq!(run.stderr.contains("INSECURE"), code == 2, "{}", run.shown());
    }
}

#[test]
fn files_that_are_not_there_are_named() {
    for (settings, file) in [
        ("ca_file = \"none.pem\"\n", "the CA file"),
        (
            "client_certificate = \"none.pem\"\nclient_key = \"none.key\"\n",
            "the client certificate",
        ),
    ] {
        let run = program("https://quay.example", settings, &[]).run(&["plan"]);
        assert!(
            run.stderr.contains(file) && run.stderr.contains("none.pem"),
            "{}",
            run.shown()
        );
    }
}
