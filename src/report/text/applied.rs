//! The end of an apply.

use std::fmt::Write;

use crate::apply::{Applied, Delivered, Verified, hands_out};
use crate::drift::{Difference, Residual};
use crate::model::{Action, Outcome, State, Value};

use super::style::Style;
use super::{counted, printable};

/// What was not done and why, whether the rest is proven, and the figures; ends with a line break.
pub fn applied(applied: &Applied, blocked: usize, seconds: f64, style: Style) -> String {
    let mut text = String::new();
    for outcome in applied.outcomes.iter().filter(|outcome| outcome.state != State::Done) {
        text.push_str(&undone(outcome, style));
    }
    if let Some(verified) = &applied.verified {
        proof(&mut text, verified, applied, blocked, style);
    }
    match &applied.credentials {
        Some(delivered) => credentials(&mut text, delivered, style),
        None => hint(&mut text, applied),
    }
    let figures = [
        (applied.count(|state| *state == State::Done), "done"),
        (applied.count(|state| state.word() == "failed"), "failed"),
        (applied.count(|state| state.word() == "stale"), "held back as stale"),
        (applied.count(|state| state.word() == "skipped"), "skipped"),
        (applied.count(|state| state.word() == "deferred"), "deferred"),
        (applied.count(|state| *state == State::Cancelled), "cancelled"),
    ];
    let mut parts: Vec<String> = figures
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{number} {word}"))
        .collect();
    if let (Some(done), 1..) = (parts.first_mut(), applied.already) {
        let _ = write!(done, " ({} already so)", applied.already);
    }
    let what = if parts.is_empty() {
        "nothing to do".to_owned()
    } else {
        parts.join(", ")
    };
    let (writes, reads) = (counted(applied.writes, "request"), applied.reads);
    // Writing to a String cannot fail.
    let _ = writeln!(text, "Apply: {what}. Wrote {writes}, read {reads}, in {seconds:.1} s.");
    text
}

fn undone(outcome: &Outcome, style: Style) -> String {
    let (word, action) = (outcome.state.word(), outcome.action.word());
    let address = printable(&outcome.address.to_string());
    let label = format!("{word}:");
    let label = match outcome.state {
        State::Failed(_) | State::Unknown(_) | State::Stale(_) => style.alarm(&label),
        _ => label,
    };
    let mut text = format!("{label} {action} {address}\n");
    // The log of a build has several lines; indented, none of them passes for one of ours.
    for line in outcome.state.detail().unwrap_or_default().lines() {
        let _ = writeln!(text, "    {}", printable(line));
    }
    match outcome.state {
        State::Deferred(_) => text.push_str("    it is not done yet; the next apply tries again\n"),
        State::Stale(_) => text.push_str("    nothing was sent for it; plan anew to see what there is to do now\n"),
        _ => {}
    }
    text
}

fn proof(text: &mut String, verified: &Verified, applied: &Applied, blocked: usize, style: Style) {
    for residual in &verified.residual {
        open(text, "not converged", residual, style);
    }
    for residual in &verified.blocked {
        open(text, "blocked", residual, style);
    }
    for gap in &verified.unread_logs {
        let said = format!("{}: {}", gap.target, gap.reason);
        let _ = writeln!(
            text,
            "not read: GET {} (who else may have written is not known)",
            printable(&said)
        );
    }
    for gap in &verified.unproven {
        let line = format!("not proven: GET {}", printable(gap));
        let _ = writeln!(text, "{}", style.alarm(&line));
    }
    let deferred = applied.count(|state| state.word() == "deferred");
    let done = applied.count(|state| *state == State::Done);
    let residual = verified.residual.len();
    let open = residual + verified.blocked.len();
    let blocked = match blocked + verified.blocked.len() {
        0 => String::new(),
        number => format!(", {number} blocked"),
    };
    let _ = writeln!(
        text,
        "converged: {} of {}, residual {residual}{blocked}",
        done.saturating_sub(open),
        applied.outcomes.len() - deferred,
    );
}

/// Which tokens went where; never the tokens.
fn credentials(text: &mut String, delivered: &Delivered, style: Style) {
    for problem in &delivered.problems {
        let line = format!("not delivered: {}", printable(problem));
        let _ = writeln!(text, "{}", style.alarm(&line));
    }
    let figures = [
        (delivered.written.len(), "written"),
        (delivered.unchanged.len(), "unchanged"),
        (delivered.removed.len(), "removed"),
    ];
    let parts: Vec<String> = figures
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{number} {word}"))
        .collect();
    let what = if parts.is_empty() {
        "none".to_owned()
    } else {
        parts.join(", ")
    };
    let _ = writeln!(text, "credentials to {}: {what}", printable(&delivered.to));
}

/// Who creates a robot wants its token.
fn hint(text: &mut String, applied: &Applied) {
    let new = applied.outcomes.iter().filter(|outcome| hands_out(outcome)).count();
    if new > 0 {
        let robots = counted(new, "new robot");
        let _ = writeln!(
            text,
            "{robots}: apply --credentials-out DIR writes the tokens of all declared robots to files"
        );
    }
}

/// How an object is, how it should be, and why it likely is not so; causes that several fields share are told once.
fn open(text: &mut String, label: &str, residual: &Residual, style: Style) {
    let address = &residual.change.address;
    let differences = &residual.differences;
    let told: Vec<String> = differences.iter().map(difference).collect();
    let line = match residual.change.action {
        Action::Create => {
            let reason = residual.change.reason.as_ref();
            format!(
                "{address} is not there{}",
                reason.map(|reason| format!(" ({reason})")).unwrap_or_default()
            )
        }
        Action::Delete => format!("{address} is still there"),
        _ => format!("{address}: {}", told.join("; ")),
    };
    let line = format!("{label}: {}", printable(&line));
    let _ = writeln!(text, "{}", style.alarm(&line));
    let is_shared = differences.windows(2).all(|pair| pair[0].cause == pair[1].cause);
    let shown = if is_shared { 1 } else { differences.len() };
    for difference in differences.iter().take(shown) {
        let of = match difference.field.filter(|_| !is_shared) {
            Some(field) => format!(" of {field}"),
            None => String::new(),
        };
        let _ = writeln!(
            text,
            "    likely cause{of}: {}",
            printable(&difference.cause.to_string())
        );
    }
}

fn difference(difference: &Difference) -> String {
    let shown = |value: &Option<Value>| value.as_ref().map_or("nothing".to_owned(), ToString::to_string);
    let (found, wanted) = (shown(&difference.found), shown(&difference.wanted));
    format!("{} is {found}, not {wanted}", difference.field.unwrap_or_default())
}
