//! Rules by which the registry deletes tags.

use serde_json::{Value as Json, json};

use crate::lab::Lab;

const LIST: &str = "/organization/acme/autoprunepolicy/";

fn project(rules: &str) -> String {
    format!("kind: Organization\nname: acme\nauto_prune: {rules}\n")
}

fn uuids(lab: &Lab) -> Vec<Json> {
    let list = lab.by_hand("GET", LIST, Json::Null);
    let rules = list["policies"].as_array().unwrap();
    rules.iter().map(|rule| rule["uuid"].clone()).collect()
}

#[test]
fn a_rule_is_changed_in_place_whatever_changes() {
    let lab = Lab::new();
    lab.converge(&project("[{keep_tags: 50}]"));
    let before = uuids(&lab);
    for rule in [
        "{keep_tags: 40}",
        "{older_than: 30d}",
        "{older_than: 30d, tags: ^pr-}",
        "{older_than: 30d, except: ^pr-}",
        "{keep_tags: 5}",
    ] {
        let planned = lab.converge(&project(&format!("[{rule}]")));
        assert_eq!(planned.lines(), ["update auto_prune[acme:policy]"], "{rule}");
        assert_eq!(uuids(&lab), before, "{rule}");
    }
}

#[test]
fn of_several_rules_the_one_for_the_same_tags_is_meant() {
    let lab = Lab::new();
    lab.converge(&project("[{keep_tags: 50}, {keep_tags: 5, tags: ^pr-}]"));
    let planned = lab.converge(&project("[{keep_tags: 6, tags: ^pr-}, {keep_tags: 60}]"));
    assert_eq!(
        planned.details(),
        [
            "update auto_prune[acme:policy#2] keep_tags: 5 -> 6",
            "update auto_prune[acme:policy] keep_tags: 50 -> 60",
        ]
    );
}

#[test]
fn ages_are_compared_by_their_length() {
    let lab = Lab::new();
    lab.converge("kind: Organization\nname: acme\n");
    lab.by_hand("POST", LIST, json!({"method": "creation_date", "value": "168 h"}));
    for age in ["7d", "1w", "168h", "604800s"] {
        let planned = lab.plan(&project(&format!("[{{older_than: {age}}}]")));
        assert_eq!(planned.details(), Vec::<String>::new(), "{age}");
    }
}

#[test]
fn what_is_not_listed_goes_unless_the_list_is_additive() {
    let lab = Lab::new();
    lab.converge(&project("[{keep_tags: 50}]"));
    lab.by_hand("POST", LIST, json!({"method": "number_of_tags", "value": 7}));
    let additive = project("[{keep_tags: 50}]\nmanage: {auto_prune: additive}");
    assert_eq!(lab.converge(&additive).lines(), Vec::<String>::new());
    let planned = lab.converge(&project("[{keep_tags: 50}]"));
    assert_eq!(planned.lines(), ["delete auto_prune[acme:policy#2]"]);
    let planned = lab.converge(&project("[]"));
    assert_eq!(planned.lines(), ["delete auto_prune[acme:policy]"]);
}

#[test]
fn a_server_without_them_is_asked_nothing_and_is_told_nothing() {
    let lab = Lab::new();
    lab.converge("kind: Organization\nname: acme\n");
    lab.emulator.with(|registry| registry.set_feature("AUTO_PRUNE", false));
    let planned = lab.plan(&project("[{older_than: 30d, tags: ^pr-}]"));
    assert_eq!(planned.lines(), ["blocked auto_prune[acme:policy]"]);
    let reason = planned.plan.changes[0].reason.as_deref();
    assert_eq!(reason, Some("FEATURE_AUTO_PRUNE is off on this server"));
    let about = |asked: &&String| asked.contains("autoprune") || asked.contains("discovery");
    assert_eq!(planned.asked.iter().find(about), None);
}

/// The description of the API is large: it is read only where a rule says more than old servers understand.
#[test]
fn the_api_description_is_read_only_where_it_matters() {
    let lab = Lab::new();
    let reads = |rules: &str| {
        let planned = lab.plan(&project(rules));
        planned
            .asked
            .iter()
            .filter(|asked| asked.contains("/discovery"))
            .count()
    };
    lab.converge("kind: Organization\nname: acme\n");
    assert_eq!(reads("[{keep_tags: 50}]"), 0);
    assert_eq!(reads("[{keep_tags: 50}, {keep_tags: 5, tags: ^pr-}]"), 1);
    assert_eq!(reads("[{keep_tags: 5, tags: ^pr-}]"), 1);
}

/// Quay 3.10 to 3.12: one rule for each owner, and no patterns. Not recorded; built from the API guide.
#[test]
fn an_old_server_takes_one_rule_without_pattern() {
    let lab = Lab::new();
    lab.converge("kind: Organization\nname: acme\n");
    let old = crate::meddler::Meddler::new(&lab.emulator).after(|_, request, response| {
        if request.target == "/api/v1/discovery" {
            let text = String::from_utf8(response.body.clone()).unwrap();
            response.body = text.replace("tagPattern", "unknown").into_bytes();
        }
    });
    let old: std::sync::Arc<dyn quayform::http::Transport> = std::sync::Arc::new(old);
    let plan = |rules: &str| {
        let planned = lab.plan_through(&project(rules), old.clone()).unwrap();
        let lines = planned.plan.changes.iter().map(|change| {
            let reason = change.reason.clone().unwrap_or_default();
            format!("{} {} {reason}", change.action.word(), change.address)
        });
        lines.collect::<Vec<_>>()
    };
    assert_eq!(
        plan("[{keep_tags: 50}, {older_than: 30d}]"),
        [
            "create auto_prune[acme:policy] ",
            "blocked auto_prune[acme:policy#2] this server keeps one auto-prune rule for each owner (Quay 3.13 keeps several)",
        ]
    );
    assert_eq!(
        plan("[{older_than: 30d, except: ^v}]"),
        ["blocked auto_prune[acme:policy] this server knows no tag patterns in auto-prune rules (Quay 3.13 does)"]
    );
}
