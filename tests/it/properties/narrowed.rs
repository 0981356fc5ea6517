//! Narrowed plans: parts of the whole, and all parts together the whole.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::sample::Index;
use quayform::model::{Address, Change, Narrowing, Pattern, State};

use crate::end_state::{differences, end_state};
use crate::lab::{Planned, detail};

use super::case::{Case, case, copy, is_refused};
use super::config;

/// A choice that is made once the whole plan is known.
#[derive(Debug, Clone)]
struct Choice {
    targets: Vec<Index>,
    exclude: Vec<Index>,
    /// Whether everything below the namespace or repository of each is meant, instead of just that.
    widely: bool,
}

fn choice() -> impl Strategy<Value = Choice> {
    use proptest::collection::vec;
    let indices = |most| vec(any::<Index>(), 0..most);
    (indices(3), indices(3), any::<bool>()).prop_map(|(targets, exclude, widely)| Choice {
        targets,
        exclude,
        widely,
    })
}

impl Choice {
    fn of(&self, changes: &[Change]) -> Narrowing {
        let pattern = |index: &Index| {
            let address = &index.get(changes).address;
            let text = match (self.widely, address.identity.split_once([':', '/', '+'])) {
                (true, Some((start, _))) => format!("{}[{start}*]", address.kind),
                _ => address.to_string(),
            };
            Pattern::parse(&text).unwrap()
        };
        Narrowing {
            targets: self.targets.iter().map(pattern).collect(),
            exclude: self.exclude.iter().map(pattern).collect(),
            ..Narrowing::default()
        }
    }
}

proptest! {
    #![proptest_config(config(128))]

    #[test]
    fn a_narrowed_plan_is_a_part_of_the_whole_one(case in case(), choice in choice()) {
        let mut lab = case.lab();
        let whole = lab.plan(&case.wanted.text());
        if is_refused(&whole.plan) || whole.plan.changes.is_empty() {
            return Ok(());
        }
        let narrowing = choice.of(&whole.plan.changes);
        lab.options.narrowing = Some(narrowing.clone());
        let part = lab.plan(&case.wanted.text());
        is_a_part(&part, &whole, &narrowing);
        if is_refused(&part.plan) {
            return Ok(());
        }
        let applied = lab.carry_out(&part);
        let verified = applied.verified.as_ref().is_none_or(|verified| verified.converged());
        prop_assert!(verified, "{:#?} of {:#?}", applied.verified, part.details());
        let excluded = part.plan.changes.iter().find(|change| narrowing.excludes(&change.address));
        prop_assert!(excluded.is_none(), "{excluded:?}");
    }

    #[test]
    fn all_the_parts_together_end_as_the_whole_does(case in case()) {
        all_parts(&case);
    }
}

/// The same changes as in the whole plan, every chosen one, and nothing that they do not come after.
fn is_a_part(part: &Planned, whole: &Planned, narrowing: &Narrowing) {
    let described = |planned: &Planned| -> BTreeSet<String> {
        let changes = planned.plan.changes.iter();
        changes
            .map(|change| format!("{} {:?}", detail(change), change.calls))
            .collect()
    };
    let (ours, all) = (described(part), described(whole));
    let others: Vec<&String> = ours.difference(&all).collect();
    assert!(
        others.is_empty(),
        "only in the part {narrowing:?}: {others:#?} of {all:#?}"
    );
    let after: BTreeMap<&Address, &Vec<Address>> =
        writes(whole).map(|change| (&change.address, &change.after)).collect();
    let kept: BTreeSet<&Address> = writes(part).map(|change| &change.address).collect();
    for address in &kept {
        let open: Vec<&Address> = after[*address].iter().filter(|first| !kept.contains(first)).collect();
        assert!(open.is_empty(), "{address} is planned without {open:?}");
    }
    let narrowed = part.plan.narrowed.as_ref().unwrap();
    for change in writes(whole).filter(|change| narrowing.chooses(&change.address, None)) {
        let is_left_out = narrowed.left_out.iter().any(|(address, _)| *address == change.address);
        assert!(
            kept.contains(&change.address) || is_left_out || narrowing.excludes(&change.address),
            "{} is missing",
            change.address
        );
    }
    let pulled_in: BTreeSet<&Address> = narrowed.pulled_in.iter().collect();
    let meant = |address: &&Address| narrowing.chooses(address, None);
    assert!(
        kept.iter()
            .filter(|address| !meant(address))
            .all(|address| pulled_in.contains(*address))
    );
}

fn writes(planned: &Planned) -> impl Iterator<Item = &Change> {
    planned.plan.changes.iter().filter(|change| change.action.writes())
}

/// Applies each change of the whole plan by its own address, and compares with applying all of it at once.
fn all_parts(case: &Case) {
    let mut lab = case.lab();
    let text = case.wanted.text();
    let whole = lab.plan(&text);
    if is_refused(&whole.plan) {
        return;
    }
    let at_once = copy(&lab.emulator.with(|registry| registry.to_json()));
    let applied = at_once.carry_out(&at_once.plan(&text));
    if applied.outcomes.iter().any(|outcome| outcome.state != State::Done) {
        // What the server puts off depends on the moment.
        return;
    }
    let addresses: Vec<String> = writes(&whole).map(|change| change.address.to_string()).collect();
    for address in addresses.iter().rev() {
        lab.options.narrowing = Some(Narrowing {
            targets: vec![Pattern::parse(address).unwrap()],
            ..Narrowing::default()
        });
        let part = lab.plan(&text);
        let applied = lab.carry_out(&part);
        let undone = applied.outcomes.iter().find(|outcome| outcome.state != State::Done);
        assert!(undone.is_none(), "{undone:?} of {:#?}", part.details());
    }
    lab.options.narrowing = None;
    let left = lab.plan(&text);
    assert!(left.plan.is_empty(), "{:#?} of {:#?}", left.details(), whole.details());
    let differences = differences(&end_state(&lab.emulator), &end_state(&at_once.emulator));
    assert!(differences.is_empty(), "{differences:#?} of {:#?}", whole.details());
}
