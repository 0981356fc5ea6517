//! OAuth applications: matched by name, replaced as a whole, and never the one that quayform itself may need.

use serde_json::{Value as Json, json};

use crate::lab::{Lab, Planned};

const APPLICATIONS: &str = "/organization/acme/applications";

fn with(applications: &str) -> String {
    format!("kind: Organization\nname: acme\napplications: {{{applications}}}\n")
}

fn reasons(planned: &Planned) -> String {
    let reasons = planned.plan.changes.iter().filter_map(|change| change.reason.clone());
    reasons.collect::<Vec<_>>().join("\n")
}

#[test]
fn what_the_manifest_does_not_write_survives_an_update() {
    let lab = Lab::new();
    lab.converge(&with("portal: {}"));
    let id = client_id(&lab, "portal");
    let by_hand =
        json!({"name": "portal", "redirect_uri": "https://a.example", "application_uri": "", "avatar_email": "a@b.c"});
    lab.by_hand("PUT", &format!("{APPLICATIONS}/{id}"), by_hand);
    assert!(lab.plan(&with("portal: {}")).plan.is_empty());
    let planned = lab.converge(&with("portal: {description: Ours}"));
    assert_eq!(
        planned.details(),
        ["update application[acme/portal] description: \"\" -> Ours"]
    );
    let live = lab.by_hand("GET", &format!("{APPLICATIONS}/{id}"), Json::Null);
    assert_eq!(
        (&live["redirect_uri"], &live["avatar_email"]),
        (&json!("https://a.example"), &json!("a@b.c"))
    );
}

#[test]
fn undeclared_ones_stay_unless_the_map_is_exact_and_going_must_be_allowed() {
    let lab = Lab::new();
    lab.converge(&with("portal: {}, old: {}"));
    let planned = lab.plan(&with("portal: {}"));
    assert!(planned.plan.is_empty());
    assert_eq!(planned.plan.summary.unmanaged, 1);
    let exact = with("portal: {}") + "manage: {applications: exact}\n";
    assert_eq!(lab.plan(&exact).plan.refusals[0].guard, "allow_destroy");
    let lab = lab.allow(&["application[acme/old]"]);
    assert_eq!(lab.converge(&exact).lines(), ["delete application[acme/old]"]);
    let lab = lab.allow(&["application"]);
    assert_eq!(
        lab.converge(&with("portal: {absent: true}")).lines(),
        ["delete application[acme/portal]"]
    );
}

#[test]
fn of_several_with_one_name_none_is_touched() {
    let lab = Lab::new().allow(&["application"]);
    lab.converge(&with("portal: {}"));
    lab.by_hand(
        "POST",
        APPLICATIONS,
        json!({"name": "portal", "description": "Another"}),
    );
    for text in [
        with("portal: {description: Ours}"),
        with("portal: {absent: true}"),
        with("portal: {}") + "manage: {applications: exact}\n",
    ] {
        let planned = lab.converge(&text);
        assert!(
            planned.lines()[0].starts_with("blocked application[acme/portal"),
            "{:?}",
            planned.lines()
        );
        assert!(reasons(&planned).contains("several applications have this name"));
    }
}

/// The token that quayform comes with was made for the application that is to go.
#[test]
fn the_application_of_the_own_token_is_never_deleted() {
    let mut lab = Lab::new().allow(&["application"]);
    lab.converge(&with("pipeline: {}"));
    let tokens = format!("{APPLICATIONS}/{}/tokens", client_id(&lab, "pipeline"));
    let scope = "org:admin,user:admin,repo:admin,repo:create,super:user";
    let made = lab.by_hand("POST", &tokens, json!({"name": "quayform", "scope": scope}));
    lab.token = made["token"].as_str().unwrap().to_owned();
    let tombstone = lab.converge(&with("pipeline: {absent: true}"));
    assert_eq!(tombstone.lines(), ["blocked application[acme/pipeline]"]);
    assert!(reasons(&tombstone).contains("quayadmin has authorized it"));
    let exact = lab.converge(&(with("") + "manage: {applications: exact}\n"));
    assert_eq!(exact.lines(), Vec::<String>::new());
    assert_eq!(exact.plan.diagnostics.iter().next().unwrap().code, "kept");
}

fn client_id(lab: &Lab, name: &str) -> String {
    let list = lab.by_hand("GET", APPLICATIONS, Json::Null);
    let mut all = list["applications"].as_array().unwrap().iter();
    let found = all.find(|application| application["name"] == name).unwrap();
    found["client_id"].as_str().unwrap().to_owned()
}
