//! What is in repositories of large cases: images with tags and labels, build triggers, and who may push what.

use proptest::prelude::*;
use quayform::emulator::{Emulator, IncomingRequest};
use quayform::kinds::{label, tag};
use quayform::model::Change;
use serde_json::{Value as Json, json};

use super::hands::{ByHand, call};
use super::project::MANAGE;
use super::shapes::{Shape, both, just, one_of, optional, rarely, record, tombstone, word};

/// The digests of what [`push`] pushes.
const ONE: &str = "sha256:7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed";
const TWO: &str = "sha256:3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3";

const SOURCE: &str = "git@example.com:acme/api.git";
const OTHER_SOURCE: &str = "git@example.com:acme/other.git";

/// The id of a trigger that starts with this digit.
fn trigger(digit: u8, number: u8) -> String {
    format!("{digit}1111111-0000-4000-8000-00000000000{number}")
}

/// What a seed says of a repository with images and triggers; the digit tells its triggers from those of others.
pub(super) fn pushed(digit: u8) -> String {
    let view = json!({
        "manifests": [
            {"digest": ONE, "labels": {"built": "by-hand"}, "added_labels": {"team": "core"}},
            {"digest": TWO},
        ],
        "tags": [{"name": "latest", "digest": TWO}, {"name": "old", "digest": ONE}],
        "triggers": [
            {"id": trigger(digit, 1), "build_source": SOURCE},
            {"id": trigger(digit, 2), "build_source": OTHER_SOURCE},
        ],
    });
    view.to_string().trim_matches(['{', '}']).to_owned()
}

/// Somebody pushes what manifests speak of, where it is missing; whether anything was.
pub(super) fn push(emulator: &Emulator) -> bool {
    let mut has_pushed = false;
    for repository in ["a_b/api", "axb/api"] {
        for (content, digest) in [("one", ONE), ("two", TWO)] {
            if !is_there(emulator, repository, digest) {
                emulator.with(|registry| registry.push(repository, "pushed", content));
                has_pushed |= is_there(emulator, repository, digest);
            }
        }
    }
    has_pushed
}

/// Whether a change speaks of an image that nobody has pushed: only the registry's refusal tells.
pub(super) fn is_missing_for(change: &Change, emulator: &Emulator) -> bool {
    let (repository, rest) = change.address.identity.split_once(':').unwrap_or_default();
    let digest = match change.address.kind {
        tag::NAME => change.text("digest"),
        label::NAME => rest.split('/').next().unwrap_or_default(),
        _ => return false,
    };
    !is_there(emulator, repository, digest)
}

fn is_there(emulator: &Emulator, repository: &str, digest: &str) -> bool {
    let target = format!("/api/v1/repository/{repository}/manifest/{digest}");
    let request = IncomingRequest::new("GET", &target).with_token("emulator-token");
    emulator.handle(&request).is_ok_and(|answer| answer.status == 200)
}

/// A repository whose tags, labels and triggers are declared.
pub(super) fn tagged() -> Shape {
    let triggers = record(vec![
        (SOURCE, switched()),
        (OTHER_SOURCE, prop_oneof![2 => switched(), 1 => tombstone()].boxed()),
    ]);
    let manage = optional(vec![("tags", word(MANAGE)), ("labels", word(MANAGE))]);
    record(vec![("tags", tags()), ("triggers", triggers), ("manage", manage)])
}

fn switched() -> Shape {
    optional(vec![("enabled", one_of(vec![json!(true), json!(false)]))])
}

fn tags() -> Shape {
    let more = || {
        let switch = one_of(vec![json!(true), json!(false)]);
        optional(vec![
            ("expiration", word(&["2026-06-01T00:00:00Z", "never"])),
            ("immutable", switch),
        ])
    };
    let pinned = || both(record(vec![("digest", word(&[ONE, TWO]))]), more());
    let labels = both(
        record(vec![("tier", word(&["gold", "silver"]))]),
        optional(vec![("team", word(&["core", "edge"]))]),
    );
    let labelled = both(pinned(), record(vec![("labels", labels)]));
    let copy = both(just(json!({"from_tag": "latest"})), more());
    record(vec![
        ("latest", labelled),
        ("v1", rarely(pinned(), tombstone())),
        ("stable", rarely(copy, tombstone())),
        ("old", prop_oneof![2 => more(), 1 => tombstone()].boxed()),
    ])
}

/// A repository of which is said whether it takes pushes, and whose images are to be signed.
pub(super) fn guarded() -> Shape {
    record(vec![
        ("state", word(&["normal", "read_only"])),
        ("trust", one_of(vec![json!(true), json!(false)])),
    ])
}

/// Without a mirror, which would be all that may push.
pub(super) fn filled_by_people(shape: Shape) -> Shape {
    shape
        .prop_map(|mut repository| {
            let mirror = repository
                .get("mirror")
                .is_some_and(|mirror| mirror.get("absent").is_none());
            if mirror && let Some(fields) = repository.as_object_mut() {
                fields.remove("mirror");
            }
            repository
        })
        .boxed()
}

/// What people do to images, triggers and states.
pub(super) fn by_hand() -> impl Strategy<Value = ByHand> {
    let organization = prop_oneof![Just(("a_b", 1_u8)), Just(("axb", 2_u8))];
    let tag = proptest::sample::select(&["latest", "v1", "stable", "old", "more"][..]);
    let digest = proptest::sample::select(&[ONE, TWO][..]);
    (organization, tag, digest, 0..12_usize, 1..3_u8).prop_map(|((organization, digit), tag, digest, what, number)| {
        let repository = format!("/repository/{organization}/api");
        let (tag, labels) = (
            format!("{repository}/tag/{tag}"),
            format!("{repository}/manifest/{digest}/labels"),
        );
        let trigger = format!("{repository}/trigger/{}", trigger(digit, number));
        let web = format!("/repository/{organization}/web");
        match what {
            0 | 1 => call("PUT", tag, json!({"manifest_digest": digest})),
            2 => call("PUT", tag, json!({"expiration": null})),
            3 => call("PUT", tag, json!({"immutable": true})),
            4 => call("DELETE", tag, Json::Null),
            5 | 6 => {
                let key = if number == 1 { "more" } else { "team" };
                let label = json!({"key": key, "value": "by hand", "media_type": "text/plain"});
                call("POST", labels, label)
            }
            7 => call("PUT", trigger, json!({"enabled": false})),
            8 => call("DELETE", trigger, Json::Null),
            9 => call("POST", format!("{web}/changetrust"), json!({"trust_enabled": true})),
            10 => call("PUT", format!("{web}/changestate"), json!({"state": "READ_ONLY"})),
            _ => call("PUT", format!("{web}/changestate"), json!({"state": "NORMAL"})),
        }
    })
}
