//! What in a plan depends on who carries it out.

use crate::kinds::{member, organization, permission, repository, team};
use crate::model::{Action, Address, Plan};

/// The first change that would be another one with another user's token, and why.
pub fn depends_on_actor(plan: &Plan) -> Option<(&Address, &'static str)> {
    plan.changes.iter().find_map(|change| {
        let why = match (change.address.kind, change.action) {
            (organization::NAME | repository::NAME, Action::Create) => "whoever creates it gets the rights in it",
            (member::NAME | team::NAME, Action::Delete) => "nobody may take their own way in away",
            (team::NAME, Action::Update) if change.touches("role") => "nobody may take their own way in away",
            (permission::NAME, Action::Delete | Action::Update) => "it may be the right by which it is applied",
            _ => return None,
        };
        Some((&change.address, why))
    })
}
