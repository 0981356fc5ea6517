//! Problems of manifests as workflow commands of GitHub Actions, which shows them at their lines.

use crate::model::{Diagnostic, Severity};

use super::problems::{Problems, sentence};
use super::words::printable;

/// One line for each problem: `::error file=…,line=…,col=…,title=…::message`.
pub fn annotations(problems: &Problems<'_>) -> String {
    problems
        .diagnostics
        .iter()
        .map(|found| annotation(found, problems))
        .collect()
}

fn annotation(found: &Diagnostic, problems: &Problems<'_>) -> String {
    let command = match found.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut properties = Vec::new();
    if let Some(span) = problems.main_span(found) {
        properties.push(format!("file={}", property(&span.path)));
        properties.push(format!("line={}", span.start.0));
        properties.push(format!("endLine={}", span.end.0));
        properties.push(format!("col={}", span.start.1));
        // Columns of a stretch over several lines are not understood.
        properties.extend((span.start.0 == span.end.0).then(|| format!("endColumn={}", span.end.1)));
    }
    properties.push(format!("title={}", property(found.code)));
    let places = found.labels.iter().skip(1).filter_map(|(place, remark)| {
        let span = problems.span(*place)?;
        Some(format!("\n{}:{}: {remark}", span.path, span.start.0))
    });
    let message = format!("{}{}", sentence(found), places.collect::<String>());
    format!("::{command} {}::{}\n", properties.join(","), data(&message))
}

/// A message: a line break in it would end the command, and what follows could be another one.
fn data(text: &str) -> String {
    let lines: Vec<String> = text
        .split('\n')
        .map(|line| printable(line).replace('%', "%25"))
        .collect();
    lines.join("%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
