//! What a scanner found in an image: vulnerabilities, each with the package it is in.

use serde_json::{Value as Json, json};

use super::operation::{Column, Threshold, column};

/// What people see of a vulnerability.
pub const FINDING: &[Column] = &[
    column("severity", "/severity"),
    column("name", "/name"),
    column("package", "/package"),
    column("version", "/version"),
    column("fixed in", "/fixed_in"),
];

/// Whether the scanner has looked at the image: another report says nothing about it.
pub fn is_scanned(report: &Json) -> bool {
    report.get("status").and_then(Json::as_str) == Some("scanned")
}

/// The vulnerabilities of a report, the gravest first.
pub fn findings(report: &Json) -> Vec<Json> {
    let packages = report.pointer("/data/Layer/Features").and_then(Json::as_array);
    let mut found: Vec<Json> = packages.into_iter().flatten().flat_map(of_package).collect();
    found.sort_by_key(|finding| rank(text(finding, "severity")));
    found
}

fn of_package(package: &Json) -> Vec<Json> {
    let vulnerabilities = package.get("Vulnerabilities").and_then(Json::as_array);
    let one = |vulnerability: &Json| {
        json!({
            "severity": text(vulnerability, "Severity"),
            "name": text(vulnerability, "Name"),
            "package": text(package, "Name"),
            "version": text(package, "Version"),
            "fixed_in": text(vulnerability, "FixedBy"),
        })
    };
    vulnerabilities.into_iter().flatten().map(one).collect()
}

/// Whether anything is as grave as this, or graver.
pub fn reaches(report: &Json, threshold: &Threshold, grade: &str) -> bool {
    let place = |word: &str| {
        threshold
            .grades
            .iter()
            .position(|known| known.eq_ignore_ascii_case(word))
    };
    let limit = place(grade);
    let is_grave = |finding: &Json| place(text(finding, "severity")) <= limit;
    // A severity that is not known is taken for the gravest: `None` comes before every place.
    findings(report).iter().any(is_grave)
}

/// The scanner's words, from the gravest on.
fn rank(severity: &str) -> usize {
    const ORDER: [&str; 6] = ["critical", "high", "medium", "low", "negligible", "unknown"];
    ORDER
        .iter()
        .position(|known| known.eq_ignore_ascii_case(severity))
        .unwrap_or_default()
}

fn text<'j>(object: &'j Json, field: &str) -> &'j str {
    object.get(field).and_then(Json::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const THRESHOLD: Threshold = Threshold {
        grades: &["critical", "high", "medium", "low", "negligible", "unknown"],
    };

    #[test]
    fn the_gravest_finding_decides() {
        let report = json!({"status": "scanned", "data": {"Layer": {"Features": [
            {"Name": "openssl", "Version": "3.0", "Vulnerabilities": [
                {"Name": "CVE-1", "Severity": "Low"}, {"Name": "CVE-2", "Severity": "High", "FixedBy": "3.1"},
            ]},
            {"Name": "zlib", "Version": "1", "Vulnerabilities": []},
        ]}}});
        assert!(is_scanned(&report));
        assert_eq!(findings(&report)[0]["name"], "CVE-2");
        for (grade, reached) in [("critical", false), ("high", true), ("unknown", true)] {
            assert_eq!(reaches(&report, &THRESHOLD, grade), reached, "{grade}");
        }
        assert!(!is_scanned(&json!({"status": "queued", "data": null})));
    }
}
