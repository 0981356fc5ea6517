//! Objects that the server is at work on: it would leave out parts of a change, so the change waits, but not for ever.

use std::time::Duration;

use crate::model::{Change, State};
use crate::plan::preconditions::{Finding, check};

use super::precheck::busy;
use super::send::Sender;

/// How long a change waits for its object: in all, and from one look to the next.
const PATIENCE: Duration = Duration::from_mins(10);
const PAUSE: Duration = Duration::from_secs(15);

impl Sender {
    /// Waits until the server has ended what it does with the object of a change, at most ten minutes, and compares the
    /// object once more with what the change was decided on. `Err` is how a change ends that must not be sent.
    pub(super) async fn comes_to_rest(&self, change: &Change) -> Result<(), State> {
        let mut waited = Duration::ZERO;
        loop {
            if !self.stop.wait(self.clock.as_ref(), PAUSE).await {
                return Err(State::Cancelled);
            }
            waited += PAUSE;
            let fresh = self.look_at(&change.address).await;
            let Some(doing) = busy(change, &fresh) else {
                // What else it was decided on does not change because the server was at work here.
                let mut own = change.clone();
                own.preconditions
                    .retain(|precondition| precondition.address == change.address);
                return ended(check(&[&own], &[], &fresh).each.pop());
            };
            if waited >= PATIENCE {
                let minutes = PATIENCE.as_secs() / 60;
                return Err(State::Deferred(format!(
                    "{doing}, and was so for {minutes} minutes; the next apply changes it"
                )));
            }
        }
    }
}

fn ended(finding: Option<Finding>) -> Result<(), State> {
    match finding {
        None | Some(Finding::Go) => Ok(()),
        Some(Finding::Already) => Err(State::Done),
        Some(Finding::Moved(what)) => Err(State::Stale(what)),
        Some(Finding::Unreadable(why)) => Err(State::Skipped(why)),
    }
}
