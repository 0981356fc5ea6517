//! The only code that writes to a registry.

mod causes;
mod judge;
mod send;
mod verify;
mod walk;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use secrecy::SecretString;

use crate::http::{Clock, ReadOnly, Transport};
use crate::model::{Change, Desired, Outcome, Plan, State, World};
use crate::plan::Options;

pub use verify::Verified;

/// How many changes are under way at once: more only queue up, since every request costs the server 0.3 s of CPU.
const AT_ONCE: usize = 8;

/// What an apply needs besides its plan.
pub struct Context<'a> {
    /// Carries the requests.
    pub transport: Arc<dyn Transport>,
    /// The token that every request carries.
    pub token: Option<SecretString>,
    /// Tells the time and waits.
    pub clock: Arc<dyn Clock>,
    /// What was wanted, for the verification.
    pub desired: &'a Desired,
    /// What the plan was made under, for the verification.
    pub options: &'a Options,
    /// Set from outside to begin nothing new.
    pub stop: Arc<AtomicBool>,
}

/// Is told how the apply goes on.
pub trait Progress: Send + Sync {
    /// A change begins.
    fn started(&self, change: &Change);
    /// A change has ended.
    fn ended(&self, outcome: &Outcome);
    /// Everything that was written is read again.
    fn verifying(&self);
}

/// What came of an apply.
#[derive(Debug, Clone, Default)]
pub struct Applied {
    /// Every change that was to write, in the plan's order.
    pub outcomes: Vec<Outcome>,
    /// What reading it all again showed; `None` where nothing was written.
    pub verified: Option<Verified>,
    /// How many requests wrote.
    pub writes: usize,
    /// How many requests read.
    pub reads: usize,
}

impl Applied {
    /// How many changes ended in a state that `counts` accepts.
    pub fn count(&self, counts: impl Fn(&State) -> bool) -> usize {
        self.outcomes.iter().filter(|outcome| counts(&outcome.state)).count()
    }
}

/// Why an apply does not begin; nothing was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApplyError {
    /// Values must be sent that are not known.
    #[error("secrets that must be sent are not known: {}", .0.join(", "))]
    UnresolvedSecrets(Vec<String>),
}

/// Carries out a plan that was made from `live`, then reads what it touched again.
pub async fn apply(
    plan: &Plan,
    live: &World,
    context: &Context<'_>,
    progress: &dyn Progress,
) -> Result<Applied, ApplyError> {
    let unresolved = send::unresolved(plan);
    if !unresolved.is_empty() {
        return Err(ApplyError::UnresolvedSecrets(unresolved));
    }
    let began = context.clock.now();
    let sender = Arc::new(send::Sender::new(context, live));
    let outcomes = walk::walk(plan, &sender, context, progress).await;
    let mut applied = Applied {
        outcomes,
        verified: None,
        writes: sender.writes(),
        reads: sender.reads(),
    };
    if applied.writes > 0 {
        progress.verifying();
        let client = ReadOnly::new(Arc::clone(&context.transport), context.token.clone());
        let verified = verify::verify(plan, live, context, client, began, &mut applied.outcomes).await;
        applied.reads += verified.requests;
        applied.verified = Some(verified);
    }
    Ok(applied)
}
