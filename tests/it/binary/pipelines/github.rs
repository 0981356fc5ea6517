//! The workflows for GitHub Actions, step by step.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::workplace::{Ended, Workplace};
use super::{AFTER, SOMEBODY, documents};
use crate::meddler;

/// What the service knows: variables, secrets, and the event.
const CONTEXT: [(&str, &str); 9] = [
    ("secrets.QUAYFORM_TOKEN", "emulator-token"),
    ("secrets.QUAYFORM_READ_ONLY_TOKEN", "emulator-token"),
    ("vars.QUAYFORM_USER", "quayadmin"),
    ("github.base_ref", "main"),
    ("github.token", "services-token"),
    ("github.repository", "acme/registry"),
    ("github.event.number", "7"),
    ("github.sha", "feed"),
    ("vars.QUAYFORM_URL", ""),
];

/// The service's own program, as far as the workflows use it. Pull request 7 has the plan that lies in the clone.
const GH: &str = r#"
case "$*" in
  "pr list"*) echo 7 ;;
  "pr view 7 --json headRefOid"*) echo beef ;;
  "run list"*"--commit beef"*) echo 42 ;;
  "run download 42 --name plan --dir reviewed") mkdir -p reviewed && cp plan.json reviewed/ ;;
  "pr view 7 --json comments"*) cat comment.md ;;
  "issue list"*) cat open-issue 2>/dev/null || true ;;
  "issue create"*) echo 11 > open-issue ;;
  "issue close"*) rm open-issue ;;
esac
"#;

fn job(file: &str, name: &str) -> Json {
    documents(&format!("github/{file}")).remove(0)["jobs"][name].take()
}

/// The environment of a step, with what the service puts into expressions.
fn variables(place: &Workplace, environments: [&Json; 2]) -> BTreeMap<String, String> {
    let resolve = |text: &str| -> String {
        let Some(expression) = text.strip_prefix("${{ ").and_then(|rest| rest.strip_suffix(" }}")) else {
            return text.to_owned();
        };
        let known = CONTEXT.iter().find(|(name, _)| *name == expression);
        let (name, value) = known.unwrap_or_else(|| panic!("nobody knows {expression}"));
        if *name == "vars.QUAYFORM_URL" {
            place.url.clone()
        } else {
            (*value).to_owned()
        }
    };
    let entries = environments.into_iter().filter_map(Json::as_object).flatten();
    entries
        .map(|(name, value)| (name.clone(), resolve(value.as_str().unwrap())))
        .collect()
}

/// Runs the steps of a job up to the first that fails.
fn run(place: &Workplace, job: &Json) -> Ended {
    let mut output = String::new();
    for step in job["steps"].as_array().unwrap() {
        let Some(script) = step["run"].as_str() else { continue };
        assert!(
            !script.contains("${{"),
            "what others wrote would become a part of a script: {script}"
        );
        let ended = place.run(script, &variables(place, [&job["env"], &step["env"]]));
        output.push_str(&ended.output);
        if ended.code != Some(0) {
            return Ended { output, ..ended };
        }
    }
    Ended { code: Some(0), output }
}

fn runs(place: &Workplace, file: &str, name: &str, code: i32) -> String {
    let ended = run(place, &job(file, name));
    assert_eq!(ended.code, Some(code), "{}", ended.output);
    ended.output
}

#[test]
fn a_pull_request_is_planned_reviewed_and_applied() {
    let place = Workplace::new();
    place.tool("gh", GH);
    place.program.write("acme.yaml", AFTER);
    runs(&place, "pull-request.yml", "validate", 0);
    runs(&place, "pull-request.yml", "plan", 0);
    assert_eq!(
        place.said("gh"),
        ["pr comment 7 --edit-last --create-if-none --body-file comment.md"]
    );
    let comment = std::fs::read_to_string(place.program.path("comment.md")).unwrap();
    assert!(comment.contains("carol"), "{comment}");
    assert!(!place.is_as_written(), "a plan changed something");

    runs(&place, "merge.yml", "apply", 0);
    assert!(place.is_as_written());
}

#[test]
fn what_nobody_has_reviewed_is_not_applied() {
    let place = Workplace::new();
    place.tool("gh", GH);
    place.program.write("acme.yaml", AFTER);
    runs(&place, "pull-request.yml", "plan", 0);
    place
        .program
        .write("more.yaml", "{kind: Repository, name: acme/more}\n");
    let said = runs(&place, "merge.yml", "apply", 4);
    assert!(said.contains("repository[acme/more]"), "{said}");
    // Another file in the place of the reviewed one does not help: its digest is not the comment's.
    place.ran("cp comment.md reviewed-comment.md");
    runs(&place, "pull-request.yml", "plan", 0);
    place.ran("cp reviewed-comment.md comment.md");
    let said = runs(&place, "merge.yml", "apply", 1);
    assert!(said.contains("not the plan that was reviewed"), "{said}");
    place.tool("gh", "");
    let said = runs(&place, "merge.yml", "apply", 1);
    assert!(said.contains("without a pull request"), "{said}");
}

#[test]
fn a_pull_request_cannot_switch_off_the_guards() {
    let place = Workplace::new();
    place.tool("gh", GH);
    place.program.write(
        "quayform.toml",
        "format = 1\n[guards]\nallow_destroy = [\"organization\"]\n",
    );
    place
        .program
        .write("acme.yaml", "{kind: Organization, name: acme, absent: true}\n");
    let said = runs(&place, "pull-request.yml", "plan", 3);
    let comment = std::fs::read_to_string(place.program.path("comment.md")).unwrap();
    assert!(comment.contains("allow_destroy"), "{said}\n{comment}");
    assert_eq!(place.said("gh").len(), 1, "a refused plan is commented too");
}

#[test]
fn drift_opens_one_issue_and_closes_it() {
    let place = Workplace::new();
    place.tool("gh", GH);
    let verbs = |place: &Workplace| -> Vec<String> {
        let words = |line: &String| line.split(' ').take(2).collect::<Vec<_>>().join(" ");
        place.said("gh").iter().map(words).collect()
    };
    runs(&place, "drift.yml", "drift", 0);
    assert_eq!(verbs(&place), ["issue list"]);
    let developers = "/organization/acme/team/developers";
    meddler::by(&place.emulator, SOMEBODY, "PUT", developers, &json!({"role": "admin"}));
    runs(&place, "drift.yml", "drift", 0);
    assert_eq!(verbs(&place), ["issue list", "issue create"]);
    runs(&place, "drift.yml", "drift", 0);
    assert_eq!(verbs(&place), ["issue list", "issue edit"]);
    let report = std::fs::read_to_string(place.program.path("drift.md")).unwrap();
    assert!(report.contains("acme/developers"), "{report}");
    meddler::by(&place.emulator, SOMEBODY, "PUT", developers, &json!({"role": "member"}));
    runs(&place, "drift.yml", "drift", 0);
    assert_eq!(verbs(&place), ["issue list", "issue close"]);
}

/// A failure is no drift: the issue stays as it is.
#[test]
fn a_registry_that_cannot_be_read_is_no_drift() {
    let mut place = Workplace::new();
    place.tool("gh", GH);
    place.url = "http://127.0.0.1:1".to_owned();
    runs(&place, "drift.yml", "drift", 1);
    assert!(place.said("gh").is_empty());
}
