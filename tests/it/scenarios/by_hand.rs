//! Somebody changes one thing by hand: the plan shows exactly that, and applying it converges.

use std::collections::BTreeSet;

use quayform::kinds;
use quayform::model::Way;
use serde_json::{Value as Json, json};

use crate::lab::Lab;

use super::company::{ACME, lab};
use super::{registry_wide, repository_settings};

/// Changes by hand, each with the line of the plan that must follow.
pub(super) fn changes() -> Vec<(&'static str, &'static str, Json, &'static str)> {
    let organization = "/organization/acme";
    let mirror = "/repository/acme/mirrors/nginx/mirror";
    let copies = "/organization/copies/mirror";
    vec![
        (
            "PUT",
            organization,
            json!({"email": "other@acme.example"}),
            "update organization[acme] email: other@acme.example -> platform@acme.example",
        ),
        (
            "PUT",
            organization,
            json!({"invoice_email": false}),
            "update organization[acme] invoice_email: false -> true",
        ),
        (
            "PUT",
            organization,
            json!({"invoice_email_address": null}),
            "update organization[acme] invoice_email_address: \"\" -> billing@acme.example",
        ),
        (
            "PUT",
            organization,
            json!({"tag_expiration_s": 86400}),
            "update organization[acme] tag_expiration: 86400 -> 604800",
        ),
        (
            "PUT",
            "/organization/acme/team/developers",
            json!({"role": "admin"}),
            "update team[acme/developers] role: admin -> creator",
        ),
        (
            "PUT",
            "/organization/acme/team/developers",
            json!({"role": "creator", "description": "x"}),
            "update team[acme/developers] description: x -> Application developers",
        ),
        (
            "DELETE",
            "/organization/acme/team/developers/members/carol",
            Json::Null,
            "create member[acme/developers/carol]",
        ),
        (
            "PUT",
            "/organization/acme/team/developers/members/dave",
            Json::Null,
            "delete member[acme/developers/dave]",
        ),
        (
            "DELETE",
            "/organization/acme/robots/spare",
            Json::Null,
            "create robot[acme+spare]",
        ),
        (
            "POST",
            "/organization/acme/robots/ci/federation",
            json!([{"issuer": "https://issuer.example", "subject": "other"}]),
            "update federation[acme+ci] identities: [{issuer: https://issuer.example, subject: other}] -> \
             [{issuer: https://issuer.example, subject: system:serviceaccount:prod:ci}]",
        ),
        (
            "DELETE",
            "/organization/acme/robots/ci/federation",
            Json::Null,
            "create federation[acme+ci] identities: - -> [{issuer: https://issuer.example, subject: system:serviceaccount:prod:ci}]",
        ),
        (
            "PUT",
            "/organization/acme/applications/{application}",
            json!({"name": "portal", "redirect_uri": "other", "application_uri": "https://portal.example", "description": "The portal", "avatar_email": "portal@acme.example"}),
            "update application[acme/portal] redirect_uri: other -> https://portal.example/callback",
        ),
        (
            "PUT",
            "/organization/acme/applications/{application}",
            json!({"name": "portal", "redirect_uri": "https://portal.example/callback", "application_uri": "other", "description": "The portal", "avatar_email": "portal@acme.example"}),
            "update application[acme/portal] application_uri: other -> https://portal.example",
        ),
        (
            "PUT",
            "/organization/acme/applications/{application}",
            json!({"name": "portal", "redirect_uri": "https://portal.example/callback", "application_uri": "https://portal.example", "description": "other", "avatar_email": "portal@acme.example"}),
            "update application[acme/portal] description: other -> The portal",
        ),
        (
            "PUT",
            "/organization/acme/applications/{application}",
            json!({"name": "portal", "redirect_uri": "https://portal.example/callback", "application_uri": "https://portal.example", "description": "The portal", "avatar_email": "other"}),
            "update application[acme/portal] avatar_email: other -> portal@acme.example",
        ),
        (
            "POST",
            "/repository/acme/api/changevisibility",
            json!({"visibility": "public"}),
            "update repository[acme/api] visibility: public -> private",
        ),
        (
            "PUT",
            "/repository/acme/api",
            json!({"description": "x"}),
            "update repository[acme/api] description: x -> The public API.\n",
        ),
        (
            "PUT",
            "/repository/acme/api/permissions/team/developers",
            json!({"role": "admin"}),
            "update permission[acme/api:team/developers] role: admin -> write",
        ),
        (
            "PUT",
            "/repository/acme/api/permissions/user/acme+ci",
            json!({"role": "read"}),
            "update permission[acme/api:robot/ci] role: read -> write",
        ),
        (
            "DELETE",
            "/repository/acme/api/permissions/user/erin",
            Json::Null,
            "create permission[acme/api:user/erin] role: - -> read",
        ),
        (
            "PUT",
            "/repository/acme/api/permissions/user/bob",
            json!({"role": "read"}),
            "delete permission[acme/api:user/bob]",
        ),
        (
            "PUT",
            "/repository/acme/web/permissions/user/acme+spare",
            json!({"role": "read"}),
            "delete permission[acme/web:robot/spare]",
        ),
        (
            "PUT",
            mirror,
            json!({"external_reference": "docker.io/library/redis"}),
            "update mirror[acme/mirrors/nginx] external_reference: docker.io/library/redis -> docker.io/library/nginx password: - -> (secret, env HUB_PASSWORD)",
        ),
        (
            "PUT",
            mirror,
            json!({"root_rule": {"rule_kind": "tag_glob_csv", "rule_value": ["x"]}}),
            "update mirror[acme/mirrors/nginx] tags: [x] -> [1.*, latest] password: - -> (secret, env HUB_PASSWORD)",
        ),
        (
            "PUT",
            mirror,
            json!({"sync_interval": 3600, "sync_start_date": "2026-01-01T00:00:00Z"}),
            "update mirror[acme/mirrors/nginx] sync_interval: 3600 -> 21600 password: - -> (secret, env HUB_PASSWORD)",
        ),
        (
            "PUT",
            mirror,
            json!({"robot_username": "acme+spare"}),
            "update mirror[acme/mirrors/nginx] robot: acme+spare -> acme+mirror password: - -> (secret, env HUB_PASSWORD)",
        ),
        (
            "PUT",
            mirror,
            json!({"external_registry_username": "x", "external_registry_password": "y"}),
            "update mirror[acme/mirrors/nginx] username: x -> acme password: - -> (secret, env HUB_PASSWORD)",
        ),
        (
            "PUT",
            mirror,
            json!({"external_registry_config": {"verify_tls": false}}),
            "update mirror[acme/mirrors/nginx] verify_tls: false -> true password: - -> (secret, env HUB_PASSWORD)",
        ),
        (
            "PUT",
            mirror,
            json!({"external_registry_config": {"unsigned_images": true}}),
            "update mirror[acme/mirrors/nginx] unsigned_images: true -> false password: - -> (secret, env HUB_PASSWORD)",
        ),
        (
            "PUT",
            mirror,
            json!({"external_registry_config": {"proxy": {"no_proxy": "x"}}}),
            "update mirror[acme/mirrors/nginx] proxy: {https_proxy: (secret), no_proxy: x} -> {https_proxy: (secret), no_proxy: localhost} password: - -> (secret, env HUB_PASSWORD)",
        ),
        (
            "PUT",
            mirror,
            json!({"skopeo_timeout_interval": 900}),
            "update mirror[acme/mirrors/nginx] skopeo_timeout: 900 -> 600 password: - -> (secret, env HUB_PASSWORD)",
        ),
        (
            "PUT",
            mirror,
            json!({"is_enabled": false}),
            "update mirror[acme/mirrors/nginx] enabled: false -> true password: - -> (secret, env HUB_PASSWORD)",
        ),
        (
            "PUT",
            mirror,
            json!({"architecture_filter": ["arm64"]}),
            "update mirror[acme/mirrors/nginx] architectures: [arm64] -> [] password: - -> (secret, env HUB_PASSWORD)",
        ),
        (
            "PUT",
            "/organization/acme/quota/{quota}",
            json!({"limit_bytes": 1024}),
            "update quota[acme] limit: 1024 -> 536870912000",
        ),
        (
            "PUT",
            "/organization/acme/prototypes/{default permission}",
            json!({"role": "admin"}),
            "update default_permission[acme:team/developers] role: admin -> write",
        ),
        (
            "PUT",
            "/organization/acme/immutabilitypolicy/{rule}",
            json!({"tagPattern": "w.*"}),
            "update immutability[acme:policy] tags: w.* -> v.*",
        ),
        (
            "PUT",
            "/repository/acme/api/immutabilitypolicy/{rule}",
            json!({"tagPattern": "x.*", "tagPatternMatches": false}),
            "update immutability[acme/api:policy] except: x.* -> dev-.*",
        ),
        (
            "PUT",
            copies,
            json!({"external_registry_url": "https://other.example"}),
            "update organization_mirror[copies] external_registry_url: https://other.example -> https://harbor.example password: - -> (secret, env HUB_PASSWORD)",
        ),
        (
            "PUT",
            copies,
            json!({"external_namespace": "other"}),
            "update organization_mirror[copies] external_namespace: other -> library password: - -> (secret, env HUB_PASSWORD)",
        ),
        (
            "PUT",
            copies,
            json!({"repository_filters": []}),
            "update organization_mirror[copies] repository_filters: [] -> [app-*] password: - -> (secret, env HUB_PASSWORD)",
        ),
        (
            "PUT",
            copies,
            json!({"robot_username": "copies+spare"}),
            "update organization_mirror[copies] robot: copies+spare -> copies+mirror password: - -> (secret, env HUB_PASSWORD)",
        ),
        (
            "PUT",
            copies,
            json!({"visibility": "public"}),
            "update organization_mirror[copies] visibility: public -> private password: - -> (secret, env HUB_PASSWORD)",
        ),
        (
            "PUT",
            copies,
            json!({"sync_interval": 7200}),
            "update organization_mirror[copies] sync_interval: 7200 -> 21600 password: - -> (secret, env HUB_PASSWORD)",
        ),
        (
            "PUT",
            copies,
            json!({"is_enabled": false}),
            "update organization_mirror[copies] enabled: false -> true password: - -> (secret, env HUB_PASSWORD)",
        ),
        (
            "PUT",
            copies,
            json!({"external_registry_username": "x"}),
            "update organization_mirror[copies] username: x -> acme password: - -> (secret, env HUB_PASSWORD)",
        ),
        (
            "PUT",
            copies,
            json!({"external_registry_config": {"proxy": {"no_proxy": "localhost"}}}),
            "update organization_mirror[copies] verify_tls: true -> false password: - -> (secret, env HUB_PASSWORD)",
        ),
        (
            "PUT",
            copies,
            json!({"external_registry_config": {"verify_tls": false}}),
            "update organization_mirror[copies] proxy: {} -> {no_proxy: localhost} password: - -> (secret, env HUB_PASSWORD)",
        ),
        (
            "PUT",
            copies,
            json!({"skopeo_timeout": 60}),
            "update organization_mirror[copies] skopeo_timeout: 60 -> 600 password: - -> (secret, env HUB_PASSWORD)",
        ),
        (
            "PUT",
            "/organization/acme/autoprunepolicy/{rule}",
            json!({"method": "creation_date", "value": "60d", "tagPattern": "^pr-"}),
            "update auto_prune[acme:policy#2] older_than: 5184000 -> 2592000",
        ),
        (
            "PUT",
            "/organization/acme/autoprunepolicy/{rule}",
            json!({"method": "creation_date", "value": "30d"}),
            "update auto_prune[acme:policy#2] tags: \"\" -> ^pr-",
        ),
        (
            "PUT",
            "/repository/acme/api/autoprunepolicy/{rule}",
            json!({"method": "number_of_tags", "value": 7, "tagPattern": "^v", "tagPatternMatches": false}),
            "update auto_prune[acme/api:policy] keep_tags: 7 -> 10",
        ),
        (
            "PUT",
            "/repository/acme/api/autoprunepolicy/{rule}",
            json!({"method": "number_of_tags", "value": 10, "tagPattern": "^w", "tagPatternMatches": false}),
            "update auto_prune[acme/api:policy] except: ^w -> ^v",
        ),
    ]
}

