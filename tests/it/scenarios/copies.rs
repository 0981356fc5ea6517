//! Organizations that another registry fills: proxy caches and mirrors, and what excludes what.

use quayform::emulator::{Emulator, When};
use quayform::model::State;
use serde_json::{Value as Json, json};

use crate::lab::Lab;

const CACHE: &str = "
kind: Organization
name: acme
proxy_cache:
  upstream_registry: docker.io
  credentials: {username: acme, password: {env: HUB_PASSWORD}}
";

const MIRROR: &str = "
kind: Organization
name: acme
robots: {mirror: {}}
mirror:
  external_registry_type: harbor
  external_registry_url: https://harbor.example
  external_namespace: library
  robot: mirror
  sync_interval: 6h
  credentials: {username: acme, password: {env: HUB_PASSWORD}}
";

fn lab() -> Lab {
    let mut lab = Lab::new();
    lab.variables = vec![("HUB_PASSWORD", "not-a-password")];
    lab
}

fn writes(lab: &Lab, text: &str) -> Vec<String> {
    lab.emulator.with(|registry| registry.clear_log());
    lab.converge(text);
    lab.writes()
}

#[test]
fn a_proxy_cache_is_replaced_whatever_changes() {
    let lab = lab();
    lab.converge(CACHE);
    let other = format!("{CACHE}  expiration: 2d\n");
    let planned = lab.plan(&other);
    assert_eq!(
        planned.details(),
        [
            "replace proxy_cache[acme] expiration: 86400 -> 172800 username: - -> acme password: - -> (secret, env HUB_PASSWORD)"
        ]
    );
    let path = "/api/v1/organization/acme/proxycache";
    assert_eq!(writes(&lab, &other), [format!("DELETE {path}"), format!("POST {path}")]);
    assert_eq!(
        lab.by_hand("GET", "/organization/acme/proxycache", Json::Null)["expiration_s"],
        json!(172_800)
    );
}

/// Somebody who finds it deleted, since whoever was to make it anew was killed, could not know.
#[test]
fn what_no_manifest_writes_is_not_left_to_one_process() {
    let lab = lab();
    lab.converge(&format!("{CACHE}  insecure: true\n  expiration: 3d\n"));
    assert!(lab.plan(CACHE).plan.is_empty());
    let other = CACHE.replace("docker.io", "quay.io");
    let planned = lab.plan(&other);
    assert_eq!(planned.lines(), ["blocked proxy_cache[acme]"]);
    let reason = "it can only be deleted and made anew, and no manifest writes its `expiration: 259200` and \
         `insecure: true`: add that, or another value";
    assert_eq!(planned.plan.changes[0].reason.as_deref(), Some(reason));
    let planned = lab.plan(&format!("{other}  expiration: 1d\n"));
    let reason = "it can only be deleted and made anew, and no manifest writes its `insecure: true`: add that, or \
         another value";
    assert_eq!(planned.plan.changes[0].reason.as_deref(), Some(reason));

    let written = format!("{other}  expiration: 1d\n  insecure: true\n");
    for when in [When::BeforeCommit, When::AfterCommit] {
        let copy = Lab {
            emulator: Emulator::new(lab.emulator.with(|registry| registry.clone())),
            variables: lab.variables.clone(),
            ..Lab::new()
        };
        let planned = copy.plan(&written);
        assert!(copy.carry_out_until(&planned, 2, when).is_none());
        copy.converge(&written);
        let view = copy.by_hand("GET", "/organization/acme/proxycache", Json::Null);
        let same = json!({"upstream_registry": "quay.io", "expiration_s": 86_400, "insecure": true});
        assert_eq!(view, same);
    }
}

/// The server would take the old one away, and then refuse the new one.
#[test]
fn it_is_not_taken_away_where_no_new_one_can_be_made() {
    let lab = lab();
    lab.converge(CACHE);
    let rule = json!({"tagPattern": "v.*"});
    lab.by_hand("POST", "/organization/acme/immutabilitypolicy/", rule);
    let planned = lab.plan(&CACHE.replace("docker.io", "quay.io"));
    assert_eq!(planned.lines(), ["blocked proxy_cache[acme]"]);
    assert!(lab.plan(CACHE).plan.is_empty());
}

#[test]
fn what_somebody_makes_of_it_meanwhile_is_not_replaced() {
    let lab = lab();
    lab.converge(CACHE);
    let planned = lab.plan(&CACHE.replace("docker.io", "quay.io"));
    lab.by_hand("DELETE", "/organization/acme/proxycache", Json::Null);
    let theirs = json!({"upstream_registry": "docker.io", "insecure": true});
    lab.by_hand("POST", "/organization/acme/proxycache", theirs);
    let applied = lab.carry_out(&planned);
    assert!(
        matches!(applied.outcomes[0].state, State::Stale(_)),
        "{:#?}",
        applied.outcomes
    );
}

