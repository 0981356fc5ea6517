//! The tasks for Tekton, step by step.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::workplace::Workplace;
use super::{AFTER, BEFORE, SOMEBODY, documents};
use crate::meddler;

fn task(name: &str) -> Json {
    let tasks = documents("tekton/tasks.yaml");
    let mut tasks = tasks.into_iter().filter(|task| task["metadata"]["name"] == name);
    tasks.next().unwrap()["spec"]["steps"][0].take()
}

/// Runs a task whose results and parameters lie in files of the clone.
fn runs(place: &Workplace, name: &str, digest: &str, code: i32) -> String {
    let step = task(name);
    let place_of = |path: &str| place.program.path(path).display().to_string();
    let resolve = |variable: &Json| -> String {
        if !variable["valueFrom"]["configMapKeyRef"].is_null() {
            return place.url.clone();
        }
        if !variable["valueFrom"]["secretKeyRef"].is_null() {
            return "emulator-token".to_owned();
        }
        match variable["value"].as_str().unwrap() {
            "$(params.user)" => "quayadmin".to_owned(),
            "$(params.digest)" => digest.to_owned(),
            "$(workspaces.base.path)" => place_of("base"),
            "$(results.digest.path)" => place_of("digest"),
            "$(results.drifted.path)" => place_of("drifted"),
            other => panic!("nobody knows {other}"),
        }
    };
    let variables: BTreeMap<String, String> = step["env"]
        .as_array()
        .unwrap()
        .iter()
        .map(|variable| (variable["name"].as_str().unwrap().to_owned(), resolve(variable)))
        .collect();
    let script = step["script"].as_str().unwrap();
    assert!(
        !script.contains("$("),
        "what others wrote would become a part of a script: {script}"
    );
    let ended = place.run(script, &variables);
    assert_eq!(ended.code, Some(code), "{}", ended.output);
    ended.output
}

#[test]
fn a_task_plans_and_another_applies_it() {
    let place = Workplace::new();
    // Another project beside: the checkout of the base branch, whose guards count.
    place.program.write("base/quayform.toml", "format = 1\n\n[guards]\n");
    place.program.write("base/acme.yaml", BEFORE);
    place
        .program
        .write("quayform.toml", "format = 1\nmanifests = [\"acme.yaml\"]\n");
    place.program.write("acme.yaml", AFTER);
    runs(&place, "quayform-plan", "", 0);
    let digest = std::fs::read_to_string(place.program.path("digest")).unwrap();
    let digest = digest.trim();
    runs(&place, "quayform-apply", "sha256:0000", 1);
    assert!(!place.is_as_written());
    runs(&place, "quayform-apply", digest, 0);
    assert!(place.is_as_written());
}

#[test]
fn a_task_looks_for_drift() {
    let place = Workplace::new();
    let drifted = || std::fs::read_to_string(place.program.path("drifted")).unwrap();
    runs(&place, "quayform-drift", "", 0);
    assert_eq!(drifted(), "no");
    let developers = "/organization/acme/team/developers";
    meddler::by(&place.emulator, SOMEBODY, "PUT", developers, &json!({"role": "admin"}));
    runs(&place, "quayform-drift", "", 0);
    assert_eq!(drifted(), "yes");
}
