//! On which days a usage log holds something that matters: pulls and pushes can be thousands of pages.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::Value as Json;

use super::log::time;
use crate::kinds::sight::{list, text};

/// How many days before its last one a count may begin: with the day that the server adds it is no longer than any month.
pub(super) const MOST: i64 = 27;

/// How many events of the chosen kinds there are on each day. `None` where the answer does not tell.
pub(super) fn counted(body: &Json, chosen: impl Fn(&str) -> bool) -> Option<BTreeMap<Date, usize>> {
    let mut days: BTreeMap<Date, usize> = BTreeMap::new();
    for view in list(body, "aggregated").filter(|view| chosen(text(view, "kind"))) {
        let day = day(time(text(view, "datetime"))?);
        let count = view.get("count").and_then(Json::as_u64)?;
        *days.entry(day).or_default() += usize::try_from(count).unwrap_or(usize::MAX);
    }
    Some(days)
}

/// The day of a moment, in UTC as the server's.
pub fn day(time: Timestamp) -> Date {
    time.to_zoned(TimeZone::UTC).date()
}

/// A day as the server wants it written.
pub(super) fn written(day: Date) -> String {
    day.strftime("%m/%d/%Y").to_string()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::json;

    use super::*;

    #[test]
    fn only_chosen_events_count() {
        let view = |kind: &str, count: u64, day: &str| json!({"kind": kind, "count": count, "datetime": day});
        let (sunday, monday) = ("Sun, 22 Nov 2026 00:00:00 -0000", "Mon, 23 Nov 2026 00:00:00 -0000");
        let body = json!({ "aggregated": [
            view("pull_repo", 9_000, sunday), view("create_repo", 1, monday), view("delete_repo", 2, monday),
        ]});
        let days = counted(&body, |kind| kind != "pull_repo").unwrap();
        assert_eq!(days, [(date(2026, 11, 23), 3)].into());
        assert_eq!(written(date(2026, 1, 2)), "01/02/2026");
        assert_eq!(counted(&json!({"aggregated": [view("x", 1, "soon")]}), |_| true), None);
    }
}