#[test]
fn its_secrets_are_sent_again_when_asked() {
    let mut lab = lab();
    lab.converge(CACHE);
    assert!(lab.plan(CACHE).plan.is_empty());
    lab.options.resend_secrets = true;
    let planned = lab.plan(CACHE);
    assert_eq!(planned.lines(), ["replace proxy_cache[acme]"]);
    let applied = lab.carry_out(&planned);
    assert!(applied.verified.unwrap().converged());
}

#[test]
fn a_replacement_without_credentials_says_what_it_may_lose() {
    let lab = lab();
    lab.converge(CACHE);
    let text = "kind: Organization\nname: acme\nproxy_cache: {upstream_registry: quay.io}\n";
    let planned = lab.plan(text);
    assert!(planned.plan.changes[0].reversibility.lost().is_some());
    assert!(planned.plan.refusals.is_empty());
    lab.converge(text);
    let planned = lab.converge("kind: Organization\nname: acme\nproxy_cache: {absent: true}\n");
    assert_eq!(planned.lines(), ["delete proxy_cache[acme]"]);
}

#[test]
fn a_mirror_is_made_changed_and_ended() {
    let lab = lab();
    lab.converge(MIRROR);
    let text = MIRROR.replace("6h", "1d");
    assert_eq!(
        lab.converge(&text).details(),
        ["update organization_mirror[acme] sync_interval: 21600 -> 86400 password: - -> (secret, env HUB_PASSWORD)"]
    );
    let planned = lab.plan(&text.replace("harbor\n", "quay\n"));
    assert_eq!(planned.lines(), ["blocked organization_mirror[acme]"]);
    let planned = lab.plan(&text.replace("harbor\n", "quay\n").replace("1d", "2d"));
    let lines = ["blocked organization_mirror[acme]", "update organization_mirror[acme]"];
    assert_eq!(planned.lines(), lines);
    assert_eq!(planned.plan.changes[1].text("external_registry_type"), "harbor");
    let ended = "kind: Organization\nname: acme\nmirror: {absent: true}\n";
    assert_eq!(lab.converge(ended).lines(), ["delete organization_mirror[acme]"]);
}

/// The server puts the settings of the connection in the place of all that were there.
#[test]
fn the_settings_of_a_connection_are_sent_whole() {
    let lab = lab();
    let whole = format!("{MIRROR}  verify_tls: false\n  proxy: {{no_proxy: localhost}}\n");
    lab.converge(&whole);
    lab.converge(&whole.replace("localhost", "127.0.0.1"));
    let mirror = lab.by_hand("GET", "/organization/acme/mirror", Json::Null);
    assert_eq!(
        mirror["external_registry_config"],
        json!({"verify_tls": false, "proxy": {"no_proxy": "127.0.0.1"}})
    );
}

#[test]
fn the_start_moves_by_whole_intervals() {
    let lab = lab();
    let text = format!("{MIRROR}  sync_start_date: 2026-01-01T00:00:00Z\n");
    lab.converge(&text);
    let start = |date: &str| {
        lab.by_hand("PUT", "/organization/acme/mirror", json!({"sync_start_date": date}));
        lab.plan(&text).lines()
    };
    assert_eq!(start("2026-03-01T18:00:00Z"), Vec::<String>::new());
    assert_eq!(start("2026-03-01T18:00:01Z"), ["update organization_mirror[acme]"]);
}

#[test]
fn what_is_to_go_makes_room_in_the_same_run() {
    let lab = lab();
    lab.converge(CACHE);
    let to_mirror = format!("{MIRROR}proxy_cache: {{absent: true}}\n");
    let lines = lab.converge(&to_mirror).lines();
    assert_eq!(
        lines,
        [
            "create robot[acme+mirror]",
            "delete proxy_cache[acme]",
            "create organization_mirror[acme]"
        ]
    );
    let to_cache = format!("{CACHE}mirror: {{absent: true}}\n");
    let lines = lab.converge(&to_cache).lines();
    assert_eq!(lines, ["delete organization_mirror[acme]", "create proxy_cache[acme]"]);
}

/// The registry lets a rule about immutable tags be made beside a proxy cache, but not the reverse.
#[test]
fn what_is_to_go_makes_room_for_a_replacement() {
    let lab = lab();
    lab.converge(CACHE);
    let rule = json!({"tagPattern": "^v", "tagPatternMatches": true});
    lab.by_hand("POST", "/organization/acme/immutabilitypolicy/", rule);
    let text = format!("{}immutability: []\n", CACHE.replace("docker.io", "quay.io"));
    let lines = lab.converge(&text).lines();
    assert!(lines[0].starts_with("delete immutability[acme:"), "{lines:#?}");
    assert!(lines[1].starts_with("replace proxy_cache[acme]"), "{lines:#?}");
}

