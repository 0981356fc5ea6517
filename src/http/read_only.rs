//! A client that can only read.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

use super::echo;
use super::message::{Method, Request, Response, Transport, TransportError};

/// All that planning and reading hold of the network: GET and nothing else.
#[derive(Clone)]
pub struct ReadOnly {
    transport: Arc<dyn Transport>,
    token: Option<SecretString>,
}

impl ReadOnly {
    /// Wraps a transport; `None` reads anonymously.
    pub fn new(transport: Arc<dyn Transport>, token: Option<SecretString>) -> Self {
        ReadOnly { transport, token }
    }

    /// Reads one path, percent-encoded, with its query.
    pub async fn get(&self, target: &str) -> Result<Response, TransportError> {
        let request = Request {
            method: Method::Get,
            target: target.to_owned(),
            token: self.token.clone(),
            body: None,
        };
        let answer = self.transport.send(request).await?;
        Ok(self.without_token(answer))
    }

    /// The same without the token: what the registry tells everybody, such as `/config`, at a fraction of the cost.
    pub async fn get_anonymously(&self, target: &str) -> Result<Response, TransportError> {
        let request = Request {
            method: Method::Get,
            target: target.to_owned(),
            token: None,
            body: None,
        };
        self.transport.send(request).await
    }

    /// A refusal may repeat the token that it refuses, and is shown to people.
    fn without_token(&self, mut answer: Response) -> Response {
        if let Some(token) = self.token.as_ref().filter(|_| !answer.is_success()) {
            let said = String::from_utf8_lossy(&answer.body);
            answer.body = echo::without(&said, [token.expose_secret()]).into_bytes();
        }
        answer
    }
}

impl std::fmt::Debug for ReadOnly {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("ReadOnly")
    }
}
