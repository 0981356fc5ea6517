//! What happens to one object of each kind after it has come to be: a difference for every field, and its end.

/// What becomes of an object of one kind.
pub(super) struct Life {
    pub(super) kind: &'static str,
    /// For each field that can be written, what must be replaced in the catalog's example so that it is another one.
    pub(super) changes: &'static [(&'static str, &'static [(&'static str, &'static str)])],
    pub(super) end: End,
    pub(super) without: Without,
}

/// How an object goes.
pub(super) enum End {
    /// What must be replaced in the example.
    By(&'static str, &'static str),
    /// Another manifest.
    Manifest(&'static str),
    /// It cannot, and why not: without its line it is left alone.
    Never(&'static str),
}

/// On which servers it cannot be.
pub(super) enum Without {
    /// Where this feature is off.
    Feature(&'static str),
    /// On none: why.
    Nothing(&'static str),
}

use End::{By, Manifest, Never};
use Without::{Feature, Nothing};

const EVERYWHERE: &str = "every version of the server has it, and no switch for it";
const SUPERUSERS: Without = Feature("SUPER_USERS");
const QUOTAS: Without = Feature("QUOTA_MANAGEMENT");

/// One value for another.
type Swap = &'static [(&'static str, &'static str)];

const OTHER_PASSWORD: Swap = &[("env: HUB_PASSWORD", "env: SECURITY_URL")];
const OTHER_USER: Swap = &[("username: acme", "username: other")];

/// In the order of the kinds.
pub(super) const LIVES: &[Life] = &[
    Life {
        kind: "message",
        changes: &[
            ("content", &[("**Closed** on Sunday", "**Closed** on Monday")]),
            ("severity", &[("severity: warning", "severity: error")]),
            ("media_type", &[("text/markdown", "text/plain")]),
        ],
        end: Manifest("kind: Registry\nmessages: []\n"),
        without: SUPERUSERS,
    },
    Life {
        kind: "service_key",
        changes: &[
            ("service", &[("service: scanner", "service: builder")]),
            ("expiration", &[("2036-01-01", "2037-01-01")]),
            ("approved", &[("approved: true", "approved: false")]),
        ],
        end: Manifest("kind: Registry\nservice_keys: {scanner: {absent: true}}\n"),
        without: SUPERUSERS,
    },
    Life {
        kind: "user",
        changes: &[
            ("email", &[("frank@acme", "franz@acme")]),
            ("enabled", &[("enabled: false", "enabled: true")]),
        ],
        end: Manifest("kind: Registry\nusers: {frank: {absent: true}}\n"),
        without: SUPERUSERS,
    },
    Life {
        kind: "user_quota",
        changes: &[("limit", &[("10 GiB", "20 GiB")])],
        end: By("{limit: 10 GiB}", "{absent: true}"),
        without: QUOTAS,
    },
    Life {
        kind: "user_quota_limit",
        changes: &[],
        end: By("[{type: warning, at: 80%}]", "[]"),
        without: QUOTAS,
    },
    Life {
        kind: "organization",
        changes: &[
            ("email", &[("platform@acme", "other@acme")]),
            ("invoice_email", &[("invoice_email: true", "invoice_email: false")]),
            ("invoice_email_address", &[("billing@acme", "other@acme")]),
            ("tag_expiration", &[("2w", "1w")]),
        ],
        end: Manifest("kind: Organization\nname: acme\nabsent: true\n"),
        without: Nothing(EVERYWHERE),
    },
    Life {
        kind: "quota",
        changes: &[("limit", &[("500 GiB", "600 GiB")])],
        end: By("{limit: 500 GiB}", "{absent: true}"),
        without: QUOTAS,
    },
    Life {
        kind: "quota_limit",
        changes: &[],
        end: By("[{type: warning, at: 80%}]", "[]"),
        without: QUOTAS,
    },
    Life {
        kind: "team",
        changes: &[
            ("role", &[("role: creator", "role: member")]),
            ("description", &[("Application developers", "Developers")]),
        ],
        end: By("{role: creator, description: Application developers}", "{absent: true}"),
        without: Nothing(EVERYWHERE),
    },
    Life {
        kind: "team_sync",
        changes: &[
            // That of a registry's own directory is the only one that it takes: another one is blocked.
            ("service", &[("ldap: ", "oidc: ")]),
            ("group", &[("cn=ops", "cn=dev")]),
        ],
        end: By("sync: {ldap: \"cn=ops,ou=groups,dc=acme\"}", "sync: {absent: true}"),
        without: Feature("TEAM_SYNCING"),
    },
    Life {
        kind: "robot",
        changes: &[
            ("description", &[("Pushes from CI", "Pulls")]),
            ("metadata", &[("owner: platform", "owner: others")]),
        ],
        end: Manifest("kind: Organization\nname: acme\nrobots: {ci: {absent: true}}\n"),
        without: Nothing(EVERYWHERE),
    },
    Life {
        kind: "federation",
        changes: &[("identities", &[("prod:default", "prod:other")])],
        end: Manifest("kind: Organization\nname: acme\nrobots: {pull: {federation: []}}\n"),
        without: Nothing("older servers lack its paths: scenarios/versions.rs"),
    },
    Life {
        kind: "application",
        changes: &[
            ("redirect_uri", &[("acme.example/callback", "acme.example/back")]),
            (
                "application_uri",
                &[("application_uri: https://portal", "application_uri: https://other")],
            ),
            ("description", &[("The developers' portal", "A portal")]),
            ("avatar_email", &[("portal@acme", "other@acme")]),
        ],
        end: Manifest("kind: Organization\nname: acme\napplications: {portal: {absent: true}}\n"),
        without: Nothing(EVERYWHERE),
    },
    Life {
        kind: "organization_mirror",
        changes: &[
            ("external_registry_type", &[("type: harbor", "type: quay")]),
            ("external_registry_url", &[("https://harbor.", "https://other.")]),
            ("external_namespace", &[("library", "base")]),
            ("repository_filters", &[("app-*", "web-*")]),
            (
                "robot",
                &[
                    ("robots: {mirror: {}}", "robots: {mirror: {}, spare: {}}"),
                    ("robot: mirror", "robot: spare"),
                ],
            ),
            ("visibility", &[("visibility: private", "visibility: public")]),
            ("sync_interval", &[("6h", "12h")]),
            ("sync_start_date", &[("01T00:00:00Z", "01T03:00:00Z")]),
            ("enabled", &[("enabled: true", "enabled: false")]),
            ("username", OTHER_USER),
            ("password", OTHER_PASSWORD),
            ("verify_tls", &[("verify_tls: true", "verify_tls: false")]),
            ("proxy", &[("3128", "3129")]),
            ("skopeo_timeout", &[("10m", "20m")]),
        ],
        end: Manifest("kind: Organization\nname: acme\nrobots: {mirror: {}}\nmirror: {absent: true}\n"),
        without: Feature("ORG_MIRROR"),
    },
    Life {
        kind: "proxy_cache",
        changes: &[
            ("upstream_registry", &[("docker.io", "quay.io")]),
            ("username", OTHER_USER),
            ("password", OTHER_PASSWORD),
            ("expiration", &[("2d", "3d")]),
            ("insecure", &[("insecure: false", "insecure: true")]),
        ],
        end: Manifest("kind: Organization\nname: acme\nproxy_cache: {absent: true}\n"),
        without: Feature("PROXY_CACHE"),
    },
    Life {
        kind: "organization_member",
        changes: &[],
        end: By("dave", "dave"),
        without: Nothing(EVERYWHERE),
    },
    Life {
        kind: "member",
        changes: &[],
        end: By("[carol]", "[]"),
        without: Nothing(EVERYWHERE),
    },
    Life {
        kind: "invite",
        changes: &[],
        end: By("[kim@acme.example]", "[]"),
        without: Feature("MAILING"),
    },
    Life {
        kind: "default_permission",
        changes: &[("role", &[("role: write", "role: read")])],
        end: By("\n  - {role: write, team: developers}", " []"),
        without: Nothing(EVERYWHERE),
    },
    Life {
        kind: "organization_notification",
        changes: &[
            ("title", &[("title: full", "title: filled")]),
            ("event", &[("quota_error", "quota_warning")]),
            ("method", &[("webhook", "slack")]),
            ("config", &[("{env: SECURITY_URL}", "'https://hooks.example/other'")]),
        ],
        end: By(
            "\n  - {title: full, event: quota_error, webhook: {url: {env: SECURITY_URL}}}",
            " []",
        ),
        without: Feature("QUOTA_NOTIFICATIONS"),
    },
    Life {
        kind: "repository",
        changes: &[
            ("visibility", &[("visibility: private", "visibility: public")]),
            ("description", &[("The public API.", "The API.")]),
        ],
        end: Manifest("kind: Organization\nname: acme\n---\nkind: Repository\nname: acme/api\nabsent: true\n"),
        without: Nothing(EVERYWHERE),
    },
    Life {
        kind: "repository_state",
        changes: &[("state", &[("read_only", "normal")])],
        end: Never("every repository has one"),
        without: Feature("REPO_MIRROR"),
    },
    Life {
        kind: "repository_trust",
        changes: &[("trust", &[("trust: true", "trust: false")])],
        end: Never("every repository has it, on or off"),
        without: Feature("SIGNING"),
    },
    Life {
        kind: "mirror",
        changes: &[
            ("external_reference", &[("library/nginx", "library/redis")]),
            ("tags", &[("1.*", "2.*")]),
            ("sync_interval", &[("6h", "12h")]),
            ("sync_start_date", &[("01T00:00:00Z", "01T03:00:00Z")]),
            (
                "robot",
                &[
                    ("robots: {mirror: {}}", "robots: {mirror: {}, spare: {}}"),
                    ("robot: mirror", "robot: spare"),
                ],
            ),
            ("enabled", &[("enabled: true", "enabled: false")]),
            ("username", OTHER_USER),
            ("password", OTHER_PASSWORD),
            ("verify_tls", &[("verify_tls: true", "verify_tls: false")]),
            (
                "unsigned_images",
                &[("unsigned_images: false", "unsigned_images: true")],
            ),
            ("proxy", &[("3128", "3129")]),
            ("skopeo_timeout", &[("10m", "20m")]),
            ("architectures", &[("[amd64, arm64]", "[amd64]")]),
        ],
        end: Manifest(
            "kind: Organization\nname: acme\nrobots: {mirror: {}}\n---\nkind: Repository\nname: acme/nginx\n\
             mirror: {absent: true}\n",
        ),
        without: Feature("REPO_MIRROR"),
    },
    Life {
        kind: "permission",
        changes: &[("role", &[("developers: write", "developers: read")])],
        end: By("teams: {developers: write}", "teams: {}"),
        without: Nothing(EVERYWHERE),
    },
    Life {
        kind: "notification",
        changes: &[
            ("title", &[("title: vulnerabilities", "title: findings")]),
            ("event", &[("vulnerability_found\n    level: high", "repo_push")]),
            ("method", &[("webhook", "slack")]),
            ("config", &[("{env: SECURITY_URL}", "'https://hooks.example/other'")]),
            ("filter", &[("level: high", "level: low")]),
        ],
        end: Manifest("kind: Organization\nname: acme\n---\nkind: Repository\nname: acme/api\nnotifications: []\n"),
        without: Nothing(EVERYWHERE),
    },
    Life {
        kind: "tag",
        changes: &[
            (
                "digest",
                &[(
                    "sha256:1111111111111111111111111111111111111111111111111111111111111111",
                    "sha256:2222222222222222222222222222222222222222222222222222222222222222",
                )],
            ),
            ("expiration", &[("2027-01-01", "2027-02-01")]),
            ("immutable", &[("immutable: false", "immutable: true")]),
        ],
        end: Manifest(
            "kind: Organization\nname: acme\n---\nkind: Repository\nname: acme/api\ntags: {v1: {absent: true}}\n",
        ),
        without: Nothing(EVERYWHERE),
    },
    Life {
        kind: "label",
        changes: &[("value", &[("team: core", "team: edge")])],
        end: By("labels: {team: core}", "labels: {}\nmanage: {labels: exact}"),
        without: Nothing(EVERYWHERE),
    },
    Life {
        kind: "trigger",
        changes: &[("enabled", &[("enabled: false", "enabled: true")])],
        end: By("{enabled: false}", "{absent: true}"),
        without: Feature("BUILD_SUPPORT"),
    },
    Life {
        kind: "auto_prune",
        changes: &[
            ("keep_tags", &[("older_than: 30d", "keep_tags: 5")]),
            ("older_than", &[("30d", "60d")]),
            ("tags", &[("^pr-", "^mr-")]),
            ("except", &[("tags: ", "except: ")]),
        ],
        end: By("\n  - {older_than: 30d, tags: \"^pr-\"}", " []"),
        without: Feature("AUTO_PRUNE"),
    },
    Life {
        kind: "immutability",
        changes: &[
            ("tags", &[("v[0-9].*", "w[0-9].*")]),
            ("except", &[("tags: ", "except: ")]),
        ],
        end: By("\n  - {tags: \"v[0-9].*\"}", " []"),
        without: Feature("IMMUTABLE_TAGS"),
    },
];
