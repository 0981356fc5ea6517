//! Looks on at every write of an apply, on both sides of its commit.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

use quayform::emulator::{IncomingRequest, When, Write};
use quayform::model::Call;

use crate::lab::Planned;

use super::super::orders::is_answered;
use super::bounds::Bounds;

/// What it knows of the plan, and what it has seen.
pub(super) struct Observer {
    calls: Vec<Call>,
    bounds: Option<Bounds>,
    kill: Option<(u64, When)>,
    wrong: Arc<Mutex<Vec<String>>>,
}

impl Observer {
    pub(super) fn new(planned: &Planned, bounds: Option<&Bounds>, kill: Option<(u64, When)>) -> Self {
        let writing = planned.plan.changes.iter().filter(|change| change.action.writes());
        Observer {
            calls: writing.flat_map(|change| change.calls.clone()).collect(),
            bounds: bounds.cloned(),
            kill,
            wrong: Arc::default(),
        }
    }

    /// What the registry tells it of writes.
    pub(super) fn hook(&self) -> impl FnMut(Write<'_>) -> ControlFlow<()> + Send + 'static {
        let (calls, bounds, kill) = (self.calls.clone(), self.bounds.clone(), self.kill);
        let (wrong, mut sent) = (Arc::clone(&self.wrong), Vec::new());
        move |write| {
            let seen = match write.when {
                When::BeforeCommit => outside_of(&calls, write.request),
                When::AfterCommit => bounds.as_ref().and_then(|bounds| bounds.broken_in(write.registry)),
            };
            if write.when == When::BeforeCommit {
                sent.push(format!("{} {}", write.request.method, write.request.target));
            }
            if let Some(problem) = seen {
                let mut wrong = wrong.lock().unwrap_or_else(PoisonError::into_inner);
                wrong.push(format!("{problem}, after {sent:#?}"));
            }
            match kill == Some((write.number, write.when)) {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        }
    }

    pub(super) fn saw_nothing_wrong(&self, planned: &Planned) {
        let wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(wrong.is_empty(), "{} in {:#?}", wrong[0], planned.details());
    }
}

/// A write that no change of the plan speaks of.
fn outside_of(calls: &[Call], request: &IncomingRequest) -> Option<String> {
    let is_planned = calls
        .iter()
        .any(|call| is_answered(call, &request.method, &request.target));
    (!is_planned).then(|| format!("{} {} is not in the plan", request.method, request.target))
}
