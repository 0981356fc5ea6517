//! What happens when an organization has stored a share of its quota.

use crate::manifest::choice::choice;
use crate::manifest::record::record;
use crate::model::units::Percent;

record! {
    /// One threshold of a quota.
    pub struct QuotaLimitSpec {
        /// What happens: `warning` or `reject`.
        limit_type: QuotaLimitType as "type" = required,
        /// From which share of the quota on, such as `80%`.
        at: Percent = required,
    }
}

choice! {
    /// What happens at a threshold of a quota.
    pub enum QuotaLimitType {
        /// The owners are notified.
        Warning = "warning",
        /// Pushes are refused.
        Reject = "reject",
    }
}
