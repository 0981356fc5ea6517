//! Tags, the labels of their manifests, and build triggers.

use quayform::emulator::When;
use quayform::model::{Action, Narrowing, Pattern};
use serde_json::{Value as Json, json};

use crate::lab::Lab;

pub(super) const ONE: &str = "sha256:1111111111111111111111111111111111111111111111111111111111111111";
pub(super) const TWO: &str = "sha256:2222222222222222222222222222222222222222222222222222222222222222";

/// A repository with two images, one label and two triggers, of which one was never activated.
pub(super) fn lab() -> Lab {
    Lab::seeded(
        &json!({"organizations": [{"name": "acme", "repositories": [{
            "name": "api",
            "manifests": [
                {"digest": ONE, "labels": {"built": "by-hand"}, "added_labels": {"team": "core"}},
                {"digest": TWO},
            ],
            "tags": [{"name": "latest", "digest": TWO}, {"name": "old", "digest": ONE}],
            "triggers": [
                {"id": "11111111-0000-4000-8000-000000000001", "build_source": "git@example.com:acme/api.git"},
                {"id": "11111111-0000-4000-8000-000000000002"},
            ],
        }]}]})
        .to_string(),
    )
}

fn with(rest: &str) -> String {
    format!("kind: Organization\nname: acme\n---\nkind: Repository\nname: acme/api\n{rest}\n")
}

/// A manifest, a change by hand, and the line of the plan that must follow.
pub(super) fn changes() -> Vec<(String, &'static str, &'static str, Json, String)> {
    let tag = "/repository/acme/api/tag/v1";
    let trigger = "/repository/acme/api/trigger/11111111-0000-4000-8000-000000000001";
    let pinned = with(&format!(
        "tags: {{v1: {{digest: \"{ONE}\", expiration: 2026-06-01T00:00:00Z, immutable: false}}}}"
    ));
    vec![
        (
            pinned.clone(),
            "PUT",
            tag,
            json!({"manifest_digest": TWO}),
            format!("update tag[acme/api:v1] digest: {TWO} -> {ONE} expiration: never -> 2026-06-01T00:00:00Z"),
        ),
        (
            pinned.clone(),
            "PUT",
            tag,
            json!({"expiration": null}),
            "update tag[acme/api:v1] expiration: never -> 2026-06-01T00:00:00Z".to_owned(),
        ),
        (
            pinned,
            "PUT",
            tag,
            json!({"immutable": true}),
            "update tag[acme/api:v1] immutable: true -> false".to_owned(),
        ),
        (
            with("triggers: {\"git@example.com:acme/api.git\": {enabled: true}}"),
            "PUT",
            trigger,
            json!({"enabled": false}),
            "update trigger[acme/api:git@example.com:acme/api.git] enabled: false -> true".to_owned(),
        ),
    ]
}

#[test]
fn what_somebody_changes_by_hand_is_put_right() {
    let lab = lab();
    for (text, method, path, body, line) in changes() {
        lab.converge(&text);
        lab.by_hand(method, path, body.clone());
        assert_eq!(lab.converge(&text).details(), [line], "{method} {path} {body}");
    }
}

#[test]
fn tags_are_pinned_copied_and_deleted() {
    let lab = lab();
    let text = with(&format!(
        "tags:\n  v1: {{digest: \"{ONE}\", immutable: true}}\n  stable: {{from_tag: v1}}\n  old: {{absent: true}}"
    ));
    let lines = lab.converge(&text).lines();
    assert_eq!(
        lines,
        [
            "create tag[acme/api:v1]",
            "create tag[acme/api:stable]",
            "delete tag[acme/api:old]"
        ]
    );
    let points = |tag: &str| {
        lab.emulator
            .with(|registry| registry.tag("acme/api", tag).map(str::to_owned))
    };
    assert_eq!(
        ["v1", "stable", "old"].map(points),
        [Some(ONE.to_owned()), Some(ONE.to_owned()), None]
    );
    // A copy is made once: it stays where somebody moves it.
    lab.by_hand(
        "PUT",
        "/repository/acme/api/tag/stable",
        json!({"manifest_digest": TWO}),
    );
    assert!(lab.plan(&text).plan.is_empty());
}

#[test]
fn other_tags_stay_unless_the_list_is_exact_and_are_not_even_read() {
    let lab = lab();
    let tags = format!("tags: {{v1: {{digest: \"{ONE}\"}}}}");
    let asked = lab.converge(&with(&tags)).asked;
    let about_tags: Vec<&String> = asked.iter().filter(|asked| asked.contains("/tag/")).collect();
    assert!(
        matches!(about_tags[..], [one] if one.contains("specificTag=v1")),
        "{about_tags:?}"
    );
    let lines = lab.converge(&with(&format!("{tags}\nmanage: {{tags: exact}}"))).lines();
    assert_eq!(lines, ["delete tag[acme/api:latest]", "delete tag[acme/api:old]"]);
}

