//! What a plan may not do without being told: one file per guard, and every guard for objects of every kind.

mod allow_destroy;
mod allowance;
mod in_use;
mod look_alikes;
mod max_deletes;
mod min_admins;
mod operators;
mod policy;
mod protected;
mod rights;
mod words;

use std::collections::BTreeMap;

use crate::kinds::repository;
use crate::model::{Action, Address, Change, Diagnostic, Fields, Object, Plan, Refusal, Reversibility, World};

use super::Options;

/// The guards, by their names in `quayform.toml`.
pub const NAMES: [&str; 6] = [
    "protected",
    "allow_destroy",
    "max_deletes",
    "operators",
    "min_admins",
    "policy",
];

/// What a saved plan would take away although it is protected here and now: nothing overrides that.
pub fn protected_now(plan: &Plan, options: &Options) -> Option<Refusal> {
    let mut live = World::default();
    for change in plan.changes.iter().filter(|change| change.action == Action::Delete) {
        for address in change.takes_along.iter().chain([&change.address]) {
            live.put(Object::new(address.clone(), Fields::new()));
        }
    }
    protected::check(&Case::new(plan, &live, &World::default(), options))
}

/// Lets every guard look at a plan: the refusals, and warnings about what is allowed. `after` is the registry as the
/// plan would leave it.
pub(super) fn check(plan: &Plan, live: &World, after: &World, options: &Options) -> (Vec<Refusal>, Vec<Diagnostic>) {
    let case = Case::new(plan, live, after, options);
    let mut refusals = Vec::new();
    refusals.extend(protected::check(&case));
    refusals.extend(allow_destroy::check(&case));
    refusals.extend(look_alikes::check(&case));
    refusals.extend(max_deletes::check(&case));
    for rights in rights::changed(&case) {
        refusals.extend(operators::check(&rights, &case));
        refusals.extend(min_admins::check(&rights, &case));
    }
    refusals.extend(policy::check(&case));
    let mut warnings = allowance::unused(&case);
    warnings.extend(in_use::allowed(&case));
    (refusals, warnings)
}

/// A plan, as guards see it.
struct Case<'a> {
    plan: &'a Plan,
    live: &'a World,
    after: &'a World,
    options: &'a Options,
    /// Every live object that would go, with the change that deletes it or takes it along. What this plan itself makes
    /// appear is not among them, nor are the halves of a replacement.
    gone: BTreeMap<&'a Address, &'a Change>,
}

impl<'a> Case<'a> {
    fn new(plan: &'a Plan, live: &'a World, after: &'a World, options: &'a Options) -> Self {
        let mut gone = BTreeMap::new();
        for change in plan.changes.iter().filter(|change| change.action == Action::Delete) {
            gone.extend(change.takes_along.iter().map(|address| (address, change)));
        }
        // What is deleted by itself is so whatever else would take it along.
        for change in plan.changes.iter().filter(|change| change.action == Action::Delete) {
            gone.insert(&change.address, change);
        }
        gone.retain(|address, _| live.get(address).is_some());
        Case {
            plan,
            live,
            after,
            options,
            gone,
        }
    }

    /// The live objects that a change of their own deletes.
    fn deleted(&self) -> impl Iterator<Item = &'a Change> {
        let own = |(address, change): (&&'a Address, &&'a Change)| (**address == change.address).then_some(*change);
        self.gone.iter().filter_map(own)
    }

    /// What is made or changed and takes something away for good all the same: where something was ever pushed.
    fn irreversible(&self) -> impl Iterator<Item = &'a Change> {
        let is_one = |change: &&Change| {
            let grows = matches!(change.action, Action::Create | Action::Update);
            grows && matches!(change.reversibility, Reversibility::Irreversible(_)) && self.holds_images(change)
        };
        self.plan.changes.iter().filter(is_one)
    }

    /// Whether the repository that the change is about, or any of its organization, was ever pushed to.
    fn holds_images(&self, change: &Change) -> bool {
        let owner = change.address.identity.split(':').next().unwrap_or_default();
        let repositories = self.live.of(&repository::of_organization(change.address.namespace()));
        let mut concerned = repositories.filter(|each| !owner.contains('/') || each.address.identity == owner);
        concerned.any(|each| each.fields.contains_key(repository::LAST_PUSH))
    }
}
