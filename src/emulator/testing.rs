//! What the unit tests of the families share.

use serde_json::Value;

use super::registry::Registry;
use super::request::IncomingRequest;
use super::seed::Seed;

/// A registry with a seed.
pub(super) fn registry(seed: &str) -> Registry {
    Registry::with_seed(&Seed::from_json(seed).unwrap()).unwrap()
}

/// Sends a request of the superuser; status and body of the answer.
pub(super) fn send(registry: &mut Registry, method: &str, path: &str, body: &Value) -> (u16, Value) {
    send_as(registry, "emulator-token", method, path, body)
}

/// Sends a request with a token.
pub(super) fn send_as(registry: &mut Registry, token: &str, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let request = IncomingRequest::new(method, path).with_token(token).with_json(body);
    let answer = registry.handle(&request);
    (answer.status, serde_json::from_slice(&answer.body).unwrap_or_default())
}
