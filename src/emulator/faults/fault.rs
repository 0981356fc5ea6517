//! What can go wrong with one request.

use std::num::NonZeroUsize;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::request::IncomingRequest;

/// One fault. In files each is an object under its own name: `{"cut": {"when": "after_commit"}}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// The request is carried out at once and answered late. Over a port the answer really waits; in process nobody
    /// does: the time is counted, and an answer that comes after the client's limit is a time-out.
    Latency {
        /// How late, in milliseconds.
        milliseconds: u64,
    },
    /// 429 of a gateway; the request does not reach the registry.
    TooManyRequests {
        /// The seconds that `Retry-After` asks for; no such header where absent.
        #[serde(default)]
        retry_after: Option<u64>,
    },
    /// 502 of a gateway.
    BadGateway {
        /// Whether the registry has carried the request out by then.
        when: When,
    },
    /// The connection ends without an answer.
    Cut {
        /// Whether the registry has carried the request out by then.
        when: When,
    },
    /// The answer keeps its status and loses the second half of its JSON. An answer without JSON is passed over.
    Truncated {},
    /// A read is answered from an older state; tokens are those of today. Reads before the first write are passed over.
    StaleRead {
        /// How many writes ago, at least 1; with fewer writes so far, the state before the first.
        writes: NonZeroUsize,
    },
    /// The request's token is dead from this request on. Requests without a token are passed over.
    ExpireToken {},
    /// Somebody else's request is carried out before this one.
    ForeignWrite(ForeignWrite),
}

/// On which side of the registry's commit a fault lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// The request is not carried out.
    BeforeCommit,
    /// The request is carried out, and its answer is lost.
    AfterCommit,
}

/// A request of somebody else. That it may be refused is no fault of the schedule: the registry's request log tells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForeignWrite {
    /// Who; a user that the registry does not have is added as a superuser.
    #[serde(default = "somebody_else")]
    pub user: String,
    /// The method.
    pub method: WriteMethod,
    /// The path from the origin on, percent-encoded.
    pub path: String,
    /// The JSON body; none where absent.
    #[serde(default)]
    pub body: Value,
}

/// The methods that write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum WriteMethod {
    /// Creates or starts something.
    Post,
    /// Creates or updates something by name.
    Put,
    /// Removes something.
    Delete,
}

impl Fault {
    /// The names of all faults, as files and [`Emulator::fired`](crate::emulator::Emulator::fired) spell them.
    pub const NAMES: [&'static str; 8] = [
        "latency",
        "too_many_requests",
        "bad_gateway",
        "cut",
        "truncated",
        "stale_read",
        "expire_token",
        "foreign_write",
    ];

    /// The name of this one.
    pub fn name(&self) -> &'static str {
        match self {
            Fault::Latency { .. } => "latency",
            Fault::TooManyRequests { .. } => "too_many_requests",
            Fault::BadGateway { .. } => "bad_gateway",
            Fault::Cut { .. } => "cut",
            Fault::Truncated {} => "truncated",
            Fault::StaleRead { .. } => "stale_read",
            Fault::ExpireToken {} => "expire_token",
            Fault::ForeignWrite(_) => "foreign_write",
        }
    }

    /// A read from the state so many writes ago; 0 is taken for 1.
    pub fn stale_read(writes: usize) -> Self {
        Fault::StaleRead {
            writes: NonZeroUsize::new(writes).unwrap_or(NonZeroUsize::MIN),
        }
    }
}

impl ForeignWrite {
    /// A request of `somebody-else`; `Value::Null` sends no body.
    pub fn new(method: WriteMethod, path: &str, body: Value) -> Self {
        ForeignWrite {
            user: somebody_else(),
            method,
            path: path.to_owned(),
            body,
        }
    }

    /// The request as the registry takes it.
    pub(super) fn request(&self) -> IncomingRequest {
        let request = IncomingRequest::new(self.method.name(), &self.path);
        match &self.body {
            Value::Null => request,
            body => request.with_json(body),
        }
    }
}

impl WriteMethod {
    fn name(self) -> &'static str {
        match self {
            WriteMethod::Post => "POST",
            WriteMethod::Put => "PUT",
            WriteMethod::Delete => "DELETE",
        }
    }
}

fn somebody_else() -> String {
    "somebody-else".to_owned()
}
