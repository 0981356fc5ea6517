//! Problems of manifests as SARIF 2.1.0, for code scanning.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value as Json, json};

use crate::model::{Diagnostic, Severity};

use super::problems::{Problems, Span, sentence};
use super::words::printable;

/// What stays as it is in the path of a URI.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// The document: one run, one rule for each code that occurs, one result for each problem.
pub fn sarif(problems: &Problems<'_>) -> Json {
    let mut rules: Vec<&str> = problems.diagnostics.iter().map(|found| found.code).collect();
    rules.sort_unstable();
    rules.dedup();
    let results = problems.diagnostics.iter().map(|found| {
        let rule = rules.binary_search(&found.code).unwrap_or_default();
        result(found, rule, problems)
    });
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "quayform",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(|code| json!({ "id": code })).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": results.collect::<Vec<_>>(),
        }],
    })
}

fn result(found: &Diagnostic, rule: usize, problems: &Problems<'_>) -> Json {
    let mut places = found
        .labels
        .iter()
        .filter_map(|(place, remark)| Some((problems.span(*place)?, remark)));
    let main = places.next();
    let others = places.enumerate().map(|(index, (span, remark))| {
        let mut place = location(&span);
        place["id"] = json!(index + 1);
        place["message"] = message(if remark.is_empty() { "see also" } else { remark });
        place
    });
    json!({
        "ruleId": found.code,
        "ruleIndex": rule,
        "level": match found.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        "message": message(&sentence(found)),
        "relatedLocations": others.collect::<Vec<_>>(),
        "locations": main.iter().map(|(span, _)| location(span)).collect::<Vec<_>>(),
    })
}

/// A text in which nothing is a link, whoever wrote the names in it.
fn message(text: &str) -> Json {
    json!({ "text": printable(text).replace("](", "] (") })
}

fn location(span: &Span) -> Json {
    json!({ "physicalLocation": {
        "artifactLocation": {
            "uri": utf8_percent_encode(&span.path, PATH).to_string(),
            "uriBaseId": "%SRCROOT%",
        },
        "region": {
            "startLine": span.start.0,
            "startColumn": span.start.1,
            "endLine": span.end.0,
            "endColumn": span.end.1,
        },
    }})
}
