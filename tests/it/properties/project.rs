//! Random projects: organizations with everything that can be declared in them.

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::repair::repair;
use super::shapes::{Shape, both, just, list_of, map_of, one_of, optional, rarely, record, some_of, tombstone, word};

pub(super) const TEAMS: &[&str] = &["owners", "devs", "ops"];
pub(super) const ROBOTS: &[&str] = &["ci", "cd", "bot"];
pub(super) const USERS: &[&str] = &["alice", "bob", "quayadmin", "nobody"];
pub(super) const APPLICATIONS: &[&str] = &["portal", "Quay / CI"];
pub(super) const REPOSITORIES: &[&str] = &["api", "web", "lib/core"];
pub(super) const MEMBERS: &[&str] = &[
    "quayadmin",
    "alice",
    "bob",
    "carol",
    "nobody",
    "a_b+ci",
    "axb+ci",
    "axb+cd",
];
pub(super) const ROLES: &[&str] = &["read", "write", "admin"];
pub(super) const MANAGE: &[&str] = &["exact", "additive", "declared"];

/// A project as the list of its documents.
#[derive(Clone)]
pub(super) struct Project(pub(super) Vec<Json>);

impl Project {
    /// The manifest; JSON is YAML.
    pub(super) fn text(&self) -> String {
        let documents: Vec<String> = self.0.iter().map(|document| format!("{document}\n")).collect();
        documents.join("---\n")
    }
}

impl std::fmt::Debug for Project {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "\n{}", self.text())
    }
}

/// A valid project over two organizations whose names look alike to the server.
pub(super) fn project() -> impl Strategy<Value = Project> {
    let one = map_of(&["a_b"], organization());
    let two = map_of(&["axb"], organization());
    both(one, two).prop_map(|organizations| Project(repair(&organizations)))
}

fn organization() -> Shape {
    let whole = both(
        organization_settings(),
        optional(vec![
            ("quota", rarely(quota(), tombstone())),
            ("teams", map_of(TEAMS, rarely(team(), tombstone()))),
            ("robots", map_of(ROBOTS, rarely(robot(), tombstone()))),
            ("applications", map_of(APPLICATIONS, rarely(application(), tombstone()))),
            ("notifications", list_of(organization_notification(), 2)),
            ("default_permissions", list_of(default_permission(), 3)),
            ("auto_prune", list_of(auto_prune(), 3)),
            ("immutability", list_of(immutability(), 2)),
            ("proxy_cache", rarely(proxy_cache(), tombstone())),
            ("mirror", rarely(organization_mirror(), tombstone())),
            ("repositories", map_of(REPOSITORIES, rarely(repository(), tombstone()))),
        ]),
    );
    prop_oneof![18 => whole, 1 => tombstone(), 1 => just(json!({"external": true}))].boxed()
}

/// What is said of an organization itself.
pub(super) fn organization_settings() -> Shape {
    optional(vec![
        ("email", word(&["", "a@acme.example", "b@acme.example"])),
        ("invoice_email", one_of(vec![json!(false), json!(true)])),
        ("invoice_email_address", word(&["", "c@acme.example"])),
        ("tag_expiration", word(&["2w", "0", "1d"])),
        ("manage", organization_manage()),
    ])
}

fn organization_manage() -> Shape {
    let keys = [
        "teams",
        "robots",
        "applications",
        "repositories",
        "members",
        "invites",
        "default_permissions",
        "limits",
        "permissions",
        "notifications",
        "auto_prune",
        "immutability",
    ];
    optional(keys.into_iter().map(|key| (key, word(MANAGE))).collect())
}

pub(super) fn quota() -> Shape {
    let limits = some_of(&["warning 80%", "warning 90%", "reject 100%", "reject 90%"]);
    let size = record(vec![("limit", word(&["1 GiB", "2 GiB", "500 MiB"]))]);
    both(size, optional(vec![("limits", limits)]))
}

pub(super) fn team() -> Shape {
    optional(vec![
        ("role", word(&["member", "creator", "admin"])),
        ("description", word(&["", "The team", "# Title\n\nText"])),
        ("members", some_of(MEMBERS)),
        ("invites", some_of(&["x@acme.example", "y@acme.example"])),
        ("sync", rarely(sync(), tombstone())),
        (
            "manage",
            optional(vec![("members", word(MANAGE)), ("invites", word(MANAGE))]),
        ),
    ])
}

pub(super) fn sync() -> Shape {
    one_of(vec![
        json!({"ldap": "cn=one"}),
        json!({"ldap": "cn=two"}),
        json!({"oidc": "one"}),
    ])
}

