//! What each change is decided on, so that it can be asked again before the change is carried out.

mod check;
mod items;

use std::collections::BTreeSet;

use crate::kinds::{self, Identity, Kind, member, organization_member, team};
use crate::model::{Action, Address, Change, Expected, Fields, HashSet, Precondition, World};

use super::Options;
use super::stage::Causes;

pub use check::{Finding, Findings, check};

/// Gives every change that writes its preconditions, and says below which of this plan's own objects it stands.
pub(super) fn decide(changes: &mut [Change], causes: &Causes<'_>, live: &World, after: &World, options: &Options) {
    let created: HashSet<Address> = changes
        .iter()
        .filter(|change| change.action == Action::Create)
        .map(|change| change.address.clone())
        .collect();
    let is_new = |address: &&Address| created.contains(*address) || causes.born_by.contains_key(*address);
    for change in changes.iter_mut().filter(|change| change.action.writes()) {
        let Some(kind) = kinds::find(change.address.kind) else {
            continue;
        };
        let needs = causes.needs.get(&change.address).copied().unwrap_or_default();
        let makers = needs
            .iter()
            .filter(is_new)
            .chain([&change.address])
            .filter_map(|address| {
                let made = Some(address).filter(|address| **address != change.address && created.contains(*address));
                made.or_else(|| causes.born_by.get(address))
            });
        let below: BTreeSet<Address> = makers.cloned().collect();
        let mut preconditions = Vec::new();
        if change.action == Action::Create {
            let existing = needs.iter().filter(|need| !is_new(need) && live.get(need).is_some());
            preconditions.extend(existing.map(present));
        }
        preconditions.extend(own(kind, change, live));
        if takes_administrators(change, live) {
            preconditions.extend(remaining_administrators(
                change.address.namespace(),
                live,
                after,
                options,
            ));
        }
        change.below = below.into_iter().collect();
        preconditions.shrink_to_fit();
        change.preconditions = preconditions;
    }
}

fn present(address: &Address) -> Precondition {
    Precondition {
        address: address.clone(),
        expected: Expected::Present,
    }
}

/// What the change's own object must be like.
fn own(kind: &dyn Kind, change: &Change, live: &World) -> Option<Precondition> {
    let equal = |fields: Fields| Expected::Equal {
        number: items::equal(kind, &change.address, &fields, live).count(),
        fields,
    };
    let object = live.get(&change.address);
    let expected = match (change.action, kind.identity()) {
        // What this plan itself takes away first.
        (Action::Create, Identity::Path) if object.is_some() => return None,
        (Action::Create, Identity::Path) => Expected::Absent,
        (Action::Create, Identity::Content) => equal(items::declared(kind, &change.wanted)),
        (Action::Delete | Action::Replace, Identity::Content) => equal(items::declared(kind, &object?.fields)),
        (Action::Delete | Action::Replace, Identity::Path) => Expected::Fields(items::declared(kind, &object?.fields)),
        (Action::Update, _) => Expected::Fields(overwritten(kind, change, &object?.fields)),
        (Action::Blocked | Action::Deferred, _) => return None,
    };
    Some(Precondition {
        address: change.address.clone(),
        expected,
    })
}

/// The live values that the change writes over: of the fields that change, and of those that the call sends along.
fn overwritten(kind: &dyn Kind, change: &Change, live: &Fields) -> Fields {
    let along = kind.sends_along(change).iter().copied();
    let names = change.fields.iter().map(|field| field.name).chain(along);
    names.filter_map(|name| Some((name, live.get(name)?.clone()))).collect()
}

/// Whether the change may take somebody's way to administer an organization.
fn takes_administrators(change: &Change, live: &World) -> bool {
    let is_admin_team = |team: &Address| live.get(team).is_some_and(|object| object.text("role") == "admin");
    match (change.address.kind, change.action) {
        (member::NAME, Action::Delete) => {
            let (organization, team, _) = member::parts(&change.address);
            is_admin_team(&team::address(organization, team))
        }
        (organization_member::NAME, Action::Delete) => {
            let memberships = change.takes_along.iter().filter(|each| each.kind == member::NAME);
            let mut teams = memberships.map(member::parts);
            teams.any(|(organization, team, _)| is_admin_team(&team::address(organization, team)))
        }
        (team::NAME, Action::Delete) => is_admin_team(&change.address),
        (team::NAME, Action::Update) => is_admin_team(&change.address) && change.touches("role"),
        _ => false,
    }
}

/// The memberships that the guards against a lock-out counted on: of operators, and of as many people as must remain.
fn remaining_administrators(organization: &str, live: &World, after: &World, options: &Options) -> Vec<Precondition> {
    let stay: Vec<(Address, Address)> = member::administrations(after, organization)
        .filter(|(team, membership)| {
            live.get(membership).is_some() && live.get(team).is_some_and(|object| object.text("role") == "admin")
        })
        .collect();
    let mut people: BTreeSet<&str> = BTreeSet::new();
    let mut preconditions = Vec::new();
    for first_operators in [true, false] {
        for (team, membership) in &stay {
            let name = member::parts(membership).2;
            let counts = after.operators.contains(name)
                || (!first_operators && !name.contains('+') && people.len() < options.guards.min_admins as usize);
            if counts && people.insert(name) {
                let role = Fields::from([("role", "admin".into())]);
                preconditions.push(present(membership));
                preconditions.push(Precondition {
                    address: team.clone(),
                    expected: Expected::Fields(role),
                });
            }
        }
    }
    preconditions
}
