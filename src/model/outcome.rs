//! What became of a change.

use super::address::Address;
use super::change::Action;

/// How a change ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Every call was answered as expected.
    Done,
    /// The server will allow it later; the text is its answer.
    Deferred(String),
    /// A call failed; the text says what is certain about the server's state.
    Failed(String),
    /// It was not attempted, because the named change did not succeed.
    Skipped(Address),
    /// It was not attempted, because the run was interrupted.
    Cancelled,
}

/// One change and its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The object.
    pub address: Address,
    /// What was to happen.
    pub action: Action,
    /// What happened.
    pub state: State,
}
