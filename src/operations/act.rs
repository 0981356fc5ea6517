//! The half that writes: one request, sent exactly once.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value as Json;

use super::judge::{Problem, judge};
use super::request::Prepared;
use super::secrets::is_secret;
use crate::http::{Request, Transport, echo};

/// Sends the request of an action and reads its answer. Nothing is repeated: whoever asked decides after a look.
pub async fn act(
    transport: &Arc<dyn Transport>,
    token: Option<SecretString>,
    prepared: &Prepared,
) -> Result<Json, Problem> {
    let mut hidden = secrets_of(prepared.body.as_ref());
    hidden.extend(token.as_ref().map(|token| token.expose_secret().to_owned()));
    let request = Request {
        method: prepared.route.method,
        target: prepared.target.clone(),
        token,
        body: prepared.body.clone(),
    };
    let mut answer = transport.send(request).await;
    if let Ok(response) = &mut answer
        && !response.is_success()
    {
        // A refusal may repeat what it refuses, and is shown to people.
        let said = String::from_utf8_lossy(&response.body);
        response.body = echo::without(&said, hidden.iter().map(String::as_str)).into_bytes();
    }
    judge(prepared.route, answer)
}

/// The secrets in a body.
fn secrets_of(body: Option<&Json>) -> Vec<String> {
    let mut found = Vec::new();
    collect(body.unwrap_or(&Json::Null), &mut found);
    found
}

fn collect(value: &Json, found: &mut Vec<String>) {
    match value {
        Json::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Json::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Json::String(text) if is_secret(name) => found.push(text.clone()),
                    _ => collect(value, found),
                }
            }
        }
        _ => {}
    }
}
