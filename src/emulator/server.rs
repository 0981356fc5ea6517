//! The registry over a port, for everything that speaks HTTP.

use std::io;
use std::net::SocketAddr;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, HeaderValue, Method, Response, Uri, header};
use tokio::net::TcpListener;

use super::answer::Answer;
use super::connection::{Connections, Scissors};
use super::faults::Reply;
use super::in_process::Emulator;
use super::request::IncomingRequest;

/// Serves at an address until the task is dropped.
pub async fn serve(emulator: Emulator, address: SocketAddr) -> io::Result<()> {
    serve_on(emulator, TcpListener::bind(address).await?).await
}

/// Serves on a socket that is already bound: tests take port 0 and ask it for its address.
pub async fn serve_on(emulator: Emulator, listener: TcpListener) -> io::Result<()> {
    let router = Router::new().fallback(answer).with_state(emulator);
    let service = router.into_make_service_with_connect_info::<Scissors>();
    axum::serve(Connections(listener), service).await
}

async fn answer(
    State(emulator): State<Emulator>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let request = IncomingRequest {
        method: method.to_string(),
        target: uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
        token: text(header::AUTHORIZATION).and_then(bearer).map(str::to_owned),
        cookie: text(header::COOKIE).map(str::to_owned),
        csrf_token: headers
            .get("x-csrf-token")
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned),
        content_type: text(header::CONTENT_TYPE).map(str::to_owned),
        host: text(header::HOST).map(str::to_owned),
        body: body.to_vec(),
    };
    let delivery = match emulator.deliver(&request) {
        Ok(delivery) => delivery,
        // A state that cannot be saved is a fault of the server.
        Err(error) => return response(Answer::html(500, &format!("cannot save: {error}"))),
    };
    if !delivery.after.is_zero() {
        tokio::time::sleep(delivery.after).await;
    }
    match delivery.reply {
        Reply::Answer(answer) => response(answer),
        Reply::Cut | Reply::Nothing => {
            scissors.cut();
            Response::new(Body::empty())
        }
    }
}

/// The token of a `Bearer` header, whose scheme may be in any case (behaviour.md, 1).
fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

fn response(answer: Answer) -> Response<Body> {
    let mut builder = Response::builder()
        .status(answer.status)
        .header(header::CONTENT_TYPE, answer.content_type);
    for (name, value) in &answer.headers {
        builder = builder.header(*name, value);
    }
    // Only a name in a redirect that is no header text could fail here.
    builder.body(Body::from(answer.body)).unwrap_or_else(|_| {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = axum::http::StatusCode::BAD_REQUEST;
        response
    })
}
