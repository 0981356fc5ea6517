//! The end of an apply, as Markdown.

use crate::apply::Applied;
use crate::model::State;
use crate::report::Report;
use crate::report::text::{self, Style};

use super::escape::{self, block, code, fitting};
use super::page::Page;

/// The document of one apply, of at most `limit` bytes: whether it converged, then everything that is not done.
pub fn applied(applied: &Applied, report: &Report<'_>, seconds: f64, limit: usize) -> String {
    let mut page = Page::new(limit);
    let name = report.name.map(|name| format!(" ({})", code(name))).unwrap_or_default();
    page.push(&format!("### Apply to {}{name}\n\n", code(report.registry)));
    let is_done = |state: &State| matches!(state, State::Done | State::Deferred(_));
    let undone = applied.outcomes.len() - applied.count(is_done);
    let proven = applied.verified.as_ref().is_none_or(|verified| verified.converged());
    page.push(match (undone, proven) {
        (0, true) => "**Converged**: the registry is as the plan says.\n\n",
        (0, false) => "**Not converged**: not all reads as it was written.\n\n",
        _ => "**Applied in part.**\n\n",
    });
    let told = text::applied(applied, report.plan.summary.blocked, seconds, Style::default());
    let lines = escape::lines(told.lines());
    // The figures stand at the end, and must be seen.
    let shown = fitting(&lines, page.room(1_500));
    page.push(&block("text", shown));
    if shown.len() < lines.len() {
        page.cut();
        page.push(&block("text", &lines[lines.len() - 1..]));
    }
    page.finish("\nNot all of it fits in here: `quayform apply --format json` has it.\n")
}
