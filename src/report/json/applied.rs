//! The result of an apply as JSON.

use serde_json::{Value as Json, json};

use crate::apply::{Applied, Delivered};
use crate::drift::{Cause, Difference, Residual};
use crate::model::{Plan, Sources, State, Value};
use crate::saved::{self, FORMAT_VERSION};

/// Every outcome and the proof.
pub fn applied(
    applied: &Applied,
    plan: &Plan,
    sources: &Sources,
    registry: &str,
    seconds: f64,
    diagnostics: Vec<Json>,
) -> Json {
    let count = |word: &str| applied.count(|state: &State| state.word() == word);
    let proven = applied.verified.as_ref().is_none_or(|verified| verified.converged());
    let undone = count("failed") + count("stale") + count("skipped") + count("cancelled");
    let residual = applied.verified.iter().flat_map(|verified| &verified.residual);
    let passed_over: Vec<&Residual> = applied.verified.iter().flat_map(|verified| &verified.blocked).collect();
    let unread = applied.verified.iter().flat_map(|verified| &verified.unread_logs);
    json!({
        "format_version": FORMAT_VERSION,
        "registry": registry,
        "summary": {
            "done": count("done"),
            "already": applied.already,
            "failed": count("failed"),
            "stale": count("stale"),
            "skipped": count("skipped"),
            "deferred": count("deferred"),
            "cancelled": count("cancelled"),
            "blocked": plan.summary.blocked + passed_over.len(),
        },
        "converged": proven && undone == 0,
        "residual": residual.map(|residual| open(residual, sources)).collect::<Vec<_>>(),
        "blocked": passed_over.iter().map(|residual| open(residual, sources)).collect::<Vec<_>>(),
        "unread_logs": unread.map(saved::gap).collect::<Vec<_>>(),
        "unproven": applied.verified.iter().flat_map(|verified| &verified.unproven).collect::<Vec<_>>(),
        "gaps": plan.gaps.iter().map(saved::gap).collect::<Vec<_>>(),
        "credentials": applied.credentials.as_ref().map(credentials),
        "diagnostics": diagnostics,
        "requests": { "read": applied.reads, "write": applied.writes, "seconds": seconds },
        "outcomes": applied.outcomes.iter().map(|outcome| json!({
            "address": outcome.address,
            "action": outcome.action.word(),
            "state": outcome.state.word(),
            "detail": outcome.state.detail(),
        })).collect::<Vec<_>>(),
    })
}

/// Which tokens went where; never the tokens.
fn credentials(delivered: &Delivered) -> Json {
    json!({
        "to": delivered.to,
        "written": delivered.written,
        "unchanged": delivered.unchanged,
        "removed": delivered.removed,
        "problems": delivered.problems,
    })
}

/// The change that would still be needed, and why: each difference with its likely cause.
fn open(residual: &Residual, sources: &Sources) -> Json {
    let shown = |value: &Option<Value>| value.as_ref().map_or(Json::Null, Value::shown);
    let difference = |difference: &Difference| {
        json!({
            "field": difference.field,
            "wanted": shown(&difference.wanted),
            "found": shown(&difference.found),
            "cause": cause(&difference.cause),
        })
    };
    let mut document = saved::change(&residual.change, sources, None);
    document["differences"] = residual.differences.iter().map(difference).collect();
    document
}

fn cause(cause: &Cause) -> Json {
    let mut document = json!({ "likely": cause.word(), "text": cause.to_string() });
    if let Cause::Somebody(entry) = cause {
        document["performer"] = json!(entry.performer);
        document["event"] = json!(entry.event);
        document["time"] = json!(entry.time.to_string());
        document["ip"] = json!(entry.ip);
    }
    document
}
