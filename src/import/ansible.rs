//! Playbooks and files of variables for the role `quay_org` of the collection `infra.quay_configuration`.

use serde_json::Value as Json;

use super::amount::size;
use super::{Found, Grants, document, items, named, repository, say_unknown, team, text_of, texts};
use crate::export::{Described, in_capitals};
use crate::model::{Document, Written};

/// Where modules of the collection are named.
const COLLECTIONS: [&str; 2] = ["infra.quay_configuration.", "herve4m.quay."];
/// How the role reaches the registry, which is no part of what it makes.
const CONNECTION: [&str; 5] = ["host", "validate_certs", "token", "username", "password"];

/// Finds the role's variables wherever they stand.
pub(super) fn convert(value: &Json, found: &mut Found) {
    match value {
        Json::Array(items) => items.iter().for_each(|item| convert(item, found)),
        Json::Object(entries) => {
            if entries.contains_key("quay_org_name") {
                organization(value, found);
            }
            for (key, inner) in entries {
                let module = COLLECTIONS.iter().find_map(|collection| key.strip_prefix(collection));
                match module {
                    Some(module) if module != "quay_org" => {
                        let name = text_of(inner, "name").map_or(String::new(), |name| format!(" ({name})"));
                        found.left(format!(
                            "a task with the module {module}{name} is not converted; export what it made"
                        ));
                    }
                    _ => convert(inner, found),
                }
            }
        }
        _ => {}
    }
}

fn organization(vars: &Json, found: &mut Found) {
    let Some(name) = text_of(vars, "quay_org_name").filter(|name| !is_template(name)) else {
        return found.left("an organization whose name is a template is not converted: write the name out");
    };
    let vars = &without_templates(vars, &name, found);
    let own = |key: &str| text_of(vars, &format!("quay_org_{key}"));
    let list = |key: &str| items(vars, &format!("quay_org_{key}"));
    let mut written = document("Organization", Some(&name));
    let mut put = |key: &str, value: Option<Written>| written.extend(value.map(|value| (key.to_owned(), value)));
    put("email", own("email").map(Written::Text));
    put("quota", quota(vars, &name, found));
    put("teams", named(list("teams"), |each| team(each, None, found)));
    put("robots", named(list("robots"), |each| robot(&name, each, found)));
    put(
        "applications",
        named(list("applications"), |each| application(each, found)),
    );
    let permissions = list("default_perms")
        .iter()
        .filter_map(|each| default_permission(&name, each, found));
    put("default_permissions", listed(permissions.collect()));
    put("auto_prune", listed(prune(vars, "quay_org_", &name, found)));
    put("proxy_cache", proxy_cache(vars, &name, found));
    let repositories = list("repositories");
    if !repositories.is_empty() {
        put(
            "manage",
            Some(Written::map([("permissions", Some(Written::text("additive")))])),
        );
        found.left(format!(
            "{name}: the role leaves grants that it does not know, and so does `manage: {{permissions: additive}}`; delete that to own them"
        ));
    }
    found.add(
        Described::One(Document::Organization(name.clone())),
        Written::Map(written),
    );
    for each in repositories {
        convert_repository(&name, each, found);
    }
    users(list("users"), found);
    say_unknown_variables(vars, &name, found);
}

fn is_template(text: &str) -> bool {
    text.contains("{{")
}

/// The same without what only Jinja knows.
fn without_templates(value: &Json, name: &str, found: &mut Found) -> Json {
    match value {
        Json::Array(items) => items.iter().map(|item| without_templates(item, name, found)).collect(),
        Json::Object(entries) => {
            let kept = entries.iter().filter_map(|(key, value)| match value {
                Json::String(text) if is_template(text) => {
                    if !key.contains("password") && !key.contains("token") {
                        found.left(format!("{name}: `{key}` is a template, and not converted"));
                    }
                    None
                }
                value => Some((key.clone(), without_templates(value, name, found))),
            });
            Json::Object(kept.collect())
        }
        other => other.clone(),
    }
}

