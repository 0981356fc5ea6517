//! What repositories inherit.

use quayform::manifest::parse_sources;

use crate::lab::Lab;

const ORGANIZATION: &str = "
kind: Organization
name: acme
teams: {developers: {role: member}, auditors: {role: member}}
robots: {ci: {}}
---
";

fn with(documents: &str) -> String {
    format!("{ORGANIZATION}{documents}")
}

#[test]
fn the_longest_match_wins_field_by_field() {
    let lab = Lab::new();
    let planned = lab.converge(&with(
        "
kind: RepositoryDefaults
match: acme/*
visibility: private
description: one of ours
permissions: {teams: {developers: read, auditors: read}}
notifications: [{event: repo_push, webhook: {url: 'https://hooks.example/all'}}]
---
kind: RepositoryDefaults
match: acme/svc-*
description: a service
permissions: {teams: {developers: write}, robots: {ci: write}}
---
{kind: Repository, name: acme/svc-a, visibility: public, permissions: {teams: {auditors: none}}}
---
{kind: Repository, name: acme/web, notifications: []}
",
    ));
    let changes: Vec<String> = planned.details();
    let about = |name: &str| -> Vec<&String> { changes.iter().filter(|line| line.contains(name)).collect() };
    assert_eq!(
        about("acme/svc-a"),
        [
            "create repository[acme/svc-a] visibility: - -> public description: - -> a service",
            "create permission[acme/svc-a:team/developers] role: - -> write",
            "create permission[acme/svc-a:robot/ci] role: - -> write",
            "create notification[acme/svc-a:repo_push.webhook] event: - -> repo_push method: - -> webhook config: - -> {url: (secret)}",
        ]
    );
    assert_eq!(
        about("acme/web"),
        [
            "create repository[acme/web] visibility: - -> private description: - -> one of ours",
            "create permission[acme/web:team/developers] role: - -> read",
            "create permission[acme/web:team/auditors] role: - -> read",
        ]
    );
}

/// A part of what must be written may come from a layer, and the rest from the document.
#[test]
fn a_mirror_is_put_together_of_parts() {
    let mut lab = Lab::new();
    lab.variables.push(("HUB_PASSWORD", "MARKED"));
    let planned = lab.converge(&with(
        "
kind: RepositoryDefaults
match: acme/hub/*
mirror: {sync_interval: 6h, robot: ci, tags: [latest], credentials: {username: acme, password: {env: HUB_PASSWORD}}}
---
{kind: Repository, name: acme/hub/nginx, mirror: {external_reference: docker.io/library/nginx}}
---
{kind: Repository, name: acme/hub/own, mirror: {absent: true}}
",
    ));
    let mirrors = planned.details().into_iter().filter(|line| line.contains(" mirror["));
    let mirrors: Vec<String> = mirrors.collect();
    assert_eq!(mirrors.len(), 1, "{mirrors:#?}");
    assert!(
        mirrors[0].contains("acme/hub/nginx") && mirrors[0].contains("sync_interval"),
        "{mirrors:#?}"
    );
}

/// What an object has from several places is told with each of them, in the plan and by itself.
#[test]
fn each_inherited_field_names_the_line_of_its_layer() {
    let mut lab = Lab::new();
    lab.variables.push(("HUB_PASSWORD", "MARKED"));
    let text = with(
        "kind: RepositoryDefaults
match: acme/*
visibility: private
mirror: {sync_interval: 6h, robot: ci}
---
kind: RepositoryDefaults
match: acme/hub-*
description: from the hub
mirror: {credentials: {username: acme, password: {env: HUB_PASSWORD}}}
---
kind: Repository
name: acme/hub-nginx
mirror:
  external_reference: docker.io/library/nginx
  tags: [latest]
",
    );
    let planned = lab.plan(&text);
    let loaded = parse_sources([("a.yaml".into(), text.clone())]);
    let told = |address: &str| {
        let change = planned
            .plan
            .changes
            .iter()
            .find(|it| it.address.to_string() == address)
            .unwrap();
        let fields = change.fields.iter().map(|field| {
            let place = change.place_of(field.name);
            let line = place
                .and_then(|place| loaded.sources.locate(place))
                .map(|(_, line, _)| line - 6);
            let layer = place.and_then(|place| loaded.sources.layer(place));
            format!(
                "{} {} {}",
                field.name,
                line.map_or("-".to_owned(), |line| line.to_string()),
                layer.unwrap_or("-")
            )
        });
        fields.collect::<Vec<_>>()
    };
    assert_eq!(
        told("repository[acme/hub-nginx]"),
        ["visibility 3 acme/*", "description 8 acme/hub-*"]
    );
    let mirror = told("mirror[acme/hub-nginx]");
    let expected = [
        "external_reference - -",
        "tags - -",
        "sync_interval 4 acme/*",
        "robot 4 acme/*",
        "username 9 acme/hub-*",
        "password 9 acme/hub-*",
    ];
    assert!(
        expected.iter().all(|line| mirror.iter().any(|told| told == line)),
        "{mirror:#?}"
    );
    lab.converge(&text);
}

/// `none` takes an inherited grant away, also where others are nobody's concern.
#[test]
fn none_is_a_tombstone_under_additive() {
    let lab = Lab::new();
    let defaults = "
kind: RepositoryDefaults
match: acme/*
permissions: {teams: {developers: write}}
manage: {permissions: additive}
---
";
    lab.converge(&with(&format!("{defaults}{{kind: Repository, name: acme/api}}")));
    lab.by_hand(
        "PUT",
        "/repository/acme/api/permissions/team/auditors",
        serde_json::json!({"role": "read"}),
    );
    let none = "{kind: Repository, name: acme/api, permissions: {teams: {developers: none}}}";
    let planned = lab.converge(&with(&format!("{defaults}{none}")));
    assert_eq!(planned.lines(), ["delete permission[acme/api:team/developers]"]);
}

#[test]
fn a_layer_for_all_reaches_what_nobody_declares() {
    let lab = Lab::new();
    lab.converge(&with(
        "{kind: Repository, name: acme/api}\n---\n{kind: Repository, name: acme/old/one}",
    ));
    lab.by_hand(
        "PUT",
        "/repository/acme/old/one/permissions/team/developers",
        serde_json::json!({"role": "admin"}),
    );
    let layer = "
kind: RepositoryDefaults
match: acme/*
applies_to: all
permissions: {teams: {auditors: read}}
";
    let planned = lab.converge(&with(&format!("{{kind: Repository, name: acme/api}}\n---\n{layer}")));
    assert_eq!(
        planned.lines(),
        [
            "create permission[acme/api:team/auditors]",
            "create permission[acme/old/one:team/auditors]"
        ]
    );
    let exact = lab.converge(&with(&format!("{layer}manage: {{permissions: exact}}\n")));
    assert_eq!(exact.lines(), ["delete permission[acme/old/one:team/developers]"]);
}

/// The codes of what is wrong, with the lines of both places.
fn problems(documents: &str) -> Vec<String> {
    let loaded = parse_sources([("a.yaml".into(), with(documents))]);
    let line = |place| loaded.sources.locate(place).map_or(0, |(_, line, _)| line - 6);
    let told = loaded.diagnostics.iter().map(|problem| {
        let lines: Vec<String> = problem
            .labels
            .iter()
            .map(|(place, _)| line(*place).to_string())
            .collect();
        format!("{} {}", problem.code, lines.join(" "))
    });
    told.collect()
}

#[test]
fn layers_may_not_contradict_each_other() {
    let two = "kind: RepositoryDefaults
match: acme/a*
description: one
---
kind: RepositoryDefaults
match: acme/*a
description: two
---
";
    assert_eq!(
        problems(&format!(
            "{two}{{kind: Repository, name: acme/aa}}\n---\n{{kind: Repository, name: acme/aba}}"
        )),
        ["layer-tie 3 7"]
    );
    let settled = "{kind: Repository, name: acme/aa, description: three}";
    assert_eq!(problems(&format!("{two}{settled}")), Vec::<String>::new());
    assert_eq!(
        problems(&format!("{two}{{kind: Repository, name: acme/b}}")),
        ["unused-layer 2", "unused-layer 6"]
    );
}

#[test]
fn what_is_enforced_can_be_added_to_and_not_changed() {
    let enforced = "kind: RepositoryDefaults
match: acme/*
enforced: true
visibility: private
permissions: {teams: {auditors: read}}
notifications: [{event: vulnerability_found, level: high, webhook: {url: 'https://hooks.example/security'}}]
---
";
    let more = "kind: Repository
name: acme/api
visibility: private
permissions: {teams: {auditors: read, developers: write}}
notifications:
  - {event: repo_push, webhook: {url: 'https://hooks.example/own'}}
  - {event: vulnerability_found, level: high, webhook: {url: 'https://hooks.example/security'}}
";
    assert_eq!(problems(&format!("{enforced}{more}")), Vec::<String>::new());
    let less = "kind: Repository
name: acme/api
visibility: public
permissions: {teams: {auditors: none}}
notifications: []
";
    let expected = ["enforced 10 4", "enforced 11 5", "enforced 12 6"];
    assert_eq!(problems(&format!("{enforced}{less}")), expected);
}

/// What is wrong in a layer is told once, however many inherit it, and parts are no mistake.
#[test]
fn mistakes_in_a_layer_are_told_once() {
    let layer = "kind: RepositoryDefaults
match: acme/*
visibility: secret
name: acme/api
---
{kind: Repository, name: acme/a}
---
{kind: Repository, name: acme/b}
";
    assert_eq!(problems(layer), ["bad-value 3", "unknown-field 4"]);
}
