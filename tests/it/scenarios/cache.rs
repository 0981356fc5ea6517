//! What is kept between runs costs requests where it is of no use, and never truth.

use jiff::{SignedDuration, ToSpan};
use serde_json::json;

use super::costs::fifty;
use crate::kept::Kept;
use crate::lab::Lab;

const THREE: &str = "
kind: Organization
name: acme
robots: {ci: {metadata: {owner: platform}}}
---
kind: Repository
name: acme/api
notifications:
  - {title: chat, event: repo_push, slack: {url: 'https://hooks.example/CANARY-1'}}
---
kind: Repository
name: acme/web
notifications:
  - {title: hook, event: repo_push, webhook: {url: 'https://hooks.example/CANARY-2', template: '{}'}}
  - {event: vulnerability_found, level: high, quay_notification: {team: owners}}
";

/// A registry as the manifest says, and what a first run keeps of it.
fn warm(text: &str) -> (Lab, Kept) {
    let lab = Lab::new();
    lab.converge(text);
    let mut kept = Kept::new();
    let (_, recalled) = lab.plan_with(text, &mut kept);
    assert_eq!(recalled, None);
    assert_eq!(kept.documents.len(), 1);
    (lab, kept)
}

/// How many answers of the three this run takes from the cache; it must plan as one without.
fn recalls(lab: &Lab, kept: &mut Kept) -> usize {
    let (planned, recalled) = lab.plan_with(THREE, kept);
    let without = lab.plan(THREE);
    assert_eq!(planned.details(), without.details());
    assert_eq!(planned.live.objects, without.live.objects);
    recalled.map_or(0, |recalled| recalled.requests)
}

#[test]
fn fifty_repositories_without_a_change_take_at_most_22_requests() {
    let text = fifty();
    let (lab, mut kept) = warm(&text);
    let cold = lab.plan(&text);
    let (planned, recalled) = lab.plan_with(&text, &mut kept);
    assert!(planned.plan.is_empty(), "{:#?}", planned.details());
    assert!(planned.requests <= 22, "{}: {:#?}", planned.requests, planned.asked);
    assert!(planned.rounds <= 4, "{} rounds", planned.rounds);
    let recalled = recalled.unwrap();
    assert_eq!(recalled.requests, 10);
    assert_eq!(recalled.since, kept.now);
    // One request proves it.
    assert_eq!(planned.requests + recalled.requests, cold.requests + 1);
}

#[test]
fn filling_the_cache_takes_no_more_rounds() {
    let text = fifty();
    let lab = Lab::new();
    lab.converge(&text);
    let (planned, _) = lab.plan_with(&text, &mut Kept::new());
    let without = lab.plan(&text);
    assert_eq!(planned.requests, without.requests + 2);
    assert_eq!(planned.rounds, without.rounds);
}

#[test]
fn no_secret_is_kept() {
    let (lab, kept) = warm(THREE);
    let tokens = lab.by_hand("GET", "/organization/acme/robots", json!(null));
    let token = tokens["robots"][0]["token"].as_str().unwrap();
    for text in kept.documents.values() {
        assert!(text.contains("platform") && text.contains("sha256"), "{text}");
        assert!(!text.contains("CANARY") && !text.contains(token) && !text.contains("emulator-token"));
    }
}

#[test]
fn a_change_of_a_secret_is_planned_from_its_digest() {
    let (lab, mut kept) = warm(THREE);
    let text = THREE.replace("CANARY-1", "CANARY-3");
    let (planned, recalled) = lab.plan_with(&text, &mut kept);
    assert_eq!(recalled.unwrap().requests, 3);
    assert_eq!(planned.lines(), ["replace notification[acme/api:chat]"]);
    let applied = lab.carry_out(&planned);
    assert!(applied.verified.unwrap().converged(), "{:#?}", applied.outcomes);
    // What the apply logged voids what was kept before.
    let (planned, recalled) = lab.plan_with(&text, &mut kept);
    assert!(
        planned.plan.is_empty() && recalled.is_none(),
        "{:#?}",
        planned.details()
    );
    assert!(lab.plan_with(&text, &mut kept).1.is_some());
}

