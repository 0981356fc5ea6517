//! Declared faults: what goes wrong between a client and the registry, on which request, and how often.
//!
//! A schedule is plain data, and equal sequences of requests meet equal faults. It works on both ways to the registry,
//! in process and over a port, and never on [`Emulator::handle`](super::Emulator::handle): a hand that a test lends is
//! not disturbed. `docs/faults.md` describes the file.
//!
//! What a client meets here is not recorded: a gateway's refusals are shaped as nginx writes them (api.md, 1.4,
//! shape 6), and a stale read is what a database replica that lags behind would show. The registry's own answers stay
//! as they are.

mod fault;
mod requests;
mod schedule;
mod weather;
mod writes;

use serde::{Deserialize, Serialize};

pub use fault::{Fault, ForeignWrite, When, WriteMethod};
pub use requests::{PathPattern, Requests, Rule};
pub(super) use schedule::Schedule;
pub(super) use weather::{Delivery, Reply, deliver};
pub use writes::Write;
pub(super) use writes::Writes;

/// A fault schedule: the first rule that is due takes a request, and at most one does.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Faults {
    /// In the order in which they are asked.
    pub rules: Vec<Rule>,
}

impl Faults {
    /// A schedule of these rules.
    pub fn new(rules: impl IntoIterator<Item = Rule>) -> Self {
        Faults {
            rules: rules.into_iter().collect(),
        }
    }

    /// Reads a schedule; the error names the line and what may stand there.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }
}
