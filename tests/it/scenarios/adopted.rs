//! What somebody changes by hand is written back into the manifest: the next plan is silent, and comments stay.

use quayform::drift::adopt::{Adoption, Ground, adopt};
use quayform::drift::{Drifted, sort};
use quayform::emulator::Registry;
use quayform::kinds;
use quayform::manifest::{self, Target};
use quayform::model::{Action, Change, Value, Way, World};
use quayform::plan::plan;
use quayform::report::reference::catalog;
use serde_json::{Value as Json, json};

use crate::contract;
use crate::lab::Lab;

use super::company::{self, ACME};
use super::{by_hand, registry_wide, repository_settings, tags};

/// Writes what is live back into a manifest.
fn adopted(lab: &Lab, text: &str) -> Adoption {
    let planned = lab.plan(text);
    written_back(lab, text, &planned.plan.changes, &planned.live)
}

/// Writes back what these changes would put right.
fn written_back(lab: &Lab, text: &str, changes: &[Change], live: &World) -> Adoption {
    let loaded = manifest::parse_sources([("manifest.yaml".into(), text.to_owned())]);
    let changes = changes.iter();
    let drifted: Vec<Drifted> = changes
        .filter(|change| change.action != Action::Deferred)
        .map(|change| Drifted {
            change: change.clone(),
            sort: sort(change, live),
            verdicts: Vec::new(),
        })
        .collect();
    let ground = Ground {
        sources: &loaded.sources,
        secrets: &lab.secrets(),
        target: Target::default(),
        shard: None,
        live,
        options: &lab.options,
    };
    adopt(&drifted, &ground)
}

/// The text that comes of it.
fn text_after(adoption: &Adoption, text: &str) -> String {
    adoption
        .files
        .first()
        .map_or_else(|| text.to_owned(), |file| file.after.clone())
}

/// Each refusal as `message (way out)`.
fn refusals(adoption: &Adoption) -> Vec<String> {
    let refused = adoption.refused.iter();
    refused
        .map(|each| format!("{} ({})", each.message, each.help.clone().unwrap_or_default()))
        .collect()
}

/// A manifest with a comment beside each line that can have one.
fn commented(text: &str) -> String {
    let (mut lines, mut in_text) = (Vec::new(), None);
    for (number, line) in text.lines().enumerate() {
        let indentation = line.len() - line.trim_start().len();
        let is_text = in_text.is_some_and(|column| indentation > column);
        if line.is_empty() || line == "---" || is_text {
            lines.push(line.to_owned());
            continue;
        }
        in_text = line.ends_with('|').then_some(indentation);
        lines.push(format!("{line} # {number}."));
    }
    lines.join("\n") + "\n"
}

/// How many comments of one text are not in another.
fn lost(before: &str, after: &str) -> usize {
    let comments = before
        .lines()
        .filter_map(|line| Some(format!(" #{}", line.rsplit_once(" #")?.1)));
    comments
        .filter(|comment| !after.lines().any(|line| line.ends_with(comment.as_str())))
        .count()
}

/// Adopts one change by hand and puts it right again; says what is not as it should be.
fn one(lab: &Lab, text: &str, change: impl FnOnce(&Lab), line: &str) -> Option<String> {
    let text = commented(text);
    lab.converge(&text);
    change(lab);
    let adoption = adopted(lab, &text);
    let after = text_after(&adoption, &text);
    let left = lab.plan(&after).details();
    // A comment goes with the line that it stands beside.
    let is_out = line.starts_with("create");
    let lost = lost(&text, &after).saturating_sub(usize::from(is_out));
    lab.converge(&text);
    let refused = refusals(&adoption);
    let is_well = left.is_empty() && lost == 0 && refused.is_empty() && after != text;
    (!is_well).then(|| format!("{line}: {refused:?}, left {left:?}, {lost} comments lost"))
}

