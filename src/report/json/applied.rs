//! The result of an apply as JSON.

use serde_json::{Value as Json, json};

use crate::apply::{Applied, Delivered};
use crate::model::{Plan, Sources, State};
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
            "blocked": plan.summary.blocked,
        },
        "converged": proven && undone == 0,
        "residual": residual.map(|change| saved::change(change, sources, None)).collect::<Vec<_>>(),
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
