//! Lets a bounded number of requests through; the bound follows what the server can take.

use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Notify;

use super::clock::Clock;
use super::stop::Stop;

/// Counts the requests in flight and holds back those that would be too many.
pub(super) struct Gate {
    most: usize,
    state: Mutex<State>,
    freed: Notify,
}

struct State {
    /// How many may be in flight; a fraction, so that it can grow by less than one.
    limit: f64,
    in_flight: usize,
    /// Counts the halvings: answers to requests sent before the last one say nothing new.
    epoch: u64,
    /// The server asked to be left alone until then.
    closed_until: Option<Timestamp>,
}

/// The right to have one request in flight; dropping it makes room.
pub(super) struct Pass<'a> {
    gate: &'a Gate,
    epoch: u64,
}

impl Gate {
    /// A gate for at most so many requests at a time (at least one).
    pub(super) fn new(most: usize) -> Self {
        let most = most.max(1);
        let state = State {
            limit: most as f64,
            in_flight: 0,
            epoch: 0,
            closed_until: None,
        };
        Gate {
            most,
            state: Mutex::new(state),
            freed: Notify::new(),
        }
    }

    /// Waits until a request may go; `None` where the end is asked for while the server wants to be left alone.
    pub(super) async fn enter(&self, clock: &dyn Clock, stop: &Stop) -> Option<Pass<'_>> {
        loop {
            let closed = self.state().closed_until.map(|until| until.duration_since(clock.now()));
            if let Some(wait) = closed
                .and_then(|left| Duration::try_from(left).ok())
                .filter(|left| !left.is_zero())
            {
                if !stop.wait(clock, wait).await {
                    return None;
                }
                continue;
            }
            // Registered before looking, so that room made in between is not missed.
            let mut freed = pin!(self.freed.notified());
            freed.as_mut().enable();
            if let Some(pass) = self.try_enter() {
                return Some(pass);
            }
            freed.await;
        }
    }

    fn try_enter(&self) -> Option<Pass<'_>> {
        let mut state = self.state();
        if state.in_flight >= state.limit as usize {
            return None;
        }
        state.in_flight += 1;
        Some(Pass {
            gate: self,
            epoch: state.epoch,
        })
    }

    /// Lets nobody through for that long.
    pub(super) fn close_for(&self, wait: Duration, now: Timestamp) {
        let Ok(until) = now.checked_add(wait) else { return };
        let mut state = self.state();
        state.closed_until = state.closed_until.max(Some(until));
    }

    /// How many requests may be in flight now.
    pub(super) fn limit(&self) -> usize {
        self.state().limit as usize
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pass<'_> {
    /// The server answered in good order: a whole round of such answers admits one request more.
    pub(super) fn went_well(&self) {
        let mut state = self.gate.state();
        let before = state.limit as usize;
        state.limit = (state.limit + 1.0 / state.limit).min(self.gate.most as f64);
        if state.limit as usize > before {
            self.gate.freed.notify_one();
        }
    }

    /// The server had too much: half as many from now on. One burst of refusals counts once.
    pub(super) fn was_too_much(&self) {
        let mut state = self.gate.state();
        if state.epoch == self.epoch {
            state.limit = (state.limit / 2.0).max(1.0);
            state.epoch += 1;
        }
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        self.gate.state().in_flight -= 1;
        self.gate.freed.notify_one();
    }
}