/// What an organization with repositories of its own cannot have.
pub(super) const COPIES: &str = r#"
---
kind: Organization
name: copies
robots: {mirror: {}, spare: {}}
mirror:
  external_registry_type: harbor
  external_registry_url: https://harbor.example
  external_namespace: library
  repository_filters: ["app-*"]
  robot: mirror
  visibility: private
  sync_interval: 6h
  sync_start_date: 2026-01-01T00:00:00Z
  enabled: true
  credentials: {username: acme, password: {env: HUB_PASSWORD}}
  verify_tls: false
  proxy: {no_proxy: localhost}
  skopeo_timeout: 10m
"#;

/// The id in the path that the server gave: `{quota}`, `{application}`, `{default permission}` for the one of the
/// developers, or `{rule}` for the last of the list.
pub(super) fn with_ids(lab: &Lab, path: &str) -> String {
    if path.contains("{quota}") {
        let quotas = lab.by_hand("GET", "/organization/acme/quota", Json::Null);
        return path.replace("{quota}", &quotas[0]["id"].to_string());
    }
    if path.contains("{application}") {
        let list = lab.by_hand("GET", "/organization/acme/applications", Json::Null);
        let id = list["applications"][0]["client_id"].as_str().unwrap();
        return path.replace("{application}", id);
    }
    if path.contains("{default permission}") {
        let list = lab.by_hand("GET", "/organization/acme/prototypes", Json::Null);
        let all = list["prototypes"].as_array().unwrap();
        let ours = all
            .iter()
            .find(|each| each["delegate"]["name"] == "developers")
            .unwrap();
        return path.replace("{default permission}", ours["id"].as_str().unwrap());
    }
    if let Some(list) = path.strip_suffix("{rule}") {
        let rules = lab.by_hand("GET", list, Json::Null);
        let last = rules["policies"].as_array().unwrap().last().unwrap();
        return format!("{list}{}", last["uuid"].as_str().unwrap());
    }
    path.to_owned()
}

