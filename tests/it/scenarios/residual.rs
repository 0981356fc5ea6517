//! What is not as it was written although every write succeeded, and who or what is named for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::SignedDuration;
use quayform::apply::{Applied, Verified};
use quayform::drift;
use quayform::http::{Method, ReadOnly};
use quayform::model::State;
use secrecy::SecretString;
use serde_json::{Value as Json, json};

use super::company;
use crate::lab::{Lab, runtime};
use crate::meddler::{Meddler, answer, by, is};

const OWNERS: &str = r#"
kind: Organization
name: acme
teams:
  owners: {members: [quayadmin, carol]}
"#;

const DEVELOPERS: &str = r#"
kind: Organization
name: acme
teams:
  developers: {role: creator, description: Application developers, members: [alice]}
---
kind: Repository
name: acme/api
permissions: {teams: {developers: write}}
"#;

const DEVELOPERS_ROLE: &str = "/organization/acme/team/developers";

/// An organization with two administrators: whoever runs quayform, and carol with a token of her own.
fn lab() -> Lab {
    let lab = Lab::seeded(r#"{"users": [{"name": "alice"}, {"name": "carol", "token": "carol-token"}]}"#);
    lab.converge(OWNERS);
    lab
}

fn apply(lab: &Lab, text: &str, meddler: Meddler) -> Applied {
    let applied = lab.carry_out_through(&lab.plan(text), Arc::new(meddler));
    let undone = applied.count(|state| *state != State::Done);
    assert_eq!(undone, 0, "{:#?}", applied.outcomes);
    applied
}

/// `team[acme/developers] role: somebody (carol did …)` for every difference.
fn told(verified: &Verified) -> Vec<String> {
    let residual = verified.residual.iter();
    let lines = residual.flat_map(|residual| {
        let address = &residual.change.address;
        residual.differences.iter().map(move |difference| {
            let field = difference.field.unwrap_or("itself");
            format!("{address} {field}: {}", difference.cause)
        })
    });
    lines.collect()
}

#[test]
fn somebody_else_who_writes_right_after_is_named() {
    let lab = lab();
    lab.converge(&DEVELOPERS.replace("role: creator", "role: member"));
    // The server's clock is not ours.
    lab.emulator
        .with(|registry| registry.set_clock(registry.clock() + 5_000_000));
    let carol = Meddler::new(&lab.emulator).after(|emulator, request, _| {
        if is(request, Method::Put, DEVELOPERS_ROLE) {
            by(
                emulator,
                "carol-token",
                "PUT",
                DEVELOPERS_ROLE,
                &json!({ "role": "admin" }),
            );
        }
    });
    let verified = apply(&lab, DEVELOPERS, carol).verified.unwrap();
    assert!(!verified.converged());
    let told = told(&verified);
    assert_eq!(told.len(), 1, "{told:?}");
    let start = "team[acme/developers] role: carol did org_set_team_role at ";
    assert!(
        told[0].starts_with(start) && told[0].ends_with("Z from 127.0.0.1"),
        "{told:?}"
    );
    let difference = &verified.residual[0].differences[0];
    assert_eq!(difference.wanted, Some("creator".into()));
    assert_eq!(difference.found, Some("admin".into()));
    lab.converge(DEVELOPERS);
}

#[test]
fn whoever_deletes_a_team_is_named_for_what_went_with_it() {
    let lab = lab();
    lab.converge(&DEVELOPERS.replace("developers: write", "developers: read"));
    let carol = Meddler::new(&lab.emulator).after(|emulator, request, _| {
        if is(request, Method::Put, "/repository/acme/api/permissions/team/developers") {
            by(emulator, "carol-token", "DELETE", DEVELOPERS_ROLE, &Json::Null);
        }
    });
    let told = told(&apply(&lab, DEVELOPERS, carol).verified.unwrap());
    assert_eq!(told.len(), 1, "{told:?}");
    let start = "permission[acme/api:team/developers] itself: carol did org_delete_team at ";
    assert!(told[0].starts_with(start), "{told:?}");
}

#[test]
fn a_value_that_the_server_changes_is_told_as_that() {
    let lab = lab();
    let server = Meddler::new(&lab.emulator).before(|request| {
        if let Some(body) = request.body.as_mut().filter(|body| body.get("description").is_some()) {
            body["description"] = "APPLICATION DEVELOPERS".into();
        }
        None
    });
    let told = told(&apply(&lab, DEVELOPERS, server).verified.unwrap());
    let line = "team[acme/developers] description: the server took the request and made another value of it";
    assert_eq!(told, [line]);
    lab.converge(DEVELOPERS);
}

#[test]
fn a_value_that_the_server_keeps_is_told_as_that() {
    let lab = lab();
    lab.converge(&DEVELOPERS.replace("role: creator", "role: member"));
    let server = Meddler::new(&lab.emulator)
        .before(|request| is(request, Method::Put, DEVELOPERS_ROLE).then(|| answer(200, &json!({}))));
    let told = told(&apply(&lab, DEVELOPERS, server).verified.unwrap());
    let line =
        "team[acme/developers] role: the server took the request and kept the old value, or somebody put it back";
    assert_eq!(told, [line]);
}

#[test]
fn a_creation_and_a_deletion_that_the_server_only_claims_are_told_as_that() {
    let lab = lab();
    lab.converge(DEVELOPERS);
    let text = DEVELOPERS.replace("[alice]", "[carol]");
    let server = Meddler::new(&lab.emulator).before(|request| {
        let is_member = request.target.contains("/members/") && request.method != Method::Get;
        is_member.then(|| answer(200, &json!({})))
    });
    let mut told = told(&apply(&lab, &text, server).verified.unwrap());
    told.sort();
    assert_eq!(
        told,
        [
            "member[acme/developers/alice] itself: the server took the request and kept it, or somebody made it again",
            "member[acme/developers/carol] itself: the server took the request and shows nothing of it, or somebody \
             removed it again",
        ]
    );
}

#[test]
fn a_usage_log_that_cannot_be_read_is_said_and_nothing_more() {
    let lab = lab();
    let server = Meddler::new(&lab.emulator).before(|request| {
        if let Some(body) = request.body.as_mut().filter(|body| body.get("description").is_some()) {
            body["description"] = "OTHER".into();
        }
        let is_log = request.target.contains("/logs");
        is_log.then(|| answer(403, &json!({ "detail": "Unauthorized" })))
    });
    let verified = apply(&lab, DEVELOPERS, server).verified.unwrap();
    assert_eq!(told(&verified).len(), 1);
    assert_eq!(verified.unread_logs.len(), 1);
    assert_eq!(verified.unread_logs[0].target, "/api/v1/organization/acme/logs");
    assert!(verified.unproven.is_empty());
}

/// The log costs nothing while all is well; where it is not, the server ends it with an empty page.
#[test]
fn the_usage_log_is_read_only_where_something_is_left() {
    for (broken, pages) in [(false, 0), (true, 2)] {
        let lab = lab();
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&asked);
        let server = Meddler::new(&lab.emulator).before(move |request| {
            counted.fetch_add(usize::from(request.target.contains("/logs")), Ordering::Relaxed);
            let is_lost = broken && request.method != Method::Get && !request.target.ends_with("/repository");
            is_lost.then(|| answer(200, &json!({})))
        });
        let verified = apply(&lab, DEVELOPERS, server).verified.unwrap();
        assert_eq!(verified.converged(), !broken);
        assert_eq!(asked.load(Ordering::Relaxed), pages, "{verified:#?}");
    }
}

