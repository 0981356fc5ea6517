//! What an organization can be one of only: a mirror of another one, a proxy cache, or a home of immutable tags and of
//! repositories of its own (API guide §3.9, §3.13, §3.14; org_mirror, exchanges 35 to 37 and 51).
//!
//! What the manifests want away is in nobody's way: it goes first.

use std::collections::BTreeSet;

use super::wishes::Wishes;
use super::{immutability, mirror, organization_mirror, policy, proxy_cache, repository};
use crate::model::{Address, Collection, Desired, Intent, Manage, Owned, World};

/// What must not be there for an object of the kind to be made.
fn rivals(kind: &str, organization: &str) -> Vec<Collection> {
    let mirror = Collection::new(organization_mirror::NAME, organization);
    let cache = Collection::new(proxy_cache::NAME, organization);
    let rules = policy::of_owner(immutability::NAME, organization);
    match kind {
        organization_mirror::NAME => vec![cache, rules, repository::of_organization(organization)],
        proxy_cache::NAME => vec![mirror, rules],
        _ => vec![mirror],
    }
}

/// Has it read what stands in the way of an object of the kind.
pub fn watch(kind: &'static str, organization: &str, wishes: &mut Wishes<'_>) {
    for collection in rivals(kind, organization) {
        wishes.watch(collection);
    }
}

/// Why an object of the kind cannot be made now, if something else is there.
pub fn in_the_way(kind: &'static str, organization: &str, world: &World) -> Option<String> {
    let collections = rivals(kind, organization);
    let rival: &Address = collections
        .iter()
        .flat_map(|collection| {
            let all = world.of(collection).map(|object| &object.address);
            all.filter(|address| is_whole(collection, address))
        })
        .find(|address| !world.ending.contains(address))?;
    Some(format!(
        "{rival} is in the way: the registry has {} only without it",
        noun(kind)
    ))
}

/// Why a rule about immutable tags that is live cannot be written: the registry lets it stand beside what excludes it, but
/// would not make it.
pub fn beside(rule: &Address, world: &World) -> Option<String> {
    let organization = rule.namespace();
    let mirror = organization_mirror::address(organization);
    let cache = proxy_cache::address(organization);
    let is_of_organization = !policy::owner(rule).contains('/');
    let rivals = [Some(mirror), is_of_organization.then_some(cache)];
    let rival = rivals.into_iter().flatten().find(|rival| world.get(rival).is_some())?;
    Some(format!(
        "it stands beside {rival}, which a manifest cannot say: the registry makes neither beside the other"
    ))
}

/// What could be in the way, but is to go: it is named as absent, or its list is exact and does not name it.
pub fn ending(desired: &Desired, live: &World) -> BTreeSet<Address> {
    let kinds = [
        organization_mirror::NAME,
        proxy_cache::NAME,
        immutability::NAME,
        repository::NAME,
        mirror::NAME,
    ];
    let concerned = desired.objects.iter().filter(|wish| kinds.contains(&wish.address.kind));
    let (absent, wanted): (Vec<_>, Vec<_>) = concerned.partition(|wish| wish.intent == Intent::Absent);
    let wanted: BTreeSet<&Address> = wanted.into_iter().map(|wish| &wish.address).collect();
    let is_exact =
        |(collection, owned): &(&Collection, &Owned)| kinds.contains(&collection.kind) && owned.manage == Manage::Exact;
    let exact = desired.owned.iter().filter(is_exact);
    let unnamed = exact.flat_map(|(collection, _)| live.of(collection).map(|object| &object.address));
    let unnamed = unnamed.filter(|address| !wanted.contains(address));
    absent
        .into_iter()
        .map(|wish| &wish.address)
        .chain(unnamed)
        .cloned()
        .collect()
}

/// A name that only begins like the one of the collection's single object is another organization's.
fn is_whole(collection: &Collection, address: &Address) -> bool {
    collection.prefix.ends_with([':', '/']) || collection.prefix == address.identity
}

fn noun(kind: &str) -> &'static str {
    match kind {
        organization_mirror::NAME => "a mirror of a whole organization",
        proxy_cache::NAME => "a proxy cache",
        immutability::NAME => "immutable tags",
        repository::NAME => "repositories of its own",
        _ => "mirrors of single repositories",
    }
}
