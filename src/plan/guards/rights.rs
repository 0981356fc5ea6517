//! Who administers an organization, before and after.

use std::collections::BTreeSet;

use crate::kinds::{member, organization, team};
use crate::model::{Action, Address, Change};

use super::Case;

/// The administrators of one organization in which the plan decides about them.
pub(super) struct Rights {
    pub(super) organization: String,
    /// Those before the plan; of a new organization, whoever creates it.
    pub(super) before: BTreeSet<String>,
    pub(super) after: BTreeSet<String>,
    /// Whether this plan creates the organization.
    pub(super) is_new: bool,
}

/// The organizations whose teams or memberships change, by themselves or with something else, and those that are new.
/// Of one that goes as a whole nobody is locked out.
pub(super) fn changed(case: &Case<'_>) -> Vec<Rights> {
    let changes = case.plan.changes.iter().filter(|change| change.action.writes());
    let touched = changes.flat_map(|change| {
        let along = change.takes_along.iter().filter(|address| decides(address));
        let own = Some(&change.address).filter(|_| is_birth(change) || decides(&change.address));
        own.into_iter().chain(along)
    });
    let names: BTreeSet<&str> = touched.map(Address::namespace).collect();
    let remains = |name: &&str| !case.gone.contains_key(&organization::address(name));
    let names = names.into_iter().filter(remains);
    let births = case.plan.changes.iter().filter(|change| is_birth(change));
    let born: BTreeSet<&str> = births.map(|change| change.address.identity.as_str()).collect();
    names.map(|name| rights(case, name, born.contains(name))).collect()
}

fn decides(address: &Address) -> bool {
    matches!(address.kind, team::NAME | member::NAME)
}

fn is_birth(change: &Change) -> bool {
    change.address.kind == organization::NAME && change.action == Action::Create
}

fn rights(case: &Case<'_>, name: &str, is_new: bool) -> Rights {
    let mut before = member::administrators(case.live, name);
    before.extend(is_new.then(|| case.live.caller.name.clone()));
    Rights {
        organization: name.to_owned(),
        before,
        after: member::administrators(case.after, name),
        is_new,
    }
}
