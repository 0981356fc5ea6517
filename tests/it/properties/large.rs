//! Large cases: two organizations with a dozen repositories, and every kind in each of them, now and before.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::case::Case;
use super::hands::by_hand_anywhere;
use super::images::{filled_by_people, guarded, tagged};
use super::project::{
    APPLICATIONS, MEMBERS, Project, ROBOTS, ROLES, TEAMS, application, auto_prune, default_permission, federation,
    immutability, mirror, notification, organization_mirror, organization_notification, organization_settings,
    permissions, proxy_cache, quota, repository, robot, sync, team,
};
use super::registry_wide::registry;
use super::repair::repair;
use super::shapes::{Shape, both, just, list_of, map_of, optional, record, tombstone, word};

/// A registry with a past of every kind, what was done by hand since, and a project of every kind.
pub(super) fn large_case() -> impl Strategy<Value = Case> {
    let start = (proptest::bool::weighted(0.8), proptest::bool::weighted(0.25));
    let past = option::weighted(0.85, large_project());
    let hands = vec(by_hand_anywhere(), 0..20);
    (start, past, hands, large_project()).prop_map(|((grown, mailing), past, hands, wanted)| Case {
        grown,
        images: true,
        mailing,
        past,
        hands,
        wanted,
    })
}

/// A valid project in which everything that it refers to exists.
fn large_project() -> impl Strategy<Value = Project> {
    let copies = |mirror: Shape| {
        let robots = just(json!({"robots": {"ci": {}, "cd": {}, "bot": {}}}));
        both(record(vec![("mirror", mirror)]), robots)
    };
    let once = prop_oneof![1 => organization_mirror(), 1 => tombstone()];
    let small = prop_oneof![5 => quota_with_limits(), 1 => tombstone()];
    let organizations = record(vec![
        ("a_b", organization(quota_with_limits())),
        ("axb", organization(small.boxed())),
        ("copies", copies(organization_mirror())),
        ("former", copies(once.boxed())),
        ("passed", record(vec![("proxy_cache", proxy_cache())])),
    ]);
    (organizations, registry(), layers()).prop_map(|(organizations, registry, layers)| {
        // Who is nobody in small projects is made here.
        let text = organizations.to_string().replace("\"nobody\"", "\"frank\"");
        // Only a word has been put in place of another one.
        let organizations: Json = serde_json::from_str(&text).unwrap_or_default();
        let mut documents = repair(&organizations);
        documents.push(registry);
        documents.extend(layers);
        Project(documents)
    })
}

/// What repositories inherit, in each organization and in a part of one.
fn layers() -> impl Strategy<Value = Vec<Json>> {
    let layer = |pattern: &str| {
        let grants = record(vec![
            ("teams", optional(vec![("devs", word(ROLES))])),
            ("users", optional(vec![("alice", word(ROLES))])),
        ]);
        let inherited = optional(vec![
            ("applies_to", word(&["declared", "all"])),
            ("description", word(&["Inherited", ""])),
            ("visibility", word(&["private", "public"])),
            ("permissions", grants),
            ("notifications", list_of(notification(), 1)),
            ("auto_prune", list_of(auto_prune(), 1)),
        ]);
        // Of teams only `devs` is in every organization.
        let inherited = inherited.prop_map(|layer| {
            let text = layer.to_string().replace(r#"{"team":"ops"}"#, r#"{"team":"devs"}"#);
            serde_json::from_str(&text).unwrap_or_default()
        });
        let head = just(json!({"kind": "RepositoryDefaults", "match": pattern}));
        option::weighted(0.6, both(head, inherited.boxed()))
    };
    let layers = (layer("a_b/*"), layer("axb/*"), layer("a_b/lib/*"));
    layers.prop_map(|(one, two, three)| [one, two, three].into_iter().flatten().collect())
}

fn organization(quota: Shape) -> Shape {
    let members = vec(proptest::sample::select(MEMBERS), 1..4).prop_map(|mut names| {
        names.sort_unstable();
        names.dedup();
        json!({"members": names})
    });
    let devs = both(team(), members.boxed());
    let asked = record(vec![("invites", just(json!(["x@acme.example"])))]);
    let synced = record(vec![("sync", sync())]);
    let always = record(vec![("devs", devs), ("asked", asked), ("synced", synced)]);
    let teams = both(map_of(TEAMS, mostly(team())), always);
    let ci = both(robot(), record(vec![("federation", federation())]));
    let robots = both(map_of(ROBOTS, mostly(robot())), record(vec![("ci", ci)]));
    let applications = both(
        map_of(APPLICATIONS, mostly(application())),
        record(vec![("portal", application())]),
    );
    let all = record(vec![
        ("quota", quota),
        ("teams", teams),
        ("robots", robots),
        ("applications", applications),
        ("default_permissions", default_permissions()),
        ("auto_prune", vec(auto_prune(), 1..4).prop_map(Json::Array).boxed()),
        ("immutability", vec(immutability(), 1..3).prop_map(Json::Array).boxed()),
        (
            "notifications",
            vec(organization_notification(), 1..3).prop_map(Json::Array).boxed(),
        ),
        ("repositories", repositories()),
    ]);
    both(organization_settings(), all)
}

fn quota_with_limits() -> Shape {
    let limits = proptest::sample::subsequence(&["warning 80%", "warning 90%", "reject 100%", "reject 90%"][..], 1..=4);
    both(quota(), limits.prop_map(|limits| json!({"limits": limits})).boxed())
}

/// The first one is never in the way of another one, and stays.
fn default_permissions() -> Shape {
    let roles = proptest::sample::select(&["read", "write", "admin"][..]);
    (roles, vec(default_permission(), 0..3))
        .prop_map(|(role, rest)| {
            let first = json!({"role": role, "team": "devs"});
            std::iter::once(first).chain(rest).collect()
        })
        .boxed()
}

/// Of the same names as in the small projects, and more; one each has what the others may lack.
fn repositories() -> Shape {
    let with = |entry: Shape| both(repository(), entry);
    let grant = both(permissions(), just(json!({"users": {"alice": "write"}})));
    let notifications = vec(notification(), 1..4).prop_map(|mut list| {
        list.push(json!({"event": "repo_push", "slack": {"url": "https://hooks.example/MARKED-1"}}));
        json!({"notifications": list})
    });
    record(vec![
        (
            "api",
            filled_by_people(both(with(record(vec![("permissions", grant)])), tagged())),
        ),
        ("web", filled_by_people(both(with(notifications.boxed()), guarded()))),
        ("lib/core", with(record(vec![("mirror", whole_mirror())]))),
        ("more", mostly(repository())),
        ("app", mostly(repository())),
        ("tool", mostly(repository())),
    ])
}

/// With a robot that every large organization has.
fn whole_mirror() -> Shape {
    let needed = record(vec![
        (
            "external_reference",
            word(&["docker.io/library/nginx", "quay.io/acme/redis"]),
        ),
        ("tags", just(json!(["latest"]))),
        ("sync_interval", word(&["6h", "1d"])),
        ("robot", just(json!("ci"))),
    ]);
    both(mirror(), needed)
}

fn mostly(shape: Shape) -> Shape {
    prop_oneof![15 => shape, 1 => tombstone()].boxed()
}
