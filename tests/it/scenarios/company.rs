//! An organization from nothing, changed, and taken apart.

use serde_json::json;

use crate::lab::Lab;

/// Everything that can be declared, once.
pub(crate) const ACME: &str = r#"
kind: Organization
name: acme
email: platform@acme.example
invoice_email: true
invoice_email_address: billing@acme.example
tag_expiration: 1w
quota:
  limit: 500 GiB
  limits: [{type: warning, at: 80%}, {type: reject, at: 100%}]
teams:
  owners: {role: admin, description: Keepers, members: [quayadmin, alice, bob]}
  developers: {role: creator, description: Application developers, members: [carol, acme+ci]}
  empty: {members: []}
robots:
  ci:
    description: Pushes from CI
    metadata: {owner: platform, pages: [1, 2]}
    federation: [{issuer: https://issuer.example, subject: "system:serviceaccount:prod:ci"}]
  mirror: {}
  spare: {}
applications:
  portal:
    redirect_uri: https://portal.example/callback
    application_uri: https://portal.example
    description: The portal
    avatar_email: portal@acme.example
default_permissions:
  - {role: write, team: developers}
  - {role: read, robot: ci, created_by: carol}
  - {role: admin, user: dave}
auto_prune:
  - {keep_tags: 50}
  - {older_than: 30d, tags: "^pr-"}
immutability: [{tags: "v.*"}]
---
kind: Repository
name: acme/api
visibility: private
description: |
  The public API.
permissions:
  teams: {developers: write}
  robots: {ci: write}
  users: {erin: read}
notifications:
  - {title: pushes, event: repo_push, slack: {url: {env: SLACK_URL}}}
  - {event: vulnerability_found, level: high, webhook: {url: "https://hooks.example/quay"}}
  - {event: build_failure, ref_regex: refs/heads/main, quay_notification: {team: developers}}
  - {title: expiry, event: repo_image_expiry, days: 7, webhook: {url: "https://hooks.example/quay", template: '{"a": "b"}'}}
auto_prune: [{keep_tags: 10, except: "^v"}]
immutability: [{except: "dev-.*"}]
---
kind: Repository
name: acme/web
visibility: public
permissions: {robots: {}, users: {}}
---
kind: Repository
name: acme/mirrors/nginx
permissions: {teams: {}, users: {}}
mirror:
  external_reference: docker.io/library/nginx
  tags: ["1.*", latest]
  sync_interval: 6h
  sync_start_date: 2026-01-01T00:00:00Z
  robot: mirror
  credentials: {username: acme, password: {env: HUB_PASSWORD}}
  verify_tls: true
  unsigned_images: false
  proxy: {https_proxy: "http://proxy.example:3128", no_proxy: localhost}
  skopeo_timeout: 10m
  enabled: true
  architectures: []
"#;

pub(crate) fn lab() -> Lab {
    let mut lab = Lab::new();
    lab.variables = vec![
        ("SLACK_URL", "https://hooks.example/slack"),
        ("HUB_PASSWORD", "not-a-password"),
    ];
    lab
}

#[test]
fn everything_from_nothing() {
    let planned = lab().converge(ACME);
    let lines = planned.lines();
    assert!(
        lines.contains(&"create mirror[acme/mirrors/nginx]".to_owned()),
        "{lines:#?}"
    );
    assert!(
        lines.contains(&"delete permission[acme/web:user/quayadmin]".to_owned()),
        "{lines:#?}"
    );
}

#[test]
fn the_server_s_own_grants_are_predicted() {
    let lab = lab();
    lab.converge(ACME);
    let more = format!(
        "{ACME}---\nkind: Repository\nname: acme/new\npermissions: {{teams: {{developers: read}}, users: {{}}}}\n"
    );
    let planned = lab.plan(&more);
    assert_eq!(
        planned.details(),
        [
            "create repository[acme/new] visibility: - -> private",
            "update permission[acme/new:team/developers] role: write -> read",
            "delete permission[acme/new:user/dave]",
            "delete permission[acme/new:user/quayadmin]",
        ]
    );
    lab.converge(&more);
}

#[test]
fn what_is_no_longer_listed_goes() {
    let lab = lab();
    lab.converge(ACME);
    let fewer = ACME
        .replace("{type: warning, at: 80%}, ", "")
        .replace("[carol, acme+ci]", "[acme+ci]")
        .replace("  - {role: read, robot: ci, created_by: carol}\n", "")
        .replace("users: {erin: read}", "users: {}")
        .replace(
            "  - {title: pushes, event: repo_push, slack: {url: {env: SLACK_URL}}}\n",
            "",
        );
    let planned = lab.converge(&fewer);
    let mut lines = planned.lines();
    lines.sort();
    assert_eq!(
        lines,
        [
            "delete default_permission[acme:carol:robot/ci]",
            "delete member[acme/developers/carol]",
            "delete notification[acme/api:pushes]",
            "delete permission[acme/api:user/erin]",
            "delete quota_limit[acme:warning/80]",
        ]
    );
}

#[test]
fn tombstones_delete_by_name() {
    let lab = lab().allow(&["robot[acme+spare]", "repository[acme/web]"]);
    lab.converge(ACME);
    let text = ACME
        .replace("  spare: {}", "  spare: {absent: true}")
        .replace("  empty: {members: []}", "  empty: {absent: true}")
        .replace(
            "visibility: public\npermissions: {robots: {}, users: {}}",
            "absent: true",
        );
    let mut lines = lab.converge(&text).lines();
    lines.sort();
    assert_eq!(
        lines,
        [
            "delete repository[acme/web]",
            "delete robot[acme+spare]",
            "delete team[acme/empty]"
        ]
    );
}

#[test]
fn what_loses_data_or_a_credential_must_be_allowed_by_address() {
    let lab = lab();
    lab.converge(ACME);
    let text = ACME.replace("  spare: {}", "  spare: {absent: true}");
    let plan = lab.plan(&text).plan;
    let refusal = &plan.refusals[0];
    assert_eq!(refusal.guard, "allow_destroy");
    assert!(
        refusal.way_out.contains("--allow 'robot[acme+spare]'"),
        "{}",
        refusal.way_out
    );
}

#[test]
fn a_mirror_is_paused_switched_off_and_used_again() {
    let lab = lab();
    lab.converge(ACME);
    lab.converge(&ACME.replace("enabled: true", "enabled: false"));
    let start = ACME.find("mirror:\n  external_reference").unwrap();
    let off = format!("{}mirror: {{absent: true}}\n", &ACME[..start]);
    assert_eq!(lab.converge(&off).lines(), ["delete mirror[acme/mirrors/nginx]"]);
    assert_eq!(lab.converge(ACME).lines(), ["create mirror[acme/mirrors/nginx]"]);
}

#[test]
fn the_robot_of_a_mirror_is_deleted_later() {
    let lab = lab().allow(&["robot"]);
    lab.converge(ACME);
    let start = ACME.find("mirror:\n  external_reference").unwrap();
    let off =
        format!("{}mirror: {{absent: true}}\n", &ACME[..start]).replace("  mirror: {}", "  mirror: {absent: true}");
    let planned = lab.converge(&off);
    assert!(
        planned.lines().contains(&"deferred robot[acme+mirror]".to_owned()),
        "{:?}",
        planned.lines()
    );
}

#[test]
fn a_fixed_field_that_differs_is_blocked_and_the_rest_goes_on() {
    let lab = lab();
    lab.converge(ACME);
    let text = ACME
        .replace("Pushes from CI", "Other words")
        .replace("Keepers", "Guardians");
    let planned = lab.plan(&text);
    assert_eq!(
        planned.details(),
        [
            "update team[acme/owners] description: Keepers -> Guardians",
            "blocked robot[acme+ci] description: Pushes from CI -> Other words",
        ]
    );
    lab.converge(&text);
}

#[test]
fn a_person_who_does_not_exist_yet_is_blocked_alone() {
    let lab = lab();
    let text = ACME
        .replace("[carol, acme+ci]", "[carol, acme+ci, nobody]")
        .replace("{erin: read}", "{erin: read, ghost: read}");
    let planned = lab.converge(&text);
    let blocked: Vec<_> = planned
        .lines()
        .into_iter()
        .filter(|line| line.starts_with("blocked"))
        .collect();
    assert_eq!(
        blocked,
        [
            "blocked member[acme/developers/nobody]",
            "blocked permission[acme/api:user/ghost]"
        ]
    );
}

#[test]
fn duplicates_made_by_hand_are_removed_and_one_is_kept() {
    let lab = lab();
    lab.converge(ACME);
    let again = json!({"role": "write", "delegate": {"kind": "team", "name": "developers"}});
    lab.by_hand("POST", "/organization/acme/prototypes", again);
    let push = json!({
        "title": "pushes", "event": "repo_push", "method": "slack", "eventConfig": {},
        "config": {"url": "https://hooks.example/slack"},
    });
    lab.by_hand("POST", "/repository/acme/api/notification/", push);
    let mut lines = lab.converge(ACME).lines();
    lines.sort();
    assert_eq!(
        lines,
        [
            "delete default_permission[acme:team/developers#2]",
            "delete notification[acme/api:pushes#2]"
        ]
    );
}

/// Each means one of the two, although either would do for both.
#[test]
fn of_two_equal_items_one_is_replaced_and_the_other_deleted() {
    let lab = lab();
    let told = |targets: &[&str]| {
        let one = |target: &&str| format!("  - {{event: repo_push, quay_notification: {{{target}}}}}\n");
        let notifications: String = targets.iter().map(one).collect();
        format!(
            "kind: Organization\nname: acme\nteams:\n  devs: {{}}\n---\nkind: Repository\nname: acme/api\nnotifications:\n{notifications}"
        )
    };
    lab.converge(&told(&["user: alice", "user: alice"]));
    let mut lines = lab.converge(&told(&["team: devs"])).lines();
    lines.sort();
    assert_eq!(
        lines,
        [
            "delete notification[acme/api:repo_push.quay_notification#2]",
            "replace notification[acme/api:repo_push.quay_notification]",
        ]
    );
}

#[test]
fn an_organization_goes_with_everything_in_it() {
    let lab = lab().allow(&["organization[acme]"]);
    lab.converge(ACME);
    let gone = lab.converge("kind: Organization\nname: acme\nabsent: true\n");
    assert_eq!(gone.lines(), ["delete organization[acme]"]);
    let again = lab.plan("kind: Organization\nname: acme\n");
    let applied = lab.carry_out(&again);
    let state = &applied.outcomes[0].state;
    assert!(matches!(state, quayform::model::State::Deferred(_)), "{state:?}");
}

#[test]
fn a_repository_changes_who_may_see_it() {
    let lab = lab();
    lab.converge(ACME);
    let swapped = ACME
        .replace("visibility: private", "visibility: PUBLIC")
        .replace("visibility: public", "visibility: private")
        .replace("visibility: PUBLIC", "visibility: public");
    assert_eq!(
        lab.converge(&swapped).details(),
        [
            "update repository[acme/api] visibility: private -> public",
            "update repository[acme/web] visibility: public -> private",
        ]
    );
}