pub(super) fn robot() -> Shape {
    let metadata = one_of(vec![json!({}), json!({"owner": "x"}), json!({"pages": [1, 2]})]);
    optional(vec![
        ("description", word(&["", "Robot"])),
        ("metadata", metadata),
        ("federation", federation()),
    ])
}

pub(super) fn federation() -> Shape {
    let identity = |subject: &str| json!({"issuer": "https://issuer.example", "subject": subject});
    one_of(vec![
        json!([]),
        json!([identity("one")]),
        json!([identity("two"), identity("one")]),
    ])
}

pub(super) fn application() -> Shape {
    optional(vec![
        ("redirect_uri", word(&["", "https://portal.example/callback"])),
        ("application_uri", word(&["", "https://portal.example"])),
        ("description", word(&["", "The portal"])),
        ("avatar_email", word(&["", "portal@acme.example"])),
    ])
}

pub(super) fn default_permission() -> Shape {
    let subject = prop_oneof![
        word(TEAMS).prop_map(|name| json!({"team": name})),
        word(ROBOTS).prop_map(|name| json!({"robot": name})),
        word(USERS).prop_map(|name| json!({"user": name})),
        just(json!({"robot": "axb+ci"})),
    ];
    let creator = optional(vec![("created_by", word(&["quayadmin", "alice", "a_b+ci"]))]);
    both(both(record(vec![("role", word(ROLES))]), subject.boxed()), creator)
}

pub(super) fn repository() -> Shape {
    optional(vec![
        ("visibility", word(&["private", "public"])),
        ("description", word(&["", "The repository", "Two\nlines\n"])),
        ("permissions", permissions()),
        ("notifications", list_of(notification(), 3)),
        ("mirror", rarely(mirror(), tombstone())),
        ("auto_prune", list_of(auto_prune(), 3)),
        ("immutability", list_of(immutability(), 2)),
        (
            "manage",
            optional(vec![
                ("permissions", word(MANAGE)),
                ("notifications", word(MANAGE)),
                ("auto_prune", word(MANAGE)),
                ("immutability", word(MANAGE)),
            ]),
        ),
    ])
}

pub(super) fn permissions() -> Shape {
    optional(vec![
        ("teams", map_of(TEAMS, word(ROLES))),
        ("robots", map_of(ROBOTS, word(ROLES))),
        ("users", map_of(USERS, word(ROLES))),
    ])
}

pub(super) fn notification() -> Shape {
    let url = || word(&["https://hooks.example/MARKED-1", "https://hooks.example/MARKED-2"]);
    let event = prop_oneof![
        word(&["repo_push", "build_failure", "repo_mirror_sync_failed"]).prop_map(|event| json!({"event": event})),
        word(&["high", "low", "critical"]).prop_map(|level| json!({"event": "vulnerability_found", "level": level})),
        just(json!({"event": "build_success", "ref_regex": "refs/heads/main"})),
        one_of(vec![json!(7), json!(30)]).prop_map(|days| json!({"event": "repo_image_expiry", "days": days})),
    ];
    let method = prop_oneof![
        url().prop_map(|url| json!({"webhook": {"url": url}})),
        url().prop_map(|url| json!({"webhook": {"url": url, "template": "{\"a\": 1}"}})),
        url().prop_map(|url| json!({"slack": {"url": url}})),
        word(TEAMS).prop_map(|team| json!({"quay_notification": {"team": team}})),
        just(json!({"quay_notification": {"user": "alice"}})),
        just(json!({"hipchat": {"notification_token": "MARKED", "room_id": "12"}})),
        just(json!({"flowdock": {"flow_api_token": "MARKED"}})),
    ];
    let title = optional(vec![("title", word(&["one", "two", "repo_push.webhook"]))]);
    both(both(title, event.boxed()), method.boxed())
}

pub(super) fn organization_notification() -> Shape {
    let event = word(&["quota_warning", "quota_error"]).prop_map(|event| json!({"event": event}));
    let method = prop_oneof![
        word(&["https://hooks.example/MARKED-1", "https://hooks.example/MARKED-2"])
            .prop_map(|url| json!({"webhook": {"url": url}})),
        just(json!({"email": true})),
        just(json!({"quay_notification": {"user": "alice"}})),
    ];
    let title = optional(vec![("title", word(&["one", "two"]))]);
    both(both(title, event.boxed()), method.boxed())
}

