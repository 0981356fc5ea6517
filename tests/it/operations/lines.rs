//! A command line for every route of the table, in an order in which each finds what it is about.

use quayform::emulator::Emulator;

use crate::lab::Lab;

/// What `{names}` in lines stand for: where the registry tells it, and the JSON pointer.
pub(super) const IDS: &[(&str, &str, &str)] = &[
    (
        "notification",
        "/repository/acme/api/notification/",
        "/notifications/0/uuid",
    ),
    (
        "organization notification",
        "/organization/acme/notifications",
        "/notifications/0/uuid",
    ),
    ("quota", "/organization/acme/quota", "/0/id"),
    ("limit", "/organization/acme/quota", "/0/limits/0/id"),
    ("own quota", "/user/quota", "/0/id"),
    ("own limit", "/user/quota", "/0/limits/0/id"),
    ("policy", "/organization/acme/autoprunepolicy/", "/policies/0/uuid"),
    (
        "repository policy",
        "/repository/acme/api/autoprunepolicy/",
        "/policies/0/uuid",
    ),
    ("own policy", "/user/autoprunepolicy/", "/policies/0/uuid"),
    ("kid", "/superuser/keys", "/keys/0/kid"),
    ("message", "/messages", "/messages/0/uuid"),
    ("app token", "/user/apptoken", "/tokens/0/uuid"),
    (
        "application token",
        "/organization/acme/applications/{client id}/tokens",
        "/tokens/0/uuid",
    ),
    ("build", "/repository/images/app/build/", "/builds/0/id"),
    ("trigger", "/repository/images/app/trigger/", "/triggers/0/id"),
    ("new trigger", "/repository/images/app/trigger/", "/triggers/1/id"),
    (
        "digest",
        "/repository/images/app/tag/?specificTag=v1",
        "/tags/0/manifest_digest",
    ),
    (
        "manifest",
        "/repository/images/app/tag/?specificTag=latest",
        "/tags/0/manifest_digest",
    ),
    (
        "label",
        "/repository/images/app/manifest/{manifest}/labels",
        "/labels/0/id",
    ),
    (
        "client id",
        "/organization/acme/applications",
        "/applications/0/client_id",
    ),
];

/// People, and a repository with images.
const SEED: &str = r#"{
    "users": [{"name": "alice", "email": "alice@example.com"}, {"name": "erin", "email": "erin@example.com"}],
    "cocktail": {"builds": [{"registry": "images", "image": "app"}]},
    "organizations": [{"name": "images", "repositories": [{
        "name": "app",
        "manifests": [{"digest": "sha256:3ef65b291a76bbace6c2b6301076445dc8db25b055bc855e4a91c61f8f005196",
            "scan": {"Layer": {"Features": [{"Name": "openssl", "Version": "3.0",
                "Vulnerabilities": [{"Name": "CVE-1", "Severity": "High", "FixedBy": "3.1"}]}]}}}],
        "tags": [
            {"name": "latest", "digest": "sha256:3ef65b291a76bbace6c2b6301076445dc8db25b055bc855e4a91c61f8f005196"},
            {"name": "v1"}
        ],
        "triggers": [{"build_source": "git@example.com:a/b.git"}, {}]
    }]}]
}"#;

/// The registry that the lines are about.
pub(super) fn lab() -> Emulator {
    let lab = Lab::seeded(SEED);
    lab.emulator.with(|registry| {
        for feature in ["AUTO_PRUNE", "ORG_MIRROR", "PROXY_CACHE", "QUOTA_NOTIFICATIONS"] {
            registry.set_feature(feature, true);
        }
    });
    lab.converge(
        "kind: Organization
name: acme
quota: {limit: 10 GiB, limits: [{type: warning, at: 80%}]}
teams: {developers: {role: creator, members: [alice]}}
robots: {ci: {}, mirror: {}}
---
kind: Repository
name: acme/api
permissions: {teams: {developers: write}, users: {erin: read}}
notifications:
  - {title: pushes, event: repo_push, webhook: {url: 'https://hooks.example/quay'}}
mirror: {external_reference: docker.io/library/nginx, tags: [latest], sync_interval: 6h, robot: mirror}
",
    );
    let hand = |method: &str, path: &str, body: serde_json::Value| lab.by_hand(method, path, body);
    hand("PUT", "/user/robots/own", serde_json::json!({}));
    hand(
        "POST",
        "/superuser/users/quayadmin/quota",
        serde_json::json!({"limit_bytes": 1_000_000}),
    );
    let policy = serde_json::json!({"method": "number_of_tags", "value": 10});
    for place in ["/organization/acme", "/repository/acme/api", "/user"] {
        hand("POST", &format!("{place}/autoprunepolicy/"), policy.clone());
    }
    hand(
        "POST",
        "/organization/acme/applications",
        serde_json::json!({"name": "automation"}),
    );
    hand(
        "POST",
        "/organization/acme/notifications",
        serde_json::json!({"event": "quota_warning", "method": "webhook", "eventConfig": {}, "title": "full",
            "config": {"url": "https://hooks.example/quota"}}),
    );
    lab.emulator
}

