//! How many events of each kind the usage log holds per day, and what two such counts prove.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::drift::is_traffic;
use crate::kinds::sight::{list, text};

/// Events by kind and day, as the server names both.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Counts(BTreeMap<String, BTreeMap<String, u64>>);

impl Counts {
    /// What an answer counts. `None` where it proves nothing: where nothing at all stands in it, since the log may be off.
    pub(super) fn of(body: &Json) -> Option<Self> {
        let mut counts = Counts::default();
        for view in list(body, "aggregated") {
            let days = counts.0.entry(text(view, "kind").to_owned()).or_default();
            let count = days.entry(text(view, "datetime").to_owned()).or_default();
            *count = count.saturating_add(view.get("count").and_then(Json::as_u64)?);
        }
        (!counts.0.is_empty()).then_some(counts)
    }

    /// Whether nothing but traffic was logged between the earlier counts and these, which begin on the same day. Entries
    /// only ever come: where there are fewer than there were, some were taken away, and nothing is proven.
    pub(super) fn prove_no_change_since(&self, earlier: &Counts) -> bool {
        let kinds: BTreeSet<&String> = self.0.keys().chain(earlier.0.keys()).collect();
        kinds.into_iter().all(|kind| {
            let (now, then) = (self.days(kind), earlier.days(kind));
            if is_traffic(kind) {
                then.iter().all(|(day, count)| now.get(day) >= Some(count))
            } else {
                now == then
            }
        })
    }

    fn days(&self, kind: &str) -> BTreeMap<String, u64> {
        self.0.get(kind).cloned().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn counts(entries: &[(&str, u64, &str)]) -> Counts {
        let views = entries
            .iter()
            .map(|(kind, count, day)| json!({"kind": kind, "count": count, "datetime": day}));
        Counts::of(&json!({ "aggregated": views.collect::<Vec<_>>() })).unwrap()
    }

    #[test]
    fn a_log_that_may_be_off_proves_nothing() {
        assert_eq!(Counts::of(&json!({ "aggregated": [] })), None);
    }

    #[test]
    fn only_traffic_may_come_and_nothing_may_go() {
        let then = counts(&[("org_create", 1, "Mon"), ("pull_repo", 5, "Mon")]);
        for (now, proven) in [
            (counts(&[("pull_repo", 5, "Mon"), ("org_create", 1, "Mon")]), true),
            (counts(&[("org_create", 1, "Mon"), ("pull_repo", 7, "Mon")]), true),
            (
                counts(&[
                    ("org_create", 1, "Mon"),
                    ("pull_repo", 5, "Mon"),
                    ("push_repo", 1, "Tue"),
                ]),
                true,
            ),
            // Another day, another number, another kind, and one that nobody has heard of.
            (
                counts(&[
                    ("org_create", 1, "Mon"),
                    ("pull_repo", 5, "Mon"),
                    ("org_create", 1, "Tue"),
                ]),
                false,
            ),
            (counts(&[("org_create", 2, "Mon"), ("pull_repo", 5, "Mon")]), false),
            (
                counts(&[
                    ("org_create", 1, "Mon"),
                    ("pull_repo", 5, "Mon"),
                    ("create_repo", 1, "Mon"),
                ]),
                false,
            ),
            (
                counts(&[
                    ("org_create", 1, "Mon"),
                    ("pull_repo", 5, "Mon"),
                    ("something_new", 1, "Mon"),
                ]),
                false,
            ),
            // Rotated, or emptied.
            (counts(&[("pull_repo", 5, "Mon")]), false),
            (counts(&[("org_create", 1, "Mon"), ("pull_repo", 4, "Mon")]), false),
            (counts(&[("org_create", 1, "Mon")]), false),
        ] {
            assert_eq!(now.prove_no_change_since(&then), proven, "{now:?}");
        }
    }
}
