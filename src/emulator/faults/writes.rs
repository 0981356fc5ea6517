//! Tests that look on as writes are committed, and may end it all there.

use std::fmt;
use std::ops::ControlFlow;

use super::super::registry::Registry;
use super::super::request::IncomingRequest;
use super::fault::When;

/// A write that is about to be committed, or has just been.
#[derive(Debug, Clone, Copy)]
pub struct Write<'a> {
    /// Which write since the hook was set, counted from 1; only those that reach the registry count.
    pub number: u64,
    /// On which side of the commit.
    pub when: When,
    /// The request.
    pub request: &'a IncomingRequest,
    /// The registry at that moment.
    pub registry: &'a Registry,
}

/// A callback on writes.
type Hook = Box<dyn FnMut(Write<'_>) -> ControlFlow<()> + Send>;

/// Counts the writes and tells the hook.
#[derive(Default)]
pub(in crate::emulator) struct Writes {
    hook: Option<Hook>,
    number: u64,
    ended: bool,
}

impl Writes {
    /// Tells this hook from now on.
    pub(in crate::emulator) fn told_to(hook: impl FnMut(Write<'_>) -> ControlFlow<()> + Send + 'static) -> Self {
        Writes {
            hook: Some(Box::new(hook)),
            ..Writes::default()
        }
    }

    /// Whether a hook has ended it all.
    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    /// Tells the hook; whether it goes on.
    pub(super) fn tell(&mut self, when: When, request: &IncomingRequest, registry: &Registry) -> bool {
        if when == When::BeforeCommit {
            self.number += 1;
        }
        let write = Write {
            number: self.number,
            when,
            request,
            registry,
        };
        self.ended = self.hook.as_mut().is_some_and(|hook| hook(write).is_break());
        !self.ended
    }
}

impl fmt::Debug for Writes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Writes")
            .field("number", &self.number)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}
