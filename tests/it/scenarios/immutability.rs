//! Rules by which tags can neither be moved nor deleted: what they mark stays so.

use serde_json::{Value as Json, json};

use crate::lab::Lab;

const LIST: &str = "/organization/acme/immutabilitypolicy/";
const BARE: &str = "kind: Organization\nname: acme\n";

fn project(rules: &str) -> String {
    format!("{BARE}immutability: {rules}\n")
}

/// A registry in which somebody pushed.
const PUSHED: &str = r#"{"organizations": [{"name": "acme", "repositories": [{"name": "api", "pushed": true}]}]}"#;

#[test]
fn a_rule_for_what_nobody_pushed_to_needs_no_leave() {
    let lab = Lab::seeded(PUSHED);
    lab.converge(&format!(
        "{BARE}---\n{{kind: Repository, name: acme/new, immutability: [{{tags: 'v.*'}}]}}\n"
    ));
    let lab = Lab::new();
    lab.converge(&format!("{BARE}---\n{{kind: Repository, name: acme/api}}\n"));
    lab.converge(&project("[{tags: 'v.*'}]"));
}

#[test]
fn a_new_organization_has_no_tags_to_lose() {
    let lab = Lab::new();
    let planned = lab.converge(&project("[{tags: 'v.*'}, {except: 'dev-.*'}]"));
    assert!(
        planned
            .lines()
            .contains(&"create immutability[acme:policy#2]".to_owned())
    );
}

#[test]
fn where_tags_may_be_a_rule_must_be_allowed_like_a_deletion() {
    let lab = Lab::seeded(PUSHED);
    let refused = lab.plan(&project("[{tags: 'v.*'}]")).plan.refusals;
    assert_eq!(refused.len(), 1, "{refused:#?}");
    assert_eq!(refused[0].guard, "allow_destroy");
    assert!(
        refused[0].message.starts_with("1 irreversible change is not allowed"),
        "{}",
        refused[0].message
    );
    assert!(
        refused[0].way_out.contains("--allow 'immutability[acme:policy]'"),
        "{}",
        refused[0].way_out
    );
    let lab = lab.allow(&["immutability[acme:policy]"]);
    let planned = lab.converge(&project("[{tags: 'v.*'}]"));
    assert_eq!(planned.lines(), ["create immutability[acme:policy]"]);
    let unused = planned.plan.diagnostics.iter().any(|each| each.code == "unused-allow");
    assert!(!unused, "{:#?}", planned.plan.diagnostics);
}

#[test]
fn a_repository_has_rules_of_its_own() {
    let lab = Lab::new().allow(&["immutability"]);
    let text = format!("{BARE}---\nkind: Repository\nname: acme/api\nimmutability: [{{tags: 'v.*'}}]\n");
    lab.converge(&text);
    let planned = lab.converge(&text.replace("tags", "except"));
    assert_eq!(
        planned.details(),
        ["update immutability[acme/api:policy] tags: v.* -> \"\" except: \"\" -> v.*"]
    );
    let planned = lab.converge(&text.replace("[{tags: 'v.*'}]", "[]"));
    assert_eq!(planned.lines(), ["delete immutability[acme/api:policy]"]);
}

#[test]
fn a_change_keeps_the_rule_and_taking_it_away_needs_no_leave() {
    let lab = Lab::new();
    lab.converge(&project("[{tags: 'v.*'}]"));
    let uuid = |lab: &Lab| lab.by_hand("GET", LIST, Json::Null)["policies"][0]["uuid"].clone();
    let before = uuid(&lab);
    let lab = lab.allow(&["immutability"]);
    let planned = lab.converge(&project("[{tags: 'rel-.*'}]"));
    assert_eq!(
        planned.details(),
        ["update immutability[acme:policy] tags: v.* -> rel-.*"]
    );
    assert_eq!(uuid(&lab), before);
    let mut lab = lab;
    lab.options.allow.clear();
    lab.by_hand("POST", LIST, json!({"tagPattern": "by-hand"}));
    let planned = lab.converge(&project("[{tags: 'rel-.*'}]"));
    assert_eq!(planned.lines(), ["delete immutability[acme:policy#2]"]);
}

#[test]
fn a_server_without_them_says_so() {
    let lab = Lab::new();
    lab.converge(BARE);
    lab.emulator
        .with(|registry| registry.set_feature("IMMUTABLE_TAGS", false));
    let planned = lab.plan(&project("[{tags: 'v.*'}]"));
    let reason = planned.plan.changes[0].reason.as_deref();
    assert_eq!(reason, Some("FEATURE_IMMUTABLE_TAGS is off on this server"));
    assert!(planned.plan.refusals.is_empty());
    assert!(!planned.asked.iter().any(|asked| asked.contains("immutab")));
}
