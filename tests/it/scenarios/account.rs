//! The account of the token's own user: robots and repositories without an organization.

use quayform::emulator::SCOPES;
use quayform::model::Action;
use serde_json::{Value as Json, json};

use crate::lab::Lab;

const ALICE: &str = "
kind: Account
name: alice
robots:
  ci: {description: Pushes, metadata: {owner: alice}, federation: [{issuer: https://issuer.example, subject: ci}]}
  mirror: {}
---
kind: Repository
name: alice/tools
visibility: public
description: Small things
permissions:
  users: {bob: read}
  robots: {ci: write}
notifications:
  - {title: pushes, event: repo_push, webhook: {url: https://hooks.example/x}}
---
kind: Repository
name: alice/nginx
permissions: {users: {}, robots: {}}
mirror:
  external_reference: docker.io/library/nginx
  tags: [latest]
  sync_interval: 6h
  sync_start_date: 2026-01-01T00:00:00Z
  robot: mirror
";

/// A registry seen with the token of alice, who is nobody special.
fn of_alice() -> Lab {
    let lab = Lab::new();
    lab.emulator
        .with(|registry| registry.add_token("alice", "alice-token", &SCOPES));
    Lab {
        token: "alice-token".to_owned(),
        ..lab
    }
}

#[test]
fn an_account_is_made_read_back_and_taken_away() {
    let lab = of_alice().allow(&["robot", "repository"]);
    let first = lab.converge(ALICE);
    let lines = first.lines();
    assert!(lines.contains(&"create robot[alice+ci]".to_owned()), "{lines:#?}");
    assert!(lines.contains(&"create mirror[alice/nginx]".to_owned()), "{lines:#?}");
    assert!(
        !lines.iter().any(|line| line.contains("user/alice")),
        "the owner's grant is never shown: {lines:#?}"
    );
    assert!(
        lab.writes().iter().any(|write| write == "PUT /api/v1/user/robots/ci"),
        "{:#?}",
        lab.writes()
    );
    let gone = "
kind: Account
name: alice
robots: {ci: {absent: true}}
---
kind: Repository
name: alice/tools
absent: true
";
    let lines = lab.converge(gone).lines();
    assert_eq!(lines.len(), 2, "{lines:#?}");
}

#[test]
fn what_others_change_by_hand_is_found() {
    let lab = of_alice();
    lab.converge(ALICE);
    for (method, path, body, line) in [
        (
            "PUT",
            "/repository/alice/tools/permissions/user/carol",
            json!({"role": "admin"}),
            "delete permission[alice/tools:user/carol]",
        ),
        (
            "PUT",
            "/repository/alice/tools/permissions/user/alice+ci",
            json!({"role": "read"}),
            "update permission[alice/tools:robot/ci]",
        ),
        (
            "POST",
            "/repository/alice/tools/changevisibility",
            json!({"visibility": "private"}),
            "update repository[alice/tools]",
        ),
        (
            "PUT",
            "/repository/alice/nginx/permissions/user/alice+ci",
            json!({"role": "read"}),
            "delete permission[alice/nginx:robot/ci]",
        ),
    ] {
        lab.by_hand(method, path, body);
        assert_eq!(lab.converge(ALICE).lines(), [line], "{method} {path}");
    }
}

#[test]
fn the_rules_of_an_account_by_which_tags_go_are_changed_in_place() {
    let lab = of_alice();
    let text = "kind: Account\nname: alice\nauto_prune: [{keep_tags: 50}, {older_than: 30d, tags: ^pr-}]\n";
    assert_eq!(lab.converge(text).lines().len(), 2);
    let listed = {
        let alice = quayform::emulator::IncomingRequest::new("GET", "/api/v1/user/autoprunepolicy/");
        let answer = lab.emulator.handle(&alice.with_token("alice-token")).unwrap();
        serde_json::from_slice::<Json>(&answer.body).unwrap()
    };
    assert_eq!(listed["policies"].as_array().unwrap().len(), 2, "{listed}");
    let lines = lab.converge(&text.replace("50", "20")).lines();
    assert!(
        lines.len() == 1 && lines[0].starts_with("update auto_prune[alice:"),
        "{lines:?}"
    );
    assert_eq!(
        lab.converge("kind: Account\nname: alice\nauto_prune: []\n")
            .lines()
            .len(),
        2
    );
}

#[test]
fn robots_that_are_not_written_are_reported_or_go() {
    let lab = of_alice().allow(&["robot"]);
    let text = "kind: Account\nname: alice\nrobots: {ci: {}}\n";
    let more = "kind: Account\nname: alice\nrobots: {ci: {}, old: {}}\n";
    lab.converge(more);
    assert_eq!(lab.plan(text).plan.summary.unmanaged, 1);
    let exact = format!("{text}manage: {{robots: exact}}\n");
    assert_eq!(lab.converge(&exact).lines(), ["delete robot[alice+old]"]);
}

/// The API has robots, rules and grants of accounts for their own users only: nothing is read, nothing is written, and each
/// wish says so. Whatever goes by itself is blocked, too: it may well be there.
#[test]
fn the_account_of_somebody_else_is_blocked() {
    let lab = of_alice();
    let text = ALICE
        .replace("alice", "bob")
        .replace("users: {bob: read}", "users: {carol: read}")
        .replace("  mirror: {}\n", "  old: {absent: true}\n")
        .replace("robot: mirror", "robot: ci");
    let planned = lab.plan(&text);
    assert!(planned.plan.gaps.is_empty(), "{:#?}", planned.plan.gaps);
    let changes = &planned.plan.changes;
    assert!(changes.len() > 8, "{:#?}", planned.lines());
    for change in changes {
        let reason = change.reason.as_deref().unwrap_or_default();
        assert!(
            change.action == Action::Blocked && reason.contains("bob is not the token's own user, who is alice"),
            "{change:?}"
        );
    }
    let asked: Vec<&String> = planned.asked.iter().filter(|query| query.contains("bob")).collect();
    assert!(asked.is_empty(), "{asked:?}");
}

/// The quota of any account is a superuser's business, as are the limits below it.
#[test]
fn superusers_set_the_quota_of_any_account() {
    let lab = Lab::new();
    let text = "kind: Account\nname: alice\nquota: {limit: 10 GiB, limits: [{type: reject, at: 90%}]}\n";
    assert_eq!(
        lab.converge(text).lines(),
        ["create user_quota[alice]", "create user_quota_limit[alice:reject/90]"]
    );
    let both = format!("{text}robots: {{ci: {{}}}}\nauto_prune: [{{keep_tags: 5}}]\n");
    let changed = lab.converge(&both.replace("10 GiB", "20 GiB")).lines();
    assert_eq!(
        changed,
        [
            "update user_quota[alice]",
            "blocked robot[alice+ci]",
            "blocked auto_prune[alice:policy]"
        ]
    );
}

/// Without a document of its own the account is known by the token.
#[test]
fn repositories_of_the_own_account_need_no_document_of_the_account() {
    let lab = of_alice();
    lab.converge("kind: Repository\nname: alice/notes\npermissions: {users: {bob: write}}\n");
    let owner = lab.plan("kind: Repository\nname: alice/notes\npermissions: {users: {alice: admin, bob: write}}\n");
    assert_eq!(owner.lines(), ["blocked permission[alice/notes:user/alice]"]);
    let organization = lab.plan("kind: Organization\nname: alice\nemail: a@b.example\n");
    assert_eq!(organization.lines(), ["blocked organization[alice]"]);
}

#[test]
fn the_quota_is_compared_and_only_superusers_set_it() {
    let lab = of_alice();
    let text = "kind: Account\nname: alice\nquota: {limit: 10 GiB}\n";
    assert_eq!(lab.plan(text).lines(), ["blocked user_quota[alice]"]);
    lab.by_hand(
        "POST",
        "/superuser/users/alice/quota",
        json!({"limit_bytes": 10_737_418_240_i64}),
    );
    assert!(lab.plan(text).plan.is_empty());
    assert_eq!(
        lab.plan(&text.replace("10", "20")).details(),
        ["blocked user_quota[alice] limit: 10737418240 -> 21474836480"]
    );
    let own = Lab {
        token: "emulator-token".to_owned(),
        ..lab
    };
    own.converge("kind: Account\nname: quayadmin\nquota: {limit: 1 GiB}\n");
    let listed = own.by_hand("GET", "/user/quota", Json::Null);
    assert_eq!(listed[0]["limit_bytes"], 1_073_741_824_i64);
}
