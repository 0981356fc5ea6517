//! The only code that writes to a registry.

pub mod builds;
mod causes;
mod cocktail;
mod credentials;
pub mod journal;
mod judge;
mod precheck;
mod rest;
mod send;
pub mod settle;
mod sink;
mod told;
mod verify;
mod walk;

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use crate::cocktail::Cocktail;
use crate::http::{Clock, ReadOnly, Stop, Transport};
use crate::model::{Address, Change, Desired, Outcome, Plan, State, Target, World};
use crate::plan::Options;
use journal::{Event, Journal, Work};

pub use credentials::{Delivered, concerns_credentials, hands_out, hands_out_once};
pub use sink::{Kept, Sink, SinkProblem};
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
    /// Where the tokens of robots go, if anywhere.
    pub sink: Option<Arc<dyn Sink>>,
    /// Is told of each write before it leaves.
    pub journal: Arc<dyn Journal>,
    /// How long a request without an answer may still be at work in the server: [`settle::TIME`].
    pub settle_time: Duration,
    /// How long the end of a build is waited for: [`builds::PATIENCE`]; zero for not at all.
    pub build_patience: Duration,
    /// The way to CocktailCloud, where a change needs it.
    pub cocktail: Option<Cocktail>,
    /// What earlier runs have started and have not seen the end of.
    pub work: Work,
    /// Asks from outside to begin nothing new, and to wait for nothing.
    pub stop: Stop,
}

/// Is told how the apply goes on.
pub trait Progress: Send + Sync {
    /// A change begins.
    fn started(&self, change: &Change);
    /// What a change has started goes on.
    fn goes_on(&self, _address: &Address, _what: &str) {}
    /// A change has ended.
    fn ended(&self, outcome: &Outcome);
    /// Everything that was written is read again.
    fn verifying(&self);
    /// The tokens of robots are brought to their sink.
    fn delivering(&self) {}
}

/// What came of an apply.
#[derive(Debug, Clone, Default)]
pub struct Applied {
    /// Every change that was to write, in the plan's order.
    pub outcomes: Vec<Outcome>,
    /// What reading it all again showed; `None` where nothing was written.
    pub verified: Option<Verified>,
    /// How many changes were found done before they were begun: by another run, or by somebody else.
    pub already: usize,
    /// What became of robots' tokens; `None` without a sink.
    pub credentials: Option<Delivered>,
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
    /// The tokens of robots could not be kept.
    #[error("robots' tokens cannot be kept: {0}")]
    Sink(#[from] SinkProblem),
    /// Images are to be built, and nobody knows where CocktailCloud is.
    #[error("{0} is built by CocktailCloud, and there is no way to it")]
    NoCocktail(Address),
    /// A crash could not be told from a write that never left.
    #[error("the journal cannot be written: {0}")]
    Journal(String),
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
    if let Some(address) = needs_cocktail(plan).next().filter(|_| context.cocktail.is_none()) {
        return Err(ApplyError::NoCocktail(address.clone()));
    }
    if let Some(sink) = &context.sink
        && concerns_credentials(context.desired, &plan.changes)
    {
        sink.prepare()?;
    }
    let begins = Event::run_begins(&live.caller.name, plan.summary.writes());
    let recorded = context.journal.record(begins).await;
    recorded.map_err(|error| ApplyError::Journal(error.to_string()))?;
    let began = context.clock.now();
    let (sender, mut news) = send::Sender::new(context, live);
    let sender = Arc::new(sender);
    let mut precheck = precheck::Precheck::new(context, live);
    let (outcomes, already) = walk::walk(plan, &sender, context, (progress, &mut news), &mut precheck).await;
    let mut applied = Applied {
        outcomes,
        verified: None,
        already,
        credentials: None,
        writes: sender.writes(),
        reads: sender.reads() + precheck.reads(),
    };
    let mut settled = true;
    if applied.writes > 0 {
        progress.verifying();
        let client = ReadOnly::new(Arc::clone(&context.transport), context.token.clone());
        settled = sender.wait_to_settle().await;
        let when = verify::When { began, settled };
        let verified = verify::verify(plan, live, context, client, when, &mut applied.outcomes).await;
        applied.reads += verified.requests;
        applied.verified = Some(verified);
    }
    if let Some(keeper) = sender.keeper() {
        progress.delivering();
        keeper.reconcile(context, live, &applied.outcomes).await;
        applied.reads += keeper.requests();
        applied.credentials = Some(keeper.delivered());
    }
    let done = applied.count(|state| *state == State::Done);
    if let Err(error) = context.journal.record(Event::RunEnds { done, settled }).await {
        // Everything is written and read again: the next run will say too much, and nothing wrong happens.
        tracing::warn!("the end of the run is missing in the journal: {error}");
    }
    Ok(applied)
}

/// What of a plan CocktailCloud is needed for.
pub fn needs_cocktail(plan: &Plan) -> impl Iterator<Item = &Address> {
    let needs = |change: &&Change| change.calls.iter().any(|call| call.target == Target::Cocktail);
    let writing = plan.changes.iter().filter(|change| change.action.writes());
    writing.filter(needs).map(|change| &change.address)
}
