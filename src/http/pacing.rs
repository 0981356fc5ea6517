//! How fast requests may go, and which of them may be sent again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

use super::clock::{Clock, SystemClock};
use super::gate::{Gate, Pass};
use super::message::{Method, Request, Response, Sending, Transport, TransportError};
use super::stop::Stop;

/// The longest wait that a server may ask for with `Retry-After`; whoever asks for more is not asked again in this run.
pub const LONGEST_WAIT: Duration = Duration::from_secs(120);

/// The bounds that [`Paced`] keeps.
#[derive(Debug, Clone)]
pub struct Pacing {
    /// How many requests may be in flight at most. A registry spends about 0.3 s of CPU on each (behaviour.md, 0), so
    /// that more than it has cores only wait; less a busy one finds by itself.
    pub in_flight: usize,
    /// How often a GET is sent at most.
    pub tries: u32,
    /// The wait before the second try; it doubles from try to try.
    pub first_backoff: Duration,
    /// The longest wait for one try. A server that asks for more gets its refusal handed on.
    pub longest_wait: Duration,
}

impl Default for Pacing {
    fn default() -> Self {
        Pacing {
            in_flight: 8,
            tries: 3,
            first_backoff: Duration::from_millis(500),
            longest_wait: LONGEST_WAIT,
        }
    }
}

/// How many requests were sent so far, tries included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Counts {
    /// GET requests.
    pub reads: u64,
    /// All others.
    pub writes: u64,
    /// How many of the reads were sent again.
    pub retries: u64,
}

/// A transport that bounds what is in flight and repeats reads; writes are sent exactly once.
pub struct Paced<T> {
    inner: T,
    pacing: Pacing,
    clock: Arc<dyn Clock>,
    stop: Stop,
    gate: Gate,
    reads: AtomicU64,
    writes: AtomicU64,
    retries: AtomicU64,
}

impl<T: Transport> Paced<T> {
    /// Wraps a transport, on the computer's clock.
    pub fn new(inner: T, pacing: Pacing) -> Self {
        Paced::with_clock(inner, pacing, Arc::new(SystemClock))
    }

    /// Wraps a transport, on a clock of one's own.
    pub fn with_clock(inner: T, pacing: Pacing, clock: Arc<dyn Clock>) -> Self {
        let gate = Gate::new(pacing.in_flight);
        let (reads, writes, retries) = Default::default();
        Paced {
            inner,
            pacing,
            clock,
            stop: Stop::default(),
            gate,
            reads,
            writes,
            retries,
        }
    }

    /// Waits for nothing once the end is asked for.
    #[must_use]
    pub fn until(mut self, stop: Stop) -> Self {
        self.stop = stop;
        self
    }

    /// How many requests were sent so far.
    pub fn counts(&self) -> Counts {
        let load = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counts {
            reads: load(&self.reads),
            writes: load(&self.writes),
            retries: load(&self.retries),
        }
    }

    /// How many requests may be in flight now; it falls when the server refuses and recovers slowly.
    pub fn limit(&self) -> usize {
        self.gate.limit()
    }

    async fn carry(&self, request: Request) -> Result<Response, TransportError> {
        let reads = request.method == Method::Get;
        let mut attempt = 1;
        loop {
            let outcome = self.send_once(request.clone()).await;
            let tries_left = reads && attempt < self.pacing.tries;
            let Some(wait) = self.wait_before_retry(&outcome, attempt).filter(|_| tries_left) else {
                return outcome;
            };
            tracing::debug!("{request:?}: try {} in {wait:?}", attempt + 1);
            if !self.stop.wait(self.clock.as_ref(), wait).await {
                return outcome;
            }
            self.retries.fetch_add(1, Ordering::Relaxed);
            attempt += 1;
        }
    }

    async fn send_once(&self, request: Request) -> Result<Response, TransportError> {
        let method = request.method;
        let Some(pass) = self.gate.enter(self.clock.as_ref(), &self.stop).await else {
            return Err(TransportError::Interrupted);
        };
        let counter = if method == Method::Get {
            &self.reads
        } else {
            &self.writes
        };
        counter.fetch_add(1, Ordering::Relaxed);
        let sent = self.clock.now();
        let outcome = self.inner.send(request).await;
        let time = Duration::try_from(self.clock.now().duration_since(sent)).unwrap_or_default();
        self.learn(&pass, method, &outcome, time);
        outcome
    }

    fn learn(&self, pass: &Pass<'_>, method: Method, outcome: &Result<Response, TransportError>, time: Duration) {
        match outcome {
            Ok(response) if is_overload(method, response) => {
                pass.was_too_much();
                if let Some(wait) = self.asked_wait(response) {
                    self.gate
                        .close_for(wait.min(self.pacing.longest_wait), self.clock.now());
                }
            }
            Ok(_) => {
                pass.went_well();
                pass.took(time);
            }
            Err(TransportError::Timeout(_)) => pass.was_too_much(),
            Err(_) => {}
        }
    }

    fn wait_before_retry(&self, outcome: &Result<Response, TransportError>, attempt: u32) -> Option<Duration> {
        let backoff = || {
            let doubled = self.pacing.first_backoff.saturating_mul(1 << (attempt - 1).min(16));
            self.clock.spread(doubled.min(self.pacing.longest_wait))
        };
        match outcome {
            Ok(response) if matches!(response.status, 429 | 502 | 503 | 504 | 520) => match self.asked_wait(response) {
                Some(asked) => (asked <= self.pacing.longest_wait).then_some(asked),
                None => Some(backoff()),
            },
            Err(TransportError::Connect(_) | TransportError::Cut(_) | TransportError::Timeout(_)) => Some(backoff()),
            // TLS stays refused, and whoever signs in again and again locks the account.
            Err(TransportError::Tls(_) | TransportError::SignIn(_) | TransportError::Interrupted) | Ok(_) => None,
        }
    }

    fn asked_wait(&self, response: &Response) -> Option<Duration> {
        retry_after(response.retry_after.as_deref()?, self.clock.now())
    }
}

impl<T: Transport> Transport for Paced<T> {
    fn send(&self, request: Request) -> Sending<'_> {
        Box::pin(self.carry(request))
    }
}

/// A refusal because of load. Quay's own 503 to a write (a read-only registry or repository) is JSON and says nothing about load.
fn is_overload(method: Method, response: &Response) -> bool {
    match response.status {
        429 => true,
        503 => method == Method::Get || response.content_type != "application/json",
        _ => false,
    }
}

/// How long `Retry-After` asks to wait: seconds, or a date (none is left of a past one). `None` where it is neither.
pub(crate) fn retry_after(header: &str, now: Timestamp) -> Option<Duration> {
    let header = header.trim();
    if let Ok(seconds) = header.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = DateTimeParser::new().parse_timestamp(header).ok()?;
    Some(Duration::try_from(date.duration_since(now)).unwrap_or_default())
}

#[cfg(test)]
mod tests;
