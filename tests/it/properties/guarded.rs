//! Nothing goes past the guards: whatever a plan makes disappear, of whatever kind, they have seen.

use std::collections::BTreeSet;

use proptest::prelude::*;
use quayform::kinds;
use quayform::model::{Address, Pattern};
use quayform::plan::{Options, predict};
use quayform::settings::{Guards, MaxDeletes};

use super::case::{Case, case};
use super::config;

proptest! {
    #![proptest_config(config(192))]

    #[test]
    fn what_disappears_was_seen_by_the_guards(case in case()) {
        seen(&case);
    }
}

fn seen(case: &Case) {
    let lab = case.lab();
    let planned = lab.plan(&case.wanted.text());
    let options = |guards| Options {
        guards,
        ..Options::default()
    };
    let everything = Guards {
        protected: vec![Pattern::parse("*").unwrap()],
        ..Guards::default()
    };
    let (plan, after) = predict(&planned.desired, &planned.live, &options(everything));
    // The dormant mirror of a repository has no address that anybody could protect.
    let disappears = |address: &&Address| kinds::find(address.kind).is_some() && after.get(address).is_none();
    let gone: BTreeSet<&Address> = planned.live.objects.keys().filter(disappears).collect();
    let protected = plan.refusals.iter().filter(|refusal| refusal.guard == "protected");
    let refused: BTreeSet<&Address> = protected.flat_map(|refusal| &refusal.addresses).collect();
    assert!(gone.is_subset(&refused), "{gone:#?} but only {refused:#?}");
    let none = Guards {
        max_deletes: MaxDeletes::Number(0),
        ..Guards::default()
    };
    let (plan, _) = predict(&planned.desired, &planned.live, &options(none));
    let is_about_others =
        |refusal: &quayform::model::Refusal| refusal.addresses.iter().all(|address| !gone.contains(address));
    let is_about_no_loss = |refusal| is_about_rights(refusal) || is_about_others(refusal);
    assert_eq!(
        refused.is_empty(),
        plan.refusals.iter().all(is_about_no_loss),
        "{plan:#?}"
    );
}

fn is_about_rights(refusal: &quayform::model::Refusal) -> bool {
    ["operators", "min_admins"].contains(&refusal.guard)
}
