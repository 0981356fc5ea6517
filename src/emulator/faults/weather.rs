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
    // Whether there is JSON to be halved shows only with the answer.
    if !matches!(fault, Fault::Truncated {}) {
        schedule.struck(place, request);
    }
    if let Some(reply) = on_the_way_there(&fault) {
        return reply.into();
    }
    match &fault {
        Fault::ExpireToken {} => registry.expire_token(request.token.as_deref().unwrap_or_default()),
        Fault::ForeignWrite(write) => carry_out(registry, schedule, write),
        _ => {}
    }
    let past = match &fault {
        Fault::StaleRead { writes: age } => schedule.past(age.get()),
        _ => None,
    };
    let reply = match past {
        Some(past) => Reply::Answer(registry.handle_in(past, request)),
        None => commit(registry, schedule, writes, request),
    };
    let Reply::Answer(answer) = reply else {
        return reply.into();
    };
    if matches!(fault, Fault::Truncated {}) && can_be_halved(&answer) {
        schedule.struck(place, request);
    }
    on_the_way_back(&fault, answer)
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

/// What happens to the answer.
fn on_the_way_back(fault: &Fault, mut answer: Answer) -> Delivery {
    let reply = match fault {
        Fault::BadGateway { .. } => Reply::Answer(gateway(502, "Bad Gateway")),
        Fault::Cut { .. } => Reply::Cut,
        Fault::Truncated {} if can_be_halved(&answer) => {
            // With a length that fits: HTTP itself shows nothing amiss.
            answer.body.truncate(answer.body.len() / 2);
            Reply::Answer(answer)
        }
        _ => Reply::Answer(answer),
    };
    let after = match fault {
        Fault::Latency { milliseconds } => Duration::from_millis(*milliseconds),
        _ => Duration::ZERO,
    };
    Delivery { after, reply }
}

fn can_be_halved(answer: &Answer) -> bool {
    answer.body.len() > 1 && answer.content_type == "application/json"
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
