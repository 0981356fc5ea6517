//! What must come before what, whoever is concerned.

use std::collections::BTreeMap;

use crate::kinds::{default_permission, permission, repository, team};
use crate::model::{Action, Address, Breach, Change, Role};

use crate::plan::ways::Ways;

use super::prefixes::Precedence;

/// Something that must be done before something else, and why.
struct Demand {
    first: usize,
    later: usize,
    why: &'static str,
}

/// The demands that the edges of the plan do not meet.
pub(super) fn breaches(ways: &Ways<'_>, precedence: &Precedence) -> Vec<Breach> {
    let unmet = demands(ways)
        .into_iter()
        .filter(|demand| !precedence.is_before(demand.first, demand.later));
    unmet
        .map(|demand| Breach {
            message: demand.why.to_owned(),
            done: vec![ways.changes[demand.later].address.clone()],
            open: vec![ways.changes[demand.first].address.clone()],
        })
        .collect()
}

fn demands(ways: &Ways<'_>) -> Vec<Demand> {
    let mut demands = Vec::new();
    visibility(ways, &mut demands);
    default_permissions(ways, &mut demands);
    demands
}

/// Private before anything is granted, public after everything.
fn visibility(ways: &Ways<'_>, demands: &mut Vec<Demand>) {
    for (grant, change) in of_kind(ways, permission::NAME) {
        let repository = repository::address(permission::parts(&change.address).0);
        let Some(shown) = ways
            .step(&repository)
            .filter(|step| ways.changes[*step].action == Action::Update)
        else {
            continue;
        };
        if !ways.changes[shown].touches("visibility") || is_callers(ways, change) {
            continue;
        }
        let widens = strength(change, false) > strength(change, true);
        match ways.changes[shown].text("visibility") {
            "private" if widens => demands.push(Demand {
                first: shown,
                later: grant,
                why: "a grant on a repository that is to become private would come before that",
            }),
            "public" => demands.push(Demand {
                first: grant,
                later: shown,
                why: "a repository would become public before its grants are as they should be",
            }),
            _ => {}
        }
    }
}

/// The grant of whoever runs quayform goes last of all: it may be their only way in.
fn is_callers(ways: &Ways<'_>, change: &Change) -> bool {
    let (_, sort, name) = permission::parts(&change.address);
    sort == "user" && name == ways.live.caller.name && change.action != Action::Create
}

/// A repository that is born after a default permission came, or before one went, has grants that nobody asked for.
fn default_permissions(ways: &Ways<'_>, demands: &mut Vec<Demand>) {
    let mut births: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (step, change) in of_kind(ways, repository::NAME).filter(|(_, change)| change.action == Action::Create) {
        births.entry(change.address.namespace()).or_default().push(step);
    }
    let at = |address: &Address| births.get(address.namespace()).into_iter().flatten().copied();
    for (step, change) in of_kind(ways, default_permission::NAME) {
        let (why_late, why_early) = (
            "a repository would be born before a default permission goes or shrinks",
            "a repository would be born after a default permission comes or grows",
        );
        demands.extend(at(&change.address).map(|birth| match grows(change) {
            true => Demand {
                first: birth,
                later: step,
                why: why_early,
            },
            false => Demand {
                first: step,
                later: birth,
                why: why_late,
            },
        }));
    }
    for (step, change) in of_kind(ways, team::NAME).filter(|(_, change)| change.action == Action::Delete) {
        let (owner, team) = change.address.identity.split_once('/').unwrap_or_default();
        let mut all = ways.live.of(&default_permission::of_organization(owner));
        if all.any(|object| default_permission::is_of(&object.address, "team", team)) {
            let why = "a repository would be born with a grant to a team that goes";
            demands.extend(at(&change.address).map(|birth| Demand {
                first: step,
                later: birth,
                why,
            }));
        }
    }
}

/// Whether a default permission gives more afterwards.
pub(super) fn grows(change: &Change) -> bool {
    strength(change, false) > strength(change, true)
}

fn strength(change: &Change, before: bool) -> Role {
    let role = |value: &Option<crate::model::Value>| {
        Role::from_word(value.as_ref().and_then(|value| value.as_text()).unwrap_or_default())
    };
    match (change.action, change.field("role")) {
        (Action::Create, _) if before => Role::None,
        (Action::Delete, _) if !before => Role::None,
        (_, Some(field)) => role(if before { &field.before } else { &field.after }),
        (_, None) => Role::from_word(change.text("role")),
    }
}

fn of_kind<'a>(ways: &Ways<'a>, kind: &'static str) -> impl Iterator<Item = (usize, &'a Change)> + use<'a> {
    let all = ways.changes.iter().enumerate();
    all.filter(move |(_, change)| change.address.kind == kind && change.action.writes())
}
