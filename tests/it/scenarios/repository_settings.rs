//! State and trust of repositories, which features of the server decide about.

use quayform::manifest;
use serde_json::json;

use crate::lab::Lab;

const IMAGE: &str = "sha256:1111111111111111111111111111111111111111111111111111111111111111";
const OTHER: &str = "sha256:2222222222222222222222222222222222222222222222222222222222222222";

/// A repository with two images and a tag.
fn pushed(state: &str) -> Lab {
    let seed = json!({"organizations": [{"name": "acme", "repositories": [{
        "name": "api", "state": state, "manifests": [{"digest": IMAGE}, {"digest": OTHER}],
        "tags": [{"name": "v1", "digest": IMAGE}]
    }]}]});
    Lab::seeded(&seed.to_string())
}

pub(super) fn api(rest: &str) -> String {
    format!("kind: Organization\nname: acme\n---\nkind: Repository\nname: acme/api\n{rest}")
}

#[test]
fn a_new_repository_is_closed_and_opened_again() {
    let lab = Lab::new();
    let lines = lab.converge(&api("state: read_only\n")).details();
    assert!(
        lines.contains(&"update repository_state[acme/api] state: normal -> read_only".to_owned()),
        "{lines:#?}"
    );
    lab.by_hand("PUT", "/repository/acme/api/changestate", json!({"state": "NORMAL"}));
    assert_eq!(
        lab.converge(&api("state: read_only\n")).lines(),
        ["update repository_state[acme/api]"]
    );
    let opened = lab.converge(&api("state: normal\n")).details();
    assert_eq!(opened, ["update repository_state[acme/api] state: read_only -> normal"]);
    assert!(
        lab.converge(&api("")).plan.is_empty(),
        "what is not written is not managed"
    );
}

/// The recorded server refuses tags in any other state than NORMAL, so that the order decides whether it can be done.
#[test]
fn tags_move_while_the_repository_is_open() {
    let moved = format!("tags: {{v1: {{digest: '{OTHER}', labels: {{team: core}}}}}}\n");
    let lab = pushed("NORMAL");
    let lines = lab.converge(&api(&format!("state: read_only\n{moved}"))).lines();
    assert_eq!(lines.last().unwrap(), "update repository_state[acme/api]", "{lines:#?}");
    let lab = pushed("READ_ONLY");
    let lines = lab.converge(&api(&format!("state: normal\n{moved}"))).lines();
    assert_eq!(lines[0], "update repository_state[acme/api]", "{lines:#?}");
    assert_eq!(lines.len(), 3, "{lines:#?}");
    let lab = pushed("READ_ONLY");
    let lines = lab.plan(&api(&format!("state: read_only\n{moved}"))).lines();
    assert!(lines.iter().all(|line| line.starts_with("blocked")), "{lines:#?}");
}

fn mirrored() -> Lab {
    let seed = json!({"organizations": [{"name": "acme", "robots": ["ci"], "repositories": [{"name": "api", "mirror": {
        "external_reference": "docker.io/library/nginx", "robot": "acme+ci", "tags": ["latest"]
    }}]}]});
    Lab::seeded(&seed.to_string())
}

#[test]
fn a_mirror_is_stopped_and_frozen_in_one_apply() {
    for (state, after) in [("read_only", "READ_ONLY"), ("normal", "NORMAL")] {
        let lab = mirrored();
        let text = api(&format!("state: {state}\nmirror: {{absent: true}}\n"));
        let planned = lab.converge(&text);
        assert_eq!(
            planned.lines(),
            ["delete mirror[acme/api]", "update repository_state[acme/api]"]
        );
        let view = lab.by_hand("GET", "/repository/acme/api", json!(null));
        assert_eq!(view["state"], after);
        let mirror = lab.by_hand("GET", "/repository/acme/api/mirror", json!(null));
        assert_eq!(mirror["is_enabled"], false);
    }
}

/// The robot of a mirror keeps its grant; the one of a mirror that sleeps does not.
#[test]
fn a_mirror_that_nobody_declares_sleeps_in_another_state() {
    let lab = mirrored();
    lab.by_hand(
        "PUT",
        "/repository/acme/api/permissions/user/acme+ci",
        json!({"role": "write"}),
    );
    let lines = lab.converge(&api("state: normal\npermissions: {robots: {}}\n")).lines();
    assert_eq!(
        lines,
        [
            "update repository_state[acme/api]",
            "delete permission[acme/api:robot/ci]"
        ]
    );
}

