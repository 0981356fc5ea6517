//! What belongs to no organization: messages, service keys, users with what they may store.

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::hands::{ByHand, call};
use super::project::MANAGE;
use super::shapes::{Shape, both, just, list_of, one_of, optional, rarely, record, tombstone, word};

/// The document of the registry, with something of every kind.
pub(super) fn registry() -> Shape {
    let messages = (message(), list_of(message(), 2)).prop_map(|(first, mut rest)| {
        rest.as_array_mut()
            .into_iter()
            .for_each(|list| list.push(first.clone()));
        rest
    });
    let keys = record(vec![
        ("scanner", key()),
        ("builder", prop_oneof![2 => key(), 1 => tombstone()].boxed()),
    ]);
    let users = record(vec![
        (
            "frank",
            both(user("frank@acme.example"), record(vec![("quota", quota())])),
        ),
        (
            "erin",
            prop_oneof![3 => user("erin@acme.example"), 1 => tombstone()].boxed(),
        ),
    ]);
    let manage = optional(vec![
        ("messages", word(MANAGE)),
        ("service_keys", word(MANAGE)),
        ("limits", word(MANAGE)),
    ]);
    record(vec![
        ("kind", just(json!("Registry"))),
        ("messages", messages.boxed()),
        ("service_keys", keys),
        ("users", users),
        ("manage", manage),
    ])
}

fn message() -> Shape {
    let more = optional(vec![
        ("severity", word(&["info", "warning", "error"])),
        ("media_type", word(&["text/plain", "text/markdown"])),
    ]);
    both(record(vec![("content", word(&["Closed on Sunday", "**New**"]))]), more)
}

fn key() -> Shape {
    let more = optional(vec![(
        "expiration",
        word(&["2036-01-01T00:00:00Z", "2037-01-01T00:00:00Z"]),
    )]);
    both(
        rarely(just(json!({"service": "scanner"})), just(json!({"service": "clair"}))),
        more,
    )
}

/// Without an address nobody can be made where the server sends mail.
fn user(email: &str) -> Shape {
    let more = optional(vec![
        ("enabled", one_of(vec![json!(true), json!(false)])),
        ("quota", rarely(quota(), tombstone())),
    ]);
    both(just(json!({ "email": email })), more)
}

fn quota() -> Shape {
    let limits =
        proptest::sample::subsequence(&[("warning", "80%"), ("warning", "90%"), ("reject", "100%")][..], 1..=3);
    let limits = limits.prop_map(|limits| {
        limits
            .iter()
            .map(|(sort, at)| json!({"type": sort, "at": at}))
            .collect()
    });
    record(vec![("limit", word(&["1 GiB", "2 GiB"])), ("limits", limits.boxed())])
}

/// What superusers do besides.
pub(super) fn by_hand() -> impl Strategy<Value = ByHand> {
    let name = proptest::sample::select(&["frank", "erin"][..]);
    (name, 0..8_usize).prop_map(|(name, what)| {
        let user = format!("/superuser/users/{name}");
        let message = json!({"message": {"content": "By hand", "media_type": "text/plain", "severity": "info"}});
        match what {
            0 => call("POST", "/messages", message),
            1 => call(
                "POST",
                "/superuser/keys",
                json!({"service": "old", "name": "old", "expiration": null}),
            ),
            2 => call("PUT", user, json!({"email": format!("{name}@hand.example")})),
            3 => call("PUT", user, json!({"enabled": false})),
            4 => call("DELETE", user, Json::Null),
            5 => call(
                "POST",
                "/superuser/users/",
                json!({"username": name, "email": format!("{name}@hand.example")}),
            ),
            6 => call("POST", format!("{user}/quota"), json!({"limit_bytes": 4096})),
            _ => call(
                "POST",
                "/superuser/keys",
                json!({"service": "scanner", "name": "builder", "expiration": null}),
            ),
        }
    })
}
