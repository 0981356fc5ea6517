//! The registry's JSON as objects, written apart from the kinds' own reading.

use std::collections::BTreeMap;

use quayform::kinds::{
    application, auto_prune, default_permission, federation, immutability, invite, mirror, notification, organization,
    organization_mirror, organization_notification, proxy_cache, quota, repository, robot, team_sync,
};
use quayform::model::{Entries, Fields, Object, Secret, Value, World};
use serde_json::Value as Json;

use super::naive::with_handle;

fn text(view: &Json, key: &str) -> Value {
    Value::text(view[key].as_str().unwrap_or_default())
}

/// Adds an object that has no name of its own: its identity gets the next number.
pub(super) fn put_numbered(world: &mut World, mut object: Object) {
    let label = object.address.identity.clone();
    let mut number = 1;
    while world.get(&object.address).is_some() {
        number += 1;
        object.address.identity = format!("{label}#{number}").into();
    }
    world.put(object);
}

pub(super) fn organization(name: &str, view: &Json) -> Object {
    let fields = Fields::from([
        ("email", text(view, "email")),
        ("invoice_email", view["invoice_email"].as_bool().unwrap().into()),
        ("invoice_email_address", text(view, "invoice_email_address")),
        ("tag_expiration", view["tag_expiration_s"].as_i64().unwrap().into()),
    ]);
    Object::new(organization::address(name), fields)
}

pub(super) fn quota(organization: &str, view: &Json) -> Object {
    let fields = Fields::from([("limit", view["limit_bytes"].as_i64().unwrap().into())]);
    with_handle(
        Object::new(quota::address(organization), fields),
        view["id"].to_string(),
    )
}

/// A robot as it is shown by itself; only the list tells its teams.
pub(super) fn robot(full_name: &str, view: &Json, listed: &Json) -> Object {
    let metadata = match &view["unstructured_metadata"] {
        Json::Null => Value::Map(Entries::new()),
        metadata => Value::from_json(metadata),
    };
    let mut fields = Fields::from([("description", text(view, "description")), ("metadata", metadata)]);
    let teams = listed["teams"].as_array().unwrap().iter();
    let teams: Vec<Value> = teams.map(|team| text(team, "name")).collect();
    if !teams.is_empty() {
        fields.insert(robot::TEAMS, Value::List(teams));
    }
    Object::new(robot::address(full_name), fields)
}

pub(super) fn federation(full_name: &str, view: &Json) -> Option<Object> {
    let mut identities: Vec<Value> = view.as_array()?.iter().map(Value::from_json).collect();
    identities.sort_by_key(ToString::to_string);
    let fields = Fields::from([("identities", Value::List(identities.clone()))]);
    (!identities.is_empty()).then(|| Object::new(federation::address(full_name), fields))
}

pub(super) fn applications<'a>(organization: &'a str, view: &'a Json) -> impl Iterator<Item = Object> + 'a {
    let all = view["applications"].as_array().unwrap();
    all.iter().map(move |view| {
        let name = view["name"].as_str().unwrap();
        let mut fields: Fields = ["redirect_uri", "application_uri", "description", "avatar_email"]
            .map(|field| (field, text(view, field)))
            .into();
        let of_name = all.iter().filter(|other| other["name"] == view["name"]).count();
        fields.insert("ambiguous", (of_name > 1).into());
        fields.insert("authorized", false.into());
        let object = Object::new(application::address(organization, name), fields);
        with_handle(object, view["client_id"].as_str().unwrap().to_owned())
    })
}

pub(super) fn organization_notification(organization: &str, view: &Json) -> Object {
    let mut object = notification(organization, view);
    object.address.kind = organization_notification::NAME;
    object.fields.remove("filter");
    object
}

pub(super) fn team_sync(organization: &str, team: &str, view: &Json) -> Option<Object> {
    let (service, config) = (
        view["synced"]["service"].as_str()?,
        view["synced"]["config"].as_object()?,
    );
    let group = config.values().next()?.as_str()?;
    let fields = Fields::from([("service", service.into()), ("group", group.into())]);
    Some(Object::new(team_sync::address(organization, team), fields))
}

