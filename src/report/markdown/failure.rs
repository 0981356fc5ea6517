//! What could not be done, as Markdown: the comment of the run before must not stand for this one.

use crate::model::{Diagnostic, Diagnostics, Severity, Sources};

use super::escape::{code, prose};
use super::page::{List, Page};

/// The document of a run without a result, of at most `limit` bytes. `lines` are what is said, each with its label.
pub fn failure(
    title: &str,
    lines: &[(&str, &str)],
    findings: Option<(&Diagnostics, &Sources)>,
    limit: usize,
) -> String {
    let mut page = Page::new(limit);
    page.push(&format!("### {title} failed\n\n"));
    for (label, text) in lines {
        page.push(&format!("- **{label}**: {}\n", prose(text)));
    }
    let entries = findings.map_or_else(Vec::new, |(diagnostics, sources)| {
        diagnostics.iter().map(|found| finding(found, sources)).collect()
    });
    if !entries.is_empty() {
        let heading = "Problems".to_owned();
        page.lists(vec![List { heading, entries }], 200);
    }
    page.finish("\nNot all of them fit in here: `quayform validate` tells all.\n")
}

/// A problem with its place and its way out.
pub(super) fn finding(found: &Diagnostic, sources: &Sources) -> String {
    let severity = match found.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let place = found.labels.first().and_then(|(place, _)| sources.locate(*place));
    let place = place.map_or(String::new(), |(path, line, column)| {
        format!("{}: ", code(&format!("{}:{line}:{column}", path.display())))
    });
    let help = found.help.as_ref().map(|help| format!(". {}", prose(help)));
    format!(
        "{place}{severity} `{}`: {}{}",
        found.code,
        prose(&found.message),
        help.unwrap_or_default()
    )
}