#[test]
fn one_change_by_hand_is_one_line_of_the_plan() {
    let lab = lab().allow(&["immutability"]);
    lab.emulator.with(|registry| registry.set_feature("SPARSE_INDEX", true));
    let text = format!("{}{COPIES}", ACME.trim_end());
    lab.converge(&text);
    for (method, path, body, line) in changes() {
        lab.by_hand(method, &with_ids(&lab, path), body.clone());
        let planned = lab.converge(&text);
        assert_eq!(planned.details(), [line], "{method} {path} {body}");
    }
}

/// Whatever a kind can update is in the table: a field that is added without a line there fails here.
#[test]
fn every_field_that_can_be_updated_is_changed_by_hand() {
    let lines: Vec<String> = changes()
        .into_iter()
        .chain(registry_wide::changes())
        .chain(repository_settings::changes())
        .map(|(.., line)| line.to_owned())
        .chain(super::tags::changes().into_iter().map(|(.., line)| line))
        .collect();
    let shown: BTreeSet<(&str, &str)> = lines
        .iter()
        .filter_map(|line| {
            let (kind, rest) = line.strip_prefix("update ")?.split_once('[')?;
            Some((kind, rest.split_once("] ")?.1.split(':').next()?))
        })
        .collect();
    let fields = kinds::ALL
        .iter()
        .flat_map(|kind| kind.fields().iter().map(|field| (kind.name(), field)));
    let updated = fields
        .filter(|(_, field)| field.way == Way::Update)
        .map(|(kind, field)| (kind, field.name));
    assert_eq!(updated.filter(|field| !shown.contains(field)).collect::<Vec<_>>(), []);
}

