//! Robots as which outside identities may act.

use serde_json::{Value as Json, json};

use crate::lab::Lab;

fn with(federation: &str) -> String {
    format!("kind: Organization\nname: acme\nrobots:\n  pull: {{federation: {federation}}}\n  push: {{}}\n")
}

const ONE: &str = "{issuer: https://issuer.example, subject: one}";
const TWO: &str = "{issuer: https://issuer.example, subject: two}";

#[test]
fn a_federation_comes_changes_and_goes() {
    let lab = Lab::new();
    let made = lab.converge(&with(&format!("[{ONE}]"))).lines();
    assert!(made.ends_with(&["create federation[acme+pull]".to_owned()]), "{made:?}");
    lab.emulator.with(|registry| registry.clear_log());
    let changed = lab.converge(&with(&format!("[{TWO}, {ONE}]")));
    assert_eq!(changed.lines(), ["update federation[acme+pull]"]);
    assert_eq!(lab.writes(), ["POST /api/v1/organization/acme/robots/pull/federation"]);
    let other_order = with(&format!("[{ONE}, {TWO}]"));
    assert!(lab.plan(&other_order).plan.is_empty());
    assert_eq!(lab.converge(&with("[]")).lines(), ["delete federation[acme+pull]"]);
    let left = lab.by_hand("GET", "/organization/acme/robots/pull/federation", Json::Null);
    assert_eq!(left, json!([]));
}

/// One request for each robot that declares some, none for the others.
#[test]
fn only_robots_that_declare_a_federation_are_asked() {
    let lab = Lab::new();
    lab.converge(&with(&format!("[{ONE}]")));
    let asked = lab.plan(&with("[]")).asked;
    let federations: Vec<&String> = asked.iter().filter(|target| target.contains("/federation")).collect();
    assert_eq!(federations.len(), 1, "{asked:#?}");
    assert!(federations[0].contains("/robots/pull/"));
}

#[test]
fn a_federation_goes_with_its_robot_and_comes_with_a_new_one() {
    let lab = Lab::new().allow(&["robot"]);
    let text = with(&format!("[{ONE}]"));
    lab.converge(&text);
    let gone = lab.converge("{kind: Organization, name: acme, robots: {pull: {absent: true}}}");
    assert_eq!(gone.lines(), ["delete robot[acme+pull]"]);
    assert_eq!(
        lab.converge(&text).lines(),
        ["create robot[acme+pull]", "create federation[acme+pull]"]
    );
}