#[test]
fn an_exact_list_is_read_to_its_last_page() {
    let lab = lab();
    for number in 0..150 {
        let path = format!("/repository/acme/api/tag/t{number}");
        lab.by_hand("PUT", &path, json!({"manifest_digest": ONE}));
    }
    let planned = lab.plan(&with("tags: {}\nmanage: {tags: exact}"));
    assert_eq!(planned.lines().len(), 152);
}

/// The server keeps an expiration between an hour and 104 weeks: what it makes of the wish fulfils the wish.
#[test]
fn an_expiration_that_the_server_clamps_is_no_difference() {
    let lab = lab();
    let tags = |moment: &str| with(&format!("tags: {{old: {{expiration: \"{moment}\"}}}}"));
    assert_eq!(
        lab.converge(&tags("2040-01-01T00:00:00Z")).lines(),
        ["update tag[acme/api:old]"]
    );
    assert_eq!(
        lab.converge(&tags("2026-01-01T00:10:00Z")).lines(),
        ["update tag[acme/api:old]"]
    );
    assert_eq!(lab.converge(&tags("never")).lines(), ["update tag[acme/api:old]"]);
}

/// Its expiration is lost with a move, and sent again: whoever is cut off in between must find it in the manifest.
#[test]
fn a_tag_that_moves_keeps_its_expiration_where_that_is_written() {
    let lab = lab();
    lab.converge(&with("tags: {old: {expiration: 2026-06-01T00:00:00Z}}"));
    let planned = lab.plan(&with(&format!("tags: {{old: {{digest: \"{TWO}\"}}}}")));
    assert_eq!(planned.lines(), ["blocked tag[acme/api:old]"]);
    assert_eq!(
        planned.plan.changes[0].reason.as_deref(),
        Some(
            "it begins anew with this, and no manifest writes its `expiration: 2026-06-01T00:00:00Z`: add that, or another value"
        )
    );
    lab.emulator.with(|registry| registry.clear_log());
    let both = format!("tags: {{old: {{digest: \"{TWO}\", expiration: 2026-06-01T00:00:00Z}}}}");
    lab.converge(&with(&both));
    assert_eq!(lab.writes(), ["PUT /api/v1/repository/acme/api/tag/old"; 2]);
    let tags = lab.by_hand(
        "GET",
        "/repository/acme/api/tag/?specificTag=old&onlyActiveTags=true",
        Json::Null,
    );
    assert_eq!(tags["tags"][0]["expiration"], "Mon, 01 Jun 2026 00:00:00 -0000");
}

#[test]
fn what_cannot_be_done_with_a_tag_is_said() {
    let lab = lab();
    let blocked = |rest: &str| {
        let plan = lab.plan(&with(rest)).plan;
        let reasons = plan.changes.iter().filter(|change| !change.action.writes());
        reasons.map(|change| change.reason.clone().unwrap()).collect::<Vec<_>>()
    };
    lab.by_hand("PUT", "/repository/acme/api/tag/old", json!({"immutable": true}));
    let immutable = ["it is immutable: write `immutable: false` first"];
    assert_eq!(blocked(&format!("tags: {{old: {{digest: \"{TWO}\"}}}}")), immutable);
    assert_eq!(blocked("tags: {old: {absent: true}}"), immutable);
    let freed = with(&format!("tags: {{old: {{digest: \"{TWO}\", immutable: false}}}}"));
    assert_eq!(lab.converge(&freed).lines(), ["update tag[acme/api:old]"]);
    assert_eq!(
        blocked("tags: {new: {immutable: true}}"),
        ["there is no such tag, and the manifest does not say how it comes to be"]
    );
    assert_eq!(
        blocked("tags: {new: {from_tag: nowhere}}"),
        ["tag[acme/api:nowhere] does not exist, and nothing in this plan creates it"]
    );
    lab.emulator
        .with(|registry| registry.set_feature("IMMUTABLE_TAGS", false));
    assert_eq!(
        blocked("tags: {latest: {immutable: true}}"),
        ["FEATURE_IMMUTABLE_TAGS is off on this server"]
    );
    lab.by_hand("PUT", "/repository/acme/api/changestate", json!({"state": "READ_ONLY"}));
    assert_eq!(
        blocked("tags: {latest: {expiration: 2026-06-01T00:00:00Z}}"),
        ["the repository is in the state READ_ONLY, which takes no pushes"]
    );
}

