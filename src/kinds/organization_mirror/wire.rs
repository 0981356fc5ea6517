//! Between the server's shapes and the manifest's fields.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::kinds::mirror::read_proxy;
use crate::kinds::sight::text;
use crate::model::{Change, Fields, Value};

/// The server's names of the fields that it has under other ones, or just so.
const KEYS: [(&str, &str); 10] = [
    ("external_registry_type", "external_registry_type"),
    ("external_registry_url", "external_registry_url"),
    ("external_namespace", "external_namespace"),
    ("repository_filters", "repository_filters"),
    ("robot", "robot_username"),
    ("visibility", "visibility"),
    ("sync_interval", "sync_interval"),
    ("sync_start_date", "sync_start_date"),
    ("enabled", "is_enabled"),
    ("skopeo_timeout", "skopeo_timeout"),
];

pub(super) fn read(view: &Json) -> Fields {
    let config = view.get("external_registry_config").unwrap_or(&Json::Null);
    let verify_tls = config.get("verify_tls").and_then(Json::as_bool).unwrap_or(true);
    let mut fields = Fields::from([
        ("username", Value::text(text(view, "external_registry_username"))),
        ("verify_tls", verify_tls.into()),
        ("proxy", read_proxy(config)),
    ]);
    let same = KEYS.map(|(field, key)| (field, view.get(key).map_or(Value::Null, Value::from_json)));
    fields.extend(same);
    fields
}

/// The server's names for the fields that `sends` lets through.
pub(super) fn body(change: &Change, sends: impl Fn(&str) -> bool) -> BTreeMap<String, Value> {
    let wanted = |field: &str| change.wanted.get(field).cloned();
    let mut body = BTreeMap::new();
    for (field, key) in KEYS.into_iter().filter(|(field, _)| sends(field)) {
        body.extend(wanted(field).map(|value| (key.to_owned(), value)));
    }
    if sends("username") || sends("password") {
        body.extend(credentials(change));
    }
    // The server puts what is sent in the place of the whole.
    if sends("verify_tls") || sends("proxy") {
        let mut config = BTreeMap::new();
        config.extend(wanted("verify_tls").map(|switch| ("verify_tls".to_owned(), switch)));
        let proxy = wanted("proxy").filter(|proxy| !matches!(proxy, Value::Map(keys) if keys.is_empty()));
        config.extend(proxy.map(|proxy| ("proxy".to_owned(), proxy)));
        body.insert("external_registry_config".to_owned(), Value::Map(config));
    }
    body
}

/// No name removes both; a name alone keeps the password.
fn credentials(change: &Change) -> BTreeMap<String, Value> {
    let (name, password) = ("external_registry_username", "external_registry_password");
    let Some(username) = change.wanted.get("username") else {
        return BTreeMap::new();
    };
    if change.text("username").is_empty() {
        return [name, password].map(|key| (key.to_owned(), Value::Null)).into();
    }
    let sealed = change.wanted.get("password").cloned();
    let sealed = sealed.map(|sealed| (password.to_owned(), sealed));
    [(name.to_owned(), username.clone())]
        .into_iter()
        .chain(sealed)
        .collect()
}
