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

/// Every family that came after 3.9 and is declared, with the version that brought it: each alone, in a new organization.
const LATER: &[(u32, &str, &str)] = &[
    (10, "auto_prune[acme:policy]", "auto_prune: [{keep_tags: 5}]\n"),
    (
        11,
        "auto_prune[acme/api:policy]",
        "---\nkind: Repository\nname: acme/api\nauto_prune: [{keep_tags: 5}]\n",
    ),
    (
        13,
        "auto_prune[acme:policy]",
        "auto_prune: [{keep_tags: 5, tags: '^pr-'}]\n",
    ),
    (
        13,
        "federation[acme+ci]",
        "robots: {ci: {federation: [{issuer: https://issuer.example, subject: ci}]}}\n",
    ),
    (
        15,
        "mirror[acme/api]",
        "robots: {ci: {}}\n---\nkind: Repository\nname: acme/api\nmirror: {external_reference: docker.io/library/nginx, \
         tags: [latest], sync_interval: 6h, robot: ci, skopeo_timeout: 10m}\n",
    ),
    (17, "immutability[acme:policy]", "immutability: [{tags: 'v.*'}]\n"),
    (
        17,
        "organization_mirror[acme]",
        "robots: {ci: {}}\nmirror: {external_registry_type: harbor, external_registry_url: https://harbor.example, \
         external_namespace: library, robot: ci, visibility: private, sync_interval: 6h, \
         sync_start_date: 2026-01-01T00:00:00Z}\n",
    ),
    (
        17,
        "mirror[acme/api]",
        "robots: {ci: {}}\n---\nkind: Repository\nname: acme/api\nmirror: {external_reference: docker.io/library/nginx, \
         tags: [latest], sync_interval: 6h, robot: ci, architectures: [amd64]}\n",
    ),
    (
        18,
        "organization_notification[acme:full]",
        "quota: {limit: 1 GiB}\nnotifications: [{title: full, event: quota_error, webhook: {url: https://hooks.example/x}}]\n",
    ),
];

/// On the version before, the family is blocked from the first plan on and the rest goes on; on its own it is made.
#[test]
fn what_came_later_is_blocked_before_and_made_afterwards() {
    for (minor, address, text) in LATER {
        let text = format!("kind: Organization\nname: acme\n{text}");
        for played in [minor - 1, *minor] {
            let lab = of_version(played).allow(&["immutability"]);
            for feature in [
                "AUTO_PRUNE",
                "IMMUTABLE_TAGS",
                "ORG_MIRROR",
                "SPARSE_INDEX",
                "QUOTA_NOTIFICATIONS",
            ] {
                lab.emulator.with(|registry| registry.set_feature(feature, true));
            }
            // A robot must be there before what is said of it can be asked.
            let planned = lab.converge(&text);
            let lines = lab.plan(&text).lines();
            if played < *minor {
                assert_eq!(lines, [format!("blocked {address}")], "3.{played}");
            } else {
                assert_eq!(lines, Vec::<String>::new(), "3.{played}");
                let made = format!("create {address}");
                assert!(planned.lines().contains(&made), "3.{played}: {:#?}", planned.lines());
            }
        }
    }
}

const MIRRORED: &str = "kind: Organization\nname: acme\nrobots: {ci: {}}\n---\nkind: Repository\nname: acme/api\n\
    mirror: {external_reference: docker.io/library/nginx, tags: [latest], sync_interval: 6h, robot: ci}\n";

/// Newer servers demand the timeout of a new mirror, older ones break over it.
#[test]
fn new_mirrors_say_their_timeout_only_where_the_server_knows_it() {
    for minor in OLDEST..=NEWEST {
        let lab = of_version(minor);
        lab.converge(MIRRORED);
        let view = lab.by_hand("GET", "/repository/acme/api/mirror", Json::Null);
        assert_eq!(view.get("skopeo_timeout_interval").is_some(), minor >= 15, "3.{minor}");
        // A sleeping one is woken in the same way.
        lab.converge(&MIRRORED.replace(
            "mirror: {external_reference: docker.io/library/nginx, tags: [latest], sync_interval: 6h, robot: ci}",
            "mirror: {absent: true}",
        ));
        lab.converge(MIRRORED);
        let asked = lab.plan(MIRRORED).asked;
        assert!(
            !asked.iter().any(|query| query.contains("discovery")),
            "a mirror shows it: {asked:#?}"
        );
    }
}

/// Superusers without full access set quotas by a path of their own, and limits on older servers only.
#[test]
fn quotas_need_full_access_from_some_version_on() {
    for (minor, expected) in [
        (15, Vec::new()),
        (16, vec!["blocked quota_limit[acme:warning/80]".to_owned()]),
    ] {
        let lab = of_version(minor);
        lab.emulator
            .with(|registry| registry.set_feature("SUPERUSERS_FULL_ACCESS", false));
        let text = "kind: Organization\nname: acme\nquota: {limit: 10 GiB, limits: [{type: warning, at: 80%}]}\n";
        lab.converge(text);
        assert_eq!(lab.plan(text).lines(), expected, "3.{minor}");
        let writes = lab.writes();
        let post = "POST /api/v1/superuser/organization/acme/quota".to_owned();
        assert!(writes.contains(&post), "{writes:#?}");
    }
}

/// Up to 3.17 an organization needs an address of its own where mail is sent.
#[test]
fn older_servers_that_send_mail_want_the_address_of_a_new_organization() {
    let lab = of_version(17);
    lab.emulator.with(|registry| registry.set_feature("MAILING", true));
    lab.converge("kind: Organization\nname: acme\nemail: platform@acme.example\n");
    let without = lab.plan("kind: Organization\nname: other\n");
    assert_eq!(without.lines(), ["blocked organization[other]"]);
}
