//! Proof that an apply did what it was to do: the touched objects are read again and compared.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::drift::{Residual, Window};
use crate::http::ReadOnly;
use crate::kinds;
use crate::model::{Action, Address, Change, Collection, Effect, Gap, Outcome, Plan, State, World};
use crate::plan::{Options, plan as plan_again};
use crate::read::{Reader, look};

use super::Context;
use super::causes::causes;

/// What reading everything again showed.
#[derive(Debug, Clone, Default)]
pub struct Verified {
    /// What is still not as it was planned, although its change was done, with the likely causes.
    pub residual: Vec<Residual>,
    /// What the server took and passed over, as it is known to do in such a case: no later apply would do better.
    pub blocked: Vec<Residual>,
    /// Usage logs that could not be read, or not far enough to name somebody: no failure by itself.
    pub unread_logs: Vec<Gap>,
    /// Collections that could not be read again, so that nothing is proven about them.
    pub unproven: Vec<String>,
    /// How many requests it took.
    pub requests: usize,
}

impl Verified {
    /// Whether everything that was done is proven.
    pub fn converged(&self) -> bool {
        self.residual.is_empty() && self.unproven.is_empty()
    }
}

/// When it happens.
pub(super) struct When {
    /// When the apply began.
    pub(super) began: Timestamp,
    /// Whether nothing that was sent can still be at work.
    pub(super) settled: bool,
}

/// Reads the collections of every attempted change again and plans against them. Changes whose outcome was not known
/// are settled by what is found; where the server had no time to come to rest, only by what is found done.
pub(super) async fn verify(
    plan: &Plan,
    live: &World,
    context: &Context<'_>,
    client: ReadOnly,
    when: When,
    outcomes: &mut [Outcome],
) -> Verified {
    let touched: BTreeSet<Collection> = outcomes
        .iter()
        .filter(|outcome| matches!(outcome.state, State::Done | State::Unknown(_) | State::Failed(_)))
        .map(|outcome| kinds::collection(&outcome.address))
        .collect();
    let focus = context.desired.narrowed(&touched, kinds::collection);
    let mut reader = Reader::new(client.clone());
    let mut interest = focus.interest(kinds::collection);
    interest.collections.extend(touched.iter().cloned());
    let world = look(&mut reader, &interest, live.features.clone(), live.caller.clone()).await;
    // What cannot be compared has been sent, and would never stop to differ.
    let options = Options {
        resend_secrets: false,
        narrowing: None,
        ..context.options.clone()
    };
    let again = plan_again(&focus, &world, &options);
    let mut residual = still_open(plan, again.changes, &world);
    if plan.narrowed.is_some() {
        // What else differs was not meant.
        residual.retain(|change| plan.changes.iter().any(|planned| planned.address == change.address));
    }
    let open: BTreeSet<&Address> = residual.iter().map(|change| &change.address).collect();
    for outcome in outcomes.iter_mut() {
        settle(outcome, &open, &world, when.settled);
    }
    let undone = outcomes.iter().filter(|outcome| outcome.state != State::Done);
    // What the plan already put off may look possible where less is read.
    let postponed = plan.changes.iter().filter(|change| is_put_off(plan, change));
    let mut undone: BTreeSet<Address> = undone
        .map(|outcome| &outcome.address)
        .chain(postponed.map(|change| &change.address))
        .cloned()
        .collect();
    undone.extend(waiting(plan, live, outcomes));
    residual.retain(|change| !undone.contains(&change.address));
    let window = Window {
        caller: live.caller.name.clone(),
        age: context.clock.now().duration_since(when.began),
    };
    let causes = causes(residual, plan, &window, &client).await;
    let gaps: BTreeSet<String> = world
        .gaps
        .values()
        .map(|gap| format!("{}: {}", gap.target, gap.reason))
        .collect();
    let (blocked, residual) = causes.residual.into_iter().partition(Residual::is_stuck);
    Verified {
        residual,
        blocked,
        unread_logs: causes.unread,
        unproven: gaps.into_iter().collect(),
        requests: reader.requests() + causes.requests,
    }
}

/// Whether the plan leaves the object of a change as it is: deferred, or blocked as a whole.
fn is_put_off(plan: &Plan, change: &Change) -> bool {
    let writes = || {
        plan.changes
            .iter()
            .any(|other| other.address == change.address && other.action.writes())
    };
    change.action == Action::Deferred || (change.action == Action::Blocked && !writes())
}

/// What would still have to be written. What was written and cannot be written again, because something that it needs
/// has gone meanwhile, is no less open.
fn still_open(plan: &Plan, again: Vec<Change>, world: &World) -> Vec<Change> {
    let planned = |writes: bool| -> BTreeSet<&Address> {
        let changes = plan.changes.iter().filter(|change| change.action.writes() == writes);
        changes.map(|change| &change.address).collect()
    };
    let (written, held_back) = (planned(true), planned(false));
    let mut open = Vec::new();
    for mut change in again {
        let was_written = written.contains(&change.address) && !held_back.contains(&change.address);
        if change.action == Action::Blocked && was_written {
            let is_there = world.get(&change.address).is_some();
            change.action = if is_there { Action::Update } else { Action::Create };
        }
        if change.action.writes() {
            open.push(change);
        }
    }
    open
}

/// What would have gone with a deletion that the server has put off: it waits with it.
fn waiting(plan: &Plan, live: &World, outcomes: &[Outcome]) -> Vec<Address> {
    let put_off = outcomes
        .iter()
        .filter(|outcome| matches!(outcome.state, State::Deferred(_)));
    let put_off: BTreeSet<&Address> = put_off.map(|outcome| &outcome.address).collect();
    let changes = plan.changes.iter().filter(|change| put_off.contains(&change.address));
    let effects = changes.filter_map(|change| {
        let kind = kinds::find(change.address.kind)?;
        Some(kind.effects(change, live))
    });
    let gone = effects.flatten().filter_map(|effect| match effect {
        Effect::Remove(address) => Some(address),
        Effect::Put(_) | Effect::RemoveAll(_) => None,
    });
    gone.collect()
}

/// An unknown outcome becomes a known one where its collection could be read.
fn settle(outcome: &mut Outcome, open: &BTreeSet<&Address>, world: &World, settled: bool) {
    if let State::Unknown(said) = &outcome.state {
        let read = world.is_complete(&kinds::collection(&outcome.address));
        outcome.state = match (read, open.contains(&outcome.address)) {
            (true, false) => State::Done,
            (true, true) if settled => State::Failed(format!("{said}; read again: it was not done")),
            (true, true) => State::Failed(format!(
                "{said}; read again too early to be sure, since the run was interrupted: it was not done yet"
            )),
            (false, _) => State::Failed(format!(
                "{said}; whether it was done is not known: it could not be read again"
            )),
        };
    }
}
