//! Looks on at every write of an apply, on both sides of its commit.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

use quayform::emulator::{IncomingRequest, When, Write};
use quayform::model::{Address, Call, Object, Segment};

use crate::lab::Planned;

use super::super::orders::is_answered;
use super::bounds::Bounds;

/// What it knows of the plan, and what it has seen.
pub(super) struct Observer {
    calls: Arc<Planning>,
    bounds: Option<Bounds>,
    kill: Option<(u64, When)>,
    wrong: Arc<Mutex<Vec<String>>>,
}

impl Observer {
    pub(super) fn new(planned: &Planned, bounds: Option<&Bounds>, kill: Option<(u64, When)>) -> Self {
        Observer {
            calls: Arc::new(Planning::of(planned)),
            bounds: bounds.cloned(),
            kill,
            wrong: Arc::default(),
        }
    }

    /// What the registry tells it of writes.
    pub(super) fn hook(&self) -> impl FnMut(Write<'_>) -> ControlFlow<()> + Send + 'static {
        let (calls, bounds, kill) = (Arc::clone(&self.calls), self.bounds.clone(), self.kill);
        let (wrong, mut sent) = (Arc::clone(&self.wrong), Vec::new());
        move |write| {
            let seen = match write.when {
                When::BeforeCommit => calls.speaks_not_of(write.request),
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

/// The calls of a plan, and what had which id when it was made.
struct Planning {
    calls: Vec<Call>,
    /// By kind and id: every kind counts for itself.
    objects: BTreeMap<(&'static str, String), Object>,
}

impl Planning {
    fn of(planned: &Planned) -> Self {
        let writing = planned.plan.changes.iter().filter(|change| change.action.writes());
        let live = planned.live.objects.values();
        Planning {
            calls: writing.flat_map(|change| change.calls.clone()).collect(),
            objects: live
                .filter_map(|object| Some(((object.address.kind, object.handle.clone()?), object.clone())))
                .collect(),
        }
    }

    /// A write that no change of the plan speaks of.
    fn speaks_not_of(&self, request: &IncomingRequest) -> Option<String> {
        let is_planned = self
            .calls
            .iter()
            .any(|call| is_answered(call, &request.method, &request.target) && self.means(call, &request.target));
        (!is_planned).then(|| format!("{} {} is not in the plan", request.method, request.target))
    }

    /// Whether each id in the path is not that of something else: an equal item is as good, and what was made since the
    /// plan has ids of its own.
    fn means(&self, call: &Call, target: &str) -> bool {
        let sent = target.trim_start_matches("/api/v1/").split('/');
        call.path.iter().zip(sent).all(|(segment, id)| match segment {
            Segment::Text(_) => true,
            Segment::Handle(address) => {
                let has_it = self.objects.get(&(address.kind, id.to_owned()));
                has_it.is_none_or(|object| self.is_as_good(object, address))
            }
        })
    }

    fn is_as_good(&self, object: &Object, address: &Address) -> bool {
        let planned = self.objects.values().find(|other| other.address == *address);
        object.address == *address || planned.is_some_and(|planned| planned.fields == object.fields)
    }
}
