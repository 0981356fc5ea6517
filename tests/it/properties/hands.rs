//! What people and other programs do to a registry besides: random calls of its API.

use proptest::prelude::*;
use quayform::emulator::{Emulator, ForeignWrite, IncomingRequest, WriteMethod};
use serde_json::{Value as Json, json};

use super::project::{REPOSITORIES, ROBOTS, TEAMS};
use super::{images, registry_wide};

/// One call; whether the registry takes it does not matter.
#[derive(Debug, Clone)]
pub(super) struct ByHand {
    method: &'static str,
    path: String,
    body: Json,
}

impl ByHand {
    /// Sends it.
    pub(super) fn send(&self, emulator: &Emulator) {
        let mut request =
            IncomingRequest::new(self.method, &format!("/api/v1{}", self.path)).with_token("emulator-token");
        if !self.body.is_null() {
            request = request.with_json(&self.body);
        }
        emulator.handle(&request).unwrap();
    }

    /// The same call, made by somebody else in the middle of an apply.
    pub(super) fn foreign(self) -> ForeignWrite {
        let method = match self.method {
            "POST" => WriteMethod::Post,
            "PUT" => WriteMethod::Put,
            _ => WriteMethod::Delete,
        };
        ForeignWrite::new(method, &format!("/api/v1{}", self.path), self.body)
    }
}

pub(super) fn call(method: &'static str, path: impl Into<String>, body: Json) -> ByHand {
    ByHand {
        method,
        path: path.into(),
        body,
    }
}

fn organization() -> impl Strategy<Value = &'static str> {
    prop_oneof![3 => Just("a_b"), 1 => Just("axb")]
}

fn repository() -> impl Strategy<Value = String> {
    let short = prop_oneof![proptest::sample::select(REPOSITORIES), Just("more")];
    (organization(), short).prop_map(|(organization, short)| format!("{organization}/{short}"))
}

fn pick(words: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    proptest::sample::select(words)
}

const ACCOUNTS: &[&str] = &["alice", "bob", "quayadmin", "a_b+ci", "a_b+cd", "axb+ci"];
const ROLES: &[&str] = &["read", "write", "admin"];
const TEAMS_AND_MORE: &[&str] = &["owners", "devs", "ops", "more"];
pub(super) const ROBOTS_AND_MORE: &[&str] = &["ci", "cd", "bot", "more"];

/// Any call that a person might make.
pub(super) fn by_hand() -> impl Strategy<Value = ByHand> {
    prop_oneof![
        3 => in_organizations(),
        2 => default_permissions(),
        3 => repositories(),
        3 => permissions(),
        2 => notifications(),
        2 => mirrors(),
        2 => rules(),
        1 => copies(),
    ]
}

/// The same, and what concerns the registry as a whole, or images.
pub(super) fn by_hand_anywhere() -> impl Strategy<Value = ByHand> {
    prop_oneof![
        4 => by_hand(),
        1 => registry_wide::by_hand(),
        1 => images::by_hand(),
    ]
}

