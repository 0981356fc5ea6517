//! Robots that the server deletes with an organization that is not theirs.

use crate::kinds::organization;
use crate::model::{Address, Refusal};

use super::{Case, allowance, words};

/// `_` in the name of a deleted organization stands for any character when the server purges robots (measured:
/// "Hazards"). Each robot that would be lost must be allowed by its own address; nobody thinks of it otherwise.
pub(super) fn check(case: &Case<'_>) -> Option<Refusal> {
    let lost: Vec<&Address> = case
        .gone
        .iter()
        .filter(|(address, change)| {
            change.address.kind == organization::NAME && organization::is_look_alike(&change.address.identity, address)
        })
        .map(|(address, _)| *address)
        .filter(|address| !allowance::names(case, address))
        .collect();
    if lost.is_empty() {
        return None;
    }
    let robots = words::count(lost.len(), "robot");
    Some(Refusal {
        guard: "allow_destroy",
        message: format!(
            "{robots} of other organizations would be deleted too, with all that logs in with {}: for the server, `_` \
             in the name of an organization stands for any character when it deletes the robots",
            if lost.len() == 1 { "it" } else { "them" }
        ),
        remarks: Vec::new(),
        way_out: format!(
            "keep the organization and delete what is in it, or {}; a glob does not count here",
            allowance::way_out(case, &lost)
        ),
        addresses: lost.into_iter().cloned().collect(),
        overridable: false,
    })
}
