//! What the pages promise about ownership, values and the server's own doing, where no other scenario shows it.

use std::sync::Arc;

use quayform::model::{Action, State};
use serde_json::{Value as Json, json};

use crate::lab::{Lab, Planned};
use crate::meddler::Meddler;

const ACME: &str =
    "kind: Organization\nname: acme\nteams: {devs: {role: member}}\n---\nkind: Repository\nname: acme/api\n";

fn with(rest: &str) -> String {
    format!("{ACME}{rest}\n")
}

fn codes(planned: &Planned) -> Vec<&'static str> {
    let codes = planned.plan.diagnostics.iter().map(|told| told.code);
    codes.filter(|code| *code != "unused-allow").collect()
}

/// `permissions.teams`, `.robots` and `.users` are owned one by one, and none of them where nothing is written.
#[test]
fn each_map_of_permissions_counts_for_itself() {
    let lab = Lab::new();
    lab.converge(&with("permissions: {teams: {devs: write}}"));
    lab.by_hand(
        "PUT",
        "/repository/acme/api/permissions/user/bob",
        json!({"role": "read"}),
    );
    for rest in [
        "permissions: {teams: {devs: write}}",
        "permissions: {robots: {}}",
        "permissions: {}",
        "",
    ] {
        let planned = lab.plan(&with(rest));
        assert!(planned.plan.is_empty(), "{rest}: {:#?}", planned.lines());
    }
    let gone = "delete permission[acme/api:user/bob]".to_owned();
    let lines = lab.converge(&with("permissions: {users: {}}")).lines();
    assert!(
        lines.contains(&gone) && !lines.iter().any(|line| line.contains("team/")),
        "{lines:#?}"
    );
}

/// `''` means none: it takes a text away, and equals what the server shows where there is none.
#[test]
fn an_empty_text_clears_and_equals_nothing() {
    let lab = Lab::new();
    let text = |email: &str| {
        format!(
            "kind: Organization\nname: acme\nemail: {email}\ninvoice_email_address: ''\nteams: {{devs: {{description: ''}}}}\n"
        )
    };
    lab.converge(&text("platform@acme.example"));
    let cleared = lab.converge(&text("''")).details();
    assert_eq!(
        cleared,
        ["update organization[acme] email: platform@acme.example -> \"\""]
    );
}

/// What is not written has a value when it comes to be, and is nobody's concern from then on.
#[test]
fn what_is_not_written_has_a_default_once_and_is_not_managed_afterwards() {
    let lab = Lab::new();
    let text = "kind: Organization\nname: acme\nteams: {devs: {}}\n---\nkind: Repository\nname: acme/api\n";
    let created = lab.converge(text).details();
    assert!(
        created.contains(&"create repository[acme/api] visibility: - -> private".to_owned()),
        "{created:#?}"
    );
    assert!(
        created.contains(&"create team[acme/devs] role: - -> member".to_owned()),
        "{created:#?}"
    );
    lab.by_hand(
        "POST",
        "/repository/acme/api/changevisibility",
        json!({"visibility": "public"}),
    );
    lab.by_hand("PUT", "/repository/acme/api", json!({"description": "by hand"}));
    lab.by_hand(
        "PUT",
        "/organization/acme/team/devs",
        json!({"role": "admin", "description": "by hand"}),
    );
    let planned = lab.plan(text);
    assert!(planned.plan.is_empty(), "{:#?}", planned.details());
}

/// A public repository is born as one: only one that exists becomes it last.
#[test]
fn a_new_public_repository_is_created_public() {
    let lab = Lab::new();
    lab.converge(&with("visibility: public\npermissions: {teams: {devs: read}}"));
    let writes = lab.writes();
    assert!(
        !writes.iter().any(|write| write.contains("changevisibility")),
        "{writes:#?}"
    );
    assert_eq!(
        lab.by_hand("GET", "/repository/acme/api", Json::Null)["is_public"],
        true
    );
}

/// Where no document declares the organization, the registry says what there is.
#[test]
fn references_into_an_organization_that_nobody_declares_are_proven() {
    let lab = Lab::new();
    lab.converge("kind: Organization\nname: acme\nteams: {devs: {}}\nrobots: {ci: {}}\n");
    let text = |team: &str, robot: &str| {
        format!(
            "kind: Repository\nname: acme/api\npermissions: {{teams: {{{team}: read}}, robots: {{{robot}: read}}}}\n"
        )
    };
    lab.converge(&text("devs", "ci"));
    assert_eq!(codes(&lab.plan(&text("ghosts", "ci"))), ["missing-reference"]);
    assert_eq!(codes(&lab.plan(&text("devs", "ghost"))), ["missing-reference"]);
    assert_eq!(
        codes(&lab.plan("kind: Repository\nname: nobody/api\n")),
        ["missing-reference"]
    );
}

