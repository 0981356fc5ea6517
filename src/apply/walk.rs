//! Walks the graph of changes: each begins as soon as all that it comes after is done.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::task::JoinSet;

use crate::model::{Address, Change, Outcome, Plan, State};

use super::send::Sender;
use super::{AT_ONCE, Context, Progress};

/// Carries out every change that writes. A failure stops what depends on it, nothing else; what was not attempted is
/// in the outcomes as such.
pub(super) async fn walk(
    plan: &Plan,
    sender: &Arc<Sender>,
    context: &Context<'_>,
    progress: &dyn Progress,
) -> Vec<Outcome> {
    let mut walk = Walk::new(plan);
    let mut under_way = JoinSet::new();
    loop {
        while under_way.len() < AT_ONCE
            && !context.stop.is_asked()
            && let Some(index) = walk.next()
        {
            let change = Arc::clone(&walk.changes[index]);
            progress.started(&change);
            let sender = Arc::clone(sender);
            under_way.spawn(async move { (index, sender.carry_out(&change).await) });
        }
        match under_way.join_next().await {
            None => break,
            Some(Ok((index, state))) => progress.ended(&walk.end(index, state)),
            // A panic is a bug of quayform and must not look like an outcome.
            Some(Err(problem)) => std::panic::resume_unwind(problem.into_panic()),
        }
    }
    walk.outcomes()
}

struct Walk {
    changes: Vec<Arc<Change>>,
    states: Vec<Option<State>>,
    begun: Vec<bool>,
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
            open,
            later,
            ready,
        }
    }

    fn next(&mut self) -> Option<usize> {
        let index = self.ready.pop_front()?;
        self.begun[index] = true;
        Some(index)
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
