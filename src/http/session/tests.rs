use std::collections::VecDeque;
use std::sync::Mutex as Lock;

use super::*;

const PASSWORD: &str = "correct-horse-battery";

/// A server that answers sign-ins and everything else from lists, in order, and remembers what came.
#[derive(Default)]
struct Script {
    sign_ins: Lock<VecDeque<Result<Response, TransportError>>>,
    others: Lock<VecDeque<Response>>,
    seen: Lock<Vec<String>>,
}

impl Door for Script {
    fn exchange(&self, request: Request, ticket: Ticket) -> Exchanging<'_> {
        let opened =
            |secret: &Option<SecretString>| secret.as_ref().map_or("-".into(), |s| s.expose_secret().to_owned());
        let shown = format!("{request:?} {} {}", opened(&ticket.cookie), opened(&ticket.csrf_token));
        let number = {
            let mut seen = self.seen.lock().unwrap();
            seen.push(shown);
            seen.len()
        };
        let handed_out = |cookie: &str, csrf_token: Option<String>| Ticket {
            cookie: Some(cookie.to_owned().into()),
            csrf_token: csrf_token.map(SecretString::from),
        };
        let (outcome, ticket) = match request.target.as_str() {
            CSRF_TOKEN => (
                Ok(answer(200, r#"{"csrf_token": "early"}"#)),
                handed_out("session=before; sticky=1", None),
            ),
            SIGN_IN => {
                let next = self.sign_ins.lock().unwrap().pop_front();
                let outcome = next.unwrap_or_else(|| Ok(answer(200, r#"{"success": true}"#)));
                (
                    outcome,
                    handed_out(&format!("session=s{number}"), Some(format!("late{number}"))),
                )
            }
            _ => {
                let next = self.others.lock().unwrap().pop_front();
                (Ok(next.unwrap_or_else(|| answer(200, "{}"))), Ticket::default())
            }
        };
        Box::pin(std::future::ready(
            outcome.map(|response| Exchanged { response, ticket }),
        ))
    }
}

fn answer(status: u16, body: &str) -> Response {
    Response {
        status,
        content_type: "application/json".to_owned(),
        retry_after: (status == 429).then(|| "8".to_owned()),
        body: body.as_bytes().to_vec(),
    }
}

fn request(method: Method) -> Request {
    Request {
        method,
        target: "/x".to_owned(),
        token: None,
        body: None,
    }
}

fn session(sign_ins: Vec<Result<Response, TransportError>>, others: Vec<Response>) -> Session<Script> {
    let script = Script {
        sign_ins: Lock::new(sign_ins.into()),
        others: Lock::new(others.into()),
        seen: Lock::default(),
    };
    Session::new(script, "ci".to_owned(), SecretString::from(PASSWORD))
}

impl Session<Script> {
    fn seen(&self) -> Vec<String> {
        self.door.seen.lock().unwrap().clone()
    }

    fn sign_ins(&self) -> usize {
        self.seen()
            .iter()
            .filter(|line| line.starts_with("POST /api/v1/signin"))
            .count()
    }
}

fn nobody() -> Response {
    answer(401, r#"{"error_type": "invalid_token"}"#)
}

#[tokio::test]
async fn one_sign_in_serves_all_requests() {
    let session = session(vec![], vec![]);
    let foreseen = session.steps();
    for method in [Method::Get, Method::Put] {
        assert_eq!(session.send(request(method)).await.unwrap().status, 200);
    }
    assert_eq!(
        session.seen(),
        [
            "GET /csrf_token - -",
            "POST /api/v1/signin session=before; sticky=1 early",
            "GET /x sticky=1; session=s2 late2",
            "PUT /x sticky=1; session=s2 late2",
        ]
    );
    assert_eq!((foreseen.len(), &foreseen), (2, &session.steps()));
}

#[tokio::test]
async fn an_ended_session_is_renewed_once() {
    let refused = [
        nobody(),
        answer(401, r#"{"error_type": "fresh_login_required"}"#),
        answer(403, r#"{"error": "CSRF token was invalid or missing."}"#),
    ];
    for refusal in refused {
        let session = session(vec![], vec![refusal.clone()]);
        assert_eq!(session.send(request(Method::Post)).await.unwrap().status, 200);
        assert_eq!(session.sign_ins(), 2);

        let session = self::session(vec![], vec![refusal.clone(), refusal]);
        for _ in 0..3 {
            let error = session.send(request(Method::Post)).await.unwrap_err();
            assert!(matches!(error, TransportError::SignIn(_)), "{error}");
            assert!(!error.may_have_acted());
        }
        assert_eq!(session.sign_ins(), 2);
    }
}

#[tokio::test]
async fn a_server_that_ends_every_session_does_not_get_the_password_for_ever() {
    let ends = (0..40).flat_map(|_| [nobody(), answer(200, "{}")]).collect();
    let session = session(vec![], ends);
    let mut outcomes = Vec::new();
    for _ in 0..20 {
        outcomes.push(session.send(request(Method::Get)).await.is_ok());
    }
    assert_eq!(outcomes.iter().filter(|worked| **worked).count(), 5);
    assert_eq!(session.sign_ins(), MOST_SIGN_INS as usize);
}

#[tokio::test]
async fn a_refused_password_is_sent_once() {
    let wrong = format!(r#"{{"invalidCredentials": true, "message": "Invalid: {PASSWORD}"}}"#);
    for (refusal, said) in [
        (
            answer(403, &wrong),
            "does not accept the password of `ci` (Invalid: (secret))",
        ),
        (
            answer(403, r#"{"needsEmailVerification": true}"#),
            "has to confirm the e-mail address",
        ),
        (answer(429, "Too many login attempts."), "is locked for 8 s"),
        (answer(405, "<html>"), "no sign-in with a password"),
    ] {
        let session = session(vec![Ok(refusal)], vec![]);
        for _ in 0..3 {
            let error = session.send(request(Method::Get)).await.unwrap_err().to_string();
            assert!(error.starts_with("cannot sign in: ") && error.contains(said), "{error}");
            assert!(!error.contains(PASSWORD), "{error}");
        }
        assert_eq!(session.sign_ins(), 1);
    }
}

#[tokio::test]
async fn a_busy_or_cut_sign_in_says_that_nothing_was_sent() {
    for outcome in [
        Ok(answer(503, "<html>")),
        Ok(answer(429, "<html>")),
        Err(TransportError::Timeout(120)),
        Err(TransportError::Cut("gone".to_owned())),
    ] {
        let session = session(vec![outcome], vec![]);
        let error = session.send(request(Method::Post)).await.unwrap_err();
        assert!(matches!(error, TransportError::Connect(_)), "{error}");
        // Whoever tries again does no harm.
        assert_eq!(session.send(request(Method::Post)).await.unwrap().status, 200);
    }
}

#[tokio::test]
async fn a_refusal_that_repeats_secrets_is_cleaned() {
    let said = format!("{PASSWORD}, late2-is-not-long, session=s2");
    let session = session(vec![], vec![answer(400, &said)]);
    let response = session.send(request(Method::Get)).await.unwrap();
    let shown = String::from_utf8(response.body).unwrap();
    assert!(!shown.contains(PASSWORD) && !shown.contains("session=s2"), "{shown}");
    let secrets = format!(
        "{:?}",
        Ticket {
            cookie: Some("session=s2".to_owned().into()),
            csrf_token: None,
        }
    );
    assert!(!secrets.contains("s2"), "{secrets}");
}
