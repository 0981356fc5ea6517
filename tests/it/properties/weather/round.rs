//! One disturbed apply, and what must hold of it whatever happens.

use std::sync::Arc;

use quayform::apply::Applied;
use quayform::emulator::Emulator;
use quayform::kinds::{self, Identity};
use quayform::model::{Action, Change, Outcome, Plan, State, World};

use crate::lab::{Lab, Planned, Surroundings, detail};

use super::super::case::is_refused;
use super::bounds::Bounds;
use super::coverage::Coverage;
use super::observer::Observer;
use super::saved::through_a_file;
use super::secrets::{Notes, keeps_secrets};
use super::story::{Round, renew_token};

/// Plans and applies under faults; some plans may not even begin.
pub(super) fn endure(lab: &Lab, text: &str, round: &Round, bounds: Option<&Bounds>, coverage: &mut Coverage) {
    renew_token(lab);
    lab.emulator.set_faults(round.faults.clone());
    let Ok(mut planned) = lab.try_plan(text) else {
        coverage.note("round", "registry not proven");
        return;
    };
    coverage.plan(&planned.plan);
    if is_refused(&planned.plan) {
        coverage.note("round", "plan refused");
        return;
    }
    if round.saved {
        match through_a_file(lab, planned) {
            Some(loaded) => planned = loaded,
            None => return coverage.note("round", "registry not proven"),
        }
        coverage.note("round", "saved and loaded");
    }
    let moved = Moved::by(round, lab, &planned);
    let (journal, observer) = (Arc::new(Notes::default()), Observer::new(&planned, bounds, round.kill));
    let surroundings = Surroundings {
        journal: Arc::clone(&journal) as _,
        ..lab.surroundings()
    };
    let applied = lab.carry_out_watched(&planned, surroundings, observer.hook());
    observer.saw_nothing_wrong(&planned);
    keeps_secrets(&planned, applied.as_ref(), &journal);
    match &applied {
        None => coverage.kill(round.kill),
        Some(applied) => {
            coverage.outcomes(applied);
            moved.was_not_written_over(&planned.plan, applied);
        }
    }
}

/// What somebody else changed between planning and applying.
struct Moved {
    /// The registry as it was then; `None` where nobody was there, or where what the client reads is not the truth.
    meanwhile: Option<World>,
    planned: World,
}

impl Moved {
    fn by(round: &Round, lab: &Lab, planned: &Planned) -> Moved {
        round.meanwhile.iter().for_each(|hand| hand.send(&lab.emulator));
        let is_honest = round.faults.rules.iter().all(|rule| {
            let name = rule.fault.name();
            name != "stale_read" && name != "foreign_write"
        });
        // A plan from a file knows the live values, and not all of the registry.
        let looked_at = !round.meanwhile.is_empty() && is_honest && !round.saved;
        Moved {
            meanwhile: looked_at.then(|| read_undisturbed(lab, planned)),
            planned: planned.live.clone(),
        }
    }

    /// A change whose values somebody else had changed is not carried out, unless they made it what was wanted.
    fn was_not_written_over(&self, plan: &Plan, applied: &Applied) {
        let Some(meanwhile) = &self.meanwhile else { return };
        let writing = plan.changes.iter().filter(|change| change.action.writes());
        for change in writing.filter(|change| self.has_moved(change, meanwhile)) {
            let outcome = applied
                .outcomes
                .iter()
                .find(|outcome| outcome.address == change.address);
            assert!(
                !outcome.is_some_and(is_done),
                "somebody else had changed it, and it was carried out: {} over {:?}",
                detail(change),
                meanwhile.get(&change.address)
            );
        }
    }

    fn has_moved(&self, change: &Change, meanwhile: &World) -> bool {
        let (Some(kind), Some(before)) = (kinds::find(change.address.kind), self.planned.get(&change.address)) else {
            return false;
        };
        let Some(now) = meanwhile.get(&change.address) else {
            return false;
        };
        if kind.identity() == Identity::Content {
            return false;
        }
        match change.action {
            Action::Update | Action::Replace => change.fields.iter().any(|field| {
                let now = now.fields.get(field.name);
                now.is_some() && before.fields.get(field.name) != now && field.after.as_ref() != now
            }),
            Action::Delete => kind.fields().iter().any(|field| {
                let (before, now) = (before.fields.get(field.name), now.fields.get(field.name));
                before.is_some() && now.is_some() && before != now
            }),
            _ => false,
        }
    }
}

fn is_done(outcome: &Outcome) -> bool {
    outcome.state == State::Done
}

/// What the client would read of a copy of the registry on which no fault lies.
fn read_undisturbed(lab: &Lab, planned: &Planned) -> World {
    let copy = Emulator::new(lab.emulator.with(|registry| registry.clone()));
    copy.with(|registry| registry.add_token("quayadmin", "emulator-token", &quayform::emulator::SCOPES));
    lab.read_of(&copy, &planned.desired.interest(kinds::collection))
        .unwrap()
}
