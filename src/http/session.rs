//! Signing in with user name and password, and the session that comes of it.
//!
//! The server hashes a password once and a token on every request: with a session a request costs it 25 to 65 ms in
//! place of 300 (behaviour.md, "Signing in"). A session is not bounded by scopes; it must be renewed for what needs a
//! fresh login, and its writes prove with a second secret, the CSRF token, that no other web page sent them.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex as Lock, PoisonError};

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value as Json, json};
use tokio::sync::Mutex;

use super::echo;
use super::message::{Method, Request, Response, Sending, Transport, TransportError};

/// How often a run sends the password at most. A server that ends sessions faster would make us lock the account.
const MOST_SIGN_INS: u32 = 6;

const CSRF_TOKEN: &str = "/csrf_token";
const SIGN_IN: &str = "/api/v1/signin";

/// What signing in takes, where the server does not hold back the new CSRF token.
const STEPS: [(Method, &str); 2] = [(Method::Get, CSRF_TOKEN), (Method::Post, SIGN_IN)];

/// What the requests of a session carry besides; nothing of it can be printed.
#[derive(Debug, Clone, Default)]
pub struct Ticket {
    /// The header `Cookie`; of an answer, what it set.
    pub cookie: Option<SecretString>,
    /// The header `X-CSRF-Token`; of an answer, `X-Next-CSRF-Token`.
    pub csrf_token: Option<SecretString>,
}

/// An answer with what it hands out for the requests to come.
#[derive(Debug, Clone)]
pub struct Exchanged {
    /// The answer.
    pub response: Response,
    /// The cookies that it set, and the next CSRF token.
    pub ticket: Ticket,
}

/// A request with its ticket under way.
pub type Exchanging<'a> = Pin<Box<dyn Future<Output = Result<Exchanged, TransportError>> + Send + 'a>>;

/// A way to a registry on which requests can carry a ticket.
pub trait Door: Send + Sync {
    /// Sends one request, once, and waits for its answer.
    fn exchange(&self, request: Request, ticket: Ticket) -> Exchanging<'_>;
}

/// Sends every request as a user who has signed in. It signs in before the first one, and again where the session has
/// ended or a fresh login is asked for; never again after a refused password, since a few tries lock the account.
pub struct Session<D> {
    door: D,
    user: String,
    password: SecretString,
    /// Held while somebody signs in, so that nobody else does.
    state: Mutex<State>,
    /// What signing in took so far.
    sent: Lock<Vec<(Method, String)>>,
}

#[derive(Default)]
struct State {
    ticket: Option<Ticket>,
    sign_ins: u32,
    /// Why nobody tries again.
    refused: Option<String>,
}

/// Why a session does not do.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lack {
    /// The server takes the caller for nobody.
    Session,
    /// The last sign-in is too long ago for this request.
    FreshLogin,
}

impl<D: Door> Session<D> {
    /// A session that does not exist yet: nothing is sent.
    pub fn new(door: D, user: String, password: SecretString) -> Self {
        Session {
            door,
            user,
            password,
            state: Mutex::default(),
            sent: Lock::default(),
        }
    }

    /// The requests that signing in took so far, in order: method and target. Before the first request, those that it will
    /// take.
    pub fn steps(&self) -> Vec<(Method, String)> {
        let sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        if sent.is_empty() {
            return STEPS.map(|(method, target)| (method, target.to_owned())).to_vec();
        }
        sent.clone()
    }

    async fn carry(&self, mut request: Request) -> Result<Response, TransportError> {
        request.token = None;
        let (ticket, sign_in) = self.ticket(None).await?;
        let response = self.send_with(&request, ticket).await?;
        if lack(&response).is_none() {
            return Ok(response);
        }
        // The server refused before it did anything, so that the request may be sent again.
        let (ticket, _) = self.ticket(Some(sign_in)).await?;
        let response = self.send_with(&request, ticket).await?;
        match lack(&response) {
            None => Ok(response),
            Some(lack) => Err(self.give_up(self.useless(lack)).await),
        }
    }

