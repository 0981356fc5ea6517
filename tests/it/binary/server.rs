//! Servers on ports of this process: the embedded registry, as it is or held back, and some that are no registry.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, mpsc};
use std::thread;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, Uri, header};
use quayform::emulator::{Emulator, IncomingRequest, Registry, Seed};
use tokio::sync::Semaphore;

/// A registry with the users of a seed.
pub(crate) fn registry(seed: &str) -> Emulator {
    Emulator::new(Registry::with_seed(&Seed::from_json(seed).unwrap()).unwrap())
}

/// The embedded registry at an address of its own, until the tests end.
pub(crate) fn serve(emulator: Emulator) -> String {
    let listener = listener();
    let url = url(&listener);
    on_a_thread(async move {
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        quayform::emulator::serve_on(emulator, listener).await.unwrap();
    });
    url
}

/// Something else than a registry, at an address of its own.
pub(super) fn serve_router(router: Router) -> String {
    let listener = listener();
    let url = url(&listener);
    on_a_thread(async move {
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        axum::serve(listener, router).await.unwrap();
    });
    url
}

/// What is held back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hold {
    /// Nothing happens before it is let through.
    Request,
    /// It has happened, and nobody is told before it is let through.
    Answer,
}

/// A registry whose writes are announced, and answered only when they are let through.
pub(crate) struct Held {
    pub(crate) url: String,
    /// The writes that arrived, as `PUT /api/v1/…`.
    pub(crate) arrived: mpsc::Receiver<String>,
    gate: Arc<Semaphore>,
}

impl Held {
    /// Holds every write back.
    pub(super) fn new(emulator: Emulator) -> Self {
        Held::those(emulator, Hold::Request, |method, _, _| method != Method::GET)
    }

    /// Holds back, and announces, the requests that are chosen by method and path, or their answers.
    pub(super) fn those(
        emulator: Emulator,
        hold: Hold,
        chosen: impl Fn(&Method, &str, &Emulator) -> bool + Send + Sync + 'static,
    ) -> Self {
        let listener = listener();
        let url = url(&listener);
        let (announce, arrived) = mpsc::channel();
        let gate = Arc::new(Semaphore::new(0));
        let state = (
            emulator,
            announce,
            Arc::clone(&gate),
            hold,
            Arc::new(chosen) as Arc<Chosen>,
        );
        on_a_thread(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            let router = Router::new().fallback(answer_when_let).with_state(state);
            axum::serve(listener, router).await.unwrap();
        });
        Held { url, arrived, gate }
    }

    /// Lets every write through, those that wait and those to come.
    pub(crate) fn open(&self) {
        self.gate.add_permits(Semaphore::MAX_PERMITS / 2);
    }
}

/// A registry that refuses writes whose path begins like this.
pub(crate) fn refusing(emulator: Emulator, start: &'static str) -> String {
    let listener = listener();
    let url = url(&listener);
    on_a_thread(async move {
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        let router = Router::new().fallback(answer_or_refuse).with_state((emulator, start));
        axum::serve(listener, router).await.unwrap();
    });
    url
}