#[test]
fn whatever_is_amiss_costs_requests_only() {
    type Amiss = fn(&Lab, &mut Kept);
    let cases: [(&str, usize, Amiss); 15] = [
        ("nothing", 3, |_, _| {}),
        ("lost", 0, |_, kept| kept.documents.clear()),
        ("cut off", 0, |_, kept| {
            kept.tamper(|text| text[..text.len() / 2].to_owned())
        }),
        ("empty", 0, |_, kept| kept.tamper(|_| String::new())),
        ("changed", 0, |_, kept| {
            kept.tamper(|text| text.replace("repo_push", "repo_pull"))
        }),
        ("another version", 0, |_, kept| {
            kept.tamper(|text| text.replace("quayform-cache-1", "quayform-cache-2"));
        }),
        ("another registry", 0, |_, kept| {
            kept.registry = "https://other.example".to_owned()
        }),
        ("too old", 0, |_, kept| {
            kept.now += SignedDuration::from_hours(28 * 24 + 1)
        }),
        ("from the future", 0, |_, kept| kept.now -= 1.minute()),
        ("28 days old", 0, |lab, kept| {
            // The server keeps its own calendar, and counts over 31 days.
            kept.now += SignedDuration::from_hours(28 * 24);
            lab.emulator
                .with(|registry| registry.set_clock(registry.clock() + 31 * 86_400));
        }),
        ("four weeks without two days", 3, |lab, kept| {
            kept.now += SignedDuration::from_hours(26 * 24);
            lab.emulator
                .with(|registry| registry.set_clock(registry.clock() + 26 * 86_400));
        }),
        ("a server that has gone back", 0, |lab, _| {
            lab.emulator
                .with(|registry| registry.set_clock(registry.clock() - 9 * 86_400));
        }),
        ("no counts any more", 0, |lab, _| {
            lab.emulator
                .with(|registry| registry.set_feature("AGGREGATED_LOG_COUNT_RETRIEVAL", false));
        }),
        ("a notification by hand", 0, |lab, _| {
            let body = json!({"event": "repo_push", "method": "webhook", "config": {"url": "https://hooks.example/1"}, "eventConfig": {}});
            lab.by_hand("POST", "/repository/acme/api/notification/", body);
        }),
        ("an organization made anew", 0, |lab, _| {
            lab.by_hand("DELETE", "/organization/acme", json!(null));
        }),
    ];
    for (what, expected, amiss) in cases {
        let (lab, mut kept) = warm(THREE);
        amiss(&lab, &mut kept);
        assert_eq!(recalls(&lab, &mut kept), expected, "{what}");
    }
}

#[test]
fn another_user_sees_nothing_of_it() {
    let lab = Lab::seeded(r#"{"users": [{"name": "root", "superuser": true, "token": "root-token"}]}"#);
    let text = format!("{THREE}---\nkind: Organization\nname: other\n");
    lab.converge(&text);
    let mut kept = Kept::new();
    lab.plan_with(&text, &mut kept);
    let root = "root-token".to_owned();
    let mut other = Kept {
        token: root.clone(),
        ..kept.clone()
    };
    assert_eq!(lab.plan_with(&text, &mut other).1, None);
    assert!(lab.plan_with(&text, &mut kept).1.is_some());
}

#[test]
fn what_is_read_first_does_not_hide_what_somebody_writes_meanwhile() {
    let (lab, mut kept) = warm(THREE);
    // The counts of this run are older than what it reads of `more`: the next run must see both changes.
    let more = format!("{THREE}---\nkind: Repository\nname: acme/more\nnotifications: []\n");
    lab.by_hand(
        "POST",
        "/repository",
        json!({"namespace": "acme", "repository": "more", "visibility": "private", "description": ""}),
    );
    assert_eq!(lab.plan_with(&more, &mut kept).1, None);
    assert_eq!(lab.plan_with(&more, &mut kept).1.unwrap().requests, 4);
}

#[test]
fn an_organization_that_was_made_anew_by_the_same_steps_is_another_one() {
    let lab = Lab::new();
    let start = lab.emulator.with(|registry| registry.clock());
    lab.converge(THREE);
    let mut kept = Kept::new();
    lab.plan_with(THREE, &mut kept);
    // The same steps on the same day, with another address.
    let again = Lab::new();
    again.emulator.with(|registry| registry.set_clock(start + 3600));
    let other = THREE.replace("CANARY-1", "CANARY-9");
    again.converge(&other);
    assert_eq!(recalls(&again, &mut kept), 0);
}