    async fn send_with(&self, request: &Request, ticket: Ticket) -> Result<Response, TransportError> {
        let mut response = self.door.exchange(request.clone(), ticket.clone()).await?.response;
        // A refusal may repeat what it refuses, and is shown to people.
        if !response.is_success() {
            let said = String::from_utf8_lossy(&response.body);
            response.body = self.without_secrets(&said, &ticket).into_bytes();
        }
        Ok(response)
    }

    /// The ticket in force and the number of its sign-in; a new one where there is none, or where the one of that number
    /// did not do.
    async fn ticket(&self, useless: Option<u32>) -> Result<(Ticket, u32), TransportError> {
        let mut state = self.state.lock().await;
        if let Some(reason) = &state.refused {
            return Err(TransportError::SignIn(reason.clone()));
        }
        if let Some(ticket) = state.ticket.as_ref().filter(|_| useless != Some(state.sign_ins)) {
            return Ok((ticket.clone(), state.sign_ins));
        }
        // Whatever comes of it, nobody goes on with the old one.
        state.ticket = None;
        let ticket = match self.sign_in(&mut state.sign_ins).await {
            Err(TransportError::SignIn(reason)) => {
                state.refused = Some(reason.clone());
                return Err(TransportError::SignIn(reason));
            }
            other => other?,
        };
        state.ticket = Some(ticket.clone());
        Ok((ticket, state.sign_ins))
    }

    /// A CSRF token, then the password with it (api.md, 1.2); the answer hands out the session and its CSRF token.
    async fn sign_in(&self, sent: &mut u32) -> Result<Ticket, TransportError> {
        if *sent == MOST_SIGN_INS {
            let reason = format!(
                "the registry ended the session of `{}` {sent} times in this run",
                self.user
            );
            return Err(TransportError::SignIn(format!(
                "{reason}; set `token` instead of a password"
            )));
        }
        let before = self.csrf_token(Ticket::default()).await?;
        *sent += 1;
        let request = Request {
            method: Method::Post,
            target: SIGN_IN.to_owned(),
            token: None,
            body: Some(json!({ "username": self.user, "password": self.password.expose_secret() })),
        };
        let answer = self.ask(request, before.clone()).await?;
        if !answer.response.is_success() {
            return Err(self.refusal(&answer.response, &before));
        }
        let cookie = merged(before.cookie.as_ref(), answer.ticket.cookie.as_ref());
        let after = Ticket {
            cookie,
            csrf_token: answer.ticket.csrf_token,
        };
        match after.csrf_token {
            Some(_) => Ok(after),
            None => self.csrf_token(after).await,
        }
    }

    async fn csrf_token(&self, ticket: Ticket) -> Result<Ticket, TransportError> {
        let request = Request {
            method: Method::Get,
            target: CSRF_TOKEN.to_owned(),
            token: None,
            body: None,
        };
        let Exchanged { response, ticket: set } = self.ask(request, ticket.clone()).await?;
        let body = response.json().filter(|_| response.is_success());
        let Some(token) = body.as_ref().and_then(|body| body.get("csrf_token")?.as_str()) else {
            return Err(TransportError::SignIn(format!(
                "{CSRF_TOKEN} answered {}, as no Quay does that lets users sign in; set `token` instead of a password",
                response.status
            )));
        };
        Ok(Ticket {
            cookie: merged(ticket.cookie.as_ref(), set.cookie.as_ref()),
            csrf_token: Some(SecretString::from(token)),
        })
    }

