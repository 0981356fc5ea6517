//! What makes changes alike.

use std::fmt::Write;
use std::sync::LazyLock;

use regex::Regex;

use super::Depth;
use crate::kinds::{self, member, permission};
use crate::model::{Action, Change, FieldChange, Value};

/// Fields whose values are never folded into one.
const SALIENT: [&str; 2] = ["role", "visibility"];

/// What like changes have in common.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    action: Action,
    kind: &'static str,
    what: String,
}

/// What the change has in common with those that it is folded with to this depth; nothing where it stands by itself.
pub(super) fn key(change: &Change, depth: Depth) -> Option<Key> {
    let what = match depth {
        Depth::Nothing => return None,
        Depth::Grants => grant(change)?,
        Depth::Alike => grant(change).unwrap_or_else(|| everything(change)),
        Depth::Subjects => grant(change).unwrap_or_else(|| shape(change)),
        Depth::Kinds => shape(change),
        Depth::Organizations => worth(change),
    };
    Some(Key {
        action: change.action,
        kind: change.address.kind,
        what,
    })
}

/// `write for team developers`, for a grant that is written.
pub(super) fn grant(change: &Change) -> Option<String> {
    if change.address.kind != permission::NAME || !change.action.writes() {
        return None;
    }
    let (_, sort, name) = permission::parts(&change.address);
    let role = |value: &Option<Value>| value.as_ref().map(ToString::to_string).unwrap_or_default();
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

/// All but the name of the object that it belongs to.
fn everything(change: &Change) -> String {
    let mut text = format!("{}\n{}", place_of_its_name(change), worth(change));
    for field in &change.fields {
        let _ = write!(text, "\n{}", told(field));
    }
    text
}

/// Which fields change, and what that means.
fn shape(change: &Change) -> String {
    let fields: Vec<&str> = change.fields.iter().map(|field| field.name).collect();
    format!("{}\n{}", fields.join(" "), worth(change))
}

/// What must not be lost in a fold: what it takes away for good, why it stands still, and who may do what by it.
fn worth(change: &Change) -> String {
    let reason = change.reason.as_deref().filter(|_| !change.action.writes());
    let salient = change.fields.iter().filter(|field| SALIENT.contains(&field.name));
    format!(
        "{}\n{}\n{}",
        change.reversibility.lost().unwrap_or_default(),
        without_names(reason.unwrap_or_default()),
        salient.map(told).collect::<Vec<_>>().join("\n")
    )
}

/// What of the identity like changes share: the team of a member, and what follows the repository's name.
fn place_of_its_name(change: &Change) -> String {
    if change.address.kind == member::NAME {
        return kinds::collection(&change.address).prefix;
    }
    let tail = change.address.identity.split_once(':');
    tail.map(|(_, tail)| tail.to_owned()).unwrap_or_default()
}

/// A field's change in words, to compare it.
pub(super) fn told(field: &FieldChange) -> String {
    let shown = |value: &Option<Value>| value.as_ref().map(ToString::to_string).unwrap_or_default();
    let note = field.note.as_deref().unwrap_or_default();
    format!(
        "{}: {} -> {} {note}",
        field.name,
        shown(&field.before),
        shown(&field.after)
    )
}

/// A reason without the names of the objects in it.
pub(super) fn without_names(reason: &str) -> String {
    static NAMES: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\[[^\]]*\]").ok());
    match NAMES.as_ref() {
        Some(names) => names.replace_all(reason, "[…]").into_owned(),
        None => reason.to_owned(),
    }
}
