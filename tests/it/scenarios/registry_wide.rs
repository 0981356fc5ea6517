//! What belongs to the registry as a whole: messages, service keys, users with their quotas.

use std::sync::Arc;

use quayform::emulator::SCOPES;
use quayform::model::{CredentialFormat, State};
use quayform::sinks::{Directory, Form};
use serde_json::{Value as Json, json};

use crate::lab::Lab;

const MESSAGES: &str = "
kind: Registry
messages:
  - {content: Closed on Sunday, severity: warning}
  - {content: '**New**', media_type: text/markdown}
";

#[test]
fn messages_are_exactly_those_that_are_written() {
    let lab = Lab::new();
    let first = lab.converge(MESSAGES);
    assert_eq!(
        first.lines(),
        [
            "create message[Registry/warning.closed-on-sunday]",
            "create message[Registry/info.new]"
        ]
    );
    let message =
        |content: &str| json!({"message": {"content": content, "media_type": "text/plain", "severity": "info"}});
    lab.by_hand("POST", "/messages", message("Forgotten"));
    lab.by_hand("POST", "/messages", message("Forgotten"));
    let listed = lab.by_hand("GET", "/messages", Json::Null);
    let uuid = listed["messages"][0]["uuid"].as_str().unwrap();
    lab.by_hand("DELETE", &format!("/message/{uuid}"), Json::Null);
    let mut lines = lab.converge(MESSAGES).lines();
    lines.sort();
    assert_eq!(
        lines,
        [
            "create message[Registry/warning.closed-on-sunday]",
            "delete message[Registry/info.forgotten#2]",
            "delete message[Registry/info.forgotten]",
        ]
    );
    assert_eq!(lab.converge("kind: Registry\nmessages: []\n").lines().len(), 2);
    assert!(lab.plan("kind: Registry\n").plan.is_empty());
}

#[test]
fn another_text_is_another_message_and_additive_keeps_the_old_one() {
    let lab = Lab::new();
    lab.converge("kind: Registry\nmessages: [{content: One}]\n");
    let exact = lab.plan("kind: Registry\nmessages: [{content: Two}]\n");
    assert_eq!(
        exact.lines(),
        ["create message[Registry/info.two]", "delete message[Registry/info.one]"]
    );
    let additive = "kind: Registry\nmessages: [{content: Two}]\nmanage: {messages: additive}\n";
    assert_eq!(lab.converge(additive).lines(), ["create message[Registry/info.two]"]);
}

const KEY: &str = "
kind: Registry
service_keys:
  scanner: {service: scanner, expiration: 2036-01-01T00:00:00Z}
";

#[test]
fn a_service_key_is_made_extended_and_taken_back() {
    let lab = Lab::new();
    let first = lab.converge(KEY);
    assert_eq!(first.lines(), ["create service_key[Registry/scanner]"]);
    assert_eq!(
        first.plan.summary.unmanaged, 0,
        "the registry's own key is nobody's business"
    );
    let listed = lab.by_hand("GET", "/superuser/keys", Json::Null);
    let kid = listed["keys"][1]["kid"].as_str().unwrap();
    lab.by_hand(
        "PUT",
        &format!("/superuser/keys/{kid}"),
        json!({"expiration": 1_900_000_000}),
    );
    let again = lab.converge(KEY);
    assert_eq!(
        again.details(),
        ["update service_key[Registry/scanner] expiration: 1900000000 -> 2082758400"]
    );
    let other = lab.plan("kind: Registry\nservice_keys: {scanner: {service: builder}}\n");
    assert_eq!(other.lines(), ["blocked service_key[Registry/scanner]"]);
    let gone = "kind: Registry\nservice_keys: {scanner: {absent: true}}\n";
    assert_eq!(lab.plan(gone).plan.refusals.len(), 1, "what uses the key is refused");
    let lab = lab.allow(&["service_key[Registry/scanner]"]);
    assert_eq!(lab.converge(gone).lines(), ["delete service_key[Registry/scanner]"]);
}