/// The lines. What the embedded registry does not play, or must refuse, begins with `? `: it is sent, and fails.
pub(super) const LINES: &[&str] = &[
    "mirror show acme/api",
    "mirror sync-now acme/api",
    "mirror sync-cancel acme/api",
    "notification list acme/api",
    "notification list acme",
    "notification show acme/api {notification}",
    "notification show acme {organization notification}",
    "notification test acme/api {notification}",
    "notification test acme {organization notification}",
    "notification reset acme/api {notification}",
    "notification reset acme {organization notification}",
    "robot list acme",
    "robot list",
    "robot show acme+ci",
    "robot show own",
    "robot token acme+ci --show-secret",
    "robot token own --show-secret",
    "robot regenerate acme+ci --show-secret --auto-approve",
    "robot regenerate own --show-secret --auto-approve",
    "robot permissions acme+ci",
    "robot permissions own",
    "robot federation acme+ci",
    "robot federation own",
    "quota list acme",
    "quota list",
    "quota list acme --superuser",
    "quota list --account quayadmin",
    "quota show acme --quota {quota}",
    "quota show --quota {own quota}",
    "quota limits acme --quota {quota}",
    "quota limit acme --quota {quota} --limit {limit}",
    "quota change-limit acme --quota {quota} --limit {limit} --type Reject --at 90",
    "auto-prune list acme",
    "auto-prune list acme/api",
    "auto-prune list",
    "auto-prune show acme --uuid {policy}",
    "auto-prune show acme/api --uuid {repository policy}",
    "auto-prune show --uuid {own policy}",
    "logs list acme --from 2020-01-01",
    "logs list acme/api",
    "logs list",
    "logs list --superuser --all",
    "logs aggregate acme",
    "logs aggregate acme/api",
    "logs aggregate",
    "logs aggregate --superuser",
    "logs export acme --callback-email alice@example.com",
    "logs export acme/api",
    "logs export --callback-url https://hooks.example/logs",
    "member list acme",
    "member collaborators acme",
    "member show acme alice",
    "permission list acme/api",
    "permission list acme/api --teams",
    "permission show acme/api --user erin",
    "permission show acme/api --team developers",
    "permission effective acme/api alice",
    "member evict acme erin --auto-approve",
    "repository list acme",
    "repository show acme/api",
    "organization list",
    "organization show acme",
    "user whoami",
    "user list",
    "user list --enabled",
    "user show alice",
    "user show alice --superuser",
    "user create frank --email frank@example.com --show-secret",
    "user disable frank",
    "user enable frank",
    "message create Maintenance --severity warning",
    "message list",
    "message delete {message} --auto-approve",
    "service-key create svc --name builder --expires 90d --show-secret",
    "service-key list",
    "service-key show {kid}",
    "service-key approve {kid} --notes checked",
    "service-key extend {kid} --expires 180d",
    "service-key delete {kid} --auto-approve",
    "registry size",
    "registry recalculate",
    "registry discovery",
    "registry error invalid_request",
    "? mirror show acme",
    "? mirror sync-now acme",
    "? mirror sync-cancel acme",
    "? mirror verify acme",
    "? mirror repositories acme",
    "application list acme",
    "application show acme {client id}",
    "application info {client id}",
    "application secret acme {client id} --show-secret",
    "application reset-secret acme {client id} --show-secret --auto-approve",
    "application create-token acme {client id} --name ci --scope repo:read --expires-in 90d --show-secret",
    "application tokens acme {client id}",
    "application revoke-token acme {client id} {application token} --auto-approve",
    "build start images/app --archive-url https://example.com/context.tar.gz --tag built --wait",
    "build list images/app --limit 3",
    "build show {build} --repository images/app",
    "build show {build} --superuser",
    "build status {build} --repository images/app --wait",
    "build status {build} --superuser",
    "build logs {build} --repository images/app --follow",
    "build logs {build} --superuser",
    "cocktail build create --registry-name images --image app --autotag Y --autotag-sequence SEQUENCE",
    "cocktail build run 1 --tag made --description once --wait",
    "cocktail build log 1 --follow",
    "? cocktail build run 99",
    "trigger list images/app",
    "trigger show images/app {trigger}",
    "trigger builds images/app {trigger}",
    "trigger start images/app {trigger} --commit 0123456789012345678901234567890123456789",
    "trigger activate images/app {new trigger} --config {\"build_source\":\"git@example.com:a/b.git\"}",
    // It has begun by now, and is refused.
    "? build cancel {build} --repository images/app",
    "tag list images/app --filter like:l",
    "tag history images/app latest",
    "manifest show images/app latest",
    "manifest security images/app latest --fail-on high",
    "label add images/app latest team core --media-type text/plain",
    "label list images/app latest --filter te",
    "label show images/app latest {label}",
    "label delete images/app latest {label}",
    "tag delete images/app v1 --auto-approve",
    "tag restore images/app v1 {digest}",
    "proxy-cache show acme",
    // It cannot reach anything.
    "? proxy-cache validate acme docker.io",
    "quota limits --quota {own quota}",
    "? quota limit --quota {own quota} --limit 1",
    "token create laptop --show-secret",
    "token list",
    "token list --superuser",
    "token show {app token} --show-secret",
    "token revoke {app token} --auto-approve",
    "star add acme/api",
    "star list",
    "star remove acme/api",
    "search repositories api",
    "search all api",
    "search entities al",
    "organization rename acme acme2 --auto-approve",
    "organization delete acme2 --auto-approve",
];
