//! Time, as the transport sees it, so that tests need not wait.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use jiff::Timestamp;

/// A wait under way.
pub type Sleeping<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// Tells the time and waits.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;

    /// Waits that long.
    fn sleep(&self, duration: Duration) -> Sleeping<'_>;

    /// A wait that nobody asked for by number, spread by chance so that clients that were refused together do not come
    /// back together. Clocks of tests leave it as it is.
    fn spread(&self, wait: Duration) -> Duration {
        wait
    }
}

/// The computer's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn sleep(&self, duration: Duration) -> Sleeping<'_> {
        Box::pin(tokio::time::sleep(duration))
    }

    /// From the wait itself to half as long again.
    fn spread(&self, wait: Duration) -> Duration {
        let mut bytes = [0; 2];
        // Without chance the wait is still long enough.
        let _ = getrandom::fill(&mut bytes);
        wait + wait / 2 * u32::from(u16::from_le_bytes(bytes)) / u32::from(u16::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_spread_upwards_and_not_all_alike() {
        let wait = Duration::from_secs(2);
        let waits: Vec<Duration> = (0..64).map(|_| SystemClock.spread(wait)).collect();
        assert!(
            waits.iter().all(|spread| (wait..=wait * 3 / 2).contains(spread)),
            "{waits:?}"
        );
        assert!(waits.iter().any(|spread| *spread != waits[0]));
    }
}
