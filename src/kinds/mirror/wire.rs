//! Between the server's shapes and the manifest's fields.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::kinds::sight::text;
use crate::model::{Change, Fields, Secret, Value};

pub(super) fn read(view: &Json) -> Fields {
    let config = view.get("external_registry_config").unwrap_or(&Json::Null);
    let of = |key: &str| view.get(key).map_or(Value::Null, Value::from_json);
    let switch = |key: &str, default: bool| config.get(key).and_then(Json::as_bool).unwrap_or(default);
    let mut architectures: Vec<Value> = match of("architecture_filter") {
        Value::List(items) => items,
        _ => Vec::new(),
    };
    architectures.sort_by_key(ToString::to_string);
    Fields::from([
        ("external_reference", of("external_reference")),
        (
            "tags",
            view.pointer("/root_rule/rule_value")
                .map_or(Value::Null, Value::from_json),
        ),
        ("sync_interval", of("sync_interval")),
        ("sync_start_date", of("sync_start_date")),
        ("robot", Value::text(text(view, "robot_username"))),
        ("enabled", of("is_enabled")),
        ("status", of("sync_status")),
        ("username", Value::text(text(view, "external_registry_username"))),
        ("verify_tls", switch("verify_tls", true).into()),
        ("unsigned_images", switch("unsigned_images", false).into()),
        ("proxy", read_proxy(config)),
        ("skopeo_timeout", of("skopeo_timeout_interval")),
        ("architectures", Value::List(architectures)),
    ])
}

/// The proxy's keys; what is null is left out, and the addresses may hold a password.
pub fn read_proxy(config: &Json) -> Value {
    let mut proxy = BTreeMap::new();
    for key in PROXY {
        let value = config.get("proxy").map_or("", |proxy| text(proxy, key));
        let sealed = match key {
            _ if value.is_empty() => continue,
            "no_proxy" => Value::text(value),
            _ => Value::Secret(Secret::known(value)),
        };
        proxy.insert(key.to_owned(), sealed);
    }
    Value::Map(proxy)
}

const PROXY: [&str; 3] = ["http_proxy", "https_proxy", "no_proxy"];

/// The server's names for the fields that `sends` lets through, nested as it wants them.
pub(super) fn body(change: &Change, sends: impl Fn(&str) -> bool) -> BTreeMap<String, Value> {
    let wanted = |field: &str| sends(field).then(|| change.wanted.get(field).cloned()).flatten();
    let mut body = BTreeMap::new();
    for (field, key) in [
        ("external_reference", "external_reference"),
        ("sync_interval", "sync_interval"),
        ("sync_start_date", "sync_start_date"),
        ("robot", "robot_username"),
        ("enabled", "is_enabled"),
        ("skopeo_timeout", "skopeo_timeout_interval"),
        ("architectures", "architecture_filter"),
    ] {
        if let Some(value) = wanted(field) {
            body.insert(key.to_owned(), value);
        }
    }
    if let Some(tags) = wanted("tags") {
        let rule = [
            ("rule_kind".to_owned(), "tag_glob_csv".into()),
            ("rule_value".to_owned(), tags),
        ];
        body.insert("root_rule".to_owned(), Value::Map(BTreeMap::from(rule)));
    }
    if sends("username") || sends("password") {
        body.extend(credentials(change));
    }
    let config = config(change, &sends);
    if !config.is_empty() {
        body.insert("external_registry_config".to_owned(), Value::Map(config));
    }
    body
}

/// A password only goes with its user name, a name alone keeps the password, and no name removes both.
fn credentials(change: &Change) -> Vec<(String, Value)> {
    let (name, password) = (
        "external_registry_username".to_owned(),
        "external_registry_password".to_owned(),
    );
    let Some(username) = change.wanted.get("username") else {
        return Vec::new();
    };
    if change.text("username").is_empty() {
        return vec![(name, Value::Null), (password, Value::Null)];
    }
    let sealed = change.wanted.get("password").cloned();
    let sealed = sealed.map(|sealed| (password, sealed));
    [(name, username.clone())].into_iter().chain(sealed).collect()
}

/// The nested configuration; the server merges it key by key, so that a proxy's missing keys are sent as null.
fn config(change: &Change, sends: impl Fn(&str) -> bool) -> BTreeMap<String, Value> {
    let mut config = BTreeMap::new();
    for field in ["verify_tls", "unsigned_images"] {
        if let Some(value) = change.wanted.get(field).filter(|_| sends(field)) {
            config.insert(field.to_owned(), value.clone());
        }
    }
    if let Some(Value::Map(wanted)) = change.wanted.get("proxy").filter(|_| sends("proxy")) {
        let keys = PROXY.map(|key| (key.to_owned(), wanted.get(key).cloned().unwrap_or(Value::Null)));
        config.insert("proxy".to_owned(), Value::Map(BTreeMap::from(keys)));
    }
    config
}
