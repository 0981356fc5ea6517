//! Sends a text to an address that is no registry: figures to a gateway, a message to a webhook.

use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use reqwest::redirect::Policy;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::client::{ClientProblem, method, trust};
use super::failure::{cause, classify};
use super::message::{Method, TransportError};

/// How long sending may take: nobody waits for it longer than for the report itself.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Why nothing was sent, or nobody took it. The address is never part of it.
#[derive(Debug, thiserror::Error)]
pub enum SendProblem {
    /// The address is none that can be sent to.
    #[error("its address is not an http:// or https:// URL")]
    Address,
    /// TLS cannot be set up.
    #[error(transparent)]
    Setup(#[from] ClientProblem),
    /// No answer came.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The other side refused it.
    #[error("it was answered with status {0}")]
    Refused(u16),
}

/// What is sent.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// `POST` or `PUT`.
    pub method: Method,
    /// The media type.
    pub content_type: &'static str,
    /// The text.
    pub body: &'a str,
}

/// Sends texts, each once and to one address: no token goes along, no redirect is followed.
#[derive(Debug, Clone)]
pub struct Sender {
    address: SecretString,
}

impl Sender {
    /// Sends to this address. It is a secret: whoever knows a webhook's may use it, and a user name with its password may
    /// stand in a gateway's.
    pub fn new(address: SecretString) -> Self {
        Sender { address }
    }

    /// The same address with `path` and `name` behind it, unless it has that path already.
    pub fn below(self, path: &str, name: &str) -> Result<Self, SendProblem> {
        let mut url = self.url()?;
        if !url.path().contains(path) {
            let whole = format!("{}{path}{name}", url.path().trim_end_matches('/'));
            url.set_path(&whole);
        }
        Ok(Sender::new(SecretString::from(url.to_string())))
    }

    /// Sends it once; any status from 200 to 299 is well.
    pub async fn send(&self, message: Message<'_>) -> Result<(), SendProblem> {
        let url = self.url()?;
        let builder = reqwest::Client::builder()
            .user_agent(concat!("quayform/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .timeout(TIMEOUT)
            .connect_timeout(TIMEOUT);
        let setup = |error| ClientProblem::Setup(cause(&error));
        let http = trust(builder, &url, None, false)?.build().map_err(setup)?;
        let request = http
            .request(method(message.method), url)
            .header(CONTENT_TYPE, message.content_type)
            .body(message.body.to_owned());
        let answer = request.send().await.map_err(|error| classify(error, TIMEOUT))?;
        match answer.status().is_success() {
            true => Ok(()),
            false => Err(SendProblem::Refused(answer.status().as_u16())),
        }
    }

    fn url(&self) -> Result<Url, SendProblem> {
        let url = Url::parse(self.address.expose_secret()).map_err(|_| SendProblem::Address)?;
        match url.scheme() {
            "http" | "https" => Ok(url),
            _ => Err(SendProblem::Address),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn below(address: &str) -> Option<String> {
        let sender = Sender::new(SecretString::from(address)).below("/metrics/job/", "night");
        Some(sender.ok()?.address.expose_secret().to_owned())
    }

    #[test]
    fn a_path_is_added_once() {
        for (address, expected) in [
            ("http://gateway:9091", Some("http://gateway:9091/metrics/job/night")),
            ("http://gateway:9091/", Some("http://gateway:9091/metrics/job/night")),
            (
                "https://me:pass@gateway/push/metrics/job/day",
                Some("https://me:pass@gateway/push/metrics/job/day"),
            ),
            ("ftp://gateway", None),
            ("gateway:9091", None),
            ("", None),
        ] {
            assert_eq!(below(address).as_deref(), expected, "{address}");
        }
    }

    #[test]
    fn no_error_shows_the_address() {
        let sender = Sender::new(SecretString::from("hooks.example/T000/hidden"));
        let shown = format!("{sender:?} {}", sender.url().unwrap_err());
        assert!(!shown.contains("hidden"), "{shown}");
    }
}
