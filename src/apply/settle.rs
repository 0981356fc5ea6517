//! Unknown outcomes: what may have been done and must not be done twice is read, once the server has come to rest.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use crate::kinds::{self, Identity};
use crate::model::{Action, Call, Change, Follow, OnUnknown, State};

use super::send::Sender;

/// How long a request without an answer may still be at work in the server, and reads may be behind the writes.
pub const TIME: Duration = Duration::from_secs(30);

/// How much of a settle time is left of something that happened then.
pub fn left(settle_time: Duration, since: Timestamp, now: Timestamp) -> Duration {
    let passed = Duration::try_from(now.duration_since(since)).unwrap_or_default();
    settle_time.saturating_sub(passed)
}

/// When the last change ended whose outcome is not known.
#[derive(Default)]
pub(super) struct Unsettled(Mutex<Option<Timestamp>>);

impl Unsettled {
    fn note(&self, now: Timestamp) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *last = (*last).max(Some(now));
    }

    fn last(&self) -> Option<Timestamp> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a look at an object says about its creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// It is there.
    There,
    /// It is certainly not there.
    Missing,
    /// It cannot be told: it has no name of its own, it cannot be read, or there was no time to wait.
    Unsure,
}

impl Sender {
    /// Waits for the server to come to rest, then looks whether a creation has happened that got no answer. Only that
    /// can be told by looking at one object; the rest is left to the verification.
    pub(super) async fn found(&self, change: &Change, call: &Call) -> Found {
        let has_name = kinds::find(change.address.kind).is_some_and(|kind| kind.identity() == Identity::Path);
        let creates = change.action == Action::Create && call.on_unknown == OnUnknown::Reread;
        if has_name && creates && self.stop.wait(self.clock.as_ref(), self.settle_time).await {
            match call.starts {
                Some(Follow::Build) => self.has_begun(change, call).await,
                Some(Follow::CocktailRun) => match self.look_for(change).await {
                    // Nothing lists the runs of CocktailCloud, so that one may be under way.
                    Found::Missing => Found::Unsure,
                    found => found,
                },
                None => self.look_for(change).await,
            }
        } else {
            Found::Unsure
        }
    }

    /// Whether the object of a change is there now.
    pub(super) async fn look_for(&self, change: &Change) -> Found {
        let world = self.look_at(&change.address).await;
        match world.get(&change.address) {
            Some(_) => Found::There,
            None if world.is_complete(&kinds::collection(&change.address)) => Found::Missing,
            None => Found::Unsure,
        }
    }

    /// Notes that the outcome of a change is not known.
    pub(super) fn note_unsettled(&self, state: &State) {
        if matches!(state, State::Unknown(_)) {
            self.unsettled.note(self.clock.now());
        }
    }

    /// Waits until whatever is not known has settled; returns whether it has.
    pub(super) async fn wait_to_settle(&self) -> bool {
        let Some(last) = self.unsettled.last() else { return true };
        let left = left(self.settle_time, last, self.clock.now());
        left.is_zero() || self.stop.wait(self.clock.as_ref(), left).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_settle_time_passes() {
        let then: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let after = |seconds: i64| left(TIME, then, then + jiff::SignedDuration::from_secs(seconds));
        assert_eq!(after(0), TIME);
        assert_eq!(after(12), Duration::from_secs(18));
        assert_eq!(after(40), Duration::ZERO);
        // A clock that was set back does not make anybody wait longer.
        assert_eq!(after(-5), TIME);
    }
}