fn listed(items: Vec<Written>) -> Option<Written> {
    (!items.is_empty()).then_some(Written::List(items))
}

fn robot(organization: &str, entry: &Json, found: &mut Found) -> Option<(String, Written)> {
    let name = text_of(entry, "name")?;
    say_unknown(entry, &format!("robot {name}"), &["name", "description"], found);
    let short = name.strip_prefix(organization).and_then(|rest| rest.strip_prefix('+'));
    let short = short.unwrap_or(&name).to_owned();
    Some((short, Written::map(texts(entry, &["description"]))))
}

fn application(entry: &Json, found: &mut Found) -> Option<(String, Written)> {
    let name = text_of(entry, "name")?;
    let known = ["redirect_uri", "application_uri", "description", "avatar_email"];
    say_unknown(
        entry,
        &format!("application {name}"),
        &[&known[..], &["name"]].concat(),
        found,
    );
    Some((name, Written::map(texts(entry, &known))))
}

fn default_permission(organization: &str, entry: &Json, found: &mut Found) -> Option<Written> {
    let name = text_of(entry, "name")?;
    let what = format!("default permission of {name}");
    say_unknown(entry, &what, &["name", "type", "role", "creator"], found);
    let role = text_of(entry, "role").unwrap_or_else(|| "read".to_owned());
    let (key, name) = match name.split_once('+') {
        _ if text_of(entry, "type").as_deref() == Some("team") => ("team", name),
        Some((owner, short)) if owner == organization => ("robot", short.to_owned()),
        _ => ("user", name),
    };
    Some(Written::map([
        ("role", Some(Written::Text(role))),
        (key, Some(Written::Text(name))),
        ("created_by", text_of(entry, "creator").map(Written::Text)),
    ]))
}

fn quota(vars: &Json, name: &str, found: &mut Found) -> Option<Written> {
    let written = text_of(vars, "quay_org_quota")?;
    let Some(limit) = size(&written) else {
        found.left(format!("{name}: `quay_org_quota: {written}` is no size"));
        return None;
    };
    let limit_of = |key: &str, sort: &str| {
        let percent = text_of(vars, key).filter(|percent| percent != "0")?;
        let at = Written::Text(format!("{percent}%"));
        Some(Written::map([("type", Some(Written::text(sort))), ("at", Some(at))]))
    };
    let limits = [("quay_org_warning_pct", "warning"), ("quay_org_reject_pct", "reject")];
    let limits = limits.iter().filter_map(|(key, sort)| limit_of(key, sort)).collect();
    Some(Written::map([
        ("limit", Some(Written::Text(limit))),
        ("limits", Some(Written::List(limits))),
    ]))
}

fn prune(entry: &Json, prefix: &str, what: &str, found: &mut Found) -> Vec<Written> {
    let mut rules: Vec<Json> = items(entry, &format!("{prefix}prune")).to_vec();
    // Before there were several.
    if let Some(method) = text_of(entry, &format!("{prefix}auto_prune_method")).filter(|method| method != "none") {
        rules
            .push(serde_json::json!({"method": method, "value": text_of(entry, &format!("{prefix}auto_prune_value"))}));
    }
    let mut written = Vec::new();
    for rule in &rules {
        say_unknown(
            rule,
            what,
            &["method", "value", "tag_pattern", "tag_pattern_matches", "append"],
            found,
        );
        let value = text_of(rule, "value").unwrap_or_default();
        let (key, value) = match (text_of(rule, "method").as_deref(), value.parse()) {
            (Some("tags"), Ok(number)) => ("keep_tags", Written::Number(number)),
            (Some("date"), _) => ("older_than", Written::Text(value)),
            _ => {
                found.left(format!(
                    "{what}: a rule of auto-pruning is neither by `tags` nor by `date`"
                ));
                continue;
            }
        };
        let pattern = match rule.get("tag_pattern_matches") {
            Some(Json::Bool(false)) => "except",
            _ => "tags",
        };
        let tags = text_of(rule, "tag_pattern").map(Written::Text);
        written.push(Written::map([(key, Some(value)), (pattern, tags)]));
    }
    written
}