/// Whatever a plan writes, somebody else could write too, and would be found by it.
#[test]
fn the_usage_log_tells_of_every_change() {
    let lab = company::lab();
    let client = ReadOnly::new(
        Arc::new(lab.emulator.clone()),
        Some(SecretString::from("emulator-token")),
    );
    let fewer = company::ACME
        .replace("{developers: write}", "{}")
        .replace("erin: read", "erin: write");
    for text in [company::ACME, fewer.as_str(), company::ACME] {
        let planned = lab.converge(text);
        let (log, _) = runtime().block_on(drift::read(
            &client,
            "acme",
            &quayform::kinds::targets::usage_log("acme"),
            SignedDuration::from_hours(1),
        ));
        let log = log.unwrap();
        for change in &planned.plan.changes {
            let mut subjects = log.entries.iter().filter_map(|entry| entry.subject.as_ref());
            assert!(
                subjects.any(|subject| subject.concerns(&change.address)),
                "{}",
                change.address
            );
        }
        assert!(
            log.entries
                .iter()
                .all(|entry| entry.performer.as_deref() == Some("quayadmin"))
        );
    }
}

/// Pulls and pushes are in the log too: it is not read for ever.
#[test]
fn an_endless_usage_log_is_read_up_to_a_bound() {
    let lab = lab();
    let pages = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&pages);
    let server = Meddler::new(&lab.emulator).before(move |request| {
        if let Some(body) = request.body.as_mut().filter(|body| body.get("description").is_some()) {
            body["description"] = "OTHER".into();
        }
        let is_log = request.target.contains("/logs");
        is_log.then(|| {
            let number = counted.fetch_add(1, Ordering::Relaxed);
            answer(200, &json!({ "logs": [], "next_page": number.to_string() }))
        })
    });
    let verified = apply(&lab, DEVELOPERS, server).verified.unwrap();
    assert_eq!(pages.load(Ordering::Relaxed), 10);
    assert_eq!(verified.unread_logs[0].reason, "only its newest 0 entries were read");
}
