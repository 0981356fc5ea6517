//! An apply that did not come to its end, as JSON.

use serde_json::{Value as Json, json};

use crate::state::History;

/// How far the last apply came and what it left open; nothing where it came to its end.
pub fn previous_run(history: &History) -> Option<Json> {
    if history.is_silent() {
        return None;
    }
    let run = history.unfinished.as_ref();
    let open = history.unanswered.iter().map(|write| {
        json!({
            "time": write.at,
            "address": write.address,
            "method": write.method,
            "path": write.path,
        })
    });
    Some(json!({
        "began": run.map(|run| run.began),
        "actor": run.map(|run| &run.actor),
        "changes": run.map(|run| run.changes),
        "done": run.map(|run| run.done),
        "not_done": run.map(|run| run.not_done),
        "unanswered": open.collect::<Vec<_>>(),
    }))
}
