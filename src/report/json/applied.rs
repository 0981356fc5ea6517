//! The result of an apply as JSON.

use serde_json::{Value as Json, json};

use crate::apply::{Applied, Delivered};
use crate::model::{Plan, Sources, State};

use super::FORMAT_VERSION;
use super::plan::{gaps, one};

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
    let undone = count("failed") + count("skipped") + count("cancelled");
    let residual = applied.verified.iter().flat_map(|verified| &verified.residual);
    json!({
        "format_version": FORMAT_VERSION,
        "registry": registry,
        "summary": {
            "done": count("done"),
            "failed": count("failed"),
            "skipped": count("skipped"),
            "deferred": count("deferred"),
            "cancelled": count("cancelled"),
            "blocked": plan.summary.blocked,
        },
        "converged": proven && undone == 0,
        "residual": residual.map(|change| one(change, sources)).collect::<Vec<_>>(),
        "unproven": applied.verified.iter().flat_map(|verified| &verified.unproven).collect::<Vec<_>>(),
        "credentials": applied.credentials.as_ref().map(credentials),
        "gaps": gaps(plan),
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
