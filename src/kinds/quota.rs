//! How much an organization may store.

use super::quota_limit::QuotaLimitSpec;
use crate::manifest::decode::List;
use crate::manifest::record::record;
use crate::model::units::Bytes;
use crate::model::{Diagnostic, Diagnostics, Place};

record! {
    /// How much the organization may store, and what happens on the way there.
    pub struct QuotaSpec {
        /// The size that counts as 100 %, such as `500 GiB`.
        limit: Bytes,
        /// What happens at which share of the limit; without a `reject` nothing is ever refused.
        limits: List<QuotaLimitSpec>,
        /// Removes the quota and its limits; stands alone.
        absent: bool,
    }
    marks: [absent];
    check: check_quota;
}

fn check_quota(quota: &QuotaSpec, _: Place, diagnostics: &mut Diagnostics) {
    if let Some(limit) = quota.limit.as_ref().filter(|limit| limit.value.bytes == 0) {
        diagnostics.push(
            Diagnostic::error("bad-value", "the registry ignores a quota of 0", limit.place)
                .help("write a size, or `quota: {absent: true}` to remove the quota"),
        );
    }
    // The registry refuses a second limit of the same type and share.
    let limits = quota.limits.iter().flat_map(|limits| &limits.value);
    let mut seen: Vec<(_, Place)> = Vec::new();
    for limit in limits {
        let key = (
            limit.value.limit_type.as_ref().map(|it| it.value),
            limit.value.at.as_ref().map(|it| it.value),
        );
        match seen.iter().find(|(other, _)| *other == key) {
            None => seen.push((key, limit.place)),
            Some((_, first)) => diagnostics.push(
                Diagnostic::error("duplicate-limit", "this limit is written twice", limit.place)
                    .also(*first, "first written here")
                    .help("keep one of the two"),
            ),
        }
    }
}
