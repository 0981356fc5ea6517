//! What objects let through, as numbers.

use crate::access::has_joined;
use crate::kinds::{member, permission, repository, team};
use crate::model::{Action, Change, Role, Standing, World};

use super::fact::{ALL, Worth};

/// What a change makes an object worth: from what to what.
pub(super) fn moved(change: &Change, live: &World) -> (Worth, Worth) {
    let of = |field: &str, before: bool| {
        let value = change
            .field(field)
            .map(|field| if before { &field.before } else { &field.after });
        match value {
            Some(value) => value
                .as_ref()
                .and_then(|value| value.as_text())
                .unwrap_or_default()
                .to_owned(),
            None => change.text(field).to_owned(),
        }
    };
    let kind = change.address.kind;
    let joined = |world: &World| world.get(&change.address).is_none_or(has_joined);
    let waits = change.wanted.get("pending").and_then(|value| value.as_boolean()) == Some(true);
    match change.action {
        Action::Create => (0, worth(kind, |field| wanted(change, field), !waits)),
        Action::Delete => (worth(kind, |field| wanted(change, field), joined(live)), 0),
        _ => {
            let (before, after) = (of(decisive(kind), true), of(decisive(kind), false));
            (worth(kind, |_| &before, true), worth(kind, |_| &after, true))
        }
    }
}

fn wanted<'a>(change: &'a Change, field: &str) -> &'a str {
    change.text(field)
}

/// The field that decides what an object of this kind is worth.
fn decisive(kind: &str) -> &'static str {
    if kind == repository::NAME { "visibility" } else { "role" }
}

/// What an object of this kind lets through.
pub(super) fn worth<'t>(kind: &str, text: impl Fn(&str) -> &'t str, joined: bool) -> Worth {
    match kind {
        member::NAME if joined => ALL,
        team::NAME => Standing::from_word(text("role")) as Worth,
        permission::NAME => Role::from_word(text("role")) as Worth,
        repository::NAME if text("visibility") == "public" => Role::Read as Worth,
        _ => 0,
    }
}