fn in_organizations() -> impl Strategy<Value = ByHand> {
    let names = (
        organization(),
        pick(TEAMS_AND_MORE),
        pick(ROBOTS_AND_MORE),
        pick(ACCOUNTS),
    );
    let what = (0..15_usize, pick(&["member", "creator", "admin"]));
    (names, what).prop_map(|((organization, team, robot, account), (what, role))| {
        let base = format!("/organization/{organization}");
        match what {
            0 => call(
                "PUT",
                format!("{base}/team/{team}"),
                json!({"role": role, "description": "by hand"}),
            ),
            1 => call("PUT", format!("{base}/team/{team}/members/{account}"), Json::Null),
            2 => call("DELETE", format!("{base}/team/{team}/members/{account}"), Json::Null),
            3 => call(
                "PUT",
                format!("{base}/robots/{robot}"),
                json!({"description": "by hand"}),
            ),
            4 => call("DELETE", format!("{base}/robots/{robot}"), Json::Null),
            5 => call(
                "PUT",
                base,
                json!({"email": "hand@acme.example", "invoice_email": true, "tag_expiration_s": 86400}),
            ),
            6 => call("POST", format!("{base}/quota"), json!({"limit_bytes": 4096})),
            7 => call("DELETE", format!("{base}/team/{team}"), Json::Null),
            8 => call(
                "POST",
                format!("{base}/robots/{robot}/federation"),
                json!([{"issuer": "https://issuer.example", "subject": "one"}]),
            ),
            9 => call("DELETE", format!("{base}/robots/{robot}/federation"), Json::Null),
            10 => call("PUT", format!("{base}/team/{team}/invite/x@acme.example"), Json::Null),
            11 => call(
                "DELETE",
                format!("{base}/team/{team}/invite/x@acme.example"),
                Json::Null,
            ),
            12 => call(
                "POST",
                format!("{base}/team/{team}/syncing"),
                json!({"group_dn": "cn=hand"}),
            ),
            13 => call("DELETE", format!("{base}/team/{team}/syncing"), Json::Null),
            _ => call(
                "POST",
                format!("{base}/applications"),
                json!({"name": team, "description": "by hand"}),
            ),
        }
    })
}

fn default_permissions() -> impl Strategy<Value = ByHand> {
    let subject = prop_oneof![
        pick(TEAMS_AND_MORE).prop_map(|name| ("team", name)),
        pick(ACCOUNTS).prop_map(|name| ("user", name)),
    ];
    (
        organization(),
        pick(ROLES),
        subject,
        proptest::option::of(pick(&["quayadmin", "alice", "a_b+ci"])),
    )
        .prop_map(|(organization, role, (kind, name), creator)| {
            let mut body = json!({"role": role, "delegate": {"kind": kind, "name": name}});
            if let Some(creator) = creator {
                body["activating_user"] = json!({"name": creator});
            }
            call("POST", format!("/organization/{organization}/prototypes"), body)
        })
}

fn repositories() -> impl Strategy<Value = ByHand> {
    (repository(), 0..4_usize, pick(&["public", "private"])).prop_map(|(name, what, visibility)| match what {
        0 => {
            let (organization, short) = name.split_once('/').unwrap_or_default();
            let body = json!({"namespace": organization, "repository": short, "visibility": visibility, "description": "by hand"});
            call("POST", "/repository", body)
        }
        1 => call("DELETE", format!("/repository/{name}"), Json::Null),
        2 => call("POST", format!("/repository/{name}/changevisibility"), json!({"visibility": visibility})),
        _ => call("PUT", format!("/repository/{name}"), json!({"description": "by hand, too"})),
    })
}

fn permissions() -> impl Strategy<Value = ByHand> {
    let subject = prop_oneof![
        pick(TEAMS).prop_map(|name| format!("team/{name}")),
        pick(ACCOUNTS).prop_map(|name| format!("user/{name}")),
        pick(ROBOTS).prop_map(|name| format!("user/a_b+{name}")),
    ];
    (repository(), subject, proptest::option::weighted(0.7, pick(ROLES))).prop_map(|(name, subject, role)| {
        let path = format!("/repository/{name}/permissions/{subject}");
        match role {
            Some(role) => call("PUT", path, json!({"role": role})),
            None => call("DELETE", path, Json::Null),
        }
    })
}

fn notifications() -> impl Strategy<Value = ByHand> {
    let event = prop_oneof![
        Just(("repo_push", json!({}))),
        Just(("vulnerability_found", json!({"level": "1"}))),
        Just(("build_failure", json!({"ref-regex": "x"}))),
    ];
    let method = prop_oneof![
        Just(("webhook", json!({"url": "https://hooks.example/MARKED-1"}))),
        Just(("slack", json!({"url": "https://hooks.example/MARKED-1"}))),
        Just((
            "quay_notification",
            json!({"target": {"kind": "team", "name": "owners"}})
        )),
    ];
    let title = proptest::option::of(pick(&["one", "two", "repo_push.webhook"]));
    (repository(), event, method, title).prop_map(|(name, (event, filter), (method, config), title)| {
        let mut body = json!({"event": event, "method": method, "config": config, "eventConfig": filter});
        if let Some(title) = title {
            body["title"] = json!(title);
        }
        call("POST", format!("/repository/{name}/notification/"), body)
    })
}