#[test]
fn every_field_that_can_be_changed_by_hand_is_written_back() {
    let lab = company::lab().allow(&["immutability"]);
    lab.emulator.with(|registry| registry.set_feature("SPARSE_INDEX", true));
    let text = format!("{}{}", ACME.trim_end(), by_hand::COPIES);
    let wrong: Vec<String> = by_hand::changes()
        .into_iter()
        .filter_map(|(method, path, body, line)| {
            let change = |lab: &Lab| drop(lab.by_hand(method, &by_hand::with_ids(lab, path), body));
            one(&lab, &text, change, line)
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What somebody may have left in a field of a kind's example instead; nothing for what makes another object, or is an
/// account, which is changed above.
fn instead(kind: &str, field: &'static str, live: Option<&Value>) -> Option<Vec<(&'static str, Value)>> {
    let text = Value::text;
    let map = |entries: &[(&str, &str)]| {
        let entries = entries
            .iter()
            .map(|(key, value)| ((*key).to_owned(), Value::text(*value)));
        Value::Map(entries.collect())
    };
    let other = match (kind, field) {
        (_, "robot")
        | ("message", "content" | "severity")
        | ("notification" | "organization_notification", "title" | "event" | "method") => return None,
        ("auto_prune", "keep_tags") => return Some(vec![(field, 5.into()), ("older_than", Value::Null)]),
        (_, "except") => return Some(vec![(field, text("x.*")), ("tags", text(""))]),
        ("team", "role") => text("member"),
        (_, "role") => text("read"),
        (_, "visibility") => text("public"),
        (_, "state") => text("normal"),
        ("organization_mirror", "external_registry_type") => text("quay"),
        ("message", "media_type") => text("text/plain"),
        ("team_sync", "service") => text("oidc"),
        (_, "digest") => text(tags::TWO),
        ("tag", "expiration") => text("2027-02-01T00:00:00Z"),
        (_, "sync_start_date") => text("2026-01-01T01:00:00Z"),
        (_, "email" | "avatar_email" | "invoice_email_address") => text("other@acme.example"),
        (_, "external_registry_url") => text("https://other.example"),
        (_, "identities") => Value::List(vec![map(&[("issuer", "https://other.example"), ("subject", "other")])]),
        (_, "architectures") => Value::List(vec![text("ppc64le")]),
        (_, "proxy") => map(&[("no_proxy", "other")]),
        (_, "metadata") => map(&[("owner", "other"), ("pages", "none")]),
        (_, "filter") => map(&[("level", "low")]),
        (_, "config") => match live {
            Some(Value::Map(entries)) => {
                let template = ("template".to_owned(), text("{\"a\": 1}"));
                let entries = entries.iter().map(|(key, value)| (key.clone(), value.clone()));
                Value::Map(entries.chain([template]).collect())
            }
            _ => return None,
        },
        (_, "external_reference") => text("docker.io/library/redis"),
        ("service_key", "expiration") => 2_082_672_000.into(),
        (_, "limit") => 1_073_741_824.into(),
        (_, "sync_interval") => 3_600.into(),
        (_, "skopeo_timeout") => 900.into(),
        ("organization" | "proxy_cache" | "auto_prune", _) if matches!(live, Some(Value::Integer(_))) => 86_400.into(),
        _ => match live {
            Some(Value::Boolean(switch)) => (!switch).into(),
            Some(Value::List(_)) => Value::List(vec![text("other")]),
            _ => text("other"),
        },
    };
    Some(vec![(field, other)])
}

/// Each kind, by the example that writes all of its fields: whatever differs in one of them is written back.
#[test]
fn every_field_of_every_kind_is_written_back() {
    let mut wrong = Vec::new();
    for kind in kinds::ALL
        .iter()
        .filter(|kind| !contract::ONLY_GO.contains(&kind.name()))
    {
        let entry = catalog::entry(kind.name()).unwrap();
        let lab = contract::lab(*kind).allow(&["*"]);
        lab.converge(entry.example);
        let planned = lab.plan(entry.example);
        let address = kinds::address(entry.address).unwrap();
        let live = planned.live.get(&address).unwrap();
        for field in kind.fields() {
            let is_shown = !matches!(field.way, Way::WriteOnly(_) | Way::CreateOnly(_));
            let others = instead(kind.name(), field.name, live.fields.get(field.name)).filter(|_| is_shown);
            let Some(others) = others else { continue };
            let (mut world, mut object) = (planned.live.clone(), live.clone());
            object.fields.extend(others);
            world.put(object);
            let drifted = plan(&planned.desired, &world, &lab.options).changes;
            let adoption = written_back(&lab, entry.example, &drifted, &world);
            let after = text_after(&adoption, entry.example);
            let left = plan(&lab.desired(&after), &world, &lab.options).changes;
            if drifted.is_empty() || !left.is_empty() {
                wrong.push(format!("{address} {}: {:?}\n{after}", field.name, refusals(&adoption)));
            }
        }
    }
    // No manifest takes an approval back.
    assert_eq!(wrong.len(), 1, "{}", wrong.join("\n"));
    assert!(
        wrong[0].starts_with("service_key[Registry/scanner] approved: "),
        "{}",
        wrong[0]
    );
}

/// A message has no name but its text: one that went is taken out, one that came is added.
#[test]
fn messages_are_written_back() {
    let lab = Lab::new();
    let text = "kind: Registry\nmessages: # for all\n  - {content: One} # first\n  - {content: Two} # second\n";
    lab.converge(text);
    let listed = lab.by_hand("GET", "/messages", Json::Null);
    let uuid = listed["messages"][0]["uuid"].as_str().unwrap();
    lab.by_hand("DELETE", &format!("/message/{uuid}"), Json::Null);
    let new = json!({"message": {"content": "Three", "media_type": "text/plain", "severity": "warning"}});
    lab.by_hand("POST", "/messages", new);
    let after = text_after(&adopted(&lab, text), text);
    let added = "  - content: Three\n    severity: warning\n";
    assert_eq!(after, text.replace("  - {content: One} # first\n", "") + added);
    assert!(lab.plan(&after).lines().is_empty());
}

#[test]
fn settings_of_a_repository_are_written_back() {
    let lab = Lab::new();
    lab.emulator.with(|registry| registry.set_feature("SIGNING", true));
    let text = repository_settings::api("state: read_only\ntrust: true\n");
    let wrong: Vec<String> = repository_settings::changes()
        .into_iter()
        .filter_map(|(method, path, body, line)| one(&lab, &text, |lab| drop(lab.by_hand(method, path, body)), line))
        .collect();
    assert_eq!(wrong.len(), 1, "{wrong:#?}");
    assert!(wrong[0].contains("state: mirror -> read_only"), "{wrong:#?}");
}

#[test]
fn what_belongs_to_the_registry_is_written_back() {
    let lab = Lab::new();
    lab.converge(registry_wide::ALL);
    let wrong: Vec<String> = registry_wide::changes()
        .into_iter()
        .filter_map(|(method, path, body, line)| {
            let keys = lab.by_hand("GET", "/superuser/keys", Json::Null);
            let quotas = lab.by_hand("GET", "/superuser/users/frank/quota", Json::Null);
            let path = path.replace("{key}", keys["keys"][1]["kid"].as_str().unwrap());
            let path = path.replace("{quota}", &quotas[0]["id"].to_string());
            let change = |lab: &Lab| match method {
                "STATE" => lab.emulator.with(|registry| {
                    let mut state = registry.to_json();
                    *state.pointer_mut(&path).unwrap() = body.clone();
                    *registry = Registry::from_json(state).unwrap();
                }),
                _ => drop(lab.by_hand(method, &path, body.clone())),
            };
            one(&lab, registry_wide::ALL, change, line)
        })
        .collect();
    assert_eq!(wrong.len(), 1, "{wrong:#?}");
    assert!(
        wrong[0].contains("approved: false -> true"),
        "no manifest takes an approval back: {wrong:#?}"
    );
}

#[test]
fn tags_and_triggers_are_written_back() {
    let lab = tags::lab();
    let wrong: Vec<String> = tags::changes()
        .into_iter()
        .filter_map(|(text, method, path, body, line)| {
            one(&lab, &text, |lab| drop(lab.by_hand(method, path, body)), &line)
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What came into maps and lists that are owned exactly, and what went, one change at a time.
#[test]
fn what_came_and_what_went_is_written_back() {
    let lab = company::lab().allow(&["*"]);
    let exact = ACME.replace(
        "default_permissions:",
        "manage: {robots: exact, teams: exact}\ndefault_permissions:",
    );
    let put = |path: &'static str, body: Json| ("PUT", path, body);
    let post = |path: &'static str, body: Json| ("POST", path, body);
    let gone = |path: &'static str| ("DELETE", path, Json::Null);
    let changes = [
        put("/organization/acme/robots/extra", json!({"description": "By hand"})),
        put("/organization/acme/team/extra", json!({"role": "creator"})),
        gone("/organization/acme/team/empty"),
        gone("/organization/acme/robots/spare"),
        post(
            "/organization/acme/prototypes",
            json!({"role": "admin", "delegate": {"kind": "user", "name": "erin"}}),
        ),
        post(
            "/repository/acme/api/autoprunepolicy/",
            json!({"method": "creation_date", "value": "7d"}),
        ),
        post(
            "/repository/acme/web/changevisibility",
            json!({"visibility": "private"}),
        ),
    ];
    let wrong: Vec<String> = changes
        .into_iter()
        .filter_map(|(method, path, body)| {
            let line = if method == "DELETE" { "create" } else { "delete" };
            let wrong = one(&lab, &exact, |lab| drop(lab.by_hand(method, path, body)), line)?;
            Some(format!("{path}: {wrong}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A quota, a limit, a federation, a mirror: what consists of more than one line, or of one in a list.
#[test]
fn whole_parts_that_went_are_taken_out() {
    let lab = company::lab().allow(&["*"]);
    let path = |lab: &Lab| {
        let quota = lab.by_hand("GET", "/organization/acme/quota", Json::Null)[0].clone();
        let limit = quota["limits"][0]["id"].clone();
        (format!("/organization/acme/quota/{}", quota["id"]), limit)
    };
    let text = commented(ACME);
    lab.converge(&text);
    let (quota, limit) = path(&lab);
    lab.by_hand("DELETE", &format!("{quota}/limit/{limit}"), Json::Null);
    let after = text_after(&adopted(&lab, &text), &text);
    assert!(after.contains("limits: [{type: reject, at: 100%}]"), "{after}");
    lab.by_hand("DELETE", &quota, Json::Null);
    let adoption = adopted(&lab, &text);
    assert_eq!(refusals(&adoption), Vec::<String>::new());
    assert_eq!(adoption.adopted.len(), 3, "{:?}", adoption.adopted);
    let after = text_after(&adoption, &text);
    assert!(!after.contains("quota:") && !after.contains("limits:"), "{after}");
    assert!(lab.plan(&after).lines().is_empty());
}

/// Somebody stops a mirror, and makes anew what a tombstone holds down.
#[test]
fn a_stopped_mirror_and_what_was_buried_are_written_back() {
    let lab = company::lab().allow(&["*"]);
    let text = commented(&ACME.replace("  spare: {}", "  spare: {absent: true}"));
    lab.converge(&text);
    lab.by_hand(
        "PUT",
        "/repository/acme/mirrors/nginx/changestate",
        json!({"state": "NORMAL"}),
    );
    lab.by_hand("PUT", "/organization/acme/robots/spare", json!({"description": "Back"}));
    let adoption = adopted(&lab, &text);
    assert_eq!(refusals(&adoption), Vec::<String>::new());
    let after = text_after(&adoption, &text);
    assert!(after.contains("  spare: {description: Back} #"), "{after}");
    assert!(
        !after.contains("docker.io/library/nginx") && after.contains("name: acme/mirrors/nginx"),
        "{after}"
    );
    assert_eq!(lab.plan(&after).details(), Vec::<String>::new());
}

/// A notification can only be made anew: its filter is written back, its address is a secret.
#[test]
fn a_notification_is_written_back_as_far_as_it_is_no_secret() {
    let lab = company::lab().allow(&["*"]);
    let text = commented(ACME);
    lab.converge(&text);
    let list = "/repository/acme/api/notification/";
    let all = lab.by_hand("GET", list, Json::Null);
    let high = all["notifications"].as_array().unwrap().iter();
    let mut high = high;
    let high = high.find(|each| each["event"] == "vulnerability_found").unwrap();
    lab.by_hand(
        "DELETE",
        &format!("{list}{}", high["uuid"].as_str().unwrap()),
        Json::Null,
    );
    let low = json!({
        "event": "vulnerability_found", "method": "webhook", "eventConfig": {"level": "3"},
        "config": {"url": "https://hooks.example/quay"},
    });
    lab.by_hand("POST", list, low);
    let adoption = adopted(&lab, &text);
    assert_eq!(refusals(&adoption), Vec::<String>::new());
    let after = text_after(&adoption, &text);
    assert!(after.contains("level: low") && lost(&text, &after) == 0, "{after}");
    assert_eq!(lab.plan(&after).details(), Vec::<String>::new());

    let new = json!({
        "title": "new", "event": "repo_push", "method": "webhook", "eventConfig": {},
        "config": {"url": "https://hooks.example/new"},
    });
    lab.by_hand("POST", list, new);
    let adoption = adopted(&lab, &after);
    assert_eq!(
        refusals(&adoption),
        [
            "notification[acme/api:new] is not adopted: a secret belongs to it, which is not written out (write it by hand: \
          `{title: new, event: repo_push, webhook: {url: {env: NAME}}}`)"
        ]
    );
    assert!(adoption.files.is_empty(), "{:?}", adoption.files);
}

/// A value of a layer is everybody's; the line that would be this one's alone is said.
#[test]
fn what_is_inherited_is_refused_with_the_line_to_write() {
    let lab = Lab::new();
    let text = "\
kind: RepositoryDefaults
match: acme/*
description: Of all
permissions: {users: {bob: read}}
---
kind: Organization
name: acme
x-words: &words Of two
teams: {one: {description: *words}, two: {description: *words}}
---
kind: Repository
name: acme/api
";
    lab.converge(text);
    lab.by_hand("PUT", "/repository/acme/api", json!({"description": "By hand"}));
    lab.by_hand(
        "PUT",
        "/repository/acme/api/permissions/user/bob",
        json!({"role": "write"}),
    );
    lab.by_hand(
        "PUT",
        "/organization/acme/team/one",
        json!({"role": "member", "description": "By hand"}),
    );
    let adoption = adopted(&lab, text);
    assert!(adoption.files.is_empty(), "{:?}", adoption.files);
    let refused = refusals(&adoption).join("\n");
    for line in [
        "write `description: By hand` in the document here, which holds for this one alone",
        "write `permissions: {users: {bob: write}}` in the repository's own document",
        "this is the value of the anchor `&words`",
    ] {
        assert!(refused.contains(line), "{line}\n{refused}");
    }
    let own = format!("{text}description: By hand\npermissions: {{users: {{bob: write}}}}\n");
    let lines = lab.plan(&own).lines();
    assert_eq!(lines, ["update team[acme/one]"], "the line that is said is the way out");
}

/// A repository that nobody declares, where the organization says that it owns them exactly, gets a document.
#[test]
fn a_repository_that_came_gets_a_document() {
    let lab = Lab::new().allow(&["*"]);
    let text = "# Ours.\nkind: Organization\nname: acme\nmanage: {repositories: exact} # all of them\n";
    lab.converge(text);
    let new = json!({"namespace": "acme", "repository": "new", "visibility": "public", "description": "", "repo_kind": "image"});
    lab.by_hand("POST", "/repository", new);
    let after = text_after(&adopted(&lab, text), text);
    assert_eq!(
        after,
        format!("{text}---\nkind: Repository\nname: acme/new\nvisibility: public\n")
    );
    assert!(lab.plan(&after).lines().is_empty());
    // A tombstone of it goes, too.
    let gone = format!("{text}---\nkind: Repository\nname: acme/new # once\nabsent: true\n");
    let after = text_after(&adopted(&lab, &gone), &gone);
    assert!(
        after.contains("# once\nvisibility: public") && !after.contains("absent"),
        "{after}"
    );
}
