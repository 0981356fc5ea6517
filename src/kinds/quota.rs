//! How much an organization may store.

use super::quota_limit::QuotaLimitSpec;
use crate::manifest::decode::List;
use crate::manifest::record::{Check, record};
use crate::model::units::Bytes;
use crate::model::{Diagnostic, Place};

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

fn check_quota(quota: &QuotaSpec, check: &mut Check<'_>) {
    if let Some(limit) = quota.limit.as_ref().filter(|limit| limit.value.bytes == 0) {
        let help = "write a size, or `quota: {absent: true}` to remove the quota";
        check.bad_value("the registry ignores a quota of 0", limit.place, help);
    }
    // The registry refuses a second limit of the same type and share.
    let mut seen: Vec<(_, Place)> = Vec::new();
    for limit in quota.limits.iter().flat_map(|limits| &limits.value) {
        let (Some(limit_type), Some(at)) = (&limit.value.limit_type, &limit.value.at) else {
            continue;
        };
        let key = (limit_type.value, at.value);
        match seen.iter().find(|(other, _)| *other == key) {
            None => seen.push((key, limit.place)),
            Some((_, first)) => check.diagnostics.push(
                Diagnostic::error("duplicate-limit", "this limit is written twice", limit.place)
                    .also(*first, "first written here")
                    .help("keep one of the two"),
            ),
        }
    }
}
