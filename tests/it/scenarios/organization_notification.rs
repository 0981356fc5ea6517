//! What an organization tells about its storage.

use serde_json::{Value as Json, json};

use crate::lab::Lab;

const NOTIFICATIONS: &str = "/organization/acme/notifications";

fn with(notifications: &str) -> String {
    format!(
        "kind: Organization\nname: acme\nquota: {{limit: 1 GiB}}\nteams: {{ops: {{}}}}\nnotifications: {notifications}\n"
    )
}

const ALL: &str = "[{title: full, event: quota_error, webhook: {url: 'https://hooks.example/a'}}, \
                   {event: quota_warning, email: true}, {event: quota_warning, quay_notification: {team: ops}}]";

#[test]
fn they_come_change_and_go() {
    let lab = Lab::new();
    let made = lab.converge(&with(ALL)).lines();
    let made: Vec<&String> = made
        .iter()
        .filter(|line| line.contains("organization_notification"))
        .collect();
    assert_eq!(
        made,
        [
            "create organization_notification[acme:full]",
            "create organization_notification[acme:quota_warning.email]",
            "create organization_notification[acme:quota_warning.quay_notification]",
        ]
    );
    let moved = lab.converge(&with(&ALL.replace("example/a", "example/b")));
    assert_eq!(moved.lines(), ["replace organization_notification[acme:full]"]);
    let by_hand = json!({"event": "quota_error", "method": "email", "config": {}, "eventConfig": {}});
    lab.by_hand("POST", NOTIFICATIONS, by_hand);
    let exact = lab.converge(&with(&ALL.replace("example/a", "example/b")));
    assert_eq!(
        exact.lines(),
        ["delete organization_notification[acme:quota_error.email]"]
    );
    assert_eq!(lab.converge(&with("[]")).lines().len(), 3);
    let left = lab.by_hand("GET", NOTIFICATIONS, Json::Null);
    assert_eq!(left, json!({"notifications": []}));
}

/// Where the server knows nothing of it, it is not even asked.
#[test]
fn without_the_feature_they_are_blocked_at_no_cost() {
    let lab = Lab::new();
    lab.emulator
        .with(|registry| registry.set_feature("QUOTA_NOTIFICATIONS", false));
    let planned = lab.converge(&with(ALL));
    let blocked = planned
        .lines()
        .iter()
        .filter(|line| line.starts_with("blocked organization_notification"))
        .count();
    assert_eq!(blocked, 3, "{:?}", planned.lines());
    assert!(
        !planned.asked.iter().any(|target| target.contains(NOTIFICATIONS)),
        "{:#?}",
        planned.asked
    );
}

#[test]
fn they_go_with_the_quota() {
    let lab = Lab::new();
    lab.converge(&with(ALL));
    let planned = lab.converge("kind: Organization\nname: acme\nquota: {absent: true}\nnotifications: []\n");
    assert_eq!(planned.lines(), ["delete quota[acme]"]);
}
