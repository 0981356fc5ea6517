//! Walks the graph of changes: each begins as soon as all that it comes after is done.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tokio::task::JoinSet;

use crate::model::{Address, Change, Outcome, Plan, State};
use crate::plan::preconditions::Finding;

use super::precheck::{Found, Precheck};
use super::send::{News, Sender};
use super::{AT_ONCE, Context, Progress};

/// Carries out every change that writes. A failure stops what depends on it, nothing else; what was not attempted is
/// in the outcomes as such. Also returns how many changes were found done.
pub(super) async fn walk(
    plan: &Plan,
    sender: &Arc<Sender>,
    context: &Context<'_>,
    (progress, news): (&dyn Progress, &mut News),
    precheck: &mut Precheck,
) -> (Vec<Outcome>, usize) {
    let mut walk = Walk::new(plan);
    let mut under_way = JoinSet::new();
    loop {
        while under_way.len() < AT_ONCE
            && !context.stop.is_asked()
            && let Some(index) = walk.peek()
        {
            if walk.has_questions(index) && !precheck.is_fresh(index) {
                if !under_way.is_empty() {
                    break;
                }
                let upcoming = walk.upcoming(index, precheck.together());
                let asked = precheck.ask(&upcoming, &walk.done()).await;
                sender.learn(asked.handles).await;
                walk.know_busy(&upcoming, asked.busy);
                walk.take_up(asked.found)
                    .iter()
                    .for_each(|outcome| progress.ended(outcome));
                continue;
            }
            let is_busy = walk.busy.contains(&index);
            if is_busy && under_way.len() > walk.waiting() {
                break;
            }
            let change = walk.begin(index);
            progress.started(&change);
            let sender = Arc::clone(sender);
            under_way.spawn(async move { (index, sender.carry_out(&change, is_busy).await) });
        }
        let ended = loop {
            tokio::select! {
                biased;
                Some((address, what)) = news.recv() => progress.goes_on(&address, &what),
                ended = under_way.join_next() => break ended,
            }
        };
        match ended {
            None => break,
            Some(Ok((index, state))) => progress.ended(&walk.end(index, state)),
            // A panic is a bug of quayform and must not look like an outcome.
            Some(Err(problem)) => std::panic::resume_unwind(problem.into_panic()),
        }
    }
    let already = walk.found.len();
    (walk.outcomes(), already)
}

struct Walk {
    changes: Vec<Arc<Change>>,
    states: Vec<Option<State>>,
    begun: Vec<bool>,
    /// What was there already, so that this run did not make it.
    found: BTreeSet<Address>,
    /// Changes whose objects the server was at work on when they were looked at.
    busy: BTreeSet<usize>,
    open: Vec<usize>,
    later: Vec<Vec<usize>>,
    ready: std::collections::VecDeque<usize>,
}

impl Walk {
    fn new(plan: &Plan) -> Self {
        let writing = plan.changes.iter().filter(|change| change.action.writes());
        let changes: Vec<Arc<Change>> = writing.cloned().map(Arc::new).collect();
        let index: BTreeMap<&Address, usize> = changes
            .iter()
            .enumerate()
            .map(|(at, change)| (&change.address, at))
            .collect();
        let mut later = vec![Vec::new(); changes.len()];
        let mut open = vec![0; changes.len()];
        for (at, change) in changes.iter().enumerate() {
            for first in change.after.iter().filter_map(|address| index.get(address)) {
                later[*first].push(at);
                open[at] += 1;
            }
        }
        let states = changes.iter().map(|change| held(plan, change)).collect::<Vec<_>>();
        let ready = (0..changes.len())
            .filter(|at| open[*at] == 0 && states[*at].is_none())
            .collect();
        let begun = vec![false; changes.len()];
        Walk {
            changes,
            states,
            begun,
            found: BTreeSet::new(),
            busy: BTreeSet::new(),
            open,
            later,
            ready,
        }
    }

    /// Takes up which of the changes that were looked at must wait for the server.
    fn know_busy(&mut self, asked: &[(usize, Arc<Change>)], busy: BTreeSet<usize>) {
        self.busy
            .retain(|index| self.begun[*index] || asked.iter().all(|(other, _)| other != index));
        self.busy.extend(busy);
    }