pub(super) fn invites(organization: &str, team: &str, view: &Json) -> Vec<Object> {
    let mut times: BTreeMap<&str, i64> = BTreeMap::new();
    let emails = view["members"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|view| view["email"].as_str());
    emails.for_each(|email| *times.entry(email).or_default() += 1);
    let invite = |(email, times): (&str, i64)| {
        Object::new(
            invite::address(organization, team, email),
            Fields::from([("times", times.into())]),
        )
    };
    times.into_iter().map(invite).collect()
}

pub(super) fn default_permission(organization: &str, view: &Json) -> Object {
    let delegate = &view["delegate"];
    let name = delegate["name"].as_str().unwrap();
    let sort = match (delegate["kind"].as_str().unwrap(), name.contains('+')) {
        ("team", _) => "team",
        (_, true) => "robot",
        (_, false) => "user",
    };
    let creator = view["activating_user"]["name"].as_str().unwrap_or_default();
    let label = default_permission::label(organization, creator, sort, robot::short_name(organization, name));
    let object = Object::new(
        quayform::model::Address::new(default_permission::NAME, label),
        Fields::from([("role", text(view, "role"))]),
    );
    with_handle(object, view["id"].as_str().unwrap().to_owned())
}

pub(super) fn repository(name: &str, view: &Json) -> Object {
    let visibility = if view["is_public"] == Json::Bool(true) {
        "public"
    } else {
        "private"
    };
    let fields = Fields::from([
        ("visibility", visibility.into()),
        ("description", text(view, "description")),
        ("state", text(view, "state")),
    ]);
    Object::new(repository::address(name), fields)
}

pub(super) fn notification(repository: &str, view: &Json) -> Object {
    let secrets = ["url", "notification_token", "flow_api_token"];
    let config = view["config"].as_object().unwrap().iter().map(|(key, value)| {
        let value = match value {
            Json::String(secret) if secrets.contains(&key.as_str()) => Value::Secret(Secret::known(secret.clone())),
            value => Value::from_json(value),
        };
        (key.clone(), value)
    });
    let filter = view["event_config"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(key, value)| match key.as_str() {
            "level" => {
                let number: usize = value.as_str().unwrap().parse().unwrap();
                ("level".to_owned(), Value::text(notification::LEVELS[number]))
            }
            "ref-regex" => ("ref".to_owned(), Value::from_json(value)),
            _ => (key.clone(), Value::from_json(value)),
        });
    let fields = Fields::from([
        ("title", text(view, "title")),
        ("event", text(view, "event")),
        ("method", text(view, "method")),
        ("config", Value::Map(config.collect())),
        ("filter", Value::Map(filter.collect())),
    ]);
    let title = match (
        fields.get("title").and_then(Value::as_text),
        fields.get("event").and_then(Value::as_text),
        fields.get("method").and_then(Value::as_text),
    ) {
        (Some(""), Some(event), Some(method)) => format!("{event}.{method}"),
        (title, ..) => title.unwrap_or_default().to_owned(),
    };
    let address = quayform::model::Address::new(notification::NAME, format!("{repository}:{title}"));
    with_handle(Object::new(address, fields), view["uuid"].as_str().unwrap().to_owned())
}

fn pattern(view: &Json) -> (Value, Value) {
    match view["tagPatternMatches"] == Json::Bool(true) {
        true => (text(view, "tagPattern"), Value::text("")),
        false => (Value::text(""), text(view, "tagPattern")),
    }
}

pub(super) fn immutability(owner: &str, view: &Json) -> Object {
    let (tags, except) = pattern(view);
    let fields = Fields::from([("tags", tags), ("except", except)]);
    let address = quayform::model::Address::new(immutability::NAME, format!("{owner}:policy"));
    with_handle(Object::new(address, fields), view["uuid"].as_str().unwrap().to_owned())
}

pub(super) fn proxy_cache(organization: &str, view: &Json) -> Object {
    let fields = Fields::from([
        ("upstream_registry", text(view, "upstream_registry")),
        ("expiration", view["expiration_s"].as_i64().unwrap().into()),
        ("insecure", view["insecure"].as_bool().unwrap().into()),
    ]);
    Object::new(proxy_cache::address(organization), fields)
}

