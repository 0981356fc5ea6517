//! What an apply notes down before and after each write, so that a crash can be told from a write that never left.
//!
//! Where it is kept is decided elsewhere. It improves reports, never the result: whoever applies without it, or on
//! another machine, comes to the same end.

use std::collections::BTreeMap;
use std::future::Future;
use std::io;
use std::pin::Pin;

use serde::{Deserialize, Serialize};

use crate::http::Method;

/// A line on its way into the journal.
pub type Recording<'a> = Pin<Box<dyn Future<Output = io::Result<()>> + Send + 'a>>;

/// What goes on by itself as far as is known, by the object that it makes: the path that started it, and its number.
pub type Work = BTreeMap<String, (String, u64)>;

/// Keeps events in their order.
pub trait Journal: Send + Sync {
    /// Keeps one event. What [must be kept](Event::must_be_kept) outlives a crash of the machine once this returns.
    fn record(&self, event: Event) -> Recording<'_>;
}

/// One line of a journal. Nothing in it is secret: bodies and answers are left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// An apply is about to write.
    RunBegins {
        /// The version of quayform.
        version: String,
        /// Whose token it is.
        actor: String,
        /// How many changes the plan holds.
        changes: usize,
    },
    /// A request is about to leave.
    WriteBegins {
        /// Its number in this run, from 1 on.
        write: usize,
        /// The object.
        address: String,
        /// What happens to the object.
        action: String,
        /// The method.
        method: Method,
        /// The path from the origin on.
        path: String,
        /// How often this call has been sent, this time included.
        attempt: u32,
        /// Whether sending it twice does no harm.
        repeatable: bool,
    },
    /// A request was answered, or its time is over.
    WriteEnds {
        /// Its number in this run.
        write: usize,
        /// `done`, `already` (somebody else was first), `deferred`, `failed` or `unknown`.
        outcome: String,
        /// The status of the answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<u16>,
    },
    /// A change has come to its end, before it is verified.
    ChangeEnds {
        /// The object.
        address: String,
        /// The state, in the word of results.
        state: String,
    },
    /// Something goes on that a write has started, and that nobody could find again without its number.
    WorkBegins {
        /// The object that it makes.
        address: String,
        /// The path that started it.
        path: String,
        /// Its number there.
        number: u64,
    },
    /// It has ended, whichever way, or is not known any more.
    WorkEnds {
        /// The object that it was to make.
        address: String,
    },
    /// The apply has come to its end, with everything read again that it touched.
    RunEnds {
        /// How many changes were done.
        done: usize,
        /// Whether it read after the server had come to rest, so that no outcome is open.
        settled: bool,
    },
}

impl Event {
    /// The beginning of a run that has nothing to do.
    pub fn nothing_to_do() -> Self {
        Event::run_begins("", 0)
    }

    /// The beginning of a run of this version.
    pub fn run_begins(actor: &str, changes: usize) -> Self {
        Event::RunBegins {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            actor: actor.to_owned(),
            changes,
        }
    }

    /// Whether what follows must not begin before this is safely kept.
    pub fn must_be_kept(&self) -> bool {
        matches!(
            self,
            Event::RunBegins { .. } | Event::WriteBegins { .. } | Event::WorkBegins { .. }
        )
    }
}