pub(super) fn auto_prune() -> Shape {
    let method = prop_oneof![
        one_of(vec![json!(5), json!(10)]).prop_map(|count| json!({"keep_tags": count})),
        word(&["7d", "1w", "30d"]).prop_map(|age| json!({"older_than": age})),
    ];
    let pattern = prop_oneof![
        2 => just(json!({})),
        1 => word(&["^pr-", "^v"]).prop_map(|pattern| json!({"tags": pattern})),
        1 => word(&["^pr-", "^v"]).prop_map(|pattern| json!({"except": pattern})),
    ];
    both(method.boxed(), pattern.boxed())
}

pub(super) fn immutability() -> Shape {
    prop_oneof![
        3 => word(&["v.*", "rel-.*"]).prop_map(|pattern| json!({"tags": pattern})),
        1 => word(&["v.*", "dev-.*"]).prop_map(|pattern| json!({"except": pattern})),
    ]
    .boxed()
}

pub(super) fn proxy_cache() -> Shape {
    let needed = record(vec![("upstream_registry", word(&["docker.io", "quay.io/acme"]))]);
    let credentials = json!({"username": "acme", "password": {"env": "HUB_PASSWORD"}});
    let more = optional(vec![
        ("credentials", just(credentials)),
        ("expiration", word(&["1d", "2d"])),
        ("insecure", one_of(vec![json!(true), json!(false)])),
    ]);
    both(needed, more)
}

pub(super) fn organization_mirror() -> Shape {
    let needed = record(vec![
        ("external_registry_type", word(&["harbor", "quay"])),
        (
            "external_registry_url",
            word(&["https://a.example", "https://b.example"]),
        ),
        ("external_namespace", word(&["library", "acme"])),
        ("robot", word(ROBOTS)),
        ("sync_interval", word(&["6h", "1d"])),
    ]);
    let adjusted = optional(vec![("robot", word(ROBOTS)), ("sync_interval", word(&["6h", "1d"]))]);
    let switch = || one_of(vec![json!(true), json!(false)]);
    let more = optional(vec![
        ("repository_filters", some_of(&["app-*", "lib-*"])),
        ("visibility", word(&["private", "public"])),
        (
            "sync_start_date",
            word(&["2026-01-01T00:00:00Z", "2026-01-01T06:00:30Z"]),
        ),
        ("enabled", switch()),
        (
            "credentials",
            one_of(vec![json!({}), json!({"username": "acme", "password": "MARKED"})]),
        ),
        ("verify_tls", switch()),
        ("proxy", optional(vec![("no_proxy", word(&["localhost"]))])),
        ("skopeo_timeout", word(&["5m", "10m"])),
    ]);
    both(prop_oneof![4 => needed, 1 => adjusted].boxed(), more)
}

pub(super) fn mirror() -> Shape {
    let needed = record(vec![
        (
            "external_reference",
            word(&["docker.io/library/nginx", "quay.io/acme/redis"]),
        ),
        (
            "tags",
            one_of(vec![
                json!(["latest"]),
                json!(["1.*", "latest"]),
                json!(["latest", "1.*"]),
            ]),
        ),
        ("sync_interval", word(&["6h", "1d", "90s"])),
        ("robot", word(ROBOTS)),
    ]);
    let adjusted = optional(vec![
        ("tags", one_of(vec![json!(["latest"]), json!(["x"])])),
        ("sync_interval", word(&["6h", "1d"])),
        ("robot", word(ROBOTS)),
    ]);
    both(prop_oneof![4 => needed, 1 => adjusted].boxed(), mirror_settings())
}

fn mirror_settings() -> Shape {
    let proxy = optional(vec![
        ("http_proxy", word(&["http://proxy.example:3128"])),
        (
            "https_proxy",
            word(&["http://proxy.example:3128", "http://other.example:3128"]),
        ),
        ("no_proxy", word(&["localhost"])),
    ]);
    let credentials = one_of(vec![
        json!({}),
        json!({"username": "acme"}),
        json!({"username": "acme", "password": "MARKED"}),
        json!({"username": "acme", "password": {"env": "HUB_PASSWORD"}}),
    ]);
    let switch = || one_of(vec![json!(true), json!(false)]);
    optional(vec![
        (
            "sync_start_date",
            word(&["2026-01-01T00:00:00Z", "2026-01-01T06:00:30Z"]),
        ),
        ("enabled", switch()),
        ("credentials", credentials),
        ("verify_tls", switch()),
        ("unsigned_images", switch()),
        ("proxy", proxy),
        ("skopeo_timeout", word(&["5m", "10m"])),
        ("architectures", some_of(&["amd64", "arm64"])),
    ])
}
