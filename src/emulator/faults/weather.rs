//! One request on its way to the registry and back, with the fault that is due on it.

use std::time::Duration;

use super::super::answer::Answer;
use super::super::registry::Registry;
use super::super::request::IncomingRequest;
use super::fault::{Fault, ForeignWrite, When};
use super::schedule::Schedule;
use super::writes::Writes;

/// What becomes of a request, as its client sees it.
#[derive(Debug)]
pub(in crate::emulator) struct Delivery {
    /// How long it takes until then.
    pub after: Duration,
    /// What comes.
    pub reply: Reply,
}

/// What comes back.
#[derive(Debug)]
pub(in crate::emulator) enum Reply {
    Answer(Answer),
    /// The connection ends.
    Cut,
    /// Whoever asked is gone, as a test has it: nobody is told anything.
    Nothing,
}

impl From<Reply> for Delivery {
    fn from(reply: Reply) -> Self {
        Delivery {
            after: Duration::ZERO,
            reply,
        }
    }
}

/// Carries one request to the registry and its answer back.
pub(in crate::emulator) fn deliver(
    registry: &mut Registry,
    schedule: &mut Schedule,
    writes: &mut Writes,
    request: &IncomingRequest,
) -> Delivery {
    if writes.ended() {
        return Reply::Nothing.into();
    }
    let Some((place, fault)) = schedule.due(request) else {
        return commit(registry, schedule, writes, request).into();
    };
    if let Some(reply) = on_the_way_there(&fault) {
        schedule.struck(place);
        return reply.into();
    }
    match &fault {
        Fault::ExpireToken {} => registry.expire_token(request.token.as_deref().unwrap_or_default()),
        Fault::ForeignWrite(write) => carry_out(registry, schedule, write),
        _ => {}
    }
    let reply = match &fault {
        Fault::StaleRead { writes: age } => schedule
            .past(age.get())
            .map_or(Reply::Nothing, |past| Reply::Answer(registry.handle_in(past, request))),
        _ => commit(registry, schedule, writes, request),
    };
    match reply {
        Reply::Answer(answer) => {
            let (delivery, struck) = on_the_way_back(&fault, answer);
            if struck {
                schedule.struck(place);
            }
            delivery
        }
        other => other.into(),
    }
}

/// Lets the registry answer; the hook is told of writes on both sides of the commit.
fn commit(registry: &mut Registry, schedule: &mut Schedule, writes: &mut Writes, request: &IncomingRequest) -> Reply {
    if !request.is_write() {
        return Reply::Answer(registry.handle(request));
    }
    if !writes.tell(When::BeforeCommit, request, registry) {
        return Reply::Nothing;
    }
    schedule.remember(&registry.store);
    let answer = registry.handle(request);
    if !writes.tell(When::AfterCommit, request, registry) {
        return Reply::Nothing;
    }
    Reply::Answer(answer)
}

fn carry_out(registry: &mut Registry, schedule: &mut Schedule, write: &ForeignWrite) {
    schedule.remember(&registry.store);
    registry.handle_as(&write.user, &write.request());
}

/// What keeps the request from reaching the registry.
fn on_the_way_there(fault: &Fault) -> Option<Reply> {
    match fault {
        Fault::TooManyRequests { retry_after } => Some(Reply::Answer(too_many_requests(*retry_after))),
        Fault::BadGateway {
            when: When::BeforeCommit,
        } => Some(Reply::Answer(gateway(502, "Bad Gateway"))),
        Fault::Cut {
            when: When::BeforeCommit,
        } => Some(Reply::Cut),
        _ => None,
    }
}

/// What happens to the answer, and whether the fault took effect.
fn on_the_way_back(fault: &Fault, answer: Answer) -> (Delivery, bool) {
    match fault {
        Fault::Latency { milliseconds } => {
            let after = Duration::from_millis(*milliseconds);
            let reply = Reply::Answer(answer);
            (Delivery { after, reply }, true)
        }
        Fault::BadGateway { .. } => (Reply::Answer(gateway(502, "Bad Gateway")).into(), true),
        Fault::Cut { .. } => (Reply::Cut.into(), true),
        Fault::Truncated {} => {
            let (answer, shortened) = truncated(answer);
            (Reply::Answer(answer).into(), shortened)
        }
        _ => (Reply::Answer(answer).into(), true),
    }
}

/// The page of a gateway, as nginx writes it.
fn gateway(status: u16, title: &str) -> Answer {
    let body = format!(
        "<html>\r\n<head><title>{status} {title}</title></head>\r\n<body>\r\n\
         <center><h1>{status} {title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    );
    Answer {
        status,
        content_type: "text/html",
        headers: Vec::new(),
        body: body.into_bytes(),
    }
}

fn too_many_requests(retry_after: Option<u64>) -> Answer {
    let answer = gateway(429, "Too Many Requests");
    match retry_after {
        Some(seconds) => answer.with_header("retry-after", seconds.to_string()),
        None => answer,
    }
}

/// The first half of a JSON answer, with a length that fits it: HTTP itself shows nothing amiss.
fn truncated(mut answer: Answer) -> (Answer, bool) {
    let half = answer.body.len() / 2;
    let applies = half > 0 && answer.content_type == "application/json";
    if applies {
        answer.body.truncate(half);
    }
    (answer, applies)
}
