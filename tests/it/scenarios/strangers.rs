//! Robots and repositories of several organizations, whose lists leave out which organization is meant.

use quayform::model::State;
use serde_json::{Value as Json, json};

use crate::lab::Lab;

const EXACT: &str = "kind: Organization\nname: acme\n---\nkind: Repository\nname: acme/api\npermissions: {robots: {}}\n---\nkind: Repository\nname: acme/web\npermissions: {robots: {}}\n";

/// A default permission names a robot of another organization, and a repository is born with it.
fn lab() -> Lab {
    let lab = Lab::new();
    lab.by_hand(
        "POST",
        "/organization/",
        json!({"name": "other", "email": "other@acme.example"}),
    );
    lab.by_hand("PUT", "/organization/other/robots/ci", json!({}));
    lab.by_hand(
        "POST",
        "/organization/",
        json!({"name": "acme", "email": "acme@acme.example"}),
    );
    for repository in ["web", "api"] {
        let body = json!({"namespace": "acme", "repository": repository, "visibility": "private", "description": ""});
        lab.by_hand("POST", "/repository", body);
        if repository == "web" {
            let delegate = json!({"role": "write", "delegate": {"kind": "user", "name": "other+ci"}});
            lab.by_hand("POST", "/organization/acme/prototypes", delegate);
        }
    }
    lab
}

#[test]
fn an_exact_list_revokes_them() {
    let lab = lab();
    let planned = lab.converge(EXACT);
    assert_eq!(planned.lines(), ["delete permission[acme/api:robot/other+ci]"]);
    let left = lab.by_hand("GET", "/repository/acme/api/permissions/user/", Json::Null);
    assert!(left["permissions"].get("other+ci").is_none(), "{left}");
}

/// The robot's own list says where to look: only one of the repositories is asked.
#[test]
fn only_where_they_may_be_is_looked() {
    let asked = lab().plan(EXACT).asked;
    let about = |name: &str| asked.iter().filter(|question| question.contains(name)).count();
    assert_eq!(
        (about("/acme/api/permissions"), about("/acme/web/permissions")),
        (1, 0),
        "{asked:#?}"
    );
}

const LENT: &str = r#"{"organizations": [
    {"name": "acme", "robots": ["ci"], "repositories": [{"name": "api"}]},
    {"name": "other"}]}"#;

const GRANTED: &str = "{kind: Repository, name: acme/api, permissions: {robots: {ci: write}}}";

/// A default permission of another organization gives `acme+ci` a grant on a repository that is called alike.
fn lend(lab: &Lab) {
    let delegate = json!({"role": "write", "delegate": {"kind": "user", "name": "acme+ci"}});
    lab.by_hand("POST", "/organization/other/prototypes", delegate);
    let body = json!({"namespace": "other", "repository": "api", "visibility": "private", "description": ""});
    lab.by_hand("POST", "/repository", body);
}

#[test]
fn a_grant_elsewhere_is_not_taken_for_the_declared_one() {
    let lab = Lab::seeded(LENT);
    lend(&lab);
    let defaults = "{kind: Organization, name: other, default_permissions: [{role: write, robot: acme+ci}]}";
    let planned = lab.converge(&format!("{GRANTED}\n---\n{defaults}"));
    assert_eq!(planned.lines(), ["create permission[acme/api:robot/ci]"]);
}

#[test]
fn a_grant_that_came_elsewhere_meanwhile_holds_nothing_back() {
    let lab = Lab::seeded(LENT);
    let planned = lab.plan(GRANTED);
    lend(&lab);
    let applied = lab.carry_out(&planned);
    let states: Vec<&State> = applied.outcomes.iter().map(|outcome| &outcome.state).collect();
    assert_eq!(states, [&State::Done]);
    let grants = lab.by_hand("GET", "/repository/acme/api/permissions/user/", Json::Null);
    assert_eq!(grants["permissions"]["acme+ci"]["role"], "write");
}
