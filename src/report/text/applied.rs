//! The end of an apply.

use std::fmt::Write;

use crate::apply::Applied;
use crate::model::State;

use super::style::Style;

/// What was done, what was not and why, and whether it is proven; ends with a line break.
pub fn applied(applied: &Applied, seconds: f64, style: Style) -> String {
    let mut text = String::new();
    for outcome in applied.outcomes.iter().filter(|outcome| outcome.state != State::Done) {
        let word = outcome.state.word();
        let detail = outcome
            .state
            .detail()
            .map(|detail| format!(": {detail}"))
            .unwrap_or_default();
        let line = format!("{word}: {} {}{detail}", outcome.action.word(), outcome.address);
        let line = if word == "failed" { style.alarm(&line) } else { line };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{line}");
    }
    let done = applied.count(|state| *state == State::Done);
    if let Some(verified) = &applied.verified {
        for change in &verified.residual {
            let fields: Vec<String> = change
                .fields
                .iter()
                .map(|field| {
                    let shown = |value: &Option<crate::model::Value>| {
                        value.as_ref().map_or("nothing".to_owned(), ToString::to_string)
                    };
                    format!(
                        "{} is {}, not {}",
                        field.name,
                        shown(&field.before),
                        shown(&field.after)
                    )
                })
                .collect();
            let line = format!(
                "not converged: {} {}: {}",
                change.action.word(),
                change.address,
                fields.join("; ")
            );
            let _ = writeln!(text, "{}", style.alarm(&line));
        }
        for gap in &verified.unproven {
            let _ = writeln!(text, "{}", style.alarm(&format!("not proven: GET {gap}")));
        }
        let proven = done.saturating_sub(verified.residual.len());
        let _ = writeln!(
            text,
            "converged: {proven} of {}, residual {}",
            applied.outcomes.len(),
            verified.residual.len()
        );
    }
    let figures = [
        (done, "done"),
        (applied.count(|state| state.word() == "failed"), "failed"),
        (applied.count(|state| state.word() == "skipped"), "skipped"),
        (applied.count(|state| state.word() == "deferred"), "deferred"),
        (applied.count(|state| *state == State::Cancelled), "cancelled"),
    ];
    let parts: Vec<String> = figures
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{number} {word}"))
        .collect();
    let what = if parts.is_empty() {
        "nothing to do".to_owned()
    } else {
        parts.join(", ")
    };
    let (writes, reads) = (applied.writes, applied.reads);
    let _ = writeln!(
        text,
        "Apply: {what}. Wrote {writes} requests, read {reads}, in {seconds:.1} s."
    );
    text
}