    /// One request of the sign-in. Where it fails, the one that it was made for has not been sent.
    async fn ask(&self, request: Request, ticket: Ticket) -> Result<Exchanged, TransportError> {
        let not_sent = |why: String| TransportError::Connect(format!("signing in: {why}"));
        let told = (request.method, request.target.clone());
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).push(told);
        match self.door.exchange(request, ticket).await {
            Err(error) if error.may_have_acted() => Err(not_sent(error.to_string())),
            Ok(answer) if is_passing(&answer.response) => {
                Err(not_sent(format!("{} from the server", answer.response.status)))
            }
            other => other,
        }
    }

    /// What a refused sign-in means, and what to do about it.
    fn refusal(&self, response: &Response, ticket: &Ticket) -> TransportError {
        let body = response.json().unwrap_or_default();
        let is = |field: &str| body.get(field) == Some(&Json::Bool(true));
        let said = match body.get("message").and_then(Json::as_str) {
            Some(message) => self.without_secrets(message, ticket).replace('\n', " "),
            None => format!("{SIGN_IN} answered {}", response.status),
        };
        let user = &self.user;
        TransportError::SignIn(match response.status {
            429 => {
                let seconds = response.retry_after.as_deref().unwrap_or("a few");
                format!(
                    "the account `{user}` is locked for {seconds} s after wrong passwords: wait, and correct the password first"
                )
            }
            _ if is("needsEmailVerification") => format!("`{user}` has to confirm the e-mail address first ({said})"),
            _ if is("invalidCredentials") => format!(
                "the registry does not accept the password of `{user}` ({said}). It was sent once, since a few tries \
                 lock the account. Where people sign in elsewhere (single sign-on), only a token works"
            ),
            404 | 405 => format!("the registry has no sign-in with a password ({said}): set `token` instead"),
            _ => format!("the registry does not sign `{user}` in ({said}): try in a browser, or set `token` instead"),
        })
    }

    fn useless(&self, lack: Lack) -> String {
        let user = &self.user;
        match lack {
            Lack::Session => format!(
                "the registry signed `{user}` in, and does not know the session: servers behind one address must share \
                 one SECRET_KEY; or set `token` instead of a password"
            ),
            Lack::FreshLogin => format!(
                "the registry asks `{user}` for a fresh login right after one: set `token` instead of a password, it needs none"
            ),
        }
    }

    async fn give_up(&self, reason: String) -> TransportError {
        self.state.lock().await.refused = Some(reason.clone());
        TransportError::SignIn(reason)
    }

    fn without_secrets(&self, said: &str, ticket: &Ticket) -> String {
        let secrets = [Some(&self.password), ticket.csrf_token.as_ref()];
        let secrets = secrets.into_iter().flatten().map(|secret| secret.expose_secret());
        let cookies = ticket.cookie.as_ref().map_or("", |cookies| cookies.expose_secret());
        echo::without(said, secrets.chain(cookies.split("; ")))
    }
}

impl<D: Door> Transport for Session<D> {
    fn send(&self, request: Request) -> Sending<'_> {
        Box::pin(self.carry(request))
    }
}

/// Whether the server refused because of the session: 401, or 403 about the CSRF token for writes (behaviour.md, 2);
/// whoever is signed in and has no right gets another 403.
fn lack(response: &Response) -> Option<Lack> {
    let says = |text: &str| String::from_utf8_lossy(&response.body).contains(text);
    match response.status {
        401 if says("fresh_login_required") => Some(Lack::FreshLogin),
        401 => Some(Lack::Session),
        403 if says("CSRF token was invalid or missing") => Some(Lack::Session),
        _ => None,
    }
}

/// Refusals that say nothing about the password: too much load, or no server behind the proxy. A locked account is
/// answered with 429 and its own text.
fn is_passing(response: &Response) -> bool {
    match response.status {
        429 => !String::from_utf8_lossy(&response.body).contains("login attempts"),
        502..=504 => true,
        _ => false,
    }
}

/// The cookies of both, the newer one where both have it.
fn merged(older: Option<&SecretString>, newer: Option<&SecretString>) -> Option<SecretString> {
    let newer = newer.map_or("", |cookie| cookie.expose_secret());
    let name = |cookie: &str| cookie.split('=').next().unwrap_or_default().to_owned();
    let is_replaced = |cookie: &&str| newer.split("; ").any(|other| name(other) == name(cookie));
    let older = older.map_or("", |cookie| cookie.expose_secret());
    let kept = older.split("; ").filter(|cookie| !is_replaced(cookie));
    let all: Vec<&str> = kept
        .chain(newer.split("; "))
        .filter(|cookie| !cookie.is_empty())
        .collect();
    (!all.is_empty()).then(|| SecretString::from(all.join("; ")))
}

#[cfg(test)]
mod tests;
