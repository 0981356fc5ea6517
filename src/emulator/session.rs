//! Signing in with user name and password (behaviour.md, "Signing in"; user_and_misc, exchange 17), and sessions.
//!
//! A session lives in its cookie, as the recorded server's does: every change hands out a new cookie, and an older one
//! goes on to mean what it meant.

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::access::Caller;
use super::answer::{Answer, Reply};
use super::call::Call;
use super::request::IncomingRequest;
use super::router::{Operation, Route};
use super::store::Store;

pub(super) const ROUTES: &[Route] = &[
    Route::new("/csrf_token", &[Operation::get("getCsrfToken", read_csrf_token)]),
    Route::new(
        "/api/v1/signin",
        &[Operation::post("signinUser", sign_in).taking("SigninUser", credentials)],
    ),
];

/// How long a login counts as fresh: 10 minutes, the default of FRESH_LOGIN_TIMEOUT.
const FRESH: i64 = 600;
const COOKIE: &str = "session";

/// All sessions by the value of their cookie, and who failed to sign in lately.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Sessions {
    by_cookie: IndexMap<String, Session>,
    failures: IndexMap<String, Failures>,
}

/// What one cookie stands for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Session {
    pub csrf_token: String,
    /// `None` until somebody signs in.
    pub login: Option<Login>,
}

/// Who signed in, and when.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Login {
    pub user: String,
    pub time: i64,
}

/// Wrong passwords of one user since the last right one.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Failures {
    number: u32,
    last: i64,
}

impl Failures {
    /// How long nobody can sign in: twice as long after each.
    fn locked_for(self, now: i64) -> Option<i64> {
        let until = self.last + 2_i64.pow(self.number.min(20));
        (self.number > 0 && until > now).then(|| until - now)
    }
}

impl Sessions {
    /// The session of a request's cookie.
    pub(super) fn find(&self, request: &IncomingRequest) -> Option<&Session> {
        let cookies = request.cookie.as_deref()?.split(';');
        let mut pairs = cookies.filter_map(|cookie| cookie.trim().split_once('='));
        let (_, value) = pairs.find(|(name, _)| *name == COOKIE)?;
        self.by_cookie.get(value)
    }

    /// A session with a CSRF token of its own; gives its cookie and that token.
    fn begin(&mut self, login: Option<Login>) -> (String, String) {
        let number = self.by_cookie.len();
        let (cookie, csrf_token) = (
            format!("EMULATED-SESSION-{number:08}"),
            format!("EMULATED-CSRF-{number:08}"),
        );
        let session = Session {
            csrf_token: csrf_token.clone(),
            login,
        };
        self.by_cookie.insert(cookie.clone(), session);
        (cookie, csrf_token)
    }
}

/// Whether the request needs a login of the last minutes; tokens never do (behaviour.md, 1).
pub(super) fn wants_fresh_login(store: &Store, caller: &Caller, request: &IncomingRequest) -> bool {
    let path = request.path();
    let ends_organization = request.method == "DELETE"
        && path
            .strip_prefix("/api/v1/organization/")
            .is_some_and(|rest| !rest.contains('/'));
    let is_old = caller.signed_in.is_some_and(|time| store.clock - time > FRESH);
    is_old && (ends_organization || path.starts_with("/api/v1/superuser/"))
}

fn credentials() -> Value {
    let text = json!({ "type": "string" });
    json!({
        "type": "object",
        "required": ["username", "password"],
        "properties": { "username": text, "password": text, "invite_code": text },
    })
}

fn with_cookie(answer: Answer, cookie: &str) -> Answer {
    answer.with_header(
        "set-cookie",
        format!("{COOKIE}={cookie}; HttpOnly; Path=/; SameSite=Lax"),
    )
}

/// The CSRF token of the session, which begins here where there is none.
fn read_csrf_token(call: &mut Call<'_>) -> Reply {
    if let Some(session) = call.store.sessions.find(call.request) {
        return Ok(Answer::ok(&json!({ "csrf_token": session.csrf_token })));
    }
    let (cookie, csrf_token) = call.store.sessions.begin(None);
    Ok(with_cookie(Answer::ok(&json!({ "csrf_token": csrf_token })), &cookie))
}

fn sign_in(call: &mut Call<'_>) -> Reply {
    let body = call.json_object(&credentials())?;
    let given = |field: &str| body.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (user, password) = (given("username"), given("password"));
    let now = call.store.clock;
    let failures = call.store.sessions.failures.get(&user).copied().unwrap_or_default();
    if let Some(seconds) = failures.locked_for(now) {
        return Err(locked(seconds));
    }
    let expected = call.store.users.get(&user).filter(|user| user.enabled);
    if expected.and_then(|user| user.password.as_ref()) != Some(&password) {
        let failures = Failures {
            number: failures.number + 1,
            last: now,
        };
        call.store.sessions.failures.insert(user, failures);
        return Err(wrong_password());
    }
    call.store.sessions.failures.shift_remove(&user);
    let (cookie, csrf_token) = call.store.sessions.begin(Some(Login { user, time: now }));
    let answer = Answer::ok(&json!({ "success": true })).with_header("x-next-csrf-token", csrf_token);
    Ok(with_cookie(answer, &cookie))
}

