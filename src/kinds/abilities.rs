//! What the server's description of its own API tells: older servers lack routes that newer ones have, and no switch in
//! `/config` says so (API guide §7). It is asked for only where something is declared that may be missing.

use serde_json::Value as Json;

use super::{shapes, targets};
use crate::model::{Answers, Collection, Query};

/// Asks for the description; 240 kB, and without a token, so that it costs the server little.
pub fn query(reason: &str, serves: Vec<Collection>) -> Query {
    targets::ask(targets::DISCOVERY.to_owned(), &shapes::DISCOVERY, reason, serves)
}

/// Whether the server has a route that begins and ends so; `None` where its description was not asked for.
pub fn has_route(answers: &Answers, start: &str, end: &str) -> Option<bool> {
    let paths = answers
        .body(targets::DISCOVERY)?
        .get("paths")
        .and_then(Json::as_object)?;
    Some(paths.keys().any(|path| path.starts_with(start) && path.ends_with(end)))
}

/// Whether any request takes a field of this name; `None` where the description was not asked for.
pub fn has_field(answers: &Answers, name: &str) -> Option<bool> {
    let definitions = answers
        .body(targets::DISCOVERY)?
        .get("definitions")
        .and_then(Json::as_object)?;
    let takes = |definition: &Json| {
        definition
            .pointer("/properties")
            .is_some_and(|all| all.get(name).is_some())
    };
    Some(definitions.values().any(takes))
}
