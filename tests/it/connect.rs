//! From flags, environment and project to a registry that answers.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;

use quayform::cli::connect::Connection;
use quayform::cli::context::Context;
use quayform::cli::failure::Failure;
use quayform::cli::globals::{Color, Format, Globals};
use quayform::cli::ui::Ui;
use quayform::emulator::{Emulator, Registry, serve_on};
use quayform::http::{Method, Request, Stop};
use tempfile::TempDir;
use tokio::net::TcpListener;

/// A run in this directory, with these flags and variables.
fn context(directory: &TempDir, globals: Globals, variables: &[(&str, &str)]) -> Context {
    let variables: BTreeMap<String, String> = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    Context {
        globals,
        ui: Ui::new(Format::Json, Color::Never, 0),
        environment: Arc::new(move |name: &str| variables.get(name).cloned()),
        working_directory: directory.path().to_owned(),
        stop: Stop::default(),
    }
}

/// The first registry that the flags choose.
fn connect(context: &Context) -> Result<Connection, Failure> {
    let settings = context.settings(&[])?;
    let secrets = context.secrets(&settings);
    let choices = context.choices(&settings)?;
    context.connect(&settings, &choices[0], &secrets)
}

fn project(text: &str) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("quayform.toml"), text).unwrap();
    directory
}

#[tokio::test]
async fn the_embedded_registry_ignores_configured_ones_and_starts_from_the_seed() {
    let directory = project("[registry]\nurl = \"http://127.0.0.1:9\"\ntoken = { env = \"UNSET\" }\n");
    fs::write(
        directory.path().join("seed.json"),
        r#"{"organizations": [{"name": "acme"}]}"#,
    )
    .unwrap();
    let globals = Globals {
        emulator: true,
        ..Globals::default()
    };
    let context = context(&directory, globals, &[("QUAYFORM_URL", "nonsense")]);
    let connection = connect(&context).unwrap();
    let state = directory.path().canonicalize().unwrap().join(".quayform/emulator.json");
    assert_eq!(connection.identity, state.display().to_string());

    let reader = connection.reader();
    let response = reader.get("/api/v1/organization/acme").await.unwrap();
    assert_eq!(response.json().unwrap()["is_admin"], true);
    let anonymous = reader.get_anonymously("/api/v1/organization/acme").await.unwrap();
    assert_eq!(anonymous.json().unwrap()["is_admin"], false);
    let create = Request {
        method: Method::Post,
        target: "/api/v1/organization/".to_owned(),
        token: connection.token.clone(),
        body: Some(serde_json::json!({"name": "zoo"})),
    };
    assert_eq!(connection.writer().send(create).await.unwrap().status, 201);
    assert_eq!((connection.counts().reads, connection.counts().writes), (2, 1));

    // One run at a time works on the state file.
    assert!(connect(&context).is_err());
    drop((reader, connection));
    let again = connect(&context).unwrap().reader();
    assert_eq!(again.get("/api/v1/organization/zoo").await.unwrap().status, 200);
}

#[tokio::test]
async fn the_registry_of_the_environment_is_reached_over_the_network() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(serve_on(Emulator::new(Registry::new()), listener));
    let variables = [("QUAYFORM_URL", url.as_str()), ("QUAYFORM_TOKEN", "emulator-token\n")];
    let connection = connect(&context(&project(""), Globals::default(), &variables)).unwrap();
    assert_eq!((&connection.identity, &connection.name), (&url, &None));
    let response = connection.reader().get("/api/v1/user/").await.unwrap();
    assert_eq!(response.json().unwrap()["username"], "quayadmin");
}

#[test]
fn what_is_missing_is_a_failure_with_a_way_out() {
    let globals = |name: Option<&str>, url: Option<&str>| Globals {
        registry: name.map(str::to_owned),
        url: url.map(str::to_owned),
        ..Globals::default()
    };
    let named = "[registries.a]\nurl = \"https://a.example\"\nca_file = \"none.pem\"\n";
    for (text, globals, variables, expected) in [
        (
            "",
            globals(None, None),
            vec![],
            "error: no registry is chosen\nhelp: set url in [registry]",
        ),
        (
            "",
            globals(Some("all"), None),
            vec![],
            "error: no registry is chosen\nhelp: set url in [registry]",
        ),
        (
            "",
            globals(Some("all"), Some("https://b")),
            vec![],
            "error: --url names one registry",
        ),
        (
            named,
            globals(None, None),
            vec![],
            "error: no registry is chosen\nhelp: choose one with --registry: a",
        ),
        (
            named,
            globals(Some("a"), None),
            vec![],
            "error: no token is set\nhelp: set QUAYFORM_A_TOKEN",
        ),
        (
            named,
            globals(Some("all"), None),
            vec![("QUAYFORM_A_TOKEN", "t")],
            "error: the CA file",
        ),
    ] {
        let failure = connect(&context(&project(text), globals, &variables))
            .map(|_| ())
            .unwrap_err();
        let shown = failure.text(quayform::report::diagnostics::Appearance::default());
        assert!(shown.starts_with(expected), "{shown}");
        assert_eq!(failure.exit().code(), 1);
    }
}
