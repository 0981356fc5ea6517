//! The pipeline for GitLab CI, job by job.

use std::collections::BTreeMap;

use serde_json::json;

use super::workplace::{Ended, Workplace};
use super::{AFTER, SOMEBODY, documents, texts};
use crate::meddler;

/// The service's API, as far as the pipeline uses it. Merge request 7 has the plan that lies in the clone.
const CURL: &str = r#"
case "$*" in
  *"/merge_requests/7/notes"*) echo '{"id":301,"author":{"id":5}}' ;;
  *"/repository/commits/feed/merge_requests"*) echo '[{"id":90,"iid":7,"author":{"id":5}}]' ;;
  *"--output reviewed.json"*"merge-requests%2F7%2Fhead/raw/plan.json?job=plan"*) cp plan.json reviewed.json ;;
  *) echo "unknown: $*" >&2; exit 22 ;;
esac
"#;

fn run(place: &Workplace, job: &str) -> Ended {
    let pipeline = documents("gitlab/.gitlab-ci.yml").remove(0);
    let script = texts(&pipeline[job]["script"]).join("\n");
    let variables = [
        ("QUAYFORM_URL", place.url.as_str()),
        ("QUAYFORM_READ_ONLY_TOKEN", "emulator-token"),
        ("QUAYFORM_APPLY_TOKEN", "emulator-token"),
        ("QUAYFORM_USER", "quayadmin"),
        ("REPORT_TOKEN", "services-token"),
        ("CI_API_V4_URL", "https://gitlab.example.com/api/v4"),
        ("CI_PROJECT_ID", "3"),
        ("CI_MERGE_REQUEST_IID", "7"),
        ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
        ("CI_COMMIT_SHA", "feed"),
    ];
    let variables: BTreeMap<String, String> = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    place.run(&script, &variables)
}

fn runs(place: &Workplace, job: &str, code: i32) -> String {
    let ended = run(place, job);
    assert_eq!(ended.code, Some(code), "{}", ended.output);
    ended.output
}

#[test]
fn a_merge_request_is_planned_reviewed_and_applied() {
    let place = Workplace::new();
    place.tool("curl", CURL);
    place.program.write("acme.yaml", AFTER);
    runs(&place, "validate", 0);
    runs(&place, "plan", 0);
    runs(&place, "plan", 0);
    let said = place.said("curl");
    assert!(
        said[0].contains("--request POST") && said[0].ends_with("/notes"),
        "{said:?}"
    );
    assert!(
        said[1].contains("--request PUT") && said[1].ends_with("/notes/301"),
        "{said:?}"
    );
    runs(&place, "apply", 0);
    assert!(place.is_as_written());
    place
        .program
        .write("more.yaml", "{kind: Repository, name: acme/more}\n");
    runs(&place, "apply", 4);
    place.tool("curl", "echo '[]'");
    let said = runs(&place, "apply", 1);
    assert!(said.contains("without a merge request"), "{said}");
}

#[test]
fn drift_fails_its_job_and_is_measured() {
    let place = Workplace::new();
    runs(&place, "drift", 0);
    let measured = || std::fs::read_to_string(place.program.path("drift.prom")).unwrap();
    assert!(measured().contains("quayform_last_run_timestamp"), "{}", measured());
    let developers = "/organization/acme/team/developers";
    meddler::by(&place.emulator, SOMEBODY, "PUT", developers, &json!({"role": "admin"}));
    runs(&place, "drift", 2);
    let drifted = |line: &str| line.starts_with("quayform_drift_objects{") && line.contains("acme");
    assert!(measured().lines().any(drifted), "{}", measured());
}
