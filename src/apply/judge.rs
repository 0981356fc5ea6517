//! What an answer to a write means.

use std::borrow::Cow;

use crate::http::{Response, TransportError};
use crate::model::{Call, OnUnknown};
use crate::quay::error_text;

/// The meaning of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is so now.
    Done,
    /// It was so before; only whoever has sent it before may take that for its own doing.
    Already(String),
    /// The server will allow it later.
    Later(String),
    /// It certainly did not happen, and trying again may help; the header says how long to wait.
    Again(String, Option<String>),
    /// It may have happened, and sending it again does no harm.
    Repeat(String),
    /// It certainly did not happen.
    Failed(String),
    /// It may have happened, and must not be sent again before that is known.
    Unknown(String),
}

impl Verdict {
    /// The same with other words.
    pub(super) fn map(self, change: impl FnOnce(String) -> String) -> Self {
        match self {
            Verdict::Done => Verdict::Done,
            Verdict::Later(said) => Verdict::Later(change(said)),
            Verdict::Again(said, wait) => Verdict::Again(change(said), wait),
            Verdict::Failed(said) => Verdict::Failed(change(said)),
            Verdict::Unknown(said) => Verdict::Unknown(change(said)),
            Verdict::Already(said) => Verdict::Already(change(said)),
            Verdict::Repeat(said) => Verdict::Repeat(change(said)),
        }
    }

    /// The word in the journal.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Verdict::Done => "done",
            Verdict::Already(_) => "already",
            Verdict::Later(_) => "deferred",
            Verdict::Again(..) | Verdict::Failed(_) => "failed",
            Verdict::Repeat(_) | Verdict::Unknown(_) => "unknown",
        }
    }
}

/// Reads one answer in the light of what the call expects.
pub(super) fn judge(call: &Call, result: &Result<Response, TransportError>) -> Verdict {
    let response = match result {
        Ok(response) => response,
        Err(problem) => return no_answer(call, problem),
    };
    let said = error_text(response);
    if response.is_success() {
        return success(call, response);
    }
    let is_one_of = |answers: &[(u16, Cow<'static, str>)]| {
        answers
            .iter()
            .any(|(status, text)| *status == response.status && said.contains(text.as_ref()))
    };
    if is_one_of(&call.expect.already) {
        return Verdict::Done;
    }
    if is_one_of(&call.expect.already_when_repeated) {
        return Verdict::Already(said);
    }
    if is_one_of(&call.expect.later) {
        return Verdict::Later(said);
    }
    match response.status {
        429 => Verdict::Again(said, response.retry_after.clone()),
        403 if said.contains("CSRF") => {
            Verdict::Failed("the token is no longer accepted (expired or revoked); nothing was changed".to_owned())
        }
        502 | 504 => unknown(call, format!("{said} from something between here and the server")),
        503 if response.json().is_none() => unknown(call, said),
        // A 500 is a crash of the server's own code: what it did before is not known.
        500 => Verdict::Unknown(format!("{said}: the server failed inside")),
        _ => Verdict::Failed(format!("the server refused: {said}; nothing was changed")),
    }
}

/// A success says it all, but where a `null` would mean that nothing happened: then it must be readable.
fn success(call: &Call, response: &Response) -> Verdict {
    if !call.expect.null_is_missing {
        return Verdict::Done;
    }
    match response.json() {
        Some(serde_json::Value::Null) => Verdict::Failed("the server knows no such object".to_owned()),
        Some(_) => Verdict::Done,
        None => unknown(call, "the answer is not whole".to_owned()),
    }
}

fn no_answer(call: &Call, problem: &TransportError) -> Verdict {
    match problem {
        TransportError::Timeout(_) | TransportError::Cut(_) => unknown(call, problem.to_string()),
        TransportError::Connect(_) | TransportError::Interrupted => Verdict::Again(problem.to_string(), None),
        TransportError::Tls(_) | TransportError::SignIn(_) => {
            Verdict::Failed(format!("{problem}; nothing was changed"))
        }
    }
}

fn unknown(call: &Call, said: String) -> Verdict {
    match call.on_unknown {
        OnUnknown::Repeat => Verdict::Repeat(said),
        OnUnknown::Reread => Verdict::Unknown(said),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Method;

    fn answer(status: u16, body: &str) -> Result<Response, TransportError> {
        let (content_type, body) = ("application/json".to_owned(), body.as_bytes().to_vec());
        Ok(Response {
            status,
            content_type,
            retry_after: None,
            body,
        })
    }

    #[test]
    fn answers_are_read_as_the_call_expects() {
        let post = Call::new(Method::Post, &["x"])
            .already(400, "already")
            .later(400, "not available")
            .null_is_missing();
        let put = Call::new(Method::Put, &["x"]).already_when_repeated(400, "Existing");
        assert!(matches!(
            judge(&put, &answer(400, r#"{"message": "Existing robot"}"#)),
            Verdict::Already(_)
        ));
        assert_eq!(judge(&post, &answer(201, "\"Created\"")), Verdict::Done);
        assert!(matches!(judge(&post, &answer(200, "null")), Verdict::Failed(_)));
        assert!(matches!(judge(&post, &answer(200, "nu")), Verdict::Unknown(_)));
        assert_eq!(judge(&put, &answer(200, "null")), Verdict::Done);
        assert_eq!(judge(&put, &answer(200, "nu")), Verdict::Done);
        assert_eq!(
            judge(&post, &answer(400, r#"{"message": "is already there"}"#)),
            Verdict::Done
        );
        assert!(matches!(
            judge(&put, &answer(400, r#"{"message": "is already there"}"#)),
            Verdict::Failed(_)
        ));
        assert!(matches!(
            judge(&post, &answer(400, r#"{"detail": "Username is not available"}"#)),
            Verdict::Later(_)
        ));
        assert!(matches!(
            judge(&post, &Err(TransportError::Timeout(60))),
            Verdict::Unknown(_)
        ));
        assert!(matches!(
            judge(&put, &Err(TransportError::Timeout(60))),
            Verdict::Repeat(_)
        ));
        assert!(matches!(
            judge(&post, &Err(TransportError::Connect("refused".into()))),
            Verdict::Again(..)
        ));
        assert!(matches!(judge(&post, &answer(502, "<html>")), Verdict::Unknown(_)));
        assert!(matches!(
            judge(&put, &answer(503, r#"{"message": "read only"}"#)),
            Verdict::Failed(_)
        ));
        assert!(matches!(judge(&put, &answer(500, "<html>")), Verdict::Unknown(_)));
    }
}
