//! What planning asked, as JSON.

use serde_json::{Value as Json, json};

use crate::model::Asked;
use crate::report::by_reason;

/// Every request with all that became known by it, grouped by reason, the most first.
pub fn reads(asked: &[Asked]) -> Json {
    let groups = by_reason(asked).into_iter().map(|group| {
        let each = group.each.into_iter().map(|each| {
            let serves: Vec<String> = each.query.serves.iter().map(ToString::to_string).collect();
            json!({ "method": each.method.to_string(), "target": each.query.target, "requests": each.requests, "serves": serves })
        });
        json!({ "reason": group.reason, "requests": group.requests, "each": each.collect::<Vec<_>>() })
    });
    Json::Array(groups.collect())
}