fn proxy_cache(vars: &Json, name: &str, found: &mut Found) -> Option<Written> {
    let own = |key: &str| text_of(vars, &format!("quay_org_cache_{key}"));
    let registry = own("registry")?;
    let credentials = own("username").map(|username| {
        let variable = in_capitals(&format!("{name} proxy password"));
        found.left(format!(
            "{name}: set the variable {variable} to the password of the proxy cache"
        ));
        let password = Written::map([("env", Some(Written::Text(variable)))]);
        Written::map([
            ("username", Some(Written::Text(username))),
            ("password", Some(password)),
        ])
    });
    let insecure = vars.get("quay_org_cache_insecure").and_then(Json::as_bool);
    Some(Written::map([
        ("upstream_registry", Some(Written::Text(registry))),
        ("credentials", credentials),
        ("expiration", own("expiration").map(Written::Text)),
        ("insecure", insecure.map(Written::Switch)),
    ]))
}

fn convert_repository(organization: &str, entry: &Json, found: &mut Found) {
    let Some(name) = text_of(entry, "name") else { return };
    let short = name.strip_prefix(organization).and_then(|rest| rest.strip_prefix('/'));
    let name = short.unwrap_or(&name);
    let what = format!("{organization}/{name}");
    let known = [
        "name",
        "visibility",
        "description",
        "perms",
        "prune",
        "auto_prune_method",
        "auto_prune_value",
        "repo_state",
    ];
    say_unknown(entry, &what, &known, found);
    let mut written = document("Repository", Some(&what));
    written.extend(
        texts(entry, &["visibility", "description"])
            .into_iter()
            .filter_map(|(key, value)| Some((key.to_owned(), value?))),
    );
    match text_of(entry, "repo_state").as_deref() {
        Some("READ_ONLY") => {
            written.insert("state".to_owned(), Written::text("read_only"));
        }
        Some("MIRROR") => found.left(format!("{what}: write its `mirror` by hand")),
        _ => {}
    }
    let mut grants = Grants::default();
    for grant in items(entry, "perms") {
        let is_team = text_of(grant, "type").as_deref() == Some("team");
        let role = text_of(grant, "role").unwrap_or_else(|| "read".to_owned());
        if let Some(name) = text_of(grant, "name") {
            grants.add(organization, is_team, &name, &role, found);
        }
    }
    written.extend(grants.written().map(|grants| ("permissions".to_owned(), grants)));
    written.extend(listed(prune(entry, "", &what, found)).map(|rules| ("auto_prune".to_owned(), rules)));
    found.add(repository(organization, name), Written::Map(written));
}

/// People belong to the registry as a whole.
fn users(list: &[Json], found: &mut Found) {
    for user in list {
        if let Some(name) = text_of(user, "username") {
            found.left(format!(
                "the user {name} is not converted: `kind: Registry` describes users, for superusers"
            ));
        }
    }
}

fn say_unknown_variables(vars: &Json, name: &str, found: &mut Found) {
    let known = [
        "name",
        "email",
        "quota",
        "warning_pct",
        "reject_pct",
        "teams",
        "robots",
        "applications",
        "default_perms",
        "prune",
        "auto_prune_method",
        "auto_prune_value",
        "cache_registry",
        "cache_username",
        "cache_password",
        "cache_expiration",
        "cache_insecure",
        "repositories",
        "users",
    ];
    for key in vars.as_object().iter().flat_map(|entries| entries.keys()) {
        let Some(own) = key.strip_prefix("quay_org_") else {
            continue;
        };
        if !known.contains(&own) && !CONNECTION.contains(&own) {
            found.left(format!("{name}: `{key}` has no counterpart"));
        }
    }
}