#[test]
fn a_mirror_decides_about_the_state() {
    let text =
        api("state: normal\nmirror: {external_reference: docker.io/a/b, tags: [x], sync_interval: 1d, robot: ci}\n");
    let loaded = manifest::parse_sources([(
        "m.yaml".into(),
        text.replace("acme\n---", "acme\nrobots: {ci: {}}\n---"),
    )]);
    let codes: Vec<&str> = loaded.diagnostics.iter().map(|each| each.code).collect();
    assert_eq!(codes, ["excludes"], "{:#?}", loaded.diagnostics);
}

#[test]
fn without_their_features_both_are_blocked_and_the_rest_goes_on() {
    let lab = Lab::new();
    lab.emulator.with(|registry| registry.set_feature("REPO_MIRROR", false));
    let text = api("description: One\nstate: read_only\ntrust: true\n");
    let first = lab.plan(&text);
    lab.carry_out(&first);
    let again = lab.plan(&text);
    assert_eq!(
        again.lines(),
        [
            "blocked repository_state[acme/api]",
            "blocked repository_trust[acme/api]"
        ]
    );
    let reasons: Vec<&str> = again
        .plan
        .changes
        .iter()
        .filter_map(|change| change.reason.as_deref())
        .collect();
    assert!(
        reasons[0].contains("FEATURE_REPO_MIRROR") && reasons[1].contains("FEATURE_SIGNING"),
        "{reasons:?}"
    );
    assert!(
        lab.plan(&api("state: normal\ntrust: false\n")).plan.is_empty(),
        "what is so already is no change"
    );
}

/// A change by hand, and the line of the plan that must follow.
pub(super) fn changes() -> Vec<(&'static str, &'static str, serde_json::Value, &'static str)> {
    vec![
        (
            "PUT",
            "/repository/acme/api/changestate",
            json!({"state": "NORMAL"}),
            "update repository_state[acme/api] state: normal -> read_only",
        ),
        (
            "PUT",
            "/repository/acme/api/changestate",
            json!({"state": "MIRROR"}),
            "update repository_state[acme/api] state: mirror -> read_only",
        ),
        (
            "POST",
            "/repository/acme/api/changetrust",
            json!({"trust_enabled": false}),
            "update repository_trust[acme/api] trust: false -> true",
        ),
    ]
}

#[test]
fn what_somebody_changes_by_hand_is_put_back() {
    let lab = Lab::new();
    lab.emulator.with(|registry| registry.set_feature("SIGNING", true));
    let text = api("state: read_only\ntrust: true\n");
    lab.converge(&text);
    for (method, path, body, line) in changes() {
        lab.by_hand(method, path, body);
        assert_eq!(lab.converge(&text).details(), [line], "{method} {path}");
    }
    assert_eq!(
        lab.converge(&api("trust: false\n")).lines(),
        ["update repository_trust[acme/api]"]
    );
    let asked = lab.plan(&api("description: x\n")).asked;
    assert!(
        !asked.iter().any(|query| query.contains("includeTags")),
        "nobody declares its trust: {asked:#?}"
    );
}

#[test]
fn the_mirror_of_an_organization_decides_for_its_repositories() {
    let seed = json!({"organizations": [{"name": "acme", "repositories": [{"name": "api"}]}]});
    let lab = Lab::seeded(&seed.to_string());
    lab.emulator.with(|registry| registry.set_feature("ORG_MIRROR", true));
    let planned = lab.plan(&api("state: read_only\n"));
    let mut live = planned.live.clone();
    let address = planned.plan.changes[0].address.clone();
    let mut object = live.get(&address).unwrap().clone();
    object.fields.insert("state", "org_mirror".into());
    live.put(object);
    let plan = quayform::plan::plan(&planned.desired, &live, &lab.options);
    let reason = plan.changes[0].reason.clone().unwrap();
    assert!(reason.contains("the organization is a mirror"), "{reason}");
}