/// Whoever operates the registry stays an administrator where no list names them: said, and no difference.
#[test]
fn operators_are_kept_where_they_are_not_listed() {
    let mut lab = Lab::new();
    lab.converge("kind: Organization\nname: acme\nteams: {owners: {members: [quayadmin, carol, bob]}}\n");
    lab.options.guards.operators = vec!["carol".to_owned()];
    let planned = lab.converge("kind: Organization\nname: acme\nteams: {owners: {members: [quayadmin]}}\n");
    assert_eq!(planned.lines(), ["delete member[acme/owners/bob]"]);
    assert_eq!(codes(&planned), ["kept"]);
}

/// Whatever is external is there, and is neither changed nor deleted, however exact the rest is.
#[test]
fn what_is_external_stays_as_it_is_in_an_exact_list() {
    let lab = Lab::new().allow(&["robot", "team"]);
    lab.converge("kind: Organization\nname: acme\nteams: {ops: {role: admin}, devs: {}}\nrobots: {ci: {}, old: {}}\n");
    lab.by_hand("PUT", "/organization/acme/team/ops/members/carol", Json::Null);
    let text = "kind: Organization\nname: acme\nteams: {owners: {}, ops: {external: true}}\n\
                robots: {ci: {external: true}}\nmanage: {teams: exact, robots: exact, members: exact}\n";
    let mut lines = lab.converge(text).lines();
    lines.sort();
    assert_eq!(lines, ["delete robot[acme+old]", "delete team[acme/devs]"]);
    // It is not made either.
    lab.by_hand("DELETE", "/organization/acme/robots/ci", Json::Null);
    let planned = lab.plan(text);
    assert!(
        planned.plan.is_empty() && codes(&planned) == ["missing-reference"],
        "{:#?}",
        planned.lines()
    );
}

/// The API could not tell it from its own paths: a request about it would be about something else.
#[test]
fn a_live_repository_with_a_word_of_the_api_in_its_name_is_told_and_never_written_to() {
    let lab = Lab::seeded(
        r#"{"organizations": [{"name": "acme", "repositories": [{"name": "api"}, {"name": "api/mirror"}]}]}"#,
    )
    .allow(&["repository"]);
    let exact =
        "kind: Organization\nname: acme\nmanage: {repositories: exact}\n---\nkind: Repository\nname: acme/api\n";
    let planned = lab.converge(exact);
    assert_eq!(planned.lines(), Vec::<String>::new());
    assert_eq!(codes(&planned), ["kept"]);
    let all = "kind: Organization\nname: acme\n---\nkind: RepositoryDefaults\nmatch: acme/*\napplies_to: all\ndescription: ours\n";
    assert_eq!(lab.converge(all).lines(), ["update repository[acme/api]"]);
}

/// Two equal items are meant as two.
#[test]
fn equal_items_written_twice_are_two() {
    let lab = Lab::new();
    let one = "{event: repo_push, webhook: {url: 'https://hooks.example/1'}}";
    let text = with(&format!("notifications: [{one}, {one}]"));
    let lines = lab.converge(&text).lines();
    let created = lines.iter().filter(|line| line.starts_with("create notification"));
    let expected = [
        "create notification[acme/api:repo_push.webhook]",
        "create notification[acme/api:repo_push.webhook#2]",
    ];
    assert_eq!(created.collect::<Vec<_>>(), expected);
    let warned = quayform::manifest::parse_sources([("a.yaml".into(), text.clone())]);
    assert_eq!(warned.diagnostics.iter().next().unwrap().code, "written-twice");
    let list = lab.by_hand("GET", "/repository/acme/api/notification/", Json::Null);
    let id = list["notifications"][0]["uuid"].as_str().unwrap().to_owned();
    lab.by_hand("DELETE", &format!("/repository/acme/api/notification/{id}"), Json::Null);
    assert_eq!(lab.converge(&text).lines().len(), 1);
    let single = lab.converge(&with(&format!("notifications: [{one}]"))).lines();
    assert!(
        matches!(&single[..], [line] if line.starts_with("delete notification")),
        "{single:#?}"
    );
}

/// What an organization's mirror makes is the mirror's.
#[test]
fn a_layer_for_all_leaves_the_repositories_of_a_mirror_alone() {
    let lab = Lab::new();
    lab.converge(ACME);
    let text = "kind: Organization\nname: acme\n---\nkind: RepositoryDefaults\nmatch: acme/*\napplies_to: all\n\
                description: ours\n";
    let made = Meddler::new(&lab.emulator).after(|_, request, response| {
        if request.target.contains("/repository?namespace=acme") {
            let body = String::from_utf8(response.body.clone()).unwrap();
            response.body = body.replace("\"NORMAL\"", "\"ORG_MIRROR\"").into_bytes();
        }
    });
    let planned = lab.plan_through(text, Arc::new(made)).unwrap();
    assert_eq!(planned.lines(), Vec::<String>::new());
    assert_eq!(lab.plan(text).lines(), ["update repository[acme/api]"]);
}

