//! Each fault by itself, in process and over a port: what the client meets, and what the registry has done.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use quayform::emulator::{
    Emulator, Fault, Faults, ForeignWrite, PathPattern, Registry, Requests, Rule, When, WriteMethod, serve_on,
};
use quayform::http::clock::Sleeping;
use quayform::http::{
    Client, ClientOptions, Clock, Method, Paced, Pacing, Request, Response, Transport, TransportError,
};
use secrecy::SecretString;
use serde_json::{Value as Json, json};
use tokio::net::TcpListener;

type Outcome = Result<Response, TransportError>;

/// A registry and one of the two ways to it.
struct Way {
    emulator: Emulator,
    transport: Arc<dyn Transport>,
}

impl Way {
    async fn send(&self, method: Method, path: &str, body: Json) -> Outcome {
        let request = Request {
            method,
            target: format!("/api/v1{path}"),
            token: Some(SecretString::from("emulator-token")),
            body: (!body.is_null()).then_some(body),
        };
        self.transport.send(request).await
    }

    async fn get(&self, path: &str) -> Outcome {
        self.send(Method::Get, path, Json::Null).await
    }

    /// Creates an organization.
    async fn create(&self, name: &str) -> Outcome {
        self.send(Method::Post, "/organization/", json!({"name": name})).await
    }

    /// Whether the registry itself knows the organization.
    fn has(&self, organization: &str) -> bool {
        self.emulator
            .with(|registry| registry.to_json()["store"]["organizations"].get(organization).is_some())
    }

    fn fired(&self, fault: &'static str, times: u64) {
        assert_eq!(self.emulator.fired(), BTreeMap::from([(fault, times)]));
    }
}

/// The ways to two equal registries with these faults.
async fn ways(rules: impl IntoIterator<Item = Rule>) -> [Way; 2] {
    ways_of(Duration::from_secs(120), rules).await
}

/// The same with clients that wait so long for an answer.
async fn ways_of(patience: Duration, rules: impl IntoIterator<Item = Rule>) -> [Way; 2] {
    let faults = Faults::new(rules);
    let registry = || Emulator::new(Registry::new()).with_faults(faults.clone());
    let near = registry();
    near.set_patience(patience);
    let far = registry();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    tokio::spawn(serve_on(far.clone(), listener));
    let options = ClientOptions {
        timeout: patience,
        ..ClientOptions::new(url)
    };
    let client = Client::new(&options).unwrap();
    [
        Way {
            transport: Arc::new(near.clone()),
            emulator: near,
        },
        Way {
            transport: Arc::new(client),
            emulator: far,
        },
    ]
}

fn status(outcome: &Outcome) -> Option<u16> {
    outcome.as_ref().ok().map(|response| response.status)
}

fn once(on: Requests, fault: Fault) -> [Rule; 1] {
    [Rule::new(on, fault).times(1)]
}

#[tokio::test]
async fn without_a_fault_the_answers_are_the_registry_s_own() {
    for way in ways([Rule::new(Requests::Delete, Fault::Truncated {})]).await {
        let plain = Emulator::new(Registry::new());
        let request = quayform::emulator::IncomingRequest::new("GET", "/api/v1/user/").with_token("emulator-token");
        let answer = way.get("/user/").await.unwrap();
        assert_eq!(answer.body, plain.handle(&request).unwrap().body);
        assert!(way.emulator.fired().is_empty());
    }
}

#[tokio::test]
async fn too_many_requests() {
    let fault = Fault::TooManyRequests { retry_after: Some(7) };
    for way in ways(once(Requests::Post, fault)).await {
        let refused = way.create("acme").await.unwrap();
        assert_eq!((refused.status, refused.retry_after.as_deref()), (429, Some("7")));
        assert!(!way.has("acme"));
        assert!(way.emulator.with(|registry| registry.request_log().is_empty()));
        assert_eq!(status(&way.create("acme").await), Some(201));
        way.fired("too_many_requests", 1);
    }
}

