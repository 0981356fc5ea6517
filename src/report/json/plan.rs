//! A plan as JSON: every change in order, folded nothing.

use serde_json::{Value as Json, json};

use crate::model::{Call, Change, Plan, Sources, Value};

use super::super::Cost;
use super::FORMAT_VERSION;

/// The whole plan. Secrets are references or `true`, never texts.
pub fn plan(plan: &Plan, sources: &Sources, registry: &str, cost: Cost, diagnostics: Vec<Json>) -> Json {
    let calls: usize = plan.changes.iter().map(|change| change.calls.len()).sum();
    json!({
        "format_version": FORMAT_VERSION,
        "registry": registry,
        "summary": plan.summary,
        "requests": { "read": cost.read, "estimated_write": calls, "seconds": cost.seconds },
        "changes": plan.changes.iter().map(|change| one(change, sources)).collect::<Vec<_>>(),
        "unmanaged": plan.unmanaged,
        "gaps": gaps(plan),
        "refusals": plan.refusals.iter().map(|refusal| json!({
            "guard": refusal.guard,
            "message": refusal.message,
            "addresses": refusal.addresses,
            "remarks": refusal.remarks,
            "way_out": refusal.way_out,
            "overridable": refusal.overridable,
        })).collect::<Vec<_>>(),
        "diagnostics": diagnostics,
    })
}

/// What could not be read.
pub(super) fn gaps(plan: &Plan) -> Vec<Json> {
    let gaps = plan.gaps.iter();
    gaps.map(|gap| json!({ "request": gap.target, "reason": gap.reason }))
        .collect()
}

/// One change.
pub(super) fn one(change: &Change, sources: &Sources) -> Json {
    let place = change.origin.and_then(|origin| sources.locate(origin.place));
    let fields: Vec<Json> = change
        .fields
        .iter()
        .map(|field| {
            let shown = |value: &Option<Value>| value.as_ref().map_or(Json::Null, Value::shown);
            let secret = [&field.before, &field.after]
                .into_iter()
                .flatten()
                .any(Value::holds_secret);
            json!({
                "name": field.name,
                "before": shown(&field.before),
                "after": shown(&field.after),
                "secret": secret,
                "note": field.note,
            })
        })
        .collect();
    json!({
        "address": change.address,
        "action": change.action.word(),
        "fields": fields,
        "because": {
            "file": place.map(|(path, ..)| path.display().to_string()),
            "line": place.map(|(_, line, _)| line),
            "reason": change.reason,
        },
        "calls": change.calls.iter().map(call).collect::<Vec<_>>(),
        "after": change.after,
        "reversibility": {
            "class": change.reversibility.word(),
            "lost": change.reversibility.lost(),
            "takes_along": change.takes_along,
        },
    })
}

fn call(call: &Call) -> Json {
    json!({
        "method": call.method,
        "path": format!("/api/v1{}", call.shown_path()),
        "body": call.body.as_ref().map(Value::shown),
    })
}
