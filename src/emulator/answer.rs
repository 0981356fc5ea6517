//! Answers, among them the shapes in which the API reports errors (api.md, 1.4).

use serde_json::{Value, json};

use super::version;

/// The address of the recorded server, which its error documents refer to.
pub(super) const ORIGIN: &str = "http://127.0.0.1:8090";

const HTML: &str = "text/html; charset=utf-8";

/// What the registry sends back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The media type with its parameters.
    pub content_type: &'static str,
    /// Further headers, names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// The body's bytes.
    pub body: Vec<u8>,
}

/// What a handler gives: `?` leaves it with a refusal.
pub(super) type Reply = Result<Answer, Answer>;

/// The error types of the API's problem documents that this registry uses (api.md, 1.4, shape 1).
#[derive(Debug, Clone, Copy)]
pub(super) enum Problem {
    InvalidRequest,
    InvalidToken,
    FreshLoginRequired,
    InsufficientScope,
    NotFound,
    TagImmutable,
}

impl Problem {
    fn status_and_name(self) -> (u16, &'static str) {
        match self {
            Problem::InvalidRequest => (400, "invalid_request"),
            Problem::InvalidToken => (401, "invalid_token"),
            Problem::FreshLoginRequired => (401, "fresh_login_required"),
            Problem::InsufficientScope => (403, "insufficient_scope"),
            Problem::NotFound => (404, "not_found"),
            Problem::TagImmutable => (409, "tag_immutable"),
        }
    }
}

impl Answer {
    /// A JSON answer with any status.
    pub(super) fn json(status: u16, value: &Value) -> Answer {
        let body = value.to_string().into_bytes();
        Answer {
            status,
            content_type: "application/json",
            headers: Vec::new(),
            body,
        }
    }

    /// 200 with a JSON body.
    pub(super) fn ok(value: &Value) -> Answer {
        Answer::json(200, value)
    }

    /// 204 without a body.
    pub(super) fn no_content() -> Answer {
        Answer {
            status: 204,
            content_type: "application/json",
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// 201 with an empty page, of operations that return nothing and have no name for it.
    pub(super) fn created_page() -> Answer {
        Answer {
            body: Vec::new(),
            ..Answer::html(201, "")
        }
    }

    /// 204 that calls itself a page.
    pub(super) fn no_page() -> Answer {
        Answer {
            body: Vec::new(),
            ..Answer::html(204, "")
        }
    }

    /// A page for people: everything that is not part of the API answers with one.
    pub(super) fn html(status: u16, title: &str) -> Answer {
        let body = format!("<!doctype html>\n<html lang=en>\n<title>{title}</title>\n<h1>{title}</h1>\n").into_bytes();
        Answer {
            status,
            content_type: HTML,
            headers: Vec::new(),
            body,
        }
    }

    /// The page of an unhandled exception (behaviour.md, 2: "HTML 500 for plain client mistakes").
    pub(super) fn server_error() -> Answer {
        let mut answer = Answer::html(500, "Internal Server Error");
        answer.content_type = "text/html";
        answer
    }

    /// The redirect to the same path with a slash at its end (behaviour.md, 1).
    pub(super) fn redirect(location: String) -> Answer {
        let mut answer = Answer::html(308, "Redirecting...");
        answer.headers.push(("location", location));
        answer
    }

    /// Shape 1: a problem document.
    pub(super) fn problem(problem: Problem, detail: &str) -> Answer {
        let (status, name) = problem.status_and_name();
        Answer::json(
            status,
            &json!({
                "detail": detail,
                "error_message": detail,
                "error_type": name,
                "title": name,
                "type": format!("{ORIGIN}/api/v1/error/{name}"),
                "status": status,
            }),
        )
    }

    /// Shape 1 with `invalid_request`.
    pub(super) fn invalid(detail: &str) -> Answer {
        Answer::problem(Problem::InvalidRequest, detail)
    }

    /// Shape 1 with `not_found`.
    pub(super) fn not_found() -> Answer {
        Answer::problem(Problem::NotFound, "Not Found")
    }

    /// Shape 2: `{"message": ...}`, of the data model and of the framework.
    pub(super) fn message(status: u16, message: &str) -> Answer {
        Answer::json(status, &json!({ "message": message }))
    }

    /// Shape 4: `{"detail": ...}` alone, of mirrors.
    pub(super) fn detail(status: u16, detail: &str) -> Answer {
        Answer::json(status, &json!({ "detail": detail }))
    }

    /// Shape 3: a write without a valid token; JSON that calls itself HTML.
    pub(super) fn csrf() -> Answer {
        let mut answer = Answer::json(403, &json!({ "error": "CSRF token was invalid or missing." }));
        answer.content_type = HTML;
        answer
    }

    /// The framework's 404, of resources that abort (user_and_misc, exchange 6).
    pub(super) fn framework_not_found() -> Answer {
        let text = "The requested URL was not found on the server. \
                    If you entered the URL manually please check your spelling and try again.";
        Answer::message(404, text)
    }

    /// The same answer without the fields that a version does not know.
    pub(super) fn of_version(mut self, version: u32) -> Answer {
        if version != version::NEWEST
            && let Ok(mut body) = serde_json::from_slice(&self.body)
        {
            version::strip(version, &mut body);
            self.body = body.to_string().into_bytes();
        }
        self
    }

    /// The same answer with one more header.
    pub(super) fn with_header(mut self, name: &'static str, value: String) -> Answer {
        self.headers.push((name, value));
        self
    }

    /// The value of a header besides the content type.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers.find_map(|(key, value)| (*key == name).then_some(value.as_str()))
    }
}