pub(super) fn organization_mirror(organization: &str, view: &Json) -> Object {
    let config = &view["external_registry_config"];
    let no_proxy = config["proxy"]["no_proxy"].as_str();
    let proxy = no_proxy.map(|hosts| ("no_proxy".to_owned(), Value::text(hosts)));
    let fields = Fields::from([
        ("external_registry_type", text(view, "external_registry_type")),
        ("external_registry_url", text(view, "external_registry_url")),
        ("external_namespace", text(view, "external_namespace")),
        ("repository_filters", Value::from_json(&view["repository_filters"])),
        ("robot", text(view, "robot_username")),
        ("visibility", text(view, "visibility")),
        ("sync_interval", Value::from_json(&view["sync_interval"])),
        ("sync_start_date", text(view, "sync_start_date")),
        ("enabled", Value::from_json(&view["is_enabled"])),
        ("username", text(view, "external_registry_username")),
        ("verify_tls", config["verify_tls"].as_bool().unwrap_or(true).into()),
        ("proxy", Value::Map(proxy.into_iter().collect())),
        ("skopeo_timeout", Value::from_json(&view["skopeo_timeout"])),
    ]);
    Object::new(organization_mirror::address(organization), fields)
}

pub(super) fn auto_prune(owner: &str, view: &Json) -> Object {
    let counts = view["method"] == "number_of_tags";
    let age = view["value"].as_str().map(|age| {
        let (number, unit) = age.split_at(age.len() - 1);
        let seconds = [("h", 3_600), ("d", 86_400), ("w", 604_800)];
        let (_, seconds) = seconds.into_iter().find(|(name, _)| *name == unit).unwrap();
        Value::Integer(number.parse::<i64>().unwrap() * seconds)
    });
    let (tags, except) = pattern(view);
    let fields = Fields::from([
        (
            "keep_tags",
            if counts {
                Value::from_json(&view["value"])
            } else {
                Value::Null
            },
        ),
        ("older_than", age.unwrap_or(Value::Null)),
        ("tags", tags),
        ("except", except),
    ]);
    let address = quayform::model::Address::new(auto_prune::NAME, format!("{owner}:policy"));
    with_handle(Object::new(address, fields), view["uuid"].as_str().unwrap().to_owned())
}

pub(super) fn mirror(repository: &str, state: &str, view: &Json) -> Object {
    let config = &view["external_registry_config"];
    let mut proxy = BTreeMap::new();
    for key in ["http_proxy", "https_proxy", "no_proxy"] {
        match config["proxy"][key].as_str() {
            Some(hosts) if key == "no_proxy" => drop(proxy.insert(key.to_owned(), Value::text(hosts))),
            Some(url) => drop(proxy.insert(key.to_owned(), Value::Secret(Secret::known(url)))),
            None => {}
        }
    }
    let fields = Fields::from([
        ("external_reference", text(view, "external_reference")),
        ("tags", Value::from_json(&view["root_rule"]["rule_value"])),
        ("sync_interval", Value::from_json(&view["sync_interval"])),
        ("sync_start_date", Value::from_json(&view["sync_start_date"])),
        ("robot", text(view, "robot_username")),
        ("enabled", Value::from_json(&view["is_enabled"])),
        ("status", Value::from_json(&view["sync_status"])),
        ("username", text(view, "external_registry_username")),
        ("verify_tls", config["verify_tls"].as_bool().unwrap_or(true).into()),
        (
            "unsigned_images",
            config["unsigned_images"].as_bool().unwrap_or(false).into(),
        ),
        ("proxy", Value::Map(proxy.into())),
        ("skopeo_timeout", Value::from_json(&view["skopeo_timeout_interval"])),
        ("architectures", Value::from_json(&view["architecture_filter"])),
    ]);
    let address = if state == "MIRROR" {
        mirror::address(repository)
    } else {
        mirror::dormant(repository)
    };
    Object::new(address, fields)
}
