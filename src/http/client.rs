//! Requests over the network: TLS, HTTP/2, time-outs. One request is sent at most once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use reqwest::header::{
    AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER, SET_COOKIE,
};
use reqwest::redirect::Policy;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;
use url::Url;

use super::failure::classify;
use super::message::{Method, Request, Response, Sending, Transport, TransportError};
use super::session::{Door, Exchanged, Exchanging, Ticket};

const CSRF_TOKEN: HeaderName = HeaderName::from_static("x-csrf-token");
const NEXT_CSRF_TOKEN: HeaderName = HeaderName::from_static("x-next-csrf-token");
const REQUESTED_WITH: HeaderName = HeaderName::from_static("x-requested-with");

/// How to reach one registry.
#[derive(Debug, Clone)]
pub struct ClientOptions {
    /// The registry's origin; `http` or `https`. Path, query and user name are not used.
    pub url: Url,
    /// Certificates (PEM) of authorities that are trusted besides those of the system.
    pub authorities: Option<Vec<u8>>,
    /// A certificate with its private key (both PEM, one after the other) that proves to the server who is calling.
    pub identity: Option<SecretString>,
    /// Whether any certificate is accepted. Whoever sets this warns the user.
    pub insecure: bool,
    /// How long a whole exchange may take. A busy registry was seen to need 25 s.
    pub timeout: Duration,
    /// How long connecting may take, TLS included.
    pub connect_timeout: Duration,
}

impl ClientOptions {
    /// The defaults for a registry at this address.
    pub fn new(url: Url) -> Self {
        ClientOptions {
            url,
            authorities: None,
            identity: None,
            insecure: false,
            timeout: Duration::from_secs(120),
            connect_timeout: Duration::from_secs(10),
        }
    }
}

/// Why no client came about.
#[derive(Debug, thiserror::Error)]
pub enum ClientProblem {
    /// The CA file is not in PEM form.
    #[error("the CA file is not a list of PEM certificates")]
    Authorities,
    /// The CA file holds no certificate at all.
    #[error("the CA file holds no certificate")]
    NoAuthority,
    /// The client certificate or its key is not in PEM form, or one of them is missing.
    #[error("the client certificate and its key are not a PEM certificate and a PEM key")]
    Identity,
    /// The URL is neither `http` nor `https`, or names no host.
    #[error("`{0}` is not the URL of a registry")]
    Url(String),
    /// TLS or the system's trust store cannot be set up.
    #[error("TLS cannot be set up: {0}")]
    Setup(String),
}

/// Sends requests to one registry over the network.
///
/// Nothing is retried and no redirect is followed: a registry answers 308 where a path is wrong.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    origin: String,
    timeout: Duration,
    /// The first request, where its connection decides how the others go.
    first: Option<Arc<First>>,
}

#[derive(Debug, Default)]
struct First {
    alone: Mutex<()>,
    is_over: AtomicBool,
}

impl Client {
    /// Prepares a client; nothing is sent yet. The system's trusted certificates are loaded for `https` only.
    pub fn new(options: &ClientOptions) -> Result<Self, ClientProblem> {
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("quayform/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .timeout(options.timeout)
            .connect_timeout(options.connect_timeout)
            // Application servers close idle connections after 2 s. A write that meets such a close has an unknown outcome.
            .pool_idle_timeout(Duration::from_secs(1))
            .tcp_nodelay(true);
        builder = trust(builder, &options.url, options.authorities.as_deref(), options.insecure)?;
        if let Some(identity) = &options.identity {
            let pem = identity.expose_secret().as_bytes();
            builder = builder.identity(reqwest::Identity::from_pem(pem).map_err(|_| ClientProblem::Identity)?);
        }
        let http = builder
            .build()
            .map_err(|error| ClientProblem::Setup(super::failure::cause(&error)))?;
        Ok(Client {
            http,
            origin: options.url.origin().ascii_serialization(),
            timeout: options.timeout,
            first: (options.url.scheme() == "https").then(Arc::default),
        })
    }

    /// Sends a request. Over TLS the first one goes alone: only its handshake tells whether the server speaks HTTP/2, and
    /// whoever does not know opens a connection of its own.
    async fn execute(&self, request: reqwest::Request) -> reqwest::Result<reqwest::Response> {
        let Some(first) = self
            .first
            .as_ref()
            .filter(|first| !first.is_over.load(Ordering::Acquire))
        else {
            return self.http.execute(request).await;
        };
        let alone = first.alone.lock().await;
        if first.is_over.load(Ordering::Acquire) {
            drop(alone);
            return self.http.execute(request).await;
        }
        let answer = self.http.execute(request).await?;
        first.is_over.store(true, Ordering::Release);
        Ok(answer)
    }

    async fn once(&self, request: Request, ticket: Ticket) -> Result<Exchanged, TransportError> {
        let prepared = self.prepare(&request, &ticket)?;
        let failed = |error| classify(error, self.timeout);
        let answer = self.execute(prepared).await.map_err(failed)?;
        let status = answer.status().as_u16();
        let content_type = media_type(header(answer.headers(), &CONTENT_TYPE));
        let retry_after = header(answer.headers(), &RETRY_AFTER).map(str::to_owned);
        let ticket = handed_out(answer.headers());
        let body = answer.bytes().await.map_err(failed)?.to_vec();
        let response = Response {
            status,
            content_type,
            retry_after,
            body,
        };
        Ok(Exchanged { response, ticket })
    }

    fn prepare(&self, request: &Request, ticket: &Ticket) -> Result<reqwest::Request, TransportError> {
        let mut builder = self
            .http
            .request(method(request.method), self.address(&request.target)?);
        if let Some(token) = &request.token {
            builder = builder.header(AUTHORIZATION, bearer(token)?);
        }
        if let Some(cookie) = &ticket.cookie {
            builder = builder.header(COOKIE, sensitive(cookie.expose_secret(), "the session's cookie")?);
            // With BROWSER_API_CALLS_XHR_ONLY the API wants it of browsers (api.md, 1.2).
            builder = builder.header(REQUESTED_WITH, HeaderValue::from_static("XMLHttpRequest"));
        }
        if let Some(token) = &ticket.csrf_token {
            builder = builder.header(CSRF_TOKEN, sensitive(token.expose_secret(), "the CSRF token")?);
        }
        if let Some(body) = &request.body {
            builder = builder.json(body);
        }
        builder.build().map_err(|error| classify(error, self.timeout))
    }

    /// The whole URL. A target that a URL would rewrite is refused: `DELETE …/acme/%2e%2e` must not become `DELETE …/`.
    fn address(&self, target: &str) -> Result<Url, TransportError> {
        let refused = || TransportError::Connect(format!("`{target}` is not a path that can be sent unchanged"));
        let url = Url::parse(&format!("{}{target}", self.origin)).map_err(|_| refused())?;
        let sent = &url[url::Position::BeforePath..url::Position::AfterQuery];
        if sent == target { Ok(url) } else { Err(refused()) }
    }
}

impl Transport for Client {
    fn send(&self, request: Request) -> Sending<'_> {
        Box::pin(async move { Ok(self.exchange(request, Ticket::default()).await?.response) })
    }
}