fn mirrors() -> impl Strategy<Value = ByHand> {
    (
        repository(),
        0..4_usize,
        pick(ROBOTS),
        pick(&["NORMAL", "MIRROR", "READ_ONLY"]),
    )
        .prop_map(|(name, what, robot, state)| {
            let organization = name.split('/').next().unwrap_or_default();
            let whole = json!({
                "external_reference": "docker.io/library/hand", "sync_interval": 3600,
                "sync_start_date": "2026-01-01T00:00:00Z", "skopeo_timeout_interval": 300,
                "robot_username": format!("{organization}+{robot}"), "is_enabled": true,
                "root_rule": {"rule_kind": "tag_glob_csv", "rule_value": ["hand"]},
            });
            match what {
                0 => call("POST", format!("/repository/{name}/mirror"), whole),
                1 => call(
                    "PUT",
                    format!("/repository/{name}/mirror"),
                    json!({"is_enabled": false}),
                ),
                2 => call(
                    "PUT",
                    format!("/repository/{name}/mirror"),
                    json!({"external_registry_config": {"proxy": {"no_proxy": "hand"}}}),
                ),
                _ => call(
                    "PUT",
                    format!("/repository/{name}/changestate"),
                    json!({"state": state}),
                ),
            }
        })
}

fn rules() -> impl Strategy<Value = ByHand> {
    let owner = prop_oneof![
        organization().prop_map(|name| format!("/organization/{name}")),
        repository().prop_map(|name| format!("/repository/{name}")),
    ]
    .boxed();
    let body = prop_oneof![
        Just(json!({"method": "number_of_tags", "value": 5})),
        Just(json!({"method": "creation_date", "value": "1w"})),
        Just(json!({"method": "creation_date", "value": "168h", "tagPattern": "^pr-"})),
        Just(json!({"method": "number_of_tags", "value": 10, "tagPattern": "^v", "tagPatternMatches": false})),
    ];
    let pattern = prop_oneof![
        Just(json!({"tagPattern": "v.*"})),
        Just(json!({"tagPattern": "x.*", "tagPatternMatches": false})),
    ];
    prop_oneof![
        2 => (owner.clone(), body).prop_map(|(owner, body)| call("POST", format!("{owner}/autoprunepolicy/"), body)),
        1 => (owner, pattern).prop_map(|(owner, body)| call("POST", format!("{owner}/immutabilitypolicy/"), body)),
    ]
}

/// What makes another registry's images appear.
fn copies() -> impl Strategy<Value = ByHand> {
    (organization(), 0..5_usize, pick(ROBOTS)).prop_map(|(organization, what, robot)| {
        let base = format!("/organization/{organization}");
        let mirror = json!({
            "external_registry_type": "quay", "external_registry_url": "https://hand.example",
            "external_namespace": "hand", "robot_username": format!("{organization}+{robot}"),
            "visibility": "public", "sync_interval": 3600, "sync_start_date": "2026-01-01T00:00:00Z",
        });
        match what {
            0 => call(
                "POST",
                format!("{base}/proxycache"),
                json!({"upstream_registry": "hand.example"}),
            ),
            1 => call("DELETE", format!("{base}/proxycache"), Json::Null),
            2 => call("POST", format!("{base}/mirror"), mirror),
            3 => call(
                "PUT",
                format!("{base}/mirror"),
                json!({"is_enabled": false, "sync_interval": 7200}),
            ),
            _ => call("DELETE", format!("{base}/mirror"), Json::Null),
        }
    })
}
