//! `protected`: what never goes, neither by itself nor with what holds it.

use crate::model::{Address, Refusal};

use super::{Case, words};

pub(super) fn check(case: &Case<'_>) -> Option<Refusal> {
    let patterns = &case.options.guards.protected;
    let is_protected = |address: &&&Address| patterns.iter().any(|pattern| pattern.matches(address));
    let addresses: Vec<Address> = case
        .gone
        .keys()
        .filter(is_protected)
        .map(|each| (*each).clone())
        .collect();
    if addresses.is_empty() {
        return None;
    }
    let along = addresses.iter().filter_map(|address| {
        let change = case.gone.get(address)?;
        (change.address != *address).then(|| format!("{address} would go with {}", change.address))
    });
    Some(Refusal {
        guard: "protected",
        message: format!("{} would be deleted", words::count(addresses.len(), "protected object")),
        remarks: along.collect(),
        addresses,
        way_out: "there is no override: take it out of [guards] protected first, in a commit of its own".to_owned(),
        overridable: false,
    })
}