    /// How many changes under way wait for the server.
    fn waiting(&self) -> usize {
        let waits = |index: &&usize| self.begun[**index] && self.states[**index].is_none();
        self.busy.iter().filter(waits).count()
    }

    /// The change that comes next, if one is ready. Those that must wait for the server come last, so that nobody else
    /// waits with them.
    fn peek(&mut self) -> Option<usize> {
        // What was held back or found done in the meantime is not ready any more.
        while self.ready.front().is_some_and(|index| self.states[*index].is_some()) {
            self.ready.pop_front();
        }
        let waits = |index: &usize| self.states[*index].is_some() || self.busy.contains(index);
        if let Some(at) = self.ready.iter().position(|index| !waits(index))
            && let Some(index) = self.ready.remove(at)
        {
            self.ready.push_front(index);
        }
        self.ready.front().copied()
    }

    fn begin(&mut self, index: usize) -> Arc<Change> {
        self.ready.pop_front();
        self.begun[index] = true;
        Arc::clone(&self.changes[index])
    }

    /// Whether something is to be asked before the change: not below what this run has made or may still make.
    fn has_questions(&self, index: usize) -> bool {
        let change = &self.changes[index];
        !change.preconditions.is_empty() && change.below.iter().all(|maker| self.found.contains(maker))
    }

    /// So many of the next changes in the plan's order that have not begun, this one among them.
    fn upcoming(&self, index: usize, together: usize) -> Vec<(usize, Arc<Change>)> {
        let open = |at: &usize| self.states[*at].is_none() && !self.begun[*at] && *at != index;
        let rest = (0..self.changes.len())
            .filter(open)
            .filter(|at| self.has_questions(*at));
        let next = std::iter::once(index).chain(rest.take(together - 1));
        next.map(|at| (at, Arc::clone(&self.changes[at]))).collect()
    }

    fn done(&self) -> Vec<Arc<Change>> {
        let done = self.changes.iter().zip(&self.states);
        done.filter(|(_, state)| **state == Some(State::Done))
            .map(|(change, _)| Arc::clone(change))
            .collect()
    }

    /// Ends the changes that need not or must not be carried out any more.
    fn take_up(&mut self, found: Found) -> Vec<Outcome> {
        let mut ended = Vec::new();
        for (index, finding) in found {
            let state = match finding {
                Finding::Go => continue,
                Finding::Already => State::Done,
                Finding::Moved(what) => State::Stale(what),
                Finding::Unreadable(why) => State::Skipped(why),
            };
            if state == State::Done {
                self.found.insert(self.changes[index].address.clone());
            }
            if self.states[index].is_none() {
                ended.push(self.end(index, state));
            }
        }
        ended
    }

    fn end(&mut self, index: usize, state: State) -> Outcome {
        let outcome = outcome(&self.changes[index], state.clone());
        if state == State::Done {
            for later in self.later[index].clone() {
                self.open[later] -= 1;
                if self.open[later] == 0 && self.states[later].is_none() {
                    self.ready.push_back(later);
                }
            }
        } else {
            self.skip_dependants(index);
        }
        self.states[index] = Some(state);
        outcome
    }

    fn skip_dependants(&mut self, index: usize) {
        let mut stack = vec![index];
        let cause = self.changes[index].address.to_string();
        while let Some(at) = stack.pop() {
            for later in self.later[at].clone() {
                if self.states[later].is_none() {
                    self.states[later] = Some(State::Skipped(format!("it comes after {cause}, which was not done")));
                    stack.push(later);
                }
            }
        }
    }

    /// What was never begun was cancelled.
    fn outcomes(self) -> Vec<Outcome> {
        let states = self.states.into_iter().map(|state| state.unwrap_or(State::Cancelled));
        self.changes
            .iter()
            .zip(states)
            .map(|(change, state)| outcome(change, state))
            .collect()
    }
}

/// An organization of which something could not be read is not written to.
fn held(plan: &Plan, change: &Change) -> Option<State> {
    let namespace = change.address.namespace();
    plan.unreadable
        .contains(namespace)
        .then(|| State::Skipped(format!("not all of {namespace} could be read")))
}

fn outcome(change: &Change, state: State) -> Outcome {
    Outcome {
        address: change.address.clone(),
        action: change.action,
        state,
    }
}