/// Whoever does not say when a mirror begins means now.
#[test]
fn a_mirror_begins_when_it_is_applied_unless_that_is_written() {
    let lab = Lab::new();
    let text = "kind: Organization\nname: acme\nrobots: {mirror: {}}\n---\nkind: Repository\nname: acme/nginx\n\
                mirror: {external_reference: docker.io/library/nginx, tags: [latest], sync_interval: 6h, robot: mirror}\n";
    let before = lab.surroundings().clock.now();
    let planned = lab.converge(text);
    assert!(
        planned
            .details()
            .iter()
            .any(|line| line.contains("sync_start_date: - -> (time of the apply)")),
        "{:#?}",
        planned.details()
    );
    let view = lab.by_hand("GET", "/repository/acme/nginx/mirror", Json::Null);
    let start: jiff::Timestamp = view["sync_start_date"].as_str().unwrap().parse().unwrap();
    assert!(start.duration_since(before).abs().as_secs() < 3_600, "{start}");
}

/// A deleted organization keeps its name until garbage collection: what takes it then is put off, and comes later.
#[test]
fn a_name_that_is_still_taken_is_deferred() {
    let lab = Lab::new();
    lab.converge("kind: Organization\nname: acme\n");
    lab.by_hand("DELETE", "/organization/acme", Json::Null);
    let text = "kind: Organization\nname: acme\nteams: {devs: {}}\n";
    let planned = lab.plan(text);
    let applied = lab.carry_out(&planned);
    let states: Vec<&str> = applied.outcomes.iter().map(|outcome| outcome.state.word()).collect();
    assert_eq!(states, ["deferred", "skipped"], "{:#?}", applied.outcomes);
    assert!(matches!(applied.outcomes[0].state, State::Deferred(_)));
    lab.emulator.with(|registry| registry.garbage_collect());
    lab.converge(text);
}

/// What a server cannot change is no matter as long as it is as it should be.
#[test]
fn what_cannot_be_changed_here_and_is_right_is_unchanged() {
    let lab = Lab::new();
    let text = |time: &str| format!("kind: Organization\nname: acme\ntag_expiration: {time}\n");
    lab.converge(&text("1w"));
    lab.emulator
        .with(|registry| registry.set_feature("CHANGE_TAG_EXPIRATION", false));
    let planned = lab.plan(&text("1w"));
    assert!(
        planned.plan.is_empty() && planned.plan.summary.blocked == 0,
        "{:#?}",
        planned.details()
    );
    let other = lab.plan(&text("2w"));
    assert_eq!(other.plan.changes[0].action, Action::Blocked);
    assert!(
        other.plan.changes[0]
            .reason
            .as_ref()
            .unwrap()
            .contains("FEATURE_CHANGE_TAG_EXPIRATION")
    );
}

/// An earlier creation that failed has left its rule behind: the server takes every change of the rule from then on, and
/// makes nothing of it. Only reading it again shows that; an apply says so, with the way out, and is done.
#[test]
fn a_rule_of_a_mirror_that_the_server_will_not_change_is_blocked_with_the_reason() {
    let lab = Lab::new();
    let text = |tags: &str, interval: &str| {
        format!(
            "kind: Organization\nname: acme\nrobots: {{mirror: {{}}}}\n---\nkind: Repository\nname: acme/nginx\n\
             mirror: {{external_reference: docker.io/library/nginx, tags: [{tags}], sync_interval: {interval}, \
             sync_start_date: 2026-01-01T00:00:00Z, robot: mirror}}\n"
        )
    };
    lab.converge("kind: Organization\nname: acme\nrobots: {mirror: {}}\n---\nkind: Repository\nname: acme/nginx\n");
    let body = json!({
        "external_reference": "docker.io/library/nginx", "sync_interval": 3600, "robot_username": "acme+nobody",
        "sync_start_date": "2026-01-01T00:00:00Z", "skopeo_timeout_interval": 300,
        "root_rule": {"rule_kind": "tag_glob_csv", "rule_value": ["old"]},
    });
    let request = quayform::emulator::IncomingRequest::new("POST", "/api/v1/repository/acme/nginx/mirror");
    let refused = lab
        .emulator
        .handle(&request.with_token("emulator-token").with_json(&body))
        .unwrap();
    assert_eq!(refused.status, 400);
    lab.converge(&text("latest", "6h"));
    let planned = lab.plan(&text("stable", "12h"));
    let applied = lab.carry_out(&planned);
    let verified = applied.verified.unwrap();
    assert!(verified.converged() && verified.residual.is_empty(), "{verified:#?}");
    let [blocked] = &verified.blocked[..] else {
        panic!("{verified:#?}");
    };
    assert_eq!(blocked.differences[0].field, Some("tags"));
    let reason = blocked.differences[0].cause.to_string();
    assert!(
        reason.contains("delete the repository and have it made anew"),
        "{reason}"
    );
    // The rest of the change is done.
    let left = lab.plan(&text("stable", "12h")).details();
    assert_eq!(left, ["update mirror[acme/nginx] tags: [latest] -> [stable]"]);
}
