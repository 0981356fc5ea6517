//! What every answer of CocktailCloud goes through before anything else sees it.
//!
//! Answers come bare or as `{"code": "200", "result": …, "status": "ok"}`; with another code they are errors, whatever
//! the HTTP status says. They hold the private key of the server that builds (`buildServerClientKey`), which nobody here
//! needs: it is taken out at once, so that no log, report or file can ever hold it.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use crate::http::{Request, Response, Sending, Transport};

/// The status of a code that is no HTTP status: the server has refused.
const REFUSED: u16 = 400;

/// What begins and ends a private key in PEM form, between dashes.
const KEY: &str = "PRIVATE KEY-----";

/// A transport whose answers are bare, with a status that means what it says, and without private keys.
pub struct Gateway {
    inner: Arc<dyn Transport>,
}

impl Gateway {
    /// Wraps a transport.
    pub fn new(inner: Arc<dyn Transport>) -> Self {
        Gateway { inner }
    }
}

impl Transport for Gateway {
    fn send(&self, request: Request) -> Sending<'_> {
        Box::pin(async move { self.inner.send(request).await.map(opened) })
    }
}

/// The answer as it was meant.
fn opened(response: Response) -> Response {
    let Some(mut body) = response.json() else {
        // Nothing that is no JSON is of use, and a key could stand in it.
        return Response {
            body: Vec::new(),
            ..response
        };
    };
    let status = match code(&body) {
        Some(code) if code != "200" => {
            let status = status_of(&code, response.status);
            let said = message(&body);
            // People see the status before it.
            let is_told = code == status.to_string() && !said.is_empty();
            let said = if is_told { said } else { format!("code {code}: {said}") };
            body = json!({ "message": said.trim_end_matches(": ") });
            status
        }
        Some(_) => {
            body = body.get_mut("result").map(Json::take).unwrap_or_default();
            response.status
        }
        None => response.status,
    };
    without_keys(&mut body);
    Response {
        status,
        body: body.to_string().into_bytes(),
        ..response
    }
}

/// The code of an envelope; neither a run nor a build has a field of that name.
fn code(body: &Json) -> Option<String> {
    match body.get("code")? {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// What is said beside a code, as the API's own pages do not tell where.
fn message(body: &Json) -> String {
    let mut fields = ["message", "result", "status"].iter();
    let said = fields.find_map(|field| body.get(field)?.as_str().filter(|text| !text.is_empty()));
    said.unwrap_or_default().to_owned()
}

/// An error stays what it is by HTTP; in a success the code says what went wrong.
fn status_of(code: &str, status: u16) -> u16 {
    match code.parse() {
        _ if status >= 400 => status,
        Ok(code @ 400..=599) => code,
        _ => REFUSED,
    }
}

/// Takes out private keys, by the name of their field and by their own form.
fn without_keys(value: &mut Json) {
    match value {
        Json::Array(items) => items.iter_mut().for_each(without_keys),
        Json::Object(fields) => {
            fields.retain(|name, _| !is_key(name));
            fields.values_mut().for_each(without_keys);
        }
        Json::String(text) if text.contains(KEY) => *text = without_pem(text),
        _ => {}
    }
}

fn is_key(field: &str) -> bool {
    let letters = field.chars().filter(char::is_ascii_alphanumeric);
    let name: String = letters.map(|letter| letter.to_ascii_lowercase()).collect();
    name.ends_with("clientkey") || name.ends_with("privatekey")
}

/// The text without what stands between the first and the last border of a key; all after the first where it is cut off.
fn without_pem(text: &str) -> String {
    let first = text.find(KEY).unwrap_or_default();
    let begin = text[..first].rfind("-----").unwrap_or_default();
    let end = match text.rfind(KEY) {
        Some(last) if last > first => last + KEY.len(),
        _ => text.len(),
    };
    format!("{}(secret){}", &text[..begin], &text[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Response {
        let response = opened(Response {
            status,
            content_type: "application/json".to_owned(),
            retry_after: None,
            body: body.as_bytes().to_vec(),
        });
        assert!(!String::from_utf8_lossy(&response.body).contains("CANARY"));
        response
    }

    #[test]
    fn wrapped_and_bare_answers_mean_the_same() {
        let bare = answer(200, r#"{"buildRunSeq": 7}"#);
        for wrapped in [
            r#"{"code": "200", "result": {"buildRunSeq": 7}, "status": "ok"}"#,
            r#"{"code": 200, "result": {"buildRunSeq": 7}}"#,
        ] {
            let wrapped = answer(200, wrapped);
            assert_eq!((wrapped.status, wrapped.json()), (200, bare.json()));
        }
    }

    #[test]
    fn a_code_is_an_error_whatever_the_status_says() {
        for (status, body, expected, said) in [
            (
                200,
                r#"{"code": "404", "status": "error", "message": "no build"}"#,
                404,
                "no build",
            ),
            (
                200,
                r#"{"code": "BUILD-7", "result": "busy", "status": "error"}"#,
                400,
                "code BUILD-7: busy",
            ),
            (
                200,
                r#"{"code": "500", "result": null, "status": "error"}"#,
                500,
                "error",
            ),
            (200, r#"{"code": "0"}"#, 400, "code 0"),
            (401, r#"{"code": "77", "message": "expired"}"#, 401, "code 77: expired"),
        ] {
            let answer = answer(status, body);
            assert_eq!(answer.status, expected, "{body}");
            assert_eq!(answer.json().unwrap()["message"], said);
        }
    }

    #[test]
    fn private_keys_are_gone_wherever_they_stand() {
        let border = |word: &str| format!("-----{word} RSA {KEY}");
        let pem = format!("before {}\nCANARY\n{} after", border("BEGIN"), border("END"));
        let run = json!({
            "buildServerClientKey": "CANARY",
            "build_server_client_key": "CANARY",
            "privateKey": { "x": "CANARY" },
            "steps": [{ "log": pem }],
            "cut": format!("{}\nCANARY", border("BEGIN")),
        });
        let wrapped = json!({ "code": "200", "result": [run], "status": "ok" });
        let opened = answer(200, &wrapped.to_string()).json().unwrap();
        let expected = json!([{ "steps": [{ "log": "before (secret) after" }], "cut": "(secret)" }]);
        assert_eq!(opened, expected);
        assert_eq!(answer(502, "<html>CANARY").body, b"");
    }
}
