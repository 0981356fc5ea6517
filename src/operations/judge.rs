//! What an answer means, in words for the person who asked.

use serde_json::Value as Json;

use super::operation::Route;
use crate::http::{Method, Response, TransportError};
use crate::model::{Features, Target};
use crate::quay::{UNSEARCHABLE, cannot_search, error_text};

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

    fn certain(mut self, certain: impl Into<String>) -> Self {
        self.certain = certain.into();
        self
    }
}

impl Route {
    /// Who answers, in words.
    fn answerer(&self) -> &'static str {
        match self.target {
            Target::Registry => "the registry",
            Target::Cocktail => "CocktailCloud",
        }
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
    let body = response.json();
    if route.missing_is_null && body == Some(Json::Null) {
        return Err(missing(route));
    }
    if body.as_ref().is_some_and(cannot_search) {
        let help = "ask again later; if it stays so, look at what the server's LOGS_MODEL sends its entries to";
        return Err(Problem::new("the registry cannot search its usage log now", help).because(UNSEARCHABLE.to_owned()));
    }
    body.ok_or_else(|| {
        Problem::new(
            "the answer is no JSON",
            match route.target {
                Target::Registry => "`url` must be the registry's own address; if it is, look at what stands between",
                Target::Cocktail => {
                    "`url` of [cocktail] must be the API gateway's address; if it is, look at what stands between"
                }
            },
        )
        .because(error_text(&response))
        .certain(if_read(route, unknown(route)))
    })
}

fn unanswered(route: &Route, error: &TransportError) -> Problem {
    let problem = Problem::new(error.to_string(), "check the address and the network, and run it again");
    if error.may_have_acted() {
        let may = format!("{} may have done it: look before you repeat it", route.answerer());
        problem.certain(if_read(route, may))
    } else {
        problem
    }
}

/// Reads change nothing, whatever becomes of them.
fn if_read(route: &Route, otherwise: String) -> String {
    if route.method == Method::Get {
        "nothing was changed".to_owned()
    } else {
        otherwise
    }
}

fn unknown(route: &Route) -> String {
    format!("it is not known whether {} did it", route.answerer())
}

fn refused(route: &Route, response: &Response) -> Problem {
    let said = error_text(response);
    let is_page = response.content_type == "text/html";
    match response.status {
        401 => dead_token(route).because(said),
        403 if said.contains("CSRF") => dead_token(route).because(said),
        403 => Problem::new(
            "the token's user may not do this, or the token lacks a scope",
            format!("this is for {}{}", route.right.who(), scope(route)),
        )
        .because(said),
        400 if is_not_there(&said) => missing(route).because(said),
        400 if said == "400 missing required parameter" => too_little(route).because(said),
        415 => too_little(route).because(said),
        308 | 405 => not_on_this_server().because(said),
        404 if is_page => not_on_this_server().because(said),
        404 => missing(route).because(said),
        429 | 502..=504 => Problem::new(format!("{} does not serve now", route.answerer()), "try again later")
            .because(said)
            .certain(if_read(
                route,
                format!("it is not likely that {} did it, and not certain", route.answerer()),
            )),
        500..=599 => Problem::new(
            format!("{} failed on this request", route.answerer()),
            "it does so for some names that do not exist: check them; the server's log says more",
        )
        .because(said)
        .certain(if_read(route, unknown(route))),
        _ => Problem::new(format!("{} refuses this", route.answerer()), "see its words above").because(said),
    }
}

/// How the registry says with 400 that something is not there (API guide §1.4).
const NOT_THERE: [&str; 6] = [
    "400 Could not find robot",
    "400 Organization does not exist",
    "400 Invalid namespace requested",
    "400 No repository notification found",
    "400 User does not have permission for repo",
    "400 Unable to locate a build by id",
];

fn is_not_there(said: &str) -> bool {
    NOT_THERE.iter().any(|start| said.starts_with(start))
}

fn scope(route: &Route) -> String {
    match route.right.scope() {
        "" => String::new(),
        scope => format!(", with a token that has the scope {scope}"),
    }
}

fn missing(route: &Route) -> Problem {
    Problem::new(
        format!(
            "{} has no such thing, or does not show it to the token's user",
            route.answerer()
        ),
        "check the names",
    )
}

/// The server has no better words for it.
fn too_little(route: &Route) -> Problem {
    Problem::new(
        format!("{} wants to be told more", route.answerer()),
        "say what is to be done: `--help` lists what there is to say",
    )
}

fn dead_token(route: &Route) -> Problem {
    let (lacks, variable) = match route.target {
        Target::Registry => ("lacks a scope", "QUAYFORM_TOKEN"),
        Target::Cocktail => ("may not be used from here", "QUAYFORM_COCKTAIL_TOKEN"),
    };
    Problem::new(
        format!("{} does not accept the token for this", route.answerer()),
        format!("it is wrong, expired or revoked, or {lacks}: make a new one and set {variable}"),
    )
}

fn not_on_this_server() -> Problem {
    Problem::new(
        "this server does not have that path",
        "its version may be older, or the feature is off: `quayform api GET /discovery` lists what it has",
    )
}