impl Door for Client {
    fn exchange(&self, request: Request, ticket: Ticket) -> Exchanging<'_> {
        Box::pin(async move {
            let shown = format!("{request:?}");
            let started = Instant::now();
            let outcome = self.once(request, ticket).await;
            let milliseconds = started.elapsed().as_millis();
            match &outcome {
                Ok(exchanged) => tracing::debug!("{shown}: {:?} in {milliseconds} ms", exchanged.response),
                Err(error) => tracing::debug!("{shown}: {error} after {milliseconds} ms"),
            }
            outcome
        })
    }
}

/// The cookies that an answer sets, without what a browser would want to know of them, and its next CSRF token.
fn handed_out(headers: &HeaderMap) -> Ticket {
    let set = headers
        .get_all(SET_COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let cookies: Vec<&str> = set.filter_map(|value| value.split(';').next()).map(str::trim).collect();
    Ticket {
        cookie: (!cookies.is_empty()).then(|| SecretString::from(cookies.join("; "))),
        csrf_token: header(headers, &NEXT_CSRF_TOKEN).map(SecretString::from),
    }
}

/// Decides whom a client trusts, and whether a proxy stands between.
pub(super) fn trust(
    builder: reqwest::ClientBuilder,
    url: &Url,
    authorities_in_pem: Option<&[u8]>,
    insecure: bool,
) -> Result<reqwest::ClientBuilder, ClientProblem> {
    // The first provider of the process stays; a second call changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = match url.scheme() {
        "http" => builder.tls_certs_only([]),
        "https" => builder
            .tls_certs_merge(authorities(authorities_in_pem)?)
            .tls_danger_accept_invalid_certs(insecure),
        _ => return Err(ClientProblem::Url(url.to_string())),
    };
    // As in other tools: a proxy cannot reach this machine's own ports.
    Ok(if is_loopback(url) { builder.no_proxy() } else { builder })
}

pub(super) fn method(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Delete => reqwest::Method::DELETE,
    }
}

fn bearer(token: &SecretString) -> Result<HeaderValue, TransportError> {
    sensitive(&format!("Bearer {}", token.expose_secret()), "the token")
}

/// A header that no log shows.
fn sensitive(text: &str, what: &str) -> Result<HeaderValue, TransportError> {
    let mut value = HeaderValue::from_str(text)
        .map_err(|_| TransportError::Connect(format!("{what} holds characters that no header can carry")))?;
    value.set_sensitive(true);
    Ok(value)
}

fn header<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn media_type(header: Option<&str>) -> String {
    header
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

fn authorities(pem: Option<&[u8]>) -> Result<Vec<reqwest::Certificate>, ClientProblem> {
    let Some(pem) = pem else { return Ok(Vec::new()) };
    let certificates = reqwest::Certificate::from_pem_bundle(pem).map_err(|_| ClientProblem::Authorities)?;
    if certificates.is_empty() {
        Err(ClientProblem::NoAuthority)
    } else {
        Ok(certificates)
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_a_url_would_rewrite_is_refused() {
        let client = Client::new(&ClientOptions::new(Url::parse("http://127.0.0.1:9").unwrap())).unwrap();
        for fine in [
            "/api/v1/user/",
            "/api/v1/repository/a/b%2Fc?x=%20",
            "/api/v1/organization/a/robots/a+b",
            "/config",
        ] {
            assert!(client.address(fine).is_ok(), "{fine}");
        }
        for wrong in [
            "/api/v1/repository/acme/..",
            "/api/v1/repository/acme/%2e%2e",
            "/a b",
            ".evil.example/",
            "//x/#y",
        ] {
            assert!(client.address(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_token_is_marked_sensitive() {
        let value = bearer(&SecretString::from("abc")).unwrap();
        assert!(value.is_sensitive());
        assert!(bearer(&SecretString::from("a\nb")).is_err());
    }
}