#[test]
fn quotas_and_limits_that_go_come_back() {
    let lab = lab();
    lab.converge(ACME);
    let quota = lab.by_hand("GET", "/organization/acme/quota", Json::Null)[0].clone();
    let path = format!("/organization/acme/quota/{}", quota["id"]);
    let limit = format!("{path}/limit/{}", quota["limits"][0]["id"]);
    lab.by_hand("PUT", &limit, json!({"type": "Warning", "threshold_percent": 70}));
    let mut lines = lab.converge(ACME).lines();
    lines.sort();
    assert_eq!(
        lines,
        [
            "create quota_limit[acme:warning/80]",
            "delete quota_limit[acme:warning/70]"
        ]
    );
    lab.by_hand("DELETE", &path, Json::Null);
    assert_eq!(
        lab.converge(ACME).lines(),
        [
            "create quota[acme]",
            "create quota_limit[acme:warning/80]",
            "create quota_limit[acme:reject/100]"
        ]
    );
}

#[test]
fn a_default_permission_that_goes_comes_back() {
    let lab = lab();
    lab.converge(ACME);
    let path = with_ids(&lab, "/organization/acme/prototypes/{default permission}");
    lab.by_hand("DELETE", &path, Json::Null);
    assert_eq!(
        lab.converge(ACME).details(),
        ["create default_permission[acme:team/developers] role: - -> write"]
    );
}

