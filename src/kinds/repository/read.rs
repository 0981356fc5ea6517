//! The list of an organization's repositories: when it is needed, and what it tells, also other kinds.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::{LAST_PUSH, NAME, USES, address, of_organization};
use crate::kinds::sight::{self, text};
use crate::kinds::{
    immutability, label, mirror, notification, organization, organization_member, permission, policy, repository_state,
    repository_trust, shapes, tag, targets, team, trigger,
};
use crate::model::{Address, Answers, Collection, Fields, Interest, Object, Paging, Query, Value, World};

/// B, for everything that lives in repositories: it also tells which names in other lists are of deleted ones.
pub(super) fn queries(interest: &Interest, answers: &Answers) -> Vec<Query> {
    let needed = |name: &&str| {
        let kinds = [
            NAME,
            organization_member::NAME,
            permission::NAME,
            notification::NAME,
            mirror::NAME,
            repository_state::NAME,
            repository_trust::NAME,
            tag::NAME,
            label::NAME,
            trigger::NAME,
        ];
        let with_team = || !team::ending(interest, answers, name).is_empty();
        let wanted = || kinds.iter().any(|kind| interest.wants(kind, name)) || policy::in_repositories(interest, name);
        sight::is_whole(answers, name) && (wanted() || with_team())
    };
    let organizations = interest.namespaces().into_iter().filter(needed);
    organizations
        .map(|name| Query {
            target: if use_matters(interest, name) {
                targets::repositories_with_use(name)
            } else {
                targets::repositories(name)
            },
            form: &shapes::REPOSITORIES,
            reason: "every repository with its description, visibility and state".to_owned(),
            serves: vec![of_organization(name)],
            paging: Paging::NextPage("repositories"),
        })
        .collect()
}

/// Puts the repositories of the lists into the world.
pub(super) fn live(interest: &Interest, answers: &Answers, world: &mut World) {
    for organization in interest.namespaces() {
        let target = list(answers, organization);
        for view in answers.list(&target, "repositories") {
            let visibility = if view.get("is_public") == Some(&Json::Bool(true)) {
                "public"
            } else {
                "private"
            };
            let mut fields = Fields::from([
                ("visibility", Value::text(visibility)),
                ("description", Value::text(text(view, "description"))),
                ("state", Value::text(text(view, "state"))),
            ]);
            for name in [LAST_PUSH, USES] {
                // The server counts in fractions that have none.
                let number = view.get(name).and_then(Json::as_f64);
                fields.extend(number.map(|number| (name, Value::Integer(number as i64))));
            }
            world.put(Object::new(
                address(&format!("{organization}/{}", text(view, "name"))),
                fields,
            ));
        }
        if answers.get(&target).is_some() {
            sight::settle(world, answers, of_organization(organization), &[target]);
        }
    }
    sight::each_organization(NAME, interest, answers, world, |_, _, _| {});
}

/// Whether the repository list is there and lacks a declared repository.
pub fn any_missing(interest: &Interest, answers: &Answers, organization: &str) -> bool {
    let declared = interest
        .addresses
        .iter()
        .filter(|each| each.kind == NAME && each.namespace() == organization);
    let mut declared = declared.peekable();
    if declared.peek().is_none() || answers.body(&list(answers, organization)).is_none() {
        return false;
    }
    let live = names(answers, organization);
    declared.any(|address| !live.contains(address.identity.as_str()))
}

/// Whether repositories of the organization may go, or their tags become immutable, so that it matters how much they are
/// used.
fn use_matters(interest: &Interest, name: &str) -> bool {
    let with_it = interest.ending.contains(&organization::address(name));
    let by_name = |address: &Address| address.kind == NAME && address.namespace() == name;
    with_it
        || interest.wants(immutability::NAME, name)
        || interest.exact.contains(&of_organization(name))
        || interest.ending.iter().any(by_name)
}

/// The list of an organization's repositories that was asked for, or would be.
pub fn list(answers: &Answers, organization: &str) -> String {
    let with_use = targets::repositories_with_use(organization);
    match answers.get(&with_use) {
        Some(_) => with_use,
        None => targets::repositories(organization),
    }
}

/// The full names of the live repositories; empty until the list is there.
pub fn names(answers: &Answers, organization: &str) -> BTreeSet<String> {
    let list = answers.list(&list(answers, organization), "repositories");
    list.iter()
        .map(|view| format!("{organization}/{}", text(view, "name")))
        .collect()
}

/// The live repositories in which collections of a kind are wanted, with the collections; of the others nothing needs to
/// be asked.
pub fn wanted(kind: &'static str, interest: &Interest, answers: &Answers) -> Vec<(String, Collection)> {
    let mut wanted = Vec::new();
    for organization in interest.namespaces() {
        let live = names(answers, organization);
        for prefix in interest.prefixes(kind, organization) {
            let name = prefix.split(':').next().unwrap_or_default();
            if live.contains(name) {
                wanted.push((name.to_owned(), Collection::new(kind, prefix)));
            }
        }
    }
    wanted
}