async fn answer_or_refuse(
    State((emulator, start)): State<(Emulator, &'static str)>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    if method != Method::GET && uri.path().starts_with(start) {
        let builder = Response::builder()
            .status(400)
            .header(header::CONTENT_TYPE, "application/json");
        return builder.body(Body::from(r#"{"message": "Not today"}"#)).unwrap();
    }
    handled(&emulator, &method, &uri, &headers, &body)
}

/// A registry that answers every write with the same error and announces it.
pub(super) fn erring(emulator: Emulator, status: u16, retry_after: &'static str) -> (String, mpsc::Receiver<String>) {
    let listener = listener();
    let url = url(&listener);
    let (announce, arrived) = mpsc::channel();
    on_a_thread(async move {
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        let state = (emulator, announce, status, retry_after);
        let router = Router::new().fallback(answer_or_err).with_state(state);
        axum::serve(listener, router).await.unwrap();
    });
    (url, arrived)
}
/// What somebody else does right after a write: told its method and path.
pub(crate) type Aftermath = fn(&Emulator, &str, &str);

/// A registry in which somebody else is at work.
pub(crate) fn meddled(emulator: Emulator, aftermath: Aftermath) -> String {
    let listener = listener();
    let url = url(&listener);
    on_a_thread(async move {
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        let router = Router::new()
            .fallback(answer_and_meddle)
            .with_state((emulator, aftermath));
        axum::serve(listener, router).await.unwrap();
    });
    url
}

async fn answer_and_meddle(
    State((emulator, aftermath)): State<(Emulator, Aftermath)>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let answer = handled(&emulator, &method, &uri, &headers, &body);
    aftermath(&emulator, method.as_str(), uri.path());
    answer
}

type Erring = (Emulator, mpsc::Sender<String>, u16, &'static str);

async fn answer_or_err(
    State((emulator, announce, status, retry_after)): State<Erring>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    if method == Method::GET {
        return handled(&emulator, &method, &uri, &headers, &body);
    }
    let _ = announce.send(format!("{method} {uri}"));
    let builder = Response::builder()
        .status(status)
        .header(header::RETRY_AFTER, retry_after);
    builder.body(Body::from("<html>")).unwrap()
}

type Chosen = dyn Fn(&Method, &str, &Emulator) -> bool + Send + Sync;
type Gated = (Emulator, mpsc::Sender<String>, Arc<Semaphore>, Hold, Arc<Chosen>);

async fn answer_when_let(
    State((emulator, announce, gate, hold, chosen)): State<Gated>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    if !chosen(&method, uri.path(), &emulator) {
        return handled(&emulator, &method, &uri, &headers, &body);
    }
    let early = (hold == Hold::Answer).then(|| handled(&emulator, &method, &uri, &headers, &body));
    // Where nobody listens any more, nobody counts either.
    let _ = announce.send(format!("{method} {uri}"));
    gate.acquire().await.unwrap().forget();
    early.unwrap_or_else(|| handled(&emulator, &method, &uri, &headers, &body))
}

/// What the registry answers.
fn handled(emulator: &Emulator, method: &Method, uri: &Uri, headers: &HeaderMap, body: &Bytes) -> Response<Body> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let request = IncomingRequest {
        method: method.to_string(),
        target: uri.to_string(),
        token: text(header::AUTHORIZATION)
            .and_then(|value| value.strip_prefix("Bearer "))
            .map(str::to_owned),
        cookie: text(header::COOKIE).map(str::to_owned),
        csrf_token: headers
            .get("x-csrf-token")
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned),
        content_type: text(header::CONTENT_TYPE).map(str::to_owned),
        host: None,
        body: body.to_vec(),
    };
    let answer = emulator.handle(&request).unwrap();
    let builder = Response::builder().status(answer.status);
    let mut builder = builder.header(header::CONTENT_TYPE, answer.content_type);
    for (name, value) in &answer.headers {
        builder = builder.header(*name, value);
    }
    builder.body(Body::from(answer.body)).unwrap()
}

/// A server that takes every request and says nothing until the tests end.
pub(crate) fn silent() -> String {
    let listener = listener();
    listener.set_nonblocking(false).unwrap();
    let url = url(&listener);
    thread::spawn(move || {
        let open: Vec<TcpStream> = listener.incoming().map_while(Result::ok).collect();
        drop(open);
    });
    url
}

/// A server that sends the same bytes to everybody and hangs up.
pub(crate) fn parrot(bytes: &'static [u8]) -> String {
    let listener = listener();
    listener.set_nonblocking(false).unwrap();
    let url = url(&listener);
    thread::spawn(move || {
        for stream in listener.incoming() {
            thread::spawn(move || repeat(stream.unwrap(), bytes));
        }
    });
    url
}

/// A client that hangs up early is no concern of the parrot.
fn repeat(mut stream: TcpStream, bytes: &[u8]) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut length = 0;
    let mut line = String::new();
    while reader.read_line(&mut line).is_ok_and(|read| read > 0) && line != "\r\n" {
        if let Some(number) = line.to_lowercase().strip_prefix("content-length:") {
            length = number.trim().parse().unwrap();
        }
        line.clear();
    }
    let _ = reader.read_exact(&mut vec![0; length]);
    let _ = stream.write_all(bytes);
}

fn listener() -> TcpListener {
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    listener.set_nonblocking(true).unwrap();
    listener
}

fn url(listener: &TcpListener) -> String {
    format!("http://{}", listener.local_addr().unwrap())
}

fn on_a_thread(server: impl Future<Output = ()> + Send + 'static) {
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.unwrap().block_on(server);
    });
}

/// A registry that refuses `reads` or `writes` whose path begins like this, and says in its refusal what it was told:
/// the token and the body.
pub(super) fn echoing(emulator: Emulator, start: &'static str, what: &'static str) -> String {
    let listener = listener();
    let url = url(&listener);
    on_a_thread(async move {
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        let state = (emulator, start, what);
        let router = Router::new().fallback(answer_or_echo).with_state(state);
        axum::serve(listener, router).await.unwrap();
    });
    url
}

async fn answer_or_echo(
    State((emulator, start, what)): State<(Emulator, &'static str, &'static str)>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    if (method == Method::GET) != (what == "reads") || !uri.path().starts_with(start) {
        return handled(&emulator, &method, &uri, &headers, &body);
    }
    let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let said = format!(
        "You said: {} {}",
        token.unwrap_or_default(),
        String::from_utf8_lossy(&body)
    );
    let builder = Response::builder()
        .status(400)
        .header(header::CONTENT_TYPE, "application/json");
    let message = serde_json::json!({ "message": said });
    builder.body(Body::from(message.to_string())).unwrap()
}
