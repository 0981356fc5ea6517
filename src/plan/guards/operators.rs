//! `operators`: whoever runs quayform keeps a way in.

use crate::kinds::member;
use crate::model::Refusal;

use super::Case;
use super::rights::Rights;

/// An operator who administers the organization now must still do so afterwards.
pub(super) fn check(rights: &Rights, case: &Case<'_>) -> Option<Refusal> {
    let operators = case.after.operators.iter();
    let lost: Vec<&str> = operators
        .filter(|name| rights.before.contains(*name) && !rights.after.contains(*name))
        .map(String::as_str)
        .collect();
    let organization = rights.organization.as_str();
    (!lost.is_empty()).then(|| Refusal {
        guard: "operators",
        message: format!("{} would no longer administer {organization}", lost.join(", ")),
        addresses: lost
            .iter()
            .map(|name| member::address(organization, "*", name))
            .collect(),
        remarks: Vec::new(),
        way_out: "there is no override: keep an admin team with an operator in it, or change [guards] operators"
            .to_owned(),
        overridable: false,
    })
}
