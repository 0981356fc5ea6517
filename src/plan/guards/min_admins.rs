//! `min_admins`: enough people must remain who can administer an organization.

use std::collections::BTreeSet;

use crate::kinds::organization;
use crate::model::Refusal;

use super::Case;
use super::rights::Rights;

/// A plan may leave too few where there were as few before, but not make it worse. A new organization needs one
/// administrator; the others may have to accept their invitations first.
pub(super) fn check(rights: &Rights, case: &Case<'_>) -> Option<Refusal> {
    let humans = |names: &BTreeSet<String>| names.iter().filter(|name| !name.contains('+')).count();
    let (before, remaining) = (humans(&rights.before), humans(&rights.after));
    let limit = case.options.guards.min_admins as usize;
    let needed = if rights.is_new { limit.min(1) } else { limit };
    if remaining >= needed || (remaining >= before && !rights.is_new) {
        return None;
    }
    let people = match remaining {
        0 => "nobody".to_owned(),
        1 => "1 person".to_owned(),
        number => format!("{number} people"),
    };
    let name = &rights.organization;
    Some(Refusal {
        guard: "min_admins",
        message: format!("{people} would remain in the admin teams of {name}; min_admins = {limit} asks for more"),
        addresses: vec![organization::address(name)],
        remarks: Vec::new(),
        way_out: "list more people in a team with the role admin".to_owned(),
        overridable: true,
    })
}
