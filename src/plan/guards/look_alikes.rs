//! Robots that the server deletes with an organization that is not theirs.

use crate::kinds::organization;
use crate::model::{Address, Refusal};

use super::{Case, allowance};

/// `_` in the name of a deleted organization stands for any character when the server purges robots (measured:
/// "Hazards"). Each robot that would be lost must be allowed by its own address; nobody thinks of it otherwise.
pub(super) fn check(case: &Case<'_>) -> Option<Refusal> {
    let is_look_alike = |address: &Address, cause: &Address| {
        cause.kind == organization::NAME && organization::is_look_alike(&cause.identity, address)
    };
    let gone = case.gone.iter();
    let lost: Vec<&Address> = gone
        .filter(|(address, change)| is_look_alike(address, &change.address))
        .map(|(address, _)| *address)
        .filter(|address| !allowance::names(case, address))
        .collect();
    if lost.is_empty() {
        return None;
    }
    let robots = match lost.len() {
        1 => "a robot of another organization".to_owned(),
        number => format!("{number} robots of other organizations"),
    };
    Some(Refusal {
        guard: "allow_destroy",
        message: format!(
            "{robots} would be deleted too, since the server takes the `_` in an organization's name for any character"
        ),
        remarks: Vec::new(),
        way_out: format!(
            "keep the organization and delete only what is in it; or {}, where a glob does not count",
            allowance::way_out(case, &lost)
        ),
        addresses: lost.into_iter().cloned().collect(),
        overridable: false,
    })
}