#[test]
fn what_is_in_the_way_is_named() {
    let lab = lab();
    lab.converge("kind: Organization\nname: acme\n---\n{kind: Repository, name: acme/api}\n");
    let planned = lab.plan(MIRROR);
    assert_eq!(
        planned.lines(),
        ["create robot[acme+mirror]", "blocked organization_mirror[acme]"]
    );
    assert_eq!(
        planned.plan.changes[1].reason.as_deref(),
        Some("repository[acme/api] is in the way: the registry has a mirror of a whole organization only without it")
    );
}

#[test]
fn a_mirror_makes_its_repositories_by_itself() {
    let lab = lab();
    lab.converge(MIRROR);
    let text = "kind: Organization\nname: acme\n---\n{kind: Repository, name: acme/api, permissions: {users: {alice: read}}}\n";
    let planned = lab.plan(text);
    assert!(
        planned.plan.changes.iter().all(|change| !change.action.writes()),
        "{:#?}",
        planned.lines()
    );
    assert_eq!(
        planned.plan.changes[0].reason.as_deref(),
        Some("organization_mirror[acme] is in the way: the registry has repositories of its own only without it")
    );
}

#[test]
fn a_mirror_goes_with_its_robot_and_comes_back_with_another() {
    let lab = lab().allow(&["robot"]);
    lab.converge(MIRROR);
    let other = MIRROR
        .replace("mirror: {}", "mirror: {absent: true}, other: {}")
        .replace("robot: mirror", "robot: other");
    let lines = lab.converge(&other).lines();
    assert!(
        lines.contains(&"create organization_mirror[acme]".to_owned()),
        "{lines:#?}"
    );
}

/// Nobody asks for the end of the mirror by itself: what it excludes is made once its robot has gone.
#[test]
fn a_mirror_that_goes_with_its_robot_makes_room() {
    let gone = "kind: Organization\nname: acme\nmanage: {robots: exact}\nrobots: {}\n";
    let others = [
        ("---\nkind: Repository\nname: acme/app\n", "create repository[acme/app]"),
        (
            "proxy_cache: {upstream_registry: docker.io}\n",
            "create proxy_cache[acme]",
        ),
        ("immutability: [{tags: 'v.*'}]\n", "create immutability[acme:policy]"),
    ];
    for (other, made) in others {
        let lab = lab().allow(&["robot", "immutability"]);
        lab.converge(MIRROR);
        let planned = lab.converge(&format!("{gone}{other}"));
        assert_eq!(planned.lines(), ["delete robot[acme+mirror]", made]);
        let changes = &planned.plan.changes;
        assert_eq!(changes[1].after, [changes[0].address.clone()]);
    }
}

#[test]
fn contradictions_are_found_offline() {
    let rejected = |text: &str| {
        let loaded = quayform::manifest::parse_sources([("a.yaml".into(), text.to_owned())]);
        loaded
            .diagnostics
            .iter()
            .map(|each| each.code.to_owned())
            .collect::<Vec<_>>()
    };
    let cache = "proxy_cache: {upstream_registry: docker.io}\n";
    assert_eq!(rejected(&format!("{MIRROR}{cache}")), ["excludes"]);
    assert_eq!(
        rejected(&format!("{MIRROR}immutability: [{{tags: x}}]\n")),
        ["excludes"]
    );
    assert_eq!(rejected(&format!("{CACHE}immutability: [{{tags: x}}]\n")), ["excludes"]);
    let repository = "---\nkind: Repository\nname: acme/api\nimmutability: [{tags: x}]\n";
    assert_eq!(rejected(&format!("{MIRROR}{repository}")), ["excludes"]);
    assert_eq!(
        rejected(&format!("{MIRROR}proxy_cache: {{absent: true}}\n")),
        Vec::<String>::new()
    );
}

const PULLER: &str = r#"{"organizations": [{"name": "acme", "robots": ["sync"], "teams": {"readers": {"role": "member"}},
    "default_permissions": [{"role": "read", "user": "acme+sync"}, {"role": "read", "team": "readers"}],
    "repositories": [{"name": "old", "permissions": {"users": {"acme+sync": "read"}}}]}]}"#;

/// The robot of a mirror gets less with it than it is to have, and more than it has before; the mirror comes after a
/// team's grant has gone with which the repository is born.
#[test]
fn the_robot_of_a_mirror_ends_with_what_the_manifest_says() {
    for (repository, role) in [("old", "admin"), ("new", "admin"), ("old", "write"), ("new", "write")] {
        let text = format!(
            "kind: Repository\nname: acme/{repository}\npermissions: {{robots: {{sync: {role}}}, teams: {{}}}}\n\
            mirror: {{external_reference: docker.io/library/nginx, tags: [latest], sync_interval: 6h, robot: sync}}\n"
        );
        Lab::seeded(PULLER).converge(&text);
    }
}
