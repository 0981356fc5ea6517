//! Reading answers: the six error shapes, and the many ways of saying nothing.

use serde_json::Value as Json;

use crate::http::{Response, TransportError};
use crate::model::{Answer, Gap};

/// The server's own words about an error, whichever of the six shapes they have (API guide §1.4); never a whole page.
///
/// Schema errors carry the schema after their first line, which is left out.
pub fn error_text(response: &Response) -> String {
    let said = response.json().and_then(|body| {
        ["detail", "message", "error", "error_message"]
            .iter()
            .find_map(|key| match body.get(key)? {
                Json::String(text) => Some(text.lines().next().unwrap_or_default().to_owned()),
                Json::Object(fields) => fields.iter().next().map(|(name, text)| format!("{name}: {text}")),
                _ => None,
            })
    });
    match said {
        Some(text) if !text.is_empty() => format!("{} {text}", response.status),
        _ if response.content_type == "text/html" => format!("{} (a web page, no API answer)", response.status),
        _ => format!("{}", response.status),
    }
}

/// Settles the answer to a GET: a body, proof of absence, or a gap. Only a 404 in the API's own shape proves absence;
/// a web page with 404 means that the path does not exist on this server.
pub fn settle(target: &str, result: &Result<Response, TransportError>) -> Answer {
    let reason = match result {
        Err(problem) => problem.to_string(),
        Ok(response) if response.is_success() => match response.json() {
            Some(body) if cannot_search(&body) => UNSEARCHABLE.to_owned(),
            Some(body) => return Answer::Body(body),
            None if response.content_type == "text/html" => error_text(response),
            None => format!(
                "{}, but with a body that is not JSON, or not all of it",
                response.status
            ),
        },
        Ok(response) if is_missing(target, response) => return Answer::Missing,
        Ok(response) => explain(response),
    };
    Answer::Gap(Gap {
        target: target.to_owned(),
        reason,
    })
}

/// Why a usage log that is empty may not be.
pub const UNSEARCHABLE: &str = "the registry cannot search its usage log now: that it shows no entries says nothing";

/// Whether an answer about the usage log says that the log was not looked through, as with Splunk behind it (API guide
/// §2.4).
pub fn cannot_search(body: &Json) -> bool {
    body.get("search_unavailable") == Some(&Json::Bool(true))
}

fn is_missing(target: &str, response: &Response) -> bool {
    // The one resource that aborts in the framework's own words (`user_and_misc.json` 6 to 8).
    let is_user = target.starts_with("/api/v1/users/");
    let said = |body: &Json, start: &str| {
        body.get("message")
            .and_then(Json::as_str)
            .is_some_and(|text| text.starts_with(start))
    };
    let not_found = |body: &Json| body.get("error_type").and_then(Json::as_str) == Some("not_found");
    match response.status {
        404 => response
            .json()
            .is_some_and(|body| not_found(&body) || (is_user && said(&body, "The requested URL was not found"))),
        400 => response
            .json()
            .is_some_and(|body| said(&body, "Could not find robot with")),
        _ => false,
    }
}

fn explain(response: &Response) -> String {
    let said = error_text(response);
    match response.status {
        401 => format!("{said}: the token is not accepted here (wrong, expired, or without the scope this needs)"),
        403 => format!("{said}: the token's user or its scopes do not allow it"),
        308 => format!("{said}: the path does not exist on this server (the feature may be off)"),
        _ => said,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(status: u16, content_type: &str, body: &str) -> Result<Response, TransportError> {
        Ok(Response {
            status,
            content_type: content_type.to_owned(),
            retry_after: None,
            body: body.as_bytes().to_vec(),
        })
    }

    #[test]
    fn only_the_api_can_prove_absence() {
        let missing = response(
            404,
            "application/json",
            r#"{"error_type": "not_found", "detail": "Not Found"}"#,
        );
        assert_eq!(settle("/x", &missing), Answer::Missing);
        for unreadable in [
            response(404, "text/html", "<html>"),
            response(404, "application/json", "{}"),
            response(403, "application/json", r#"{"detail": "Unauthorized"}"#),
            response(401, "application/json", r#"{"detail": "Requires authentication"}"#),
            response(200, "application/json", r#"{"repositories": [{"#),
            response(200, "application/json", r#"{"logs": [], "search_unavailable": true}"#),
            response(500, "text/html", "<html>"),
            Err(TransportError::Timeout(60)),
        ] {
            assert!(matches!(settle("/x", &unreadable), Answer::Gap(_)), "{unreadable:?}");
        }
    }

    #[test]
    fn errors_are_read_in_every_shape() {
        for (body, said) in [
            (r#"{"detail": "first\nschema", "title": "x"}"#, "400 first"),
            (
                r#"{"message": {"limit": "must be a number"}}"#,
                "400 limit: \"must be a number\"",
            ),
            (
                r#"{"error": "CSRF token was invalid or missing."}"#,
                "400 CSRF token was invalid or missing.",
            ),
            ("<html>", "400 (a web page, no API answer)"),
        ] {
            assert_eq!(error_text(&response(400, "text/html", body).unwrap()), said);
        }
    }
}
