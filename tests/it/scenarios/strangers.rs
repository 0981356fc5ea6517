//! Robots of other organizations with grants that no list of the organization tells.

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