/// A clock on which waiting takes no time and is counted.
struct Counting(Mutex<Duration>);

impl Clock for Counting {
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::UNIX_EPOCH + *self.0.lock().unwrap()
    }

    fn sleep(&self, duration: Duration) -> Sleeping<'_> {
        *self.0.lock().unwrap() += duration;
        Box::pin(std::future::ready(()))
    }
}

#[tokio::test]
async fn a_paced_client_waits_as_long_as_it_is_asked_to() {
    let fault = Fault::TooManyRequests { retry_after: Some(7) };
    for mut way in ways(once(Requests::Get, fault)).await {
        let clock = Arc::new(Counting(Mutex::default()));
        way.transport = Arc::new(Paced::with_clock(way.transport, Pacing::default(), clock.clone()));
        assert_eq!(status(&way.get("/user/").await), Some(200));
        assert_eq!(*clock.0.lock().unwrap(), Duration::from_secs(7));
        way.fired("too_many_requests", 1);
    }
}

#[tokio::test]
async fn a_bad_gateway_and_a_cut_connection_on_either_side_of_the_commit() {
    for when in [When::BeforeCommit, When::AfterCommit] {
        for way in ways(once(Requests::Write, Fault::BadGateway { when })).await {
            let answer = way.create("acme").await.unwrap();
            assert_eq!((answer.status, answer.content_type.as_str()), (502, "text/html"));
            assert_eq!(way.has("acme"), when == When::AfterCommit);
            way.fired("bad_gateway", 1);
        }
        for way in ways(once(Requests::Write, Fault::Cut { when })).await {
            let error = way.create("acme").await.unwrap_err();
            assert!(matches!(error, TransportError::Cut(_)), "{error:?}");
            assert_eq!(way.has("acme"), when == When::AfterCommit);
            assert_eq!(
                status(&way.get("/user/").await),
                Some(200),
                "the next connection is whole"
            );
            way.fired("cut", 1);
        }
    }
}

#[tokio::test]
async fn half_an_answer() {
    for way in ways(once(Requests::Any, Fault::Truncated {})).await {
        assert_eq!(
            status(&way.send(Method::Delete, "/organization/no", Json::Null).await),
            Some(404)
        );
        way.fired("truncated", 1);
    }
    let rules = [Rule::new(Requests::Any, Fault::Truncated {}).from(2).times(1)];
    for way in ways(rules).await {
        way.create("acme").await.unwrap();
        // 204 has no body that could be halved, so that the next answer is.
        let gone = way.send(Method::Delete, "/organization/acme", Json::Null).await;
        assert_eq!(status(&gone), Some(204));
        let half = way.get("/user/").await.unwrap();
        assert_eq!((half.status, half.json()), (200, None));
        assert!(half.body.starts_with(b"{"));
        assert!(way.get("/user/").await.unwrap().json().is_some());
        way.fired("truncated", 1);
    }
}

#[tokio::test]
async fn a_stale_read() {
    let rules = once(Requests::Any, Fault::stale_read(2));
    for way in ways(rules).await {
        assert_eq!(
            status(&way.get("/organization/acme").await),
            Some(404),
            "nothing is stale yet"
        );
        way.create("acme").await.unwrap();
        way.create("zoo").await.unwrap();
        assert_eq!(status(&way.get("/organization/acme").await), Some(404));
        assert_eq!(status(&way.get("/organization/acme").await), Some(200));
        way.fired("stale_read", 1);
    }
}

#[tokio::test]
async fn a_token_that_expires() {
    let rules = [Rule::new(Requests::Write, Fault::ExpireToken {}).from(2).times(1)];
    for way in ways(rules).await {
        assert_eq!(status(&way.create("acme").await), Some(201));
        assert_eq!(status(&way.create("zoo").await), Some(403));
        assert_eq!(status(&way.get("/user/").await), Some(401));
        assert!(!way.has("zoo"));
        way.fired("expire_token", 1);
    }
}

