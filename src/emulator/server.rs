//! The registry over a port, for everything that speaks HTTP.

use std::io;
use std::net::SocketAddr;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, Response, Uri, header};
use tokio::net::TcpListener;

use super::answer::Answer;
use super::in_process::Emulator;
use super::request::IncomingRequest;

/// Serves at an address until the task is dropped.
pub async fn serve(emulator: Emulator, address: SocketAddr) -> io::Result<()> {
    serve_on(emulator, TcpListener::bind(address).await?).await
}

/// Serves on a socket that is already bound: tests take port 0 and ask it for its address.
pub async fn serve_on(emulator: Emulator, listener: TcpListener) -> io::Result<()> {
    axum::serve(listener, Router::new().fallback(answer).with_state(emulator)).await
}

async fn answer(
    State(emulator): State<Emulator>,
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
        content_type: text(header::CONTENT_TYPE).map(str::to_owned),
        host: text(header::HOST).map(str::to_owned),
        body: body.to_vec(),
    };
    // A state that cannot be saved is a fault of the server.
    response(
        emulator
            .handle(&request)
            .unwrap_or_else(|error| Answer::html(500, &format!("cannot save: {error}"))),
    )
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
