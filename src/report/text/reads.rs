//! What planning asked, by reason.

use std::fmt::Write;

use crate::model::{Asked, Collection};

use super::style::Style;
use super::{counted, printable};
use crate::report::by_reason;

/// Every request with what became known by it, grouped by reason, the most first; ends with an empty line.
pub fn reads(asked: &[Asked], style: Style) -> String {
    let mut text = String::new();
    for group in by_reason(asked) {
        let title = format!("{} for {}", counted(group.requests, "request"), printable(group.reason));
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}", style.bold(&title));
        for each in &group.each {
            let pages = match each.requests {
                0 | 1 => String::new(),
                pages => format!(" ({pages} pages)"),
            };
            let serves = style.faint(&serves(&each.query.serves));
            let target = printable(&each.query.target);
            let _ = writeln!(text, "  {} {target}{pages}{serves}", each.method);
        }
    }
    text.push('\n');
    text
}

/// The first collection that becomes known, and how many more there are.
fn serves(collections: &[Collection]) -> String {
    let Some((first, rest)) = collections.split_first() else {
        return String::new();
    };
    let more = if rest.is_empty() {
        String::new()
    } else {
        format!(" and {} more", rest.len())
    };
    printable(&format!("  for {first}{more}"))
}