#[tokio::test]
async fn a_write_of_somebody_else() {
    let write = ForeignWrite::new(WriteMethod::Post, "/api/v1/organization/", json!({"name": "acme"}));
    for way in ways(once(Requests::Get, Fault::ForeignWrite(write))).await {
        assert_eq!(status(&way.get("/organization/acme").await), Some(200));
        let log = way.emulator.with(|registry| registry.write_log().to_vec());
        assert_eq!(log.len(), 1);
        assert_eq!(log[0].user.as_deref(), Some("somebody-else"));
        way.fired("foreign_write", 1);
    }
}

#[tokio::test]
async fn an_answer_that_comes_late() {
    let late = |milliseconds| Rule::new(Requests::Write, Fault::Latency { milliseconds }).times(1);
    let (bearable, patience) = (Duration::from_millis(1), Duration::from_secs(1));
    for way in ways_of(patience, [late(1), late(3_600_000)]).await {
        assert_eq!(status(&way.create("acme").await), Some(201));
        assert_eq!(way.create("zoo").await.unwrap_err(), TransportError::Timeout(1));
        assert!(way.has("zoo"), "the answer was late, not the registry");
        way.fired("latency", 2);
        // In process the time is counted instead of spent.
        let waited = way.emulator.waited();
        assert!(waited == bearable + patience || waited.is_zero(), "{waited:?}");
    }
}

#[tokio::test]
async fn the_first_rule_that_is_due_takes_the_request() {
    let cut = Fault::Cut {
        when: When::BeforeCommit,
    };
    let busy = Fault::TooManyRequests { retry_after: None };
    let users = PathPattern::parse("/api/v1/user/*").unwrap();
    for way in ways([
        Rule::new(Requests::Read, cut.clone()).at(users).from(2).times(2),
        Rule::new(Requests::Get, busy.clone()).from(3).times(1),
    ])
    .await
    {
        let mut met = Vec::new();
        for _ in 0..5 {
            met.push(status(&way.get("/user/").await));
        }
        assert_eq!(met, [Some(200), None, None, Some(429), Some(200)]);
        assert_eq!(
            way.emulator.fired(),
            BTreeMap::from([("cut", 2), ("too_many_requests", 1)])
        );
        way.emulator
            .set_faults(Faults::new([Rule::new(Requests::Any, busy.clone())]));
        assert_eq!(status(&way.get("/user/").await), Some(429));
        way.emulator.set_faults(Faults::default());
        assert_eq!(status(&way.get("/user/").await), Some(200));
    }
}

#[tokio::test]
async fn a_test_looks_on_and_ends_it_all() {
    for when in [When::BeforeCommit, When::AfterCommit] {
        let [_, far] = ways([]).await;
        let seen = Arc::new(Mutex::new(Vec::new()));
        let notes = Arc::clone(&seen);
        far.emulator.watch(move |write| {
            let user = write.registry.to_json()["store"]["organizations"].get("zoo").is_some();
            notes.lock().unwrap().push((write.number, write.when, user));
            if (write.number, write.when) == (2, when) {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        assert_eq!(status(&far.create("acme").await), Some(201));
        assert!(far.create("zoo").await.unwrap_err().may_have_acted());
        assert!(far.get("/user/").await.is_err(), "nothing is answered any more");
        far.emulator.unwatch();
        assert_eq!(status(&far.get("/user/").await), Some(200));
        let mut expected = vec![
            (1, When::BeforeCommit, false),
            (1, When::AfterCommit, false),
            (2, When::BeforeCommit, false),
        ];
        if when == When::AfterCommit {
            expected.push((2, when, true));
        }
        assert_eq!(*seen.lock().unwrap(), expected);
        assert_eq!(far.has("zoo"), when == When::AfterCommit);
    }
}
