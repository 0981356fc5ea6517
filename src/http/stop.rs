//! The wish to come to an end, so that nothing new begins and nobody waits any more.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::clock::Clock;

/// Says that nothing new shall begin and no wait go on. Clones are the same one; it is never taken back.
#[derive(Debug, Clone)]
pub struct Stop(Arc<watch::Sender<bool>>);

impl Default for Stop {
    fn default() -> Self {
        Stop(Arc::new(watch::Sender::new(false)))
    }
}

impl Stop {
    /// Asks for the end; returns whether it had been asked for before.
    pub fn ask(&self) -> bool {
        self.0.send_replace(true)
    }

    /// Whether the end was asked for.
    pub fn is_asked(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits that long, or until the end is asked for; returns whether it waited to the end.
    pub async fn wait(&self, clock: &dyn Clock, duration: Duration) -> bool {
        let mut asked = self.0.subscribe();
        tokio::select! {
            biased;
            // The sender lives as long as `self`, so that this only returns when it is asked for.
            _ = asked.wait_for(|asked| *asked) => false,
            () = clock.sleep(duration) => true,
        }
    }
}
