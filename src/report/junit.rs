//! JUnit's XML, for pipelines that show tests.

use std::collections::BTreeMap;
use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use crate::model::{Action, Severity};

use super::Report;
use super::problems::{Problems, sentence};
use super::text::{self, Style};
use super::words::printable;

/// What a case ended with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Passed,
    Failure,
    Error,
    Skipped,
}

/// One test.
#[derive(Debug)]
struct Case {
    class: String,
    name: String,
    end: End,
    message: String,
    details: String,
}

/// The tests of one run.
#[derive(Debug)]
pub struct Suite {
    name: String,
    cases: Vec<Case>,
}

/// `validate`: one test for each file; it fails with all errors in it. What is in no file is a test of its own.
pub fn validated(problems: &Problems<'_>) -> Suite {
    let files = (0..problems.sources.len()).filter_map(|index| problems.sources.get(index as u32));
    let mut found: BTreeMap<String, Vec<(Severity, String)>> = files
        .map(|file| (problems.base.join(&file.path).display().to_string(), Vec::new()))
        .collect();
    for diagnostic in problems.diagnostics.iter() {
        let span = problems.main_span(diagnostic);
        let (path, place) = match span {
            Some(span) => (span.path, format!(":{}:{}", span.start.0, span.start.1)),
            None => ("the whole project".to_owned(), String::new()),
        };
        let line = format!("{path}{place}: {}[{}]", word(diagnostic.severity), diagnostic.code);
        let line = format!("{line}: {}", sentence(diagnostic));
        found.entry(path).or_default().push((diagnostic.severity, line));
    }
    let case = |(path, lines): (String, Vec<(Severity, String)>)| {
        let errors = lines.iter().filter(|(severity, _)| *severity == Severity::Error);
        let first = errors.clone().next().map(|(_, line)| line.clone());
        Case {
            class: "manifests".to_owned(),
            name: path,
            end: if first.is_some() { End::Failure } else { End::Passed },
            message: first.unwrap_or_default(),
            details: lines.into_iter().map(|(_, line)| line).collect::<Vec<_>>().join("\n"),
        }
    };
    Suite {
        name: "quayform validate".to_owned(),
        cases: found.into_iter().map(case).collect(),
    }
}

/// A plan: refusals and errors fail, what could not be read is an error, what is blocked or deferred is skipped, and each
/// change is a test that passes; where `changes_fail`, as in drift, it fails.
pub fn planned(report: &Report<'_>, changes_fail: bool) -> Suite {
    let mut cases = Vec::new();
    for refusal in &report.plan.refusals {
        let addresses: Vec<String> = refusal.addresses.iter().map(ToString::to_string).collect();
        cases.push(Case {
            class: "guards".to_owned(),
            name: refusal.guard.to_owned(),
            end: End::Failure,
            message: refusal.message.clone(),
            details: format!("{}\n{}", addresses.join("\n"), refusal.way_out),
        });
    }
    for gap in &report.plan.gaps {
        cases.push(Case {
            class: "reading".to_owned(),
            name: format!("GET {}", gap.target),
            end: End::Error,
            message: gap.reason.clone(),
            details: String::new(),
        });
    }
    for found in report.diagnostics.iter() {
        let is_error = found.severity == Severity::Error;
        cases.push(Case {
            class: "diagnostics".to_owned(),
            name: format!("{}: {}", found.code, found.message),
            end: if is_error { End::Failure } else { End::Passed },
            message: sentence(found),
            details: String::new(),
        });
    }
    for change in &report.plan.changes {
        let mut told = text::alone(change, report.sources, Style::default()).trim().to_owned();
        let remarks = report.remarks.iter().filter(|(address, _)| *address == change.address);
        remarks.for_each(|(_, said)| told.push_str(&format!("\n{said}")));
        let end = match change.action {
            Action::Blocked | Action::Deferred => End::Skipped,
            _ if changes_fail => End::Failure,
            _ => End::Passed,
        };
        cases.push(Case {
            class: change.address.namespace().to_owned(),
            name: format!("{} {}", change.action.word(), change.address),
            end,
            message: change.reason.clone().unwrap_or_else(|| change.action.word().to_owned()),
            details: told,
        });
    }
    let title = report.title.to_lowercase();
    Suite {
        name: format!("quayform {title} of {}", report.registry),
        cases,
    }
}

/// A run without a result.
pub fn failed(command: &str, message: &str, details: &str) -> Suite {
    Suite {
        name: format!("quayform {command}"),
        cases: vec![Case {
            class: "quayform".to_owned(),
            name: command.to_owned(),
            end: End::Error,
            message: message.to_owned(),
            details: details.to_owned(),
        }],
    }
}

/// The document.
///
/// # Errors
/// Only what a writer to memory has: none.
pub fn junit(suites: &[Suite]) -> io::Result<String> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    writer
        .create_element("testsuites")
        .write_inner_content(|writer| suites.iter().try_for_each(|each| suite(writer, each)))?;
    let bytes = writer.into_inner();
    Ok(String::from_utf8_lossy(&bytes).into_owned() + "\n")
}

fn suite(writer: &mut Writer<Vec<u8>>, suite: &Suite) -> io::Result<()> {
    let count = |end: End| suite.cases.iter().filter(|case| case.end == end).count().to_string();
    let attributes = [
        ("name", xml(&suite.name)),
        ("tests", suite.cases.len().to_string()),
        ("failures", count(End::Failure)),
        ("errors", count(End::Error)),
        ("skipped", count(End::Skipped)),
    ];
    let attributes = attributes.iter().map(|(name, value)| (*name, value.as_str()));
    writer
        .create_element("testsuite")
        .with_attributes(attributes)
        .write_inner_content(|writer| suite.cases.iter().try_for_each(|each| case(writer, each)))?;
    Ok(())
}

fn case(writer: &mut Writer<Vec<u8>>, case: &Case) -> io::Result<()> {
    let (class, name, message) = (xml(&case.class), xml(&case.name), xml(&case.message));
    let element = writer
        .create_element("testcase")
        .with_attribute(("classname", class.as_str()))
        .with_attribute(("name", name.as_str()));
    let details = case.details.lines().map(xml).collect::<Vec<_>>().join("\n");
    let tag = match case.end {
        End::Passed if details.is_empty() => return element.write_empty().map(|_| ()),
        End::Passed => "system-out",
        End::Failure => "failure",
        End::Error => "error",
        End::Skipped => "skipped",
    };
    element.write_inner_content(|writer| {
        let mut inner = writer.create_element(tag);
        if case.end != End::Passed {
            inner = inner.with_attribute(("message", message.as_str()));
        }
        // Some readers take what is skipped to have no text.
        match case.end {
            End::Skipped => inner.write_empty(),
            _ => inner.write_text_content(BytesText::new(&details)),
        }?;
        Ok(())
    })?;
    Ok(())
}

/// Without what no XML may hold; the writer escapes the rest.
fn xml(text: &str) -> String {
    printable(text).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}
