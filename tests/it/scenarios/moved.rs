//! Somebody changes the registry between the plan and its apply.

use quayform::model::State;
use serde_json::{Value as Json, json};

use crate::lab::{Lab, Planned};

const REGISTRY: &str = r#"{"users": [{"name": "alice"}, {"name": "bob"}, {"name": "carol"}], "organizations": [
    {"name": "acme", "robots": ["ci"],
     "teams": {"devs": {"role": "member", "members": ["bob"]}, "heads": {"role": "admin", "members": ["alice", "bob"]}},
     "default_permissions": [{"role": "read", "team": "devs"}],
     "repositories": [{"name": "api", "permissions": {"teams": {"devs": "read"}}, "notifications": [
        {"title": "one", "event": "repo_push", "method": "slack", "config": {"url": "https://hooks.example/1"}},
        {"title": "one", "event": "repo_push", "method": "slack", "config": {"url": "https://hooks.example/1"}}]}]}]}"#;

/// What became of each change, as `stale update team[acme/devs]`.
fn carried_out(lab: &Lab, planned: &Planned) -> Vec<String> {
    lab.emulator.with(|registry| registry.clear_log());
    let applied = lab.carry_out(planned);
    let outcomes = applied.outcomes.iter();
    outcomes
        .map(|outcome| format!("{} {} {}", outcome.state.word(), outcome.action.word(), outcome.address))
        .collect()
}

/// Plans, lets somebody do this, and carries the plan out.
fn after(lab: &Lab, text: &str, hands: &[(&str, &str, Json)]) -> Vec<String> {
    let planned = lab.plan(text);
    for (method, path, body) in hands {
        lab.by_hand(method, path, body.clone());
    }
    carried_out(lab, &planned)
}

#[test]
fn a_change_of_what_the_call_sends_along_is_not_written_over() {
    let lab = Lab::seeded(REGISTRY);
    let text = "{kind: Organization, name: acme, teams: {devs: {description: New}}}";
    let hands = [("PUT", "/organization/acme/team/devs", json!({"role": "admin"}))];
    assert_eq!(after(&lab, text, &hands), ["stale update team[acme/devs]"]);
    assert_eq!(lab.writes(), Vec::<String>::new());
    lab.converge(text);
}

#[test]
fn what_depends_on_it_waits_too() {
    let lab = Lab::seeded(REGISTRY).allow(&["*"]);
    let text = "{kind: Organization, name: acme, teams: {new: {members: [bob, carol]}}}";
    let hands = [("PUT", "/organization/acme/team/new", json!({"role": "admin"}))];
    let outcomes = [
        "stale create team[acme/new]",
        "skipped create member[acme/new/bob]",
        "skipped create member[acme/new/carol]",
    ];
    assert_eq!(after(&lab, text, &hands), outcomes);
    lab.converge(text);
}

#[test]
fn what_somebody_did_already_is_not_sent() {
    let lab = Lab::seeded(REGISTRY);
    let text = "{kind: Organization, name: acme, teams: {devs: {role: creator, members: [bob, carol]}}}";
    let hands = [
        ("PUT", "/organization/acme/team/devs", json!({"role": "creator"})),
        ("PUT", "/organization/acme/team/devs/members/carol", Json::Null),
    ];
    assert_eq!(
        after(&lab, text, &hands),
        ["done update team[acme/devs]", "done create member[acme/devs/carol]"]
    );
    assert_eq!(lab.writes(), Vec::<String>::new());
}

#[test]
fn an_object_that_is_gone_is_not_made_anew_by_its_parts() {
    let lab = Lab::seeded(REGISTRY);
    let text = "{kind: Repository, name: acme/api, description: New, permissions: {users: {carol: read}}}";
    let hands = [("DELETE", "/repository/acme/api", Json::Null)];
    let outcomes = [
        "stale update repository[acme/api]",
        "stale create permission[acme/api:user/carol]",
    ];
    assert_eq!(after(&lab, text, &hands), outcomes);
    assert_eq!(lab.writes(), Vec::<String>::new());
}

#[test]
fn nobody_leaves_when_those_who_were_to_stay_have_left() {
    let lab = Lab::seeded(REGISTRY);
    let mut lab = lab;
    lab.options.guards.operators = vec!["alice".to_owned()];
    let text = "{kind: Organization, name: acme, teams: {owners: {members: []}, heads: {members: [alice]}}}";
    let hands = [("DELETE", "/organization/acme/team/heads/members/alice", Json::Null)];
    let outcomes = after(&lab, text, &hands);
    assert!(
        outcomes
            .iter()
            .all(|outcome| outcome.starts_with("stale delete member")),
        "{outcomes:#?}"
    );
    assert!(!outcomes.is_empty());
    assert_eq!(lab.writes(), Vec::<String>::new());
}

#[test]
fn equal_items_are_counted() {
    let one = "{title: one, event: repo_push, slack: {url: 'https://hooks.example/1'}}";
    let manifest = |items: &str| format!("{{kind: Repository, name: acme/api, notifications: [{items}]}}");
    let again = json!({"title": "one", "event": "repo_push", "method": "slack", "eventConfig": {},
        "config": {"url": "https://hooks.example/1"}});
    // One of the two is to go, and somebody adds a third: which is meant, and should all go?
    let lab = Lab::seeded(REGISTRY);
    let third = [("POST", "/repository/acme/api/notification/", again.clone())];
    assert_eq!(
        after(&lab, &manifest(one), &third),
        ["stale delete notification[acme/api:one#2]"]
    );
    lab.converge(&manifest(one));
    // Two are missing, and somebody adds one: the other is still made.
    let three = [one, one, one].join(", ");
    assert_eq!(
        after(&lab, &manifest(&three), &third),
        [
            "done create notification[acme/api:one#2]",
            "done create notification[acme/api:one#3]"
        ]
    );
    assert_eq!(lab.writes(), ["POST /api/v1/repository/acme/api/notification/"]);
    assert!(lab.plan(&manifest(&three)).plan.is_empty());
}

#[test]
fn an_item_is_found_again_although_its_number_is_another_one() {
    let lab = Lab::seeded(REGISTRY);
    let keep = "{title: one, event: repo_push, slack: {url: 'https://hooks.example/1'}}";
    let planned = lab.plan(&format!(
        "{{kind: Repository, name: acme/api, notifications: [{keep}]}}"
    ));
    assert_eq!(planned.lines(), ["delete notification[acme/api:one#2]"]);
    let list = lab.by_hand("GET", "/repository/acme/api/notification/", Json::Null);
    let second = list["notifications"][1]["uuid"].as_str().unwrap();
    lab.by_hand(
        "DELETE",
        &format!("/repository/acme/api/notification/{second}"),
        Json::Null,
    );
    assert_eq!(
        carried_out(&lab, &planned),
        ["done delete notification[acme/api:one#2]"]
    );
    assert_eq!(
        lab.writes(),
        Vec::<String>::new(),
        "the one that is left is the one to keep"
    );
}

#[test]
fn what_cannot_be_read_again_is_not_written() {
    let lab = Lab::seeded(REGISTRY);
    let mut lab = lab;
    let text = "{kind: Organization, name: acme, teams: {devs: {role: creator}}}";
    let planned = lab.plan(text);
    lab.token = "another-token".to_owned();
    let applied = lab.carry_out(&planned);
    let states: Vec<&State> = applied.outcomes.iter().map(|outcome| &outcome.state).collect();
    assert!(
        matches!(states[..], [State::Skipped(why)] if why.contains("could not be read again")),
        "{states:?}"
    );
    assert_eq!(applied.writes, 0);
}
