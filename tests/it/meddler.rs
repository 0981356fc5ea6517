//! A way to the registry on which somebody meddles with requests and answers.

use quayform::emulator::{Emulator, IncomingRequest};
use quayform::http::{Method, Request, Response, Sending, Transport};
use serde_json::Value as Json;

type Before = dyn Fn(&mut Request) -> Option<Response> + Send + Sync;
type After = dyn Fn(&Emulator, &Request, &mut Response) + Send + Sync;

/// A registry behind a meddler.
pub(crate) struct Meddler {
    emulator: Emulator,
    before: Box<Before>,
    after: Box<After>,
}

impl Meddler {
    /// One who lets everything pass.
    pub(crate) fn new(emulator: &Emulator) -> Self {
        Meddler {
            emulator: emulator.clone(),
            before: Box::new(|_| None),
            after: Box::new(|_, _, _| {}),
        }
    }

    /// Changes requests, or answers them in the registry's place.
    pub(crate) fn before(self, meddle: impl Fn(&mut Request) -> Option<Response> + Send + Sync + 'static) -> Self {
        Meddler {
            before: Box::new(meddle),
            ..self
        }
    }

    /// Does something after the registry has acted, or changes its answer.
    pub(crate) fn after(self, meddle: impl Fn(&Emulator, &Request, &mut Response) + Send + Sync + 'static) -> Self {
        Meddler {
            after: Box::new(meddle),
            ..self
        }
    }
}

impl Transport for Meddler {
    fn send(&self, mut request: Request) -> Sending<'_> {
        Box::pin(async move {
            if let Some(answer) = (self.before)(&mut request) {
                return Ok(answer);
            }
            let mut response = self.emulator.send(request.clone()).await?;
            (self.after)(&self.emulator, &request, &mut response);
            Ok(response)
        })
    }
}

/// An answer in JSON.
pub(crate) fn answer(status: u16, body: &Json) -> Response {
    Response {
        status,
        content_type: "application/json".to_owned(),
        retry_after: None,
        body: body.to_string().into_bytes(),
    }
}

/// Whether it is this write.
pub(crate) fn is(request: &Request, method: Method, end: &str) -> bool {
    request.method == method && request.target.ends_with(end)
}

/// Somebody with a token of their own changes something.
pub(crate) fn by(emulator: &Emulator, token: &str, method: &str, path: &str, body: &Json) {
    let mut request = IncomingRequest::new(method, &format!("/api/v1{path}")).with_token(token);
    if !body.is_null() {
        request = request.with_json(body);
    }
    let answer = emulator.handle(&request).unwrap();
    let said = String::from_utf8_lossy(&answer.body);
    assert!(
        (200..300).contains(&answer.status),
        "{method} {path}: {} {said}",
        answer.status
    );
}