#[test]
fn labels_of_a_pinned_manifest_come_change_and_go() {
    let lab = lab();
    let text = |labels: &str, manage: &str| {
        with(&format!(
            "tags: {{old: {{digest: \"{ONE}\", labels: {labels}}}}}\nmanage: {{labels: {manage}}}"
        ))
    };
    let lines = |text: &str| lab.converge(text).lines();
    let label = |key: &str| format!("label[acme/api:{ONE}/{key}]");
    assert_eq!(
        lines(&text("{team: platform, tier: \"1\"}", "declared")),
        [
            format!("replace {}", label("team")),
            format!("create {}", label("tier"))
        ]
    );
    assert_eq!(
        lines(&text("{tier: \"1\"}", "exact")),
        [format!("delete {}", label("team"))]
    );
    // What the image brought along is none of the manifest's business.
    let left = lab.by_hand(
        "GET",
        &format!("/repository/acme/api/manifest/{ONE}/labels"),
        Json::Null,
    );
    let keys: Vec<&Json> = left["labels"]
        .as_array()
        .unwrap()
        .iter()
        .map(|label| &label["key"])
        .collect();
    assert_eq!(keys, ["built", "tier"]);
}

#[test]
fn tags_and_labels_of_a_manifest_that_is_not_there_are_blocked() {
    let lab = lab();
    let digest = ONE.replace('1', "3");
    let text = with(&format!(
        "tags: {{old: {{digest: \"{digest}\", labels: {{a: b}}}}, v9: {{digest: \"{digest}\"}}}}"
    ));
    let planned = lab.plan(&text);
    assert!(planned.plan.gaps.is_empty(), "{:#?}", planned.plan.gaps);
    assert_eq!(planned.plan.changes.len(), 3, "{:#?}", planned.lines());
    for change in &planned.plan.changes {
        let reason = change.reason.as_deref().unwrap_or_default();
        assert!(
            change.action == Action::Blocked && reason == format!("acme/api has no image {digest}: push it first"),
            "{change:?}"
        );
    }
    // A repository that is only being made has none at all; the rest of it goes on.
    let new = text.replace("acme/api", "acme/new");
    lab.converge(&new);
    let planned = lab.plan(&new);
    assert!(
        planned.lines().iter().all(|line| line.starts_with("blocked")),
        "{:#?}",
        planned.lines()
    );
}

/// Whether there is an image is only asked where no tag shows it.
#[test]
fn a_tag_pinned_to_what_nobody_pushed_is_blocked_in_every_plan() {
    let lab = lab();
    let digest = ONE.replace('1', "3");
    let text = with(&format!("tags: {{v9: {{digest: \"{digest}\"}}}}"));
    let blocked = |text: &str| {
        let changes = lab.plan(text).plan.changes;
        let reasons = changes.into_iter().filter(|change| change.action == Action::Blocked);
        reasons.map(|change| change.reason.unwrap()).collect::<Vec<_>>()
    };
    let lacking = |repository: &str| format!("{repository} has no image {digest}: push it first");
    assert_eq!(blocked(&text), [lacking("acme/api")]);
    let moved = text.replace("v9", "old");
    assert_eq!(blocked(&moved), [lacking("acme/api")]);
    let new = text.replace("acme/api", "acme/new");
    let reason = "the repository is only being made, and has no images";
    assert_eq!(blocked(&new), [reason]);
    lab.carry_out(&lab.plan(&new));
    let again = lab.plan(&new);
    assert_eq!(again.lines(), ["blocked tag[acme/new:v9]"]);
    assert_eq!(blocked(&new), [lacking("acme/new")]);
    // Narrowed to it, the plan knows as much.
    let mut narrowed = lab;
    narrowed.options.narrowing = Some(Narrowing {
        targets: vec![Pattern::parse("tag").unwrap()],
        ..Narrowing::default()
    });
    assert_eq!(narrowed.plan(&text).lines(), ["blocked tag[acme/api:v9]"]);
    let asked = |text: &str| {
        let asked = narrowed.plan(text).asked;
        asked.iter().filter(|asked| asked.contains("/labels")).count()
    };
    assert_eq!(asked(&text), 1);
    assert_eq!(asked(&with(&format!("tags: {{old: {{digest: \"{ONE}\"}}}}"))), 0);
}

