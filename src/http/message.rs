//! Requests, responses and transport errors, independent of any HTTP library.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

/// The four methods that the registry's API uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Reads; never changes anything.
    Get,
    /// Creates or starts something; repeating it may do it twice.
    Post,
    /// Creates or updates something by name.
    Put,
    /// Removes something.
    Delete,
}

impl fmt::Display for Method {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Delete => "DELETE",
        })
    }
}

/// One request to a registry. Its `Debug` form shows neither token nor body.
#[derive(Clone)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The path from the origin on, percent-encoded, with its query: `/api/v1/repository?namespace=acme`.
    pub target: String,
    /// The OAuth token, sent as `Authorization: Bearer`.
    pub token: Option<SecretString>,
    /// The JSON body; it may hold secrets.
    pub body: Option<serde_json::Value>,
}

impl fmt::Debug for Request {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.method, self.target)
    }
}

/// What the server answered. Its `Debug` form does not show the body, which may hold secrets.
#[derive(Clone)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The media type, without parameters, in lower case; empty where the server sent none.
    pub content_type: String,
    /// The value of `Retry-After`, as it was sent.
    pub retry_after: Option<String>,
    /// The body's bytes.
    pub body: Vec<u8>,
}

impl Response {
    /// The body as JSON, whatever the content type says (the CSRF error is JSON under `text/html`); `None` where it is not JSON.
    pub fn json(&self) -> Option<serde_json::Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// Whether the status is one of 200 to 299.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{} {} ({} bytes)",
            self.status,
            self.content_type,
            self.body.len()
        )
    }
}

/// Why no answer came. [`TransportError::may_have_acted`] tells whether the server may have carried out the request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// No connection came about: nothing was sent.
    #[error("cannot connect: {0}")]
    Connect(String),
    /// The server's certificate or the TLS handshake was refused: nothing was sent.
    #[error("no secure connection: {0}")]
    Tls(String),
    /// No answer within the time-out, in whole seconds.
    #[error("no answer within {0} s")]
    Timeout(u64),
    /// The connection ended after the request was sent, before the whole answer was there.
    #[error("the connection was cut: {0}")]
    Cut(String),
    /// Nobody could be signed in with user name and password: the request was not sent, and no other will be.
    #[error("cannot sign in: {0}")]
    SignIn(String),
    /// The run was interrupted while the server wanted to be left alone: nothing was sent.
    #[error("it was interrupted before it was sent")]
    Interrupted,
}

impl TransportError {
    /// Whether the server may have carried out the request although no answer came.
    pub fn may_have_acted(&self) -> bool {
        matches!(self, TransportError::Timeout(_) | TransportError::Cut(_))
    }
}

/// A request under way.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<Response, TransportError>> + Send + 'a>>;

/// Carries requests to one registry: over the network, or in process to the embedded one.
pub trait Transport: Send + Sync {
    /// Sends one request, once, and waits for its answer.
    fn send(&self, request: Request) -> Sending<'_>;
}

impl<T: Transport + ?Sized> Transport for std::sync::Arc<T> {
    fn send(&self, request: Request) -> Sending<'_> {
        (**self).send(request)
    }
}
