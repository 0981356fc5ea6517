//! The client's model against the registry: what is read cheaply is all there is, and what is predicted comes true.

use proptest::prelude::*;
use quayform::kinds::{self, member, repository, robot, team, user};
use quayform::model::{Action, Change, Fields, Plan, Value, World};
use quayform::plan::{plan, predict};

use crate::lab::{Lab, Planned, detail};

use super::case::{Case, case, is_refused};
use super::normal::{differences, normal};
use super::{config, naive};

pub(super) const ORGANIZATIONS: &[&str] = &["a_b", "axb"];

proptest! {
    #![proptest_config(config(192))]

    #[test]
    fn what_is_read_cheaply_is_what_there_is(case in case()) {
        let lab = case.lab();
        let planned = lab.plan(&case.wanted.text());
        let naive = naive_world(&lab, &planned);
        reads_all(&planned, &naive);
        plans_the_same(&lab, &planned, &naive);
    }

    #[test]
    fn predictions_come_true(case in case()) {
        comes_true(&case);
    }
}

/// Everything in the registry, read one by one.
pub(super) fn naive_world(lab: &Lab, planned: &Planned) -> World {
    let mut world = naive::read(&lab.emulator, ORGANIZATIONS, &planned.live);
    world
        .complete
        .extend(planned.desired.interest(kinds::collection).collections);
    world.complete.extend(planned.live.complete.iter().cloned());
    if !world.features.invites() {
        forget_invitations(&mut world, &planned.live);
    }
    world
}

/// Where nobody has to accept, invitations that are left over are seen only by chance, and do no harm.
fn forget_invitations(world: &mut World, live: &World) {
    world.objects.retain(|address, object| {
        let pending = object.fields.get("pending") == Some(&Value::Boolean(true));
        !pending || live.get(address).is_some()
    });
}

/// Every collection that was read has the same objects, with the same fields and ids.
pub(super) fn reads_all(planned: &Planned, naive: &World) {
    for collection in planned.live.complete.iter() {
        if collection.kind == user::NAME || !ORGANIZATIONS.contains(&collection.namespace()) {
            continue;
        }
        let cheap: Vec<_> = planned.live.of(collection).collect();
        let full: Vec<_> = naive.of(collection).collect();
        let names = |objects: &[&quayform::model::Object]| -> Vec<_> {
            objects
                .iter()
                .map(|object| (object.address.clone(), object.handle.clone()))
                .collect()
        };
        assert_eq!(names(&cheap), names(&full), "{collection}");
        for (cheap, full) in cheap.iter().zip(&full) {
            assert_eq!(
                shared(&cheap.fields, full.address.kind),
                shared(&full.fields, full.address.kind),
                "{}",
                full.address
            );
        }
    }
}

/// The fields that both readers ask for: only details of robots that declare some are read, and how much repositories
/// are used only where some may go.
fn shared(fields: &Fields, kind: &str) -> Fields {
    let mut fields = fields.clone();
    fields.remove("synced");
    if kind == robot::NAME {
        fields.remove("metadata");
    }
    if kind == member::NAME {
        fields.remove(member::TIMES);
    }
    if kind == repository::NAME {
        fields.remove(repository::LAST_PUSH);
        fields.remove(repository::USES);
    }
    fields
}

/// Knowing more does not change the plan; only that a mirror nobody speaks of holds a robot is then known before.
fn plans_the_same(lab: &Lab, planned: &Planned, naive: &World) {
    let full = plan(&planned.desired, naive, &lab.options);
    let lines = |plan: &Plan| -> Vec<String> {
        let is_robot = |kind, action| kind == robot::NAME && matches!(action, Action::Delete | Action::Deferred);
        let changes = plan
            .changes
            .iter()
            .filter(|change| !is_robot(change.address.kind, change.action));
        let mut lines: Vec<String> = changes
            .map(|change| format!("{} {:?}", detail(change), change.calls))
            .collect();
        lines.sort();
        lines
    };
    if full.changes.iter().all(|change| change.action != Action::Deferred) {
        let differences = differences(&lines(&planned.plan), &lines(&full));
        assert!(
            differences.is_empty(),
            "planned (predicted) or found with more knowledge: {differences:#?}"
        );
    }
}

fn comes_true(case: &Case) {
    let lab = case.lab();
    let text = case.wanted.text();
    let planned = lab.plan(&text);
    if is_refused(&planned.plan) {
        return;
    }
    let naive = naive_world(&lab, &planned);
    let (full, predicted) = predict(&planned.desired, &naive, &lab.options);
    let again = plan(&planned.desired, &predicted, &lab.options);
    let again: Vec<String> = still_wished(&again, &full).map(detail).collect();
    assert!(
        again.is_empty(),
        "a fulfilled wish is wished again: {again:#?} after {:#?}",
        planned.details()
    );
    let applied = lab.carry_out(&planned);
    if applied.count(|state| *state != quayform::model::State::Done) > 0 {
        return;
    }
    let mut found = naive::read(&lab.emulator, ORGANIZATIONS, &planned.live);
    if !found.features.invites() {
        forget_invitations(&mut found, &predicted);
    }
    let mut predicted = without_moments(&predicted, &mut found);
    if planned
        .plan
        .changes
        .iter()
        .any(|change| change.address.kind == team::NAME && change.action == Action::Delete)
    {
        forget_who_waits(&mut predicted, &mut found);
    }
    let differences = differences(&normal(&predicted), &normal(&found));
    assert!(
        differences.is_empty(),
        "{differences:#?} after {:#?}",
        planned.details()
    );
}

/// What is wished of the predicted registry, but for what was put off.
fn still_wished<'a>(again: &'a Plan, first: &'a Plan) -> impl Iterator<Item = &'a Change> {
    let deferred = |change: &&Change| {
        let mut all = first.changes.iter();
        all.any(|other| other.address == change.address && other.action == Action::Deferred)
    };
    again
        .changes
        .iter()
        .filter(move |change| change.action.writes() && !deferred(change))
}

/// Who leaves with a team that goes is still there when another team takes them in, and need not accept.
fn forget_who_waits(predicted: &mut World, found: &mut World) {
    for object in predicted.objects.values_mut().chain(found.objects.values_mut()) {
        object.fields.remove("pending");
    }
}

/// Takes out the moments that a prediction cannot know, and what the server's mirroring says of itself.
fn without_moments(predicted: &World, found: &mut World) -> World {
    let mut predicted = predicted.clone();
    for object in predicted.objects.values_mut().chain(found.objects.values_mut()) {
        object.fields.remove("status");
    }
    for (address, object) in predicted.objects.iter_mut() {
        if object.fields.get("sync_start_date") == Some(&Value::Now) {
            object.fields.remove("sync_start_date");
            if let Some(found) = found.objects.get_mut(address) {
                found.fields.remove("sync_start_date");
            }
        }
    }
    predicted
}