/// The registry lets several keys have one name; a tombstone that took one of them would leave the next.
#[test]
fn keys_of_one_name_are_told_apart_by_nobody() {
    let lab = Lab::new().allow(&["service_key"]);
    for service in ["scanner", "builder"] {
        let key = json!({"service": service, "name": "scanner", "expiration": null});
        lab.by_hand("POST", "/superuser/keys", key);
    }
    let gone = "kind: Registry\nservice_keys: {scanner: {absent: true}}\n";
    for text in [KEY, gone] {
        let planned = lab.plan(text);
        assert_eq!(planned.lines(), ["blocked service_key[Registry/scanner]"]);
        let reason = planned.plan.changes[0].reason.clone().unwrap();
        assert!(reason.starts_with("several keys have this name"), "{reason}");
    }
    let like_the_first = "kind: Registry\nservice_keys: {scanner: {service: scanner}}\n";
    assert!(lab.plan(like_the_first).plan.is_empty());
}

#[test]
fn exactly_the_written_keys_stay_and_the_registrys_own() {
    let lab = Lab::new().allow(&["service_key"]);
    lab.by_hand(
        "POST",
        "/superuser/keys",
        json!({"service": "old", "name": "old", "expiration": null}),
    );
    let declared = lab.plan(KEY);
    assert_eq!(declared.plan.summary.unmanaged, 1);
    let exact = format!("{KEY}manage: {{service_keys: exact}}\n");
    let planned = lab.converge(&exact);
    assert_eq!(
        planned.lines(),
        [
            "create service_key[Registry/scanner]",
            "delete service_key[Registry/old]"
        ]
    );
    let own = "kind: Registry\nservice_keys: {'http://127.0.0.1:8090': {absent: true}}\n";
    assert_eq!(
        lab.plan(own).lines(),
        ["blocked service_key[Registry/http://127.0.0.1:8090]"]
    );
}

const USERS: &str = "
kind: Registry
users:
  frank:
    email: frank@acme.example
    quota: {limit: 10 GiB, limits: [{type: warning, at: 80%}, {type: reject, at: 100%}]}
  grace: {enabled: false}
---
kind: Organization
name: acme
teams: {developers: {members: [frank]}}
";

#[test]
fn users_are_created_before_they_are_added_anywhere() {
    let lab = Lab::new();
    let first = lab.converge(USERS);
    let place = |line: &str| {
        first
            .lines()
            .iter()
            .position(|each| each == line)
            .unwrap_or_else(|| panic!("{line}"))
    };
    assert!(place("create user[frank]") < place("create member[acme/developers/frank]"));
    assert!(place("create user[frank]") < place("create user_quota[frank]"));
    assert!(place("create user_quota[frank]") < place("create user_quota_limit[frank:warning/80]"));
    lab.by_hand(
        "PUT",
        "/superuser/users/frank",
        json!({"email": "other@acme.example", "enabled": false}),
    );
    lab.by_hand("PUT", "/superuser/users/grace", json!({"enabled": true}));
    let again = lab.converge(USERS);
    assert_eq!(
        again.details(),
        [
            "update user[frank] email: other@acme.example -> frank@acme.example",
            "update user[grace] enabled: true -> false",
        ],
        "what is not written is not managed"
    );
    let smaller = USERS
        .replace("10 GiB", "5 GiB")
        .replace(", {type: reject, at: 100%}", "");
    assert_eq!(
        lab.converge(&smaller).lines(),
        ["update user_quota[frank]", "delete user_quota_limit[frank:reject/100]"]
    );
    let without = "kind: Registry\nusers: {frank: {quota: {absent: true}}}\n";
    assert_eq!(lab.converge(without).lines(), ["delete user_quota[frank]"]);
}

