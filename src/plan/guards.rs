//! What a plan may not do without being told.

use std::collections::{BTreeMap, BTreeSet};

use crate::kinds::{self, member, organization, team};
use crate::model::{Action, Address, Change, Plan, Refusal, World};

use super::Options;

/// The guards, as `quayform.toml` names them.
pub const NAMES: [&str; 5] = ["protected", "allow_destroy", "max_deletes", "operators", "min_admins"];

/// Every guard that says no. `after` is the registry as the plan would leave it.
pub(super) fn check(plan: &Plan, live: &World, after: &World, options: &Options) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    refusals.extend(protected(live, after, options));
    refusals.extend(allow_destroy(plan, live, options));
    refusals.extend(max_deletes(plan, live, options));
    for namespace in touched_memberships(plan) {
        refusals.extend(operators(&namespace, live, after));
        refusals.extend(min_admins(&namespace, live, after, options));
    }
    refusals
}

/// Protected objects never go, neither by themselves nor with what holds them.
fn protected(live: &World, after: &World, options: &Options) -> Option<Refusal> {
    let patterns = &options.guards.protected;
    let gone = live.objects.keys().filter(|address| after.get(address).is_none());
    let addresses: Vec<Address> = gone
        .filter(|address| patterns.iter().any(|pattern| pattern.matches(address)))
        .cloned()
        .collect();
    (!addresses.is_empty()).then(|| Refusal {
        guard: "protected",
        message: format!("{} would be deleted", count(addresses.len(), "protected object")),
        addresses,
        way_out: "there is no override: take it out of [guards] protected first, in a commit of its own".to_owned(),
    })
}

/// What loses data or a credential must be named.
fn allow_destroy(plan: &Plan, live: &World, options: &Options) -> Option<Refusal> {
    let allowed = |address: &Address| {
        options
            .guards
            .allow_destroy
            .iter()
            .chain(&options.allow)
            .any(|pattern| pattern.matches(address))
    };
    let losing = plan
        .changes
        .iter()
        .filter(|change| change.loss.is_some() && change.action == Action::Delete);
    let bystanders = plan.changes.iter().flat_map(|change| look_alikes(change, live));
    let addresses: BTreeSet<Address> = losing
        .map(|change| change.address.clone())
        .chain(bystanders)
        .filter(|address| !allowed(address))
        .collect();
    if addresses.is_empty() {
        return None;
    }
    let what: BTreeSet<&str> = addresses
        .iter()
        .filter_map(|address| kinds::find(address.kind)?.loss())
        .collect();
    let flags: Vec<String> = addresses.iter().map(|address| format!("--allow '{address}'")).collect();
    Some(Refusal {
        guard: "allow_destroy",
        message: format!(
            "{} would be deleted for good; lost with it: {}",
            count(addresses.len(), "object"),
            what.into_iter().collect::<Vec<_>>().join("; ")
        ),
        addresses: addresses.into_iter().collect(),
        way_out: format!(
            "allow exactly this with {}, or list it in [guards] allow_destroy",
            flags.join(" ")
        ),
    })
}

/// Robots of other organizations that the server deletes along, since `_` stands for any character there.
fn look_alikes(change: &Change, live: &World) -> Vec<Address> {
    if change.address.kind != organization::NAME || change.action != Action::Delete {
        return Vec::new();
    }
    let name = &change.address.identity;
    live.objects
        .keys()
        .filter(|address| organization::is_look_alike(name, address))
        .cloned()
        .collect()
}

/// A plan that deletes much is more often a mistake than a wish.
fn max_deletes(plan: &Plan, live: &World, options: &Options) -> Vec<Refusal> {
    let mut deleted: BTreeMap<(&'static str, &str), Vec<Address>> = BTreeMap::new();
    for change in plan.changes.iter().filter(|change| change.action == Action::Delete) {
        if live.get(&change.address).is_some() {
            let group = (change.address.kind, change.address.namespace());
            deleted.entry(group).or_default().push(change.address.clone());
        }
    }
    let mut refusals = Vec::new();
    for ((kind, namespace), addresses) in deleted {
        let ours = |address: &&Address| address.kind == kind && address.namespace() == namespace;
        let existing = live.objects.keys().filter(ours).count();
        let allowed = options.guards.max_deletes.allowed(existing);
        if addresses.len() > allowed {
            refusals.push(Refusal {
                guard: "max_deletes",
                message: format!(
                    "{} of {existing} of kind {kind} in {namespace} would be deleted; max_deletes = {} allows {allowed}",
                    addresses.len(),
                    options.guards.max_deletes
                ),
                way_out: format!(
                    "if this is meant, raise [guards] max_deletes to {} in the same commit, or delete in smaller steps",
                    addresses.len()
                ),
                addresses,
            });
        }
    }
    refusals
}

/// The organizations in which the plan decides who administers.
fn touched_memberships(plan: &Plan) -> BTreeSet<String> {
    let deciding = |change: &&Change| {
        matches!(change.address.kind, team::NAME | member::NAME)
            && matches!(change.action, Action::Delete | Action::Update)
    };
    plan.changes
        .iter()
        .filter(deciding)
        .map(|change| change.address.namespace().to_owned())
        .collect()
}

/// Whoever runs quayform and administers an organization now must still do so afterwards.
fn operators(namespace: &str, live: &World, after: &World) -> Option<Refusal> {
    let (before, remaining) = (
        member::administrators(live, namespace),
        member::administrators(after, namespace),
    );
    let lost: Vec<&String> = live
        .operators
        .iter()
        .filter(|name| before.contains(*name) && !remaining.contains(*name))
        .collect();
    (!lost.is_empty()).then(|| Refusal {
        guard: "operators",
        message: format!(
            "{} would no longer administer {namespace}",
            join(lost.iter().map(|name| name.as_str()))
        ),
        addresses: lost.iter().map(|name| member::address(namespace, "*", name)).collect(),
        way_out: "there is no override: keep an admin team with an operator in it, or change [guards] operators"
            .to_owned(),
    })
}

/// Enough people must remain who can administer the organization.
fn min_admins(namespace: &str, live: &World, after: &World, options: &Options) -> Option<Refusal> {
    let humans = |world: &World| {
        member::administrators(world, namespace)
            .iter()
            .filter(|name| !name.contains('+'))
            .count()
    };
    let (before, remaining) = (humans(live), humans(after));
    let needed = options.guards.min_admins as usize;
    (remaining < needed && remaining < before).then(|| Refusal {
        guard: "min_admins",
        message: format!(
            "{} would remain in the admin teams of {namespace}; min_admins = {needed}",
            count(remaining, "person").replace("persons", "people")
        ),
        addresses: vec![organization::address(namespace)],
        way_out: "list more people in a team with the role admin".to_owned(),
    })
}

fn count(number: usize, noun: &str) -> String {
    if number == 1 {
        format!("1 {noun}")
    } else {
        format!("{number} {noun}s")
    }
}

fn join<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}