#[test]
fn a_notification_that_differs_is_made_anew() {
    let lab = lab();
    lab.converge(ACME);
    let text = ACME.replace("level: high", "level: low");
    assert_eq!(
        lab.converge(&text).details(),
        ["replace notification[acme/api:vulnerability_found.webhook] filter: {level: high} -> {level: low}"]
    );
    let mut other = lab;
    other.variables[0].1 = "https://hooks.example/other";
    assert_eq!(
        other.converge(&text).details(),
        ["replace notification[acme/api:pushes] config: {url: (secret)} -> {url: (secret, env SLACK_URL)}"]
    );
}

#[test]
fn the_start_of_a_mirror_may_move_by_whole_intervals() {
    let lab = lab();
    lab.converge(ACME);
    let mirror = "/repository/acme/mirrors/nginx/mirror";
    lab.by_hand("PUT", mirror, json!({"sync_start_date": "2026-01-03T06:00:00Z"}));
    assert!(lab.plan(ACME).plan.is_empty());
    lab.by_hand("PUT", mirror, json!({"sync_start_date": "2026-01-03T06:00:01Z"}));
    assert_eq!(lab.converge(ACME).lines(), ["update mirror[acme/mirrors/nginx]"]);
}

/// A date that lies whole intervals away by the interval that goes, and not by the one that comes.
#[test]
fn the_start_of_a_mirror_whose_interval_changes_is_compared_by_the_new_one() {
    let lab = lab();
    lab.converge(ACME);
    let mirror = "/repository/acme/mirrors/nginx/mirror";
    let by_hand = json!({"sync_interval": 90, "sync_start_date": "2026-01-01T00:01:30Z"});
    lab.by_hand("PUT", mirror, by_hand);
    let details = lab.converge(ACME).details();
    let dates = "sync_start_date: 2026-01-01T00:01:30Z -> 2026-01-01T00:00:00Z";
    let fields = format!("sync_interval: 90 -> 21600 {dates} password: - -> (secret, env HUB_PASSWORD)");
    assert_eq!(details, [format!("update mirror[acme/mirrors/nginx] {fields}")]);
}

#[test]
fn write_only_values_are_sent_again_when_asked() {
    let mut lab = lab();
    lab.converge(ACME);
    lab.options.resend_secrets = true;
    let planned = lab.plan(ACME);
    assert_eq!(
        planned.details(),
        ["update mirror[acme/mirrors/nginx] password: - -> (secret, env HUB_PASSWORD)"]
    );
    lab.emulator.with(|registry| registry.clear_log());
    let applied = lab.carry_out(&planned);
    assert!(applied.verified.unwrap().converged());
    assert_eq!(lab.writes(), ["PUT /api/v1/repository/acme/mirrors/nginx/mirror"]);
}
