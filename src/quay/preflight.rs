//! Proof, before anything is believed, that this is a Quay and whose token it is.

use serde_json::Value as Json;

use crate::model::{Answer, Answers, Caller, Features};

/// Why a run cannot start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PreflightError {
    /// `/config` could not be read at all.
    #[error("cannot reach the registry: {0}")]
    Unreachable(String),
    /// Nobody could be signed in with user name and password.
    #[error("{0}")]
    SignIn(String),
    /// The server, or something before it, answers but cannot serve.
    #[error("the registry is out of order: {0}")]
    OutOfOrder(String),
    /// `/config` has no features: some other web server, or a proxy's own page.
    #[error("this is not a Quay registry: {0}")]
    NotQuay(String),
    /// The registry works with the token as if there were none.
    #[error("the registry does not accept the token")]
    DeadToken,
    /// The token works, but cannot say who its user is.
    #[error("the token lacks the scope user:read")]
    LacksUserRead,
    /// The answer about the token's user could not be read.
    #[error("cannot read who the token belongs to: {0}")]
    Unreadable(String),
}

impl PreflightError {
    /// What was answered, where the rest of the message does not say it.
    pub fn cause(&self) -> Option<&str> {
        match self {
            PreflightError::Unreachable(cause)
            | PreflightError::SignIn(cause)
            | PreflightError::OutOfOrder(cause)
            | PreflightError::NotQuay(cause)
            | PreflightError::Unreadable(cause) => Some(cause),
            PreflightError::DeadToken | PreflightError::LacksUserRead => None,
        }
    }

    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            PreflightError::Unreachable(_) => {
                "check `url` in quayform.toml (or --url, QUAYFORM_URL) and the network; for a private certificate authority set `ca_file`"
            }
            PreflightError::SignIn(_) => {
                "check QUAYFORM_USERNAME and QUAYFORM_PASSWORD (or `username` and `password` in quayform.toml), or use a token"
            }
            PreflightError::OutOfOrder(_) => {
                "try again; if it stays so, look at the server's health (/health/instance) and its log"
            }
            PreflightError::NotQuay(_) => {
                "`url` must be the registry's own address, such as https://quay.example.com, without a path"
            }
            PreflightError::DeadToken => {
                "it is wrong, expired or revoked: make a new one (organization, Applications, Generate Token) and set QUAYFORM_TOKEN"
            }
            PreflightError::LacksUserRead => {
                "generate a token with the scopes org:admin, repo:admin, repo:create, user:admin (it includes user:read) and, for quotas, super:user"
            }
            PreflightError::Unreadable(_) => "try again; if it stays so, look at the server's log",
        }
    }
}

/// The server's switches from `/config` (API guide §1.3).
pub fn features(answer: Option<&Answer>) -> Result<Features, PreflightError> {
    let body = match answer {
        Some(Answer::Body(body)) => body,
        Some(Answer::Gap(gap)) if gap.reason.starts_with('5') || gap.reason.starts_with("429") => {
            return Err(PreflightError::OutOfOrder(format!("/config answered {}", gap.reason)));
        }
        Some(Answer::Gap(gap)) if gap.reason.starts_with(char::is_numeric) => {
            return Err(PreflightError::NotQuay(format!("/config answered {}", gap.reason)));
        }
        Some(Answer::Gap(gap)) if gap.reason.starts_with("cannot sign in") => {
            return Err(PreflightError::SignIn(gap.reason.clone()));
        }
        Some(Answer::Gap(gap)) => return Err(PreflightError::Unreachable(gap.reason.clone())),
        Some(Answer::Missing) | None => return Err(PreflightError::NotQuay("it has no /config".to_owned())),
    };
    let Some(switches) = body.get("features").and_then(Json::as_object) else {
        return Err(PreflightError::NotQuay("/config lists no features".to_owned()));
    };
    let on = switches
        .iter()
        .filter(|entry| entry.1 == &Json::Bool(true))
        .map(|entry| entry.0.clone());
    let options = body.pointer("/config/TAG_EXPIRATION_OPTIONS").and_then(Json::as_array);
    let expirations = options
        .into_iter()
        .flatten()
        .filter_map(Json::as_str)
        .filter_map(seconds)
        .collect();
    let mut features = Features::new(on, expirations);
    // Both came with Quay 3.16, and only the switch can be seen (API guide §7).
    features.limits_need_full_access = switches.contains_key("IMAGE_PULL_STATS");
    // Quay 3.18 brought the switch and the new manners.
    features.organizations_need_email = features.has("MAILING") && !switches.contains_key("ORG_SHARED_EMAIL");
    let authentication = body.pointer("/config/AUTHENTICATION_TYPE").and_then(Json::as_str);
    authentication
        .unwrap_or_default()
        .clone_into(&mut features.authentication);
    Ok(features)
}

/// A duration as the server's configuration writes it: `2w`, `0s`.
fn seconds(text: &str) -> Option<i64> {
    let unit = match text.chars().last()? {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return None,
    };
    text[..text.len() - 1].parse::<i64>().ok()?.checked_mul(unit)
}

/// Whose token it is. `organization` is the view of any organization: with a dead token it shows no teams, with one
/// that only lacks `user:read` it does (rule: a 401 on `/user/` alone proves nothing).
pub fn caller(answers: &Answers, user_target: &str, organization: Option<&Json>) -> Result<Caller, PreflightError> {
    match answers.get(user_target) {
        Some(Answer::Body(body)) => Ok(Caller {
            name: body
                .get("username")
                .and_then(Json::as_str)
                .unwrap_or_default()
                .to_owned(),
            superuser: body.get("super_user") == Some(&Json::Bool(true)),
        }),
        Some(Answer::Gap(gap)) if gap.reason.starts_with("401") => {
            if organization.is_some_and(|view| view.get("teams").is_some()) {
                Err(PreflightError::LacksUserRead)
            } else {
                Err(PreflightError::DeadToken)
            }
        }
        Some(Answer::Gap(gap)) => Err(PreflightError::Unreadable(gap.reason.clone())),
        Some(Answer::Missing) | None => Err(PreflightError::NotQuay("it has no /api/v1/user/".to_owned())),
    }
}
