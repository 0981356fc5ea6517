//! Many like changes in one line.

use std::collections::BTreeMap;

use crate::kinds::permission;
use crate::model::{Action, Change};

/// From how many like changes on they are folded.
const FOLDED_FROM: usize = 4;

/// One line of a plan: a change by itself, or several like ones.
pub(super) enum Line<'a> {
    One(&'a Change),
    Many(Vec<&'a Change>),
}

/// Folds grants of the same role to the same subject on different repositories; everything else stays as it is.
pub(super) fn fold<'a>(changes: &[&'a Change]) -> Vec<Line<'a>> {
    let mut groups: BTreeMap<(Action, String), Vec<&'a Change>> = BTreeMap::new();
    for change in changes {
        if let Some(key) = key(change) {
            groups.entry((change.action, key)).or_default().push(change);
        }
    }
    let mut lines = Vec::new();
    for change in changes {
        let group = key(change).and_then(|key| groups.get_mut(&(change.action, key)));
        match group {
            Some(group) if group.len() >= FOLDED_FROM => lines.push(Line::Many(std::mem::take(group))),
            Some(group) if group.is_empty() => {}
            _ => lines.push(Line::One(change)),
        }
    }
    lines
}

/// What like changes have in common.
fn key(change: &Change) -> Option<String> {
    if change.address.kind != permission::NAME || !change.action.writes() {
        return None;
    }
    let (_, sort, name) = permission::parts(&change.address);
    let role = |value: &Option<crate::model::Value>| value.as_ref().map(ToString::to_string).unwrap_or_default();
    let roles = change
        .field("role")
        .map(|field| (role(&field.before), role(&field.after)));
    let (before, after) = roles.unwrap_or_else(|| (change.text("role").to_owned(), String::new()));
    Some(match change.action {
        Action::Create => format!("{after} for {sort} {name}"),
        Action::Delete => format!("{before} for {sort} {name}"),
        _ => format!("{before} -> {after} for {sort} {name}"),
    })
}

/// The line for a folded group: what, on how many, and on which.
pub(super) fn summary(changes: &[&Change]) -> String {
    let what = changes.first().and_then(|change| key(change)).unwrap_or_default();
    let names: Vec<&str> = changes
        .iter()
        .map(|change| permission::parts(&change.address).0)
        .collect();
    let prefix = common_prefix(&names);
    format!("{what} on {} repositories matching {prefix}*", names.len())
}

/// What all names begin with.
pub(super) fn common_prefix<'a>(names: &[&'a str]) -> &'a str {
    let first = names.first().copied().unwrap_or_default();
    let shared = |other: &&str| {
        first
            .char_indices()
            .zip(other.chars())
            .take_while(|((_, ours), theirs)| ours == theirs)
            .count()
    };
    let letters = names.iter().map(shared).min().unwrap_or_default();
    first
        .char_indices()
        .nth(letters)
        .map_or(first, |(end, _)| &first[..end])
}
