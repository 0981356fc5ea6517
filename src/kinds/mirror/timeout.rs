//! Whether the server knows how long one copy may take: the request for a new mirror must say so, or must not.

use super::NAME;
use crate::kinds::sight::{Sight, sight};
use crate::kinds::{abilities, repository, targets};
use crate::model::{Answer, Answers, Collection, Interest, Query};

/// What older servers lack, in words.
pub(super) const MISSING: &str = "timeout of mirrors (Quay 3.15 does)";

/// The server's name for it.
const FIELD: &str = "skopeo_timeout_interval";

/// Whether the server knows it, as any mirror shows, or else its description; `None` where neither was asked for.
pub(super) fn is_known(interest: &Interest, answers: &Answers) -> Option<bool> {
    let mut views = declared(interest).filter_map(|name| answers.body(&targets::mirror(name)));
    match views.next() {
        Some(view) => Some(view.get(FIELD).is_some()),
        None => abilities::has_field(answers, FIELD),
    }
}

/// The server's description, where a mirror is to be made and none is there that would show it.
pub(super) fn doubt(interest: &Interest, answers: &Answers) -> Option<Query> {
    if interest.subjects_are_known || is_known(interest, answers).is_some() {
        return None;
    }
    let is_new = |name: &&str| {
        let organization = name.split('/').next().unwrap_or_default();
        let is_listed = answers.body(&repository::list(answers, organization)).is_some();
        match sight(answers, organization) {
            Sight::Absent => true,
            Sight::Whole(_) if is_listed => {
                !repository::names(answers, organization).contains(*name)
                    || matches!(answers.get(&targets::mirror(name)), Some(Answer::Missing))
            }
            _ => false,
        }
    };
    let serves: Vec<_> = declared(interest)
        .filter(is_new)
        .map(|name| Collection::new(NAME, name))
        .collect();
    let reason = "whether this server has a timeout of mirrors";
    (!serves.is_empty()).then(|| abilities::query(reason, serves))
}

fn declared(interest: &Interest) -> impl Iterator<Item = &str> {
    let mirrors = interest.addresses.iter().filter(|address| address.kind == NAME);
    mirrors
        .filter(|address| !interest.ending.contains(address))
        .map(|address| address.identity.as_str())
}
