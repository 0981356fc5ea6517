//! `allow_destroy`: what loses data, history or a credential must be named.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Action, Address, Change, Refusal, Reversibility};

use super::{Case, allowance, in_use, words};

/// One refusal for each class of loss, the gravest first. What goes with an object is allowed with it.
pub(super) fn check(case: &Case<'_>) -> Vec<Refusal> {
    let mut classes: BTreeMap<&str, Vec<&Change>> = BTreeMap::new();
    let all = case.deleted().chain(case.irreversible());
    for change in all.filter(|change| allowance::refuses(case, change)) {
        classes.entry(change.reversibility.word()).or_default().push(change);
    }
    let mut refused: Vec<Vec<&Change>> = classes.into_values().collect();
    refused.sort_by_key(|changes| std::cmp::Reverse(changes.first().map(|change| change.reversibility)));
    refused.into_iter().map(|changes| refusal(case, &changes)).collect()
}

/// Not all that cannot be undone is a deletion.
fn noun(changes: &[&Change]) -> &'static str {
    match changes.iter().all(|change| change.action == Action::Delete) {
        true => "irreversible deletion",
        false => "irreversible change",
    }
}

fn refusal(case: &Case<'_>, changes: &[&Change]) -> Refusal {
    let number = changes.len();
    let verb = if number == 1 { "is" } else { "are" };
    let deletions = match changes.first().map(|change| change.reversibility) {
        Some(Reversibility::Irreversible(_)) => words::count(number, noun(changes)),
        _ => words::count(number, "deletion") + " of a credential or history",
    };
    let lost: BTreeSet<&str> = changes
        .iter()
        .filter_map(|change| change.reversibility.lost())
        .collect();
    let addresses: Vec<&Address> = changes.iter().map(|change| &change.address).collect();
    Refusal {
        guard: "allow_destroy",
        message: format!(
            "{deletions} {verb} not allowed; lost: {}",
            lost.into_iter().collect::<Vec<_>>().join("; ")
        ),
        remarks: in_use::remarks(case, changes),
        way_out: allowance::way_out(case, &addresses),
        addresses: addresses.into_iter().cloned().collect(),
        overridable: true,
    }
}
