//! What an answer means, in words for the person who asked.

use serde_json::Value as Json;

use super::operation::Route;
use crate::http::{Method, Response, TransportError};
use crate::model::Features;
use crate::quay::error_text;

/// Why an operation did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Problem {
    /// What happened, without a full stop.
    pub message: String,
    /// The server's own words.
    pub cause: Option<String>,
    /// What is certain about the server's state.
    pub certain: String,
    /// What to do.
    pub help: String,
}

impl Problem {
    /// A problem that changed nothing.
    pub fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Problem {
            message: message.into(),
            cause: None,
            certain: "nothing was changed".to_owned(),
            help: help.into(),
        }
    }

    fn because(mut self, cause: String) -> Self {
        self.cause = Some(cause);
        self
    }

    fn certain(mut self, certain: &str) -> Self {
        certain.clone_into(&mut self.certain);
        self
    }
}

/// Refuses what the server cannot do: its features say so, an answer would not.
pub fn check_features(route: &Route, features: &Features) -> Result<(), Problem> {
    let missing: Vec<String> = route
        .features
        .iter()
        .filter(|name| !features.has(name))
        .map(|name| format!("FEATURE_{name}"))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Problem::new(
        format!("the registry cannot do this: {} is off", missing.join(" and ")),
        "have it switched on in the server's configuration",
    ))
}

/// Reads the answer to a request by a route: its JSON, or why there is none. An answer without a body is `null`.
pub fn judge(route: &Route, result: Result<Response, TransportError>) -> Result<Json, Problem> {
    let response = result.map_err(|error| unanswered(route, &error))?;
    if !response.is_success() {
        return Err(refused(route, &response));
    }
    if response.body.is_empty() {
        return Ok(Json::Null);
    }
    if route.missing_is_null && response.json() == Some(Json::Null) {
        return Err(missing());
    }
    response.json().ok_or_else(|| {
        Problem::new(
            "the answer is no JSON",
            "`url` must be the registry's own address; if it is, look at what stands between",
        )
        .because(error_text(&response))
        .certain(if_read(route, "it is not known whether the registry did it"))
    })
}

fn unanswered(route: &Route, error: &TransportError) -> Problem {
    let problem = Problem::new(error.to_string(), "check the address and the network, and run it again");
    if error.may_have_acted() {
        problem.certain(if_read(
            route,
            "the registry may have done it: look before you repeat it",
        ))
    } else {
        problem
    }
}

/// Reads change nothing, whatever becomes of them.
fn if_read(route: &Route, otherwise: &'static str) -> &'static str {
    if route.method == Method::Get {
        "nothing was changed"
    } else {
        otherwise
    }
}

fn refused(route: &Route, response: &Response) -> Problem {
    let said = error_text(response);
    let is_page = response.content_type == "text/html";
    match response.status {
        401 => dead_token().because(said),
        403 if said.contains("CSRF") => dead_token().because(said),
        403 => Problem::new(
            "the token's user may not do this, or the token lacks a scope",
            format!("this is for {}{}", route.right.who(), scope(route)),
        )
        .because(said),
        308 | 405 => not_on_this_server().because(said),
        404 if is_page => not_on_this_server().because(said),
        404 => missing().because(said),
        429 | 502..=504 => Problem::new("the registry does not serve now", "try again later")
            .because(said)
            .certain(if_read(
                route,
                "it is not likely that the registry did it, and not certain",
            )),
        500..=599 => Problem::new(
            "the registry failed on this request",
            "it does so for some names that do not exist: check them; the server's log says more",
        )
        .because(said)
        .certain(if_read(route, "it is not known whether the registry did it")),
        _ => Problem::new("the registry refuses this", "see its words above").because(said),
    }
}

fn scope(route: &Route) -> String {
    match route.right.scope() {
        "" => String::new(),
        scope => format!(", with a token that has the scope {scope}"),
    }
}

fn missing() -> Problem {
    Problem::new(
        "the registry has no such thing, or does not show it to the token's user",
        "check the names",
    )
}

fn dead_token() -> Problem {
    Problem::new(
        "the registry does not accept the token for this",
        "it is wrong, expired or revoked, or lacks a scope: make a new one and set QUAYFORM_TOKEN",
    )
}

fn not_on_this_server() -> Problem {
    Problem::new(
        "this server does not have that path",
        "its version may be older, or the feature is off: `quayform api GET /discovery` lists what it has",
    )
}
