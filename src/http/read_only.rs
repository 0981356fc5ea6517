//! A client that can only GET: all that reading and planning ever hold.

use std::sync::Arc;

use secrecy::SecretString;

use super::message::{Method, Request, Response, Transport, TransportError};

/// A transport and a token behind one method that changes nothing.
#[derive(Clone)]
pub struct ReadOnly {
    transport: Arc<dyn Transport>,
    token: Option<SecretString>,
}

impl ReadOnly {
    /// Wraps a transport; without a token every request is anonymous.
    pub fn new(transport: Arc<dyn Transport>, token: Option<SecretString>) -> Self {
        ReadOnly { transport, token }
    }

    /// Sends one GET to a percent-encoded path with its query.
    pub async fn get(&self, target: &str) -> Result<Response, TransportError> {
        let request = Request {
            method: Method::Get,
            target: target.to_owned(),
            token: self.token.clone(),
            body: None,
        };
        self.transport.send(request).await
    }
}
