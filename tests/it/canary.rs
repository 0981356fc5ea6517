//! Whatever holds a secret does not show it in its `Debug` form: that is what panics and logs print.

use quayform::apply::Applied;
use quayform::cocktail::Cocktail;
use quayform::http::{Method, ReadOnly, Request, Response, Ticket, Transport};
use quayform::model::{Answer, Answers, Credential, CredentialFormat, Reference, Secret, Sources, Value};
use quayform::settings::{CocktailSettings, Login, RegistrySettings, SecretRules, Secrets};
use quayform::sinks::{Command, Directory, Form};
use secrecy::SecretString;
use serde_json::json;
use std::fmt::Debug;
use std::sync::Arc;

use crate::lab::Lab;

const MARK: &str = "CANARY";

const MANIFEST: &str = r#"
kind: Organization
name: acme
robots: {mirror: {}}
---
kind: Repository
name: acme/api
notifications:
  - {event: repo_push, slack: {url: "https://hooks.example/CANARY"}}
  - {event: repo_push, webhook: {url: {env: HOOK}}}
mirror:
  external_reference: quay.io/a/b
  tags: [latest]
  sync_interval: 6h
  robot: mirror
  credentials: {username: acme, password: CANARY}
  proxy: {https_proxy: "http://user:CANARY@proxy.example"}
"#;

fn unseen(what: &str, value: &dyn Debug) {
    let shown = format!("{value:?} {value:#?}");
    assert!(!shown.contains(MARK), "{what}: {shown}");
    assert!(!shown.is_empty());
}

#[test]
fn nothing_on_the_way_of_a_secret_shows_it() {
    let mut lab = Lab::new();
    lab.variables = vec![("HOOK", "https://hooks.example/CANARY")];
    let loaded = quayform::manifest::parse_sources([("acme.yaml".into(), MANIFEST.to_owned())]);
    unseen("the manifests", &loaded);
    unseen("the wishes", &lab.desired(MANIFEST));
    let planned = lab.plan(MANIFEST);
    unseen("the plan", &planned.plan);
    let applied: Applied = lab.carry_out(&planned);
    unseen("the result", &applied);
    // What the server echoes, and would take away.
    let removed = MANIFEST.replace("notifications:", "notifications: []\nx-was:");
    let planned = lab.plan(&removed);
    assert_eq!(planned.plan.summary.delete, 2, "{:#?}", planned.details());
    unseen("the live registry", &planned.live);
    unseen("the plan that removes", &planned.plan);
}

#[test]
fn no_value_that_holds_a_secret_shows_it() {
    let token = SecretString::from(MARK);
    let secret = Secret::referenced(Reference::Env("HOOK".to_owned()), Some(token.clone()));
    unseen("a secret", &secret);
    unseen(
        "a value",
        &Value::List(vec![Value::Secret(secret), Value::Secret(Secret::known(MARK))]),
    );
    unseen("an answer", &Answer::Body(json!({ "token": MARK })));
    let mut answers = Answers::default();
    answers.insert("/x".to_owned(), Answer::Body(json!(MARK)));
    unseen("answers", &answers);
    let request = Request {
        method: Method::Put,
        target: "/x".to_owned(),
        token: Some(token.clone()),
        body: Some(json!(MARK)),
    };
    unseen("a request", &request);
    let response = Response {
        status: 200,
        content_type: "application/json".to_owned(),
        retry_after: None,
        body: MARK.as_bytes().to_vec(),
    };
    unseen("a response", &response);
    let mut sources = Sources::default();
    sources.add("acme.yaml".into(), format!("url: {MARK}\n"));
    unseen("sources", &sources);
}

#[test]
fn nothing_that_carries_tokens_shows_them() {
    let token = SecretString::from(MARK);
    let password = Login::Password {
        username: "ci".to_owned(),
        password: token.clone(),
    };
    for login in [Login::Token(token.clone()), password] {
        let registry = RegistrySettings {
            name: None,
            url: "https://quay.example".parse().unwrap(),
            login: Some(login),
            ca_file: None,
            client_certificate: None,
            insecure: false,
            max_in_flight: None,
        };
        unseen("a registry", &registry);
    }
    let ticket = Ticket {
        cookie: Some(token.clone()),
        csrf_token: Some(token.clone()),
    };
    unseen("a ticket", &ticket);
    let environment = Arc::new(|_: &str| Some(MARK.to_owned()));
    let secrets = Secrets::new(SecretRules::default(), ".".into(), environment, false);
    assert!(secrets.resolve(&Reference::Env("HOOK".to_owned())).is_ok());
    unseen("the resolver", &secrets);
    let transport: Arc<dyn Transport> = Arc::new(Lab::new().emulator);
    let settings = CocktailSettings {
        url: "https://cocktail.example".parse().unwrap(),
        token: token.clone(),
        ca_file: None,
        client_certificate: None,
        insecure: false,
    };
    unseen("the settings of CocktailCloud", &settings);
    let cocktail = Cocktail::new(Arc::clone(&transport), Some(token.clone()));
    unseen("the way to CocktailCloud", &cocktail);
    unseen("a reader", &ReadOnly::new(transport, Some(token.clone())));
    let credential = Credential {
        robot: "acme+ci".to_owned(),
        token,
        sort: quayform::model::CredentialSort::Login,
    };
    unseen("a credential", &credential);
    let form = Form {
        host: "quay.example".to_owned(),
        format: CredentialFormat::Docker,
    };
    unseen("a directory", &Directory::new("out".into(), form.clone()));
    unseen("a command", &Command::new(vec!["cat".to_owned()], ".".into(), form));
}
