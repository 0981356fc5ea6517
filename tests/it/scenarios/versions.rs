//! Older servers: what they lack is blocked, and everything else goes on.

use quayform::emulator::{IncomingRequest, NEWEST, OLDEST, SCOPES};
use serde_json::{Value as Json, json};

use crate::lab::Lab;

fn of_version(minor: u32) -> Lab {
    let lab = Lab::new();
    lab.emulator.with(|registry| registry.set_version(minor));
    lab
}

fn get(lab: &Lab, path: &str) -> (u16, Json) {
    let request = IncomingRequest::new("GET", path).with_token("emulator-token");
    let answer = lab.emulator.handle(&request).unwrap();
    (answer.status, serde_json::from_slice(&answer.body).unwrap_or_default())
}

/// What every version has.
const OLD: &str = "
kind: Organization
name: acme
email: platform@acme.example
tag_expiration: 1w
quota: {limit: 10 GiB, limits: [{type: warning, at: 80%}]}
teams:
  owners: {members: [quayadmin, alice]}
  developers: {role: creator, members: [bob, acme+ci]}
robots: {ci: {description: Pushes}}
default_permissions: [{role: read, team: developers}]
---
kind: Repository
name: acme/api
description: The API
permissions:
  teams: {developers: write}
  robots: {ci: write}
notifications: [{title: pushes, event: repo_push, slack: {url: https://hooks.example/x}}]
---
kind: Registry
messages: [{content: Closed on Sunday}]
users: {frank: {email: frank@acme.example}}
";

#[test]
fn what_every_version_has_converges_on_every_version() {
    for minor in OLDEST..=NEWEST {
        let lab = of_version(minor);
        assert!(!lab.converge(OLD).plan.is_empty(), "3.{minor}");
    }
}

#[test]
fn a_version_shows_the_features_routes_and_fields_that_it_has() {
    for (minor, feature, path, field) in [
        (10, "AUTO_PRUNE", "/organization/{orgname}/autoprunepolicy/", None),
        (
            13,
            "REPO_MIRROR",
            "/organization/{orgname}/robots/{robot_shortname}/federation",
            Some("tagPattern"),
        ),
        (
            15,
            "SUPERUSER_CONFIGDUMP",
            "/superuser/config",
            Some("skopeo_timeout_interval"),
        ),
        (
            18,
            "QUOTA_NOTIFICATIONS",
            "/organization/{orgname}/notifications",
            Some("contact_email"),
        ),
    ] {
        for (played, expected) in [(minor - 1, false), (minor, true)] {
            let lab = of_version(played);
            let discovery = get(&lab, "/api/v1/discovery").1;
            assert_eq!(
                discovery["paths"].get(format!("/api/v1{path}")).is_some(),
                expected,
                "3.{played} {path}"
            );
            if let Some(field) = field {
                let definitions = discovery["definitions"].to_string();
                assert_eq!(
                    definitions.contains(&format!("\"{field}\"")),
                    expected,
                    "3.{played} {field}"
                );
            }
            let features = get(&lab, "/config").1["features"].clone();
            let known = features.get(feature).is_some();
            assert_eq!(known, expected || feature == "REPO_MIRROR", "3.{played} {feature}");
        }
    }
    assert!(get(&of_version(9), "/config").1.get("version_number").is_none());
    assert_eq!(get(&of_version(12), "/config").1["version_number"], "Quay v3.12.0");
}

const FEDERATED: &str = "
kind: Organization
name: acme
robots:
  ci: {federation: [{issuer: https://issuer.example, subject: ci}]}
  pull: {}
";

/// No switch tells of federation: the description of the API does.
#[test]
fn federation_is_blocked_where_the_server_does_not_describe_it() {
    let lab = of_version(12);
    let first = lab.plan(FEDERATED);
    let expected = [
        "create organization[acme]",
        "create robot[acme+ci]",
        "create robot[acme+pull]",
    ];
    for line in expected {
        assert!(
            first.lines().contains(&line.to_owned()),
            "{line} in {:#?}",
            first.lines()
        );
    }
    lab.carry_out(&first);
    // Now the robot is there, and there is no route to ask for its federation.
    let again = lab.plan(FEDERATED);
    assert_eq!(again.lines(), ["blocked federation[acme+ci]"]);
    assert!(again.plan.gaps.is_empty(), "{:#?}", again.plan.gaps);
    let reason = again.plan.changes[0].reason.clone().unwrap();
    assert!(reason.contains("Quay 3.13"), "{reason}");
    // The server is brought up to date.
    lab.emulator.with(|registry| registry.set_version(13));
    assert_eq!(lab.converge(FEDERATED).lines(), ["create federation[acme+ci]"]);
}

#[test]
fn robots_of_accounts_got_their_federation_later() {
    let lab = of_version(17);
    lab.emulator
        .with(|registry| registry.add_token("alice", "alice-token", &SCOPES));
    let lab = Lab {
        token: "alice-token".to_owned(),
        ..lab
    };
    let text = FEDERATED.replace("kind: Organization\nname: acme", "kind: Account\nname: alice");
    lab.carry_out(&lab.plan(&text));
    assert_eq!(lab.plan(&text).lines(), ["blocked federation[alice+ci]"]);
    lab.emulator.with(|registry| registry.set_version(18));
    assert_eq!(lab.converge(&text).lines(), ["create federation[alice+ci]"]);
}

/// A feature that is off, or that came later, makes its kinds blocked and costs no request.
#[test]
fn quotas_are_blocked_where_the_server_does_not_manage_them() {
    let lab = Lab::new();
    lab.emulator
        .with(|registry| registry.set_feature("QUOTA_MANAGEMENT", false));
    let text = "kind: Organization\nname: acme\nquota: {limit: 10 GiB}\n---\nkind: Registry\nusers: {alice: {quota: {limit: 1 GiB}}}\n";
    let lines = lab.plan(text).lines();
    assert_eq!(
        lines,
        [
            "blocked user_quota[alice]",
            "create organization[acme]",
            "blocked quota[acme]"
        ]
    );
}

/// A field that the server does not know is ignored by some operations and an error of others (api.md, 7).
#[test]
fn older_servers_answer_as_they_do() {
    let lab = of_version(12);
    lab.converge("kind: Organization\nname: acme\n---\nkind: Repository\nname: acme/api\n");
    let policy = json!({"method": "number_of_tags", "value": 5, "tagPattern": "x"});
    lab.by_hand("POST", "/organization/acme/autoprunepolicy/", policy.clone());
    let listed = lab.by_hand("GET", "/organization/acme/autoprunepolicy/", Json::Null);
    assert!(listed["policies"][0].get("tagPattern").is_none(), "{listed}");
    let second =
        IncomingRequest::new("POST", "/api/v1/organization/acme/autoprunepolicy/").with_token("emulator-token");
    let answer = lab
        .emulator
        .handle(&second.with_json(&json!({"method": "creation_date", "value": "7d"})))
        .unwrap();
    assert_eq!(answer.status, 400);
    assert!(String::from_utf8_lossy(&answer.body).contains("already exists, delete existing"));
}
