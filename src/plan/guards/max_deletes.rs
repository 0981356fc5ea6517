//! `max_deletes`: a plan that deletes much is more often a mistake than a wish.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Address, Refusal};

use super::{Case, allowance, words};

/// Objects that are counted together: those of one kind in one organization. Of what an organization has only one (the
/// organization itself, its quota), all in the registry.
type Group<'a> = (&'static str, Option<&'a str>);

fn group(address: &Address) -> Group<'_> {
    let namespace = address.namespace();
    (address.kind, (address.identity != namespace).then_some(namespace))
}

/// Counts what goes, by itself or with something else. What is allowed by its own address, or goes with such an object,
/// is not counted; and what goes with something that is refused for its own sake needs no second word.
pub(super) fn check(case: &Case<'_>) -> Vec<Refusal> {
    let mut groups: BTreeMap<Group<'_>, Vec<&Address>> = BTreeMap::new();
    for (address, change) in &case.gone {
        let is_named = allowance::names(case, address) || allowance::names(case, &change.address);
        let is_refused = change.address != **address && allowance::refuses(case, change);
        if !is_named && !is_refused {
            groups.entry(group(address)).or_default().push(address);
        }
    }
    let limit = case.options.guards.max_deletes;
    groups.retain(|_, addresses| addresses.len() > limit.allowed(0));
    let mut existing: BTreeMap<Group<'_>, usize> = groups.keys().map(|group| (*group, 0)).collect();
    if !existing.is_empty() {
        for address in case.live.objects.keys() {
            if let Some(count) = existing.get_mut(&group(address)) {
                *count += 1;
            }
        }
    }
    let groups = groups.into_iter();
    groups
        .filter_map(|(group, addresses)| refusal(case, group, &addresses, existing.get(&group).copied()?))
        .collect()
}

/// `existing` is how many of the group are live.
fn refusal(case: &Case<'_>, ours: Group<'_>, addresses: &[&Address], existing: usize) -> Option<Refusal> {
    let (limit, number) = (case.options.guards.max_deletes, addresses.len());
    let allowed = limit.allowed(existing);
    if number <= allowed {
        return None;
    }
    let objects = match existing {
        1 => format!("the only {}", ours.0.replace('_', " ")),
        _ if number == existing => format!("all {number} {}", words::objects(ours.0)),
        _ => format!("{number} of the {existing} {}", words::objects(ours.0)),
    };
    let place = ours.1.map(|namespace| format!(" in {namespace}")).unwrap_or_default();
    let causes: BTreeSet<&Address> = addresses
        .iter()
        .filter_map(|address| case.gone.get(address).map(|change| &change.address))
        .collect();
    Some(Refusal {
        guard: "max_deletes",
        message: format!("{objects}{place} would be deleted; max_deletes = {limit} allows {allowed}"),
        addresses: addresses.iter().map(|address| (*address).clone()).collect(),
        remarks: along(case, addresses),
        way_out: format!(
            "if this is meant: {}, or the same addresses in allow_destroy, or max_deletes = {number}, in {}",
            allowance::flags(&causes.into_iter().collect::<Vec<_>>()),
            allowance::place(case)
        ),
        overridable: true,
    })
}

/// Which deletions take how many of the objects along.
fn along(case: &Case<'_>, addresses: &[&Address]) -> Vec<String> {
    let mut causes: BTreeMap<&Address, usize> = BTreeMap::new();
    for address in addresses {
        if let Some(change) = case.gone.get(address).filter(|change| change.address != **address) {
            *causes.entry(&change.address).or_default() += 1;
        }
    }
    let causes = causes.into_iter();
    causes
        .map(|(cause, number)| format!("{number} of them would go with {cause}"))
        .collect()
}
