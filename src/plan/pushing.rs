//! A mirror's robot keeps its right to write where the plan takes the way by which it had it.

use crate::access::{bears_on_access, role};
use crate::kinds::{mirror, permission, repository, robot};
use crate::model::{Action, Change, Declared, Desired, Fields, Intent, Role, Subject, World};

/// Why a mirror's robot gets a grant of its own.
const REASON: &str = "the repository's mirror pushes as this robot, which loses the way by which it could";

/// The grants that declared mirrors imply, of robots which would lose the right to write otherwise: the server gives them
/// one only where it makes a mirror or changes its robot, and only to those who have no other way then.
pub(super) fn implied(changes: &[Change], desired: &Desired, live: &World, after: &World) -> Vec<Declared> {
    if !changes.iter().any(bears_on_access) {
        return Vec::new();
    }
    let mirrors = desired
        .objects
        .iter()
        .filter(|declared| declared.address.kind == mirror::NAME);
    mirrors
        .filter(|declared| declared.intent == Intent::Present)
        .filter_map(|declared| grant(declared, live, after))
        .filter(|grant| desired.objects.iter().all(|other| other.address != grant.address))
        .collect()
}

/// Says why there are changes that no manifest speaks of.
pub(super) fn explain(changes: &mut [Change], implied: &[Declared]) {
    let is_implied = |change: &Change| implied.iter().any(|grant| grant.address == change.address);
    let given = changes
        .iter_mut()
        .filter(|change| change.action != Action::Delete && is_implied(change));
    given.for_each(|change| change.reason = Some(REASON.to_owned()));
}

fn grant(mirror: &Declared, live: &World, after: &World) -> Option<Declared> {
    let name = &*mirror.address.identity;
    let account = after.get(&mirror.address)?.text("robot");
    let subject = Subject::Account(account.to_owned());
    let can_push = |world: &World| role(world, &subject, name) >= Role::Write;
    let short = robot::short_name(mirror.address.namespace(), account);
    (can_push(live) && !can_push(after)).then(|| Declared {
        address: permission::address(name, "robot", short),
        intent: Intent::Present,
        fields: Fields::from([("role", "write".into())]),
        origin: mirror.origin,
        needs: vec![repository::address(name), robot::address(account)],
        apart: Vec::new(),
    })
}
