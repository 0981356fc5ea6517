//! A request as the registry sees it, and the parts that handlers ask it for.

use percent_encoding::percent_decode_str;
use serde_json::Value;

/// One request, before anything is known about it.
#[derive(Debug, Clone, Default)]
pub struct IncomingRequest {
    /// The method in capitals, any that HTTP knows.
    pub method: String,
    /// The path from the origin on, percent-encoded, with its query.
    pub target: String,
    /// The bearer token, where the `Authorization` header had that scheme.
    pub token: Option<String>,
    /// The `Cookie` header.
    pub cookie: Option<String>,
    /// The `X-CSRF-Token` header.
    pub csrf_token: Option<String>,
    /// The `Content-Type` header.
    pub content_type: Option<String>,
    /// The `Host` header; redirects are built from it.
    pub host: Option<String>,
    /// The body's bytes.
    pub body: Vec<u8>,
}

impl IncomingRequest {
    /// A request without token and body.
    pub fn new(method: &str, target: &str) -> Self {
        IncomingRequest {
            method: method.to_owned(),
            target: target.to_owned(),
            ..IncomingRequest::default()
        }
    }

    /// The same request with a bearer token.
    #[must_use]
    pub fn with_token(mut self, token: &str) -> Self {
        self.token = Some(token.to_owned());
        self
    }

    /// The same request with a JSON body and its content type.
    #[must_use]
    pub fn with_json(mut self, body: &Value) -> Self {
        self.content_type = Some("application/json".to_owned());
        self.body = body.to_string().into_bytes();
        self
    }

    /// Whether the method is one that may change something.
    pub(super) fn is_write(&self) -> bool {
        !matches!(self.method.as_str(), "GET" | "HEAD" | "OPTIONS")
    }

    /// The decoded path, without the query; `%2F` separates segments as a plain slash does (behaviour.md, 1).
    pub(super) fn path(&self) -> String {
        let path = self.target.split('?').next().unwrap_or_default();
        percent_decode_str(path).decode_utf8_lossy().into_owned()
    }

    /// The decoded query parameters.
    pub(super) fn query(&self) -> Query {
        let query = self.target.split_once('?').map(|(_, query)| query).unwrap_or_default();
        Query(
            query
                .split('&')
                .filter(|pair| !pair.is_empty())
                .map(decode_pair)
                .collect(),
        )
    }
}

fn decode_pair(pair: &str) -> (String, String) {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    (decode_form(name), decode_form(value))
}

fn decode_form(text: &str) -> String {
    percent_decode_str(&text.replace('+', " "))
        .decode_utf8_lossy()
        .into_owned()
}

/// The query parameters of one request.
#[derive(Debug, Clone, Default)]
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    /// The value of a parameter, the first where it is given twice.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// A boolean parameter: everything but a few words for "no" is true (auth_and_errors, exchange 46).
    pub(super) fn flag(&self, name: &str, default: bool) -> bool {
        self.get(name).map_or(default, |value| {
            !matches!(value, "false" | "False" | "FALSE" | "0" | "" | "null")
        })
    }
}