#[test]
fn a_user_goes_with_all_that_is_theirs_if_that_is_allowed() {
    let lab = Lab::new();
    lab.converge(USERS);
    let gone = "kind: Registry\nusers: {frank: {absent: true}}\n";
    assert_eq!(lab.plan(gone).plan.refusals.len(), 1);
    let lab = lab.allow(&["user[frank]"]);
    assert_eq!(lab.converge(gone).lines(), ["delete user[frank]"]);
    // The name stays taken until the server has cleaned up.
    let planned = lab.plan("kind: Registry\nusers: {frank: {}}\n");
    let applied = lab.carry_out(&planned);
    assert!(
        matches!(applied.outcomes[0].state, State::Deferred(_)),
        "{:?}",
        applied.outcomes
    );
    lab.emulator.with(quayform::emulator::Registry::garbage_collect);
    lab.converge("kind: Registry\nusers: {frank: {}}\n");
}

#[test]
fn superusers_and_whoever_runs_quayform_stay_as_they_are() {
    let lab = Lab::seeded(r#"{"users": [{"name": "root", "email": "root@example.com", "superuser": true}]}"#);
    for (manifest, reason) in [
        ("{root: {email: other@example.com}}", "superusers are named"),
        ("{root: {absent: true}}", "superusers are named"),
        ("{quayadmin: {absent: true}}", "quayadmin runs quayform"),
    ] {
        let planned = lab.plan(&format!("kind: Registry\nusers: {manifest}\n"));
        let change = &planned.plan.changes[0];
        assert_eq!(change.action.word(), "blocked", "{manifest}");
        assert!(change.reason.as_ref().unwrap().contains(reason), "{:?}", change.reason);
    }
    assert!(
        lab.plan("kind: Registry\nusers: {root: {enabled: true}}\n")
            .plan
            .is_empty()
    );
}

/// Nobody but superusers is shown any of it: it is blocked, not missing, and no request is refused.
#[test]
fn without_a_superusers_rights_all_of_it_is_blocked() {
    let lab = Lab::new();
    lab.converge("kind: Organization\nname: acme\nteams: {owners: {members: [quayadmin, alice]}}\n");
    lab.emulator.with(|registry| {
        registry.add_token("alice", "alice-token", &SCOPES);
        registry.clear_log();
    });
    let lab = Lab {
        token: "alice-token".to_owned(),
        ..lab
    };
    let text = format!(
        "{MESSAGES}{}users:\n  bob: {{}}\n  nobody: {{}}\n",
        KEY.trim_start_matches("\nkind: Registry\n")
    );
    let planned = lab.plan(&text);
    assert_eq!(
        planned.lines(),
        [
            "blocked message[Registry/warning.closed-on-sunday]",
            "blocked message[Registry/info.new]",
            "blocked service_key[Registry/scanner]",
            "blocked user[nobody]",
        ],
        "that bob is there, everybody may know"
    );
    let said = planned.plan.changes[2].reason.clone().unwrap();
    assert!(said.contains("superuser") && said.contains("alice is none"), "{said}");
    assert!(planned.plan.gaps.is_empty());
    let refused = lab.emulator.with(|registry| {
        registry
            .request_log()
            .iter()
            .filter(|entry| entry.status == 403)
            .count()
    });
    assert_eq!(refused, 0);
}

#[test]
fn a_server_that_sends_mail_creates_no_user_without_an_address() {
    let lab = Lab::new();
    lab.emulator.with(|registry| registry.set_feature("MAILING", true));
    let planned = lab.plan("kind: Registry\nusers: {frank: {}, grace: {email: grace@acme.example}}\n");
    assert_eq!(planned.lines(), ["blocked user[frank]", "create user[grace]"]);
}

/// What is shown once is in its sink before the change is done.
#[test]
fn passwords_and_private_keys_reach_their_sink() {
    let directory = tempfile::tempdir().unwrap();
    let form = Form {
        host: "quay.example.com".to_owned(),
        format: CredentialFormat::Plain,
    };
    let mut lab = Lab::new();
    lab.sink = Some(Arc::new(Directory::new(directory.path().to_owned(), form)));
    lab.converge(&format!("{KEY}users: {{frank: {{enabled: false}}}}\n"));
    let read = |name: &str| std::fs::read_to_string(directory.path().join(name)).unwrap();
    assert!(
        read("frank.txt").starts_with("frank\nEMULATED"),
        "user name and password"
    );
    assert!(read("scanner.pem").starts_with("EMULATED"), "nothing but the key");
    let lab = lab.allow(&["user[frank]"]);
    lab.converge("kind: Registry\nusers: {frank: {absent: true}}\n");
    assert!(!directory.path().join("frank.txt").exists());
}

#[test]
fn where_an_answer_is_lost_the_credential_is_and_that_is_said() {
    let lab = Lab::new();
    let directory = tempfile::tempdir().unwrap();
    let form = Form {
        host: "quay.example.com".to_owned(),
        format: CredentialFormat::Plain,
    };
    let lab = Lab {
        sink: Some(Arc::new(Directory::new(directory.path().to_owned(), form))),
        ..lab
    };
    let planned = lab.plan(KEY);
    // The file cannot be replaced: a directory stands in its place.
    std::fs::create_dir_all(directory.path().join("scanner.pem/x")).unwrap();
    let applied = lab.carry_out(&planned);
    let State::Failed(said) = &applied.outcomes[0].state else {
        panic!("{:?}", applied.outcomes);
    };
    assert!(
        said.contains("credential lost") && said.contains("create it anew"),
        "{said}"
    );
}

/// Everything of the registry as a whole that can be changed in place.
pub(super) const ALL: &str = "
kind: Registry
service_keys:
  scanner: {service: scanner, expiration: 2036-01-01T00:00:00Z, approved: true}
users:
  frank: {email: frank@acme.example, enabled: true, quota: {limit: 10 GiB}}
";

/// Changes by hand, each with the line of the plan that must follow. Nobody can take an approval back over the API: a
/// service that makes a key by itself has none yet.
pub(super) fn changes() -> Vec<(&'static str, &'static str, Json, &'static str)> {
    vec![
        (
            "PUT",
            "/superuser/keys/{key}",
            json!({"expiration": 1_900_000_000}),
            "update service_key[Registry/scanner] expiration: 1900000000 -> 2082758400",
        ),
        (
            "STATE",
            "/store/service_keys/{key}/approval",
            Json::Null,
            "update service_key[Registry/scanner] approved: false -> true",
        ),
        (
            "PUT",
            "/superuser/users/frank",
            json!({"email": "other@acme.example"}),
            "update user[frank] email: other@acme.example -> frank@acme.example",
        ),
        (
            "PUT",
            "/superuser/users/frank",
            json!({"enabled": false}),
            "update user[frank] enabled: false -> true",
        ),
        (
            "PUT",
            "/superuser/users/frank/quota/{quota}",
            json!({"limit_bytes": 1_000_000}),
            "update user_quota[frank] limit: 1000000 -> 10737418240",
        ),
    ]
}

#[test]
fn one_change_by_hand_is_one_line_of_the_plan() {
    let lab = Lab::new();
    lab.converge(ALL);
    let keys = lab.by_hand("GET", "/superuser/keys", Json::Null);
    let quotas = lab.by_hand("GET", "/superuser/users/frank/quota", Json::Null);
    for (method, path, body, line) in changes() {
        let path = path.replace("{key}", keys["keys"][1]["kid"].as_str().unwrap());
        let path = path.replace("{quota}", &quotas[0]["id"].to_string());
        if method == "STATE" {
            lab.emulator.with(|registry| {
                let mut state = registry.to_json();
                *state.pointer_mut(&path).unwrap() = body.clone();
                *registry = quayform::emulator::Registry::from_json(state).unwrap();
            });
        } else {
            lab.by_hand(method, &path, body.clone());
        }
        assert_eq!(lab.converge(ALL).details(), [line], "{method} {path}");
    }
}
