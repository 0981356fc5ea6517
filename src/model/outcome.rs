//! What became of a change.

use super::address::Address;
use super::change::Action;

/// How a change ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Every call was answered as expected, or reading it again showed that it is so.
    Done,
    /// The server will allow it later; the text is its answer.
    Deferred(String),
    /// A call failed; the text says what is certain about the server's state.
    Failed(String),
    /// No answer came, and it is not known yet whether the server acted.
    Unknown(String),
    /// It was held back, because what it was decided on has moved; the text says what, from what to what.
    Stale(String),
    /// It was not attempted; the text says what stood in the way.
    Skipped(String),
    /// It was not attempted, because the run was interrupted.
    Cancelled,
}

impl State {
    /// The word in JSON.
    pub fn word(&self) -> &'static str {
        match self {
            State::Done => "done",
            State::Deferred(_) => "deferred",
            State::Failed(_) | State::Unknown(_) => "failed",
            State::Stale(_) => "stale",
            State::Skipped(_) => "skipped",
            State::Cancelled => "cancelled",
        }
    }

    /// What there is to say besides the word.
    pub fn detail(&self) -> Option<&str> {
        match self {
            State::Done | State::Cancelled => None,
            State::Deferred(text)
            | State::Failed(text)
            | State::Unknown(text)
            | State::Stale(text)
            | State::Skipped(text) => Some(text),
        }
    }
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
