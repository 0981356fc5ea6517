//! Lets a bounded number of requests through; the bound follows what the server can take.

use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Notify;

use super::clock::Clock;
use super::stop::Stop;

/// So many answers are looked at together: single requests differ too much in what they cost.
const WINDOW: usize = 8;
/// A server whose answers take less than this more than at best is not called slow: below it, chance rules.
const TOLERATED: Duration = Duration::from_millis(100);

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
    /// How long the latest answers took; at most [`WINDOW`] of them, since the last halving.
    latest: Vec<Duration>,
    /// The median of the fastest window so far.
    at_best: Option<Duration>,
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
            latest: Vec::new(),
            at_best: None,
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

    /// An answer took that long. Where half of the latest took more than twice as long as at best, requests only queue
    /// at the server (behaviour.md, 0: 286 ms alone, 2242 ms among 16): it had too much.
    pub(super) fn took(&self, time: Duration) {
        let mut state = self.gate.state();
        if state.epoch != self.epoch {
            return;
        }
        state.latest.push(time);
        if state.latest.len() < WINDOW {
            return;
        }
        let median = median(std::mem::take(&mut state.latest));
        let best = state.at_best.map_or(median, |best| best.min(median));
        state.at_best = Some(best);
        if median > best * 2 && median > best + TOLERATED {
            state.halve();
        }
    }

    /// The server had too much: half as many from now on. One burst of refusals counts once.
    pub(super) fn was_too_much(&self) {
        let mut state = self.gate.state();
        if state.epoch == self.epoch {
            state.halve();
        }
    }
}

impl State {
    fn halve(&mut self) {
        self.limit = (self.limit / 2.0).max(1.0);
        self.epoch += 1;
        self.latest.clear();
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        self.gate.state().in_flight -= 1;
        self.gate.freed.notify_one();
    }
}