/// A key has the value that the manifest writes: whatever else has the key goes, also where other labels stay.
#[test]
fn a_written_key_has_one_value() {
    let lab = lab();
    let path = format!("/repository/acme/api/manifest/{ONE}/labels");
    let add = |key: &str, value: &str| {
        let body = json!({"key": key, "value": value, "media_type": "text/plain"});
        lab.by_hand("POST", &path, body);
    };
    let text = |value: &str, manage: &str| {
        with(&format!(
            "tags: {{old: {{digest: \"{ONE}\", labels: {{team: {value}}}}}}}\nmanage: {{labels: {manage}}}"
        ))
    };
    let left = || {
        let labels = lab.by_hand("GET", &path, Json::Null);
        let labels = labels["labels"].as_array().unwrap().clone();
        let added = labels.into_iter().filter(|label| label["source_type"] == "api");
        let texts = added.map(|label| {
            format!(
                "{}={}",
                label["key"].as_str().unwrap(),
                label["value"].as_str().unwrap()
            )
        });
        texts.collect::<Vec<_>>()
    };
    let (first, second) = (
        format!("label[acme/api:{ONE}/team]"),
        format!("label[acme/api:{ONE}/team#2]"),
    );
    for manage in ["declared", "additive"] {
        add("team", "edge");
        add("other", "stays");
        let planned = lab.converge(&text("core", manage));
        assert_eq!(planned.lines(), [format!("delete {second}")]);
        assert!(left().contains(&"other=stays".to_owned()));
        // None of them is right: whichever is replaced, one is left, also after a crash between the two.
        add("team", "edge");
        let planned = lab.plan(&text("platform", manage));
        assert_eq!(
            planned.lines(),
            [format!("replace {first}"), format!("delete {second}")]
        );
        for (write, when) in [(1, When::AfterCommit), (2, When::AfterCommit), (3, When::AfterCommit)] {
            lab.carry_out_until(&lab.plan(&text("platform", manage)), write, when);
        }
        lab.converge(&text("platform", manage));
        assert_eq!(
            left().iter().filter(|label| label.starts_with("team=")).count(),
            1,
            "{:?}",
            left()
        );
        assert!(left().contains(&"team=platform".to_owned()));
        lab.converge(&text("core", manage));
    }
}

/// An image with two names has its labels once; two values for one key contradict each other.
#[test]
fn two_tags_of_one_image_say_the_same_of_its_labels() {
    let lab = lab();
    let text = |one: &str, other: &str| {
        with(&format!(
            "tags:\n  old: {{digest: \"{ONE}\", labels: {{tier: {one}}}}}\n  \
             v1: {{digest: \"{ONE}\", labels: {{tier: {other}}}}}"
        ))
    };
    let created = lab.converge(&text("gold", "gold")).lines();
    assert_eq!(
        created.iter().filter(|line| line.contains(" label[")).count(),
        1,
        "{created:#?}"
    );
    let loaded = quayform::manifest::parse_sources([("a.yaml".into(), text("gold", "silver"))]);
    let codes: Vec<&str> = loaded.diagnostics.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, ["label-twice"]);
    assert!(loaded.project.is_none());
}

#[test]
fn triggers_are_switched_and_deleted_but_never_made() {
    let lab = lab().allow(&["trigger"]);
    let (source, id) = ("git@example.com:acme/api.git", "11111111-0000-4000-8000-000000000002");
    let planned = lab.plan(&with(&format!(
        "triggers: {{\"{source}\": {{enabled: false}}, {id}: {{enabled: false}}, other: {{enabled: true}}}}"
    )));
    assert_eq!(
        planned.lines(),
        [
            format!("update trigger[acme/api:{source}]"),
            format!("blocked trigger[acme/api:{id}]"),
            "blocked trigger[acme/api:other]".to_owned()
        ]
    );
    assert!(
        planned.plan.changes[2]
            .reason
            .as_ref()
            .unwrap()
            .contains("web page only")
    );
    let lines = lab
        .converge(&with(&format!("triggers: {{{id}: {{absent: true}}}}")))
        .lines();
    assert_eq!(lines, [format!("delete trigger[acme/api:{id}]")]);
    let lines = lab.converge(&with("triggers: {}\nmanage: {triggers: exact}")).lines();
    assert_eq!(lines, [format!("delete trigger[acme/api:{source}]")]);
}

/// Its set-up cannot be brought back by another apply.
#[test]
fn a_trigger_goes_only_where_that_is_allowed() {
    let text = with("triggers: {\"git@example.com:acme/api.git\": {absent: true}}");
    let refusals = lab().plan(&text).plan.refusals;
    assert_eq!(refusals.len(), 1, "{refusals:#?}");
}
