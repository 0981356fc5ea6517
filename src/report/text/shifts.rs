//! Who gains and who loses what by a plan.

use std::fmt::Write;

use crate::report::Report;
use crate::report::access::{Causes, NAMED, is_cut, told};
use crate::report::words::printable;

use super::style::Style;

/// Both lists, or nothing where nobody may do more or less. `expand` names everybody and everything.
pub(super) fn shifts(report: &Report<'_>, style: Style, expand: bool) -> String {
    let mut text = String::new();
    let plan = report.plan;
    let causes = Causes::new(plan, report.declared, report.sources);
    for (heading, all, gains) in [
        ("Access gained", &plan.access.gained, true),
        ("Access lost", &plan.access.lost, false),
    ] {
        if all.is_empty() {
            continue;
        }
        let hint = if !expand && is_cut(all) {
            "  (plan --expand names all)"
        } else {
            ""
        };
        let _ = writeln!(text, "{}{}", style.bold(heading), style.faint(hint));
        let limit = if expand { usize::MAX } else { NAMED };
        for told in told(all, gains, &causes, limit) {
            let line = format!("{}: {} {}", told.who, told.what, told.place);
            let cause = match told.cause.as_str() {
                "" => String::new(),
                cause => style.faint(&format!("  {cause}")),
            };
            let _ = writeln!(text, "  {}{cause}", printable(&line));
        }
        text.push('\n');
    }
    text
}