fn wrong_password() -> Answer {
    let body = json!({
        "needsEmailVerification": false,
        "invalidCredentials": true,
        "message": "Invalid Username or Password",
    });
    Answer::json(403, &body)
}

fn locked(seconds: i64) -> Answer {
    let text = "Too many login attempts. \nPlease reset your Quay password and try again.";
    let answer = Answer {
        body: text.as_bytes().to_vec(),
        ..Answer::html(429, "")
    };
    answer.with_header("retry-after", seconds.to_string())
}

#[cfg(test)]
mod tests {
    use super::super::registry::Registry;
    use super::*;

    /// A registry, and a session in it that nobody has signed in with: its cookie and CSRF token.
    fn begun() -> (Registry, String, String) {
        let mut registry = Registry::new();
        registry.set_password("quayadmin", "right");
        let answer = registry.handle(&IncomingRequest::new("GET", "/csrf_token"));
        let body: Value = serde_json::from_slice(&answer.body).unwrap();
        (
            registry,
            cookie(&answer),
            body["csrf_token"].as_str().unwrap().to_owned(),
        )
    }

    fn cookie(answer: &Answer) -> String {
        let set = answer.header("set-cookie").unwrap();
        set.split(';').next().unwrap().to_owned()
    }

    fn request(method: &str, path: &str, cookie: &str, csrf_token: &str) -> IncomingRequest {
        IncomingRequest {
            cookie: Some(cookie.to_owned()),
            csrf_token: Some(csrf_token.to_owned()),
            ..IncomingRequest::new(method, path)
        }
    }

    fn attempt(registry: &mut Registry, cookie: &str, csrf_token: &str, password: &str) -> Answer {
        let body = json!({ "username": "quayadmin", "password": password });
        registry.handle(&request("POST", "/api/v1/signin", cookie, csrf_token).with_json(&body))
    }

    #[test]
    fn writes_of_a_session_need_its_own_csrf_token() {
        let (mut registry, before, early) = begun();
        assert_eq!(attempt(&mut registry, &before, "another", "right").status, 403);
        assert_eq!(attempt(&mut registry, "session=unknown", &early, "right").status, 403);
        let answer = attempt(&mut registry, &before, &early, "right");
        assert_eq!(answer.status, 200);
        let (after, late) = (cookie(&answer), answer.header("x-next-csrf-token").unwrap().to_owned());

        let create = |cookie: &str, csrf_token: &str, name: &str| {
            request("POST", "/api/v1/organization/", cookie, csrf_token).with_json(&json!({ "name": name }))
        };
        assert_eq!(registry.handle(&create(&after, &early, "zoo")).status, 403);
        assert_eq!(registry.handle(&create(&before, &late, "zoo")).status, 403);
        // Nobody has signed in with the first cookie, whatever its CSRF token proves.
        assert_eq!(registry.handle(&create(&before, &early, "zoo")).status, 401);
        assert_eq!(registry.handle(&create(&after, &late, "zoo")).status, 201);
        let reads = |registry: &mut Registry, cookie: &str| {
            registry.handle(&request("GET", "/api/v1/user/", cookie, "")).status
        };
        assert_eq!(
            (reads(&mut registry, &before), reads(&mut registry, &after)),
            (401, 200)
        );
        registry.end_sessions();
        assert_eq!(reads(&mut registry, &after), 401);
    }

    #[test]
    fn wrong_passwords_lock_the_account_for_a_while() {
        let (mut registry, cookie, csrf_token) = begun();
        assert_eq!(attempt(&mut registry, &cookie, &csrf_token, "wrong").status, 403);
        let locked = attempt(&mut registry, &cookie, &csrf_token, "right");
        assert_eq!((locked.status, locked.header("retry-after")), (429, Some("1")));
        registry.set_clock(registry.clock() + 2);
        assert_eq!(attempt(&mut registry, &cookie, &csrf_token, "right").status, 200);
    }

    #[test]
    fn an_old_login_does_not_do_for_dangerous_things() {
        let (mut registry, before, early) = begun();
        let answer = attempt(&mut registry, &before, &early, "right");
        let (cookie, csrf_token) = (cookie(&answer), answer.header("x-next-csrf-token").unwrap().to_owned());
        let send = |registry: &mut Registry, method: &str, path: &str| {
            let body = json!({ "name": "zoo" });
            let answer = registry.handle(&request(method, path, &cookie, &csrf_token).with_json(&body));
            (answer.status, String::from_utf8(answer.body).unwrap())
        };
        assert_eq!(send(&mut registry, "POST", "/api/v1/organization/").0, 201);
        registry.set_clock(registry.clock() + FRESH + 1);
        let (status, body) = send(&mut registry, "DELETE", "/api/v1/organization/zoo");
        assert!(
            status == 401 && body.contains("fresh_login_required"),
            "{status} {body}"
        );
        assert_eq!(send(&mut registry, "GET", "/api/v1/superuser/users/").0, 401);
        assert_eq!(send(&mut registry, "GET", "/api/v1/organization/zoo").0, 200);
    }
}
