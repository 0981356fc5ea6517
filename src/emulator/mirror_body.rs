//! Bodies of requests about mirrors: their schemas, and what they say (api.md, 3.8; mirror.json of the recordings).

use serde_json::{Map, Value, json};

use super::answer::Answer;
use super::call::Call;
use super::records::Mirror;
use super::time;

/// The attempts that a new mirror has.
const RETRIES: i64 = 3;

/// The schema of a new mirror. It does not require `robot_username`, but the server does (exchange 63).
pub(super) fn new_mirror() -> Value {
    let mut schema = changed_mirror();
    schema["required"] = json!([
        "external_reference",
        "sync_interval",
        "sync_start_date",
        "root_rule",
        "skopeo_timeout_interval"
    ]);
    schema
}

/// The schema of a change: the same, and nothing is required.
pub(super) fn changed_mirror() -> Value {
    let text_or_null = json!({ "type": ["string", "null"] });
    json!({
        "type": "object",
        "properties": {
            "is_enabled": { "type": "boolean" },
            "external_reference": { "type": "string" },
            "external_registry_username": text_or_null,
            "external_registry_password": text_or_null,
            "sync_start_date": { "type": "string" },
            "sync_interval": { "type": "integer", "minimum": 0 },
            "robot_username": { "type": "string" },
            "root_rule": {
                "type": "object",
                "required": ["rule_kind", "rule_value"],
                "properties": {
                    "rule_kind": { "type": "string", "enum": ["tag_glob_csv"] },
                    "rule_value": { "type": "array", "items": { "type": "string" } },
                },
            },
            "external_registry_config": {
                "type": "object",
                "properties": {
                    "verify_tls": { "type": "boolean" },
                    "unsigned_images": { "type": "boolean" },
                    "proxy": {
                        "type": "object",
                        "properties": {
                            "https_proxy": text_or_null,
                            "http_proxy": text_or_null,
                            "no_proxy": text_or_null,
                        },
                    },
                },
            },
            "skopeo_timeout_interval": { "type": "integer", "minimum": 300 },
            "architecture_filter": { "type": ["array", "null"], "items": { "type": "string" } },
        },
    })
}

/// A mirror with what the body of its creation says; robot and architectures are for the caller to fill in.
pub(super) fn mirror_of(body: &Map<String, Value>, root_rule: Vec<String>) -> Mirror {
    let owned = |field: &str| text(body, field).map(str::to_owned);
    let credential = |field: &str| owned(field).filter(|text| !text.is_empty());
    let number = |field: &str| body.get(field).and_then(Value::as_i64).unwrap_or_default();
    Mirror {
        is_enabled: body.get("is_enabled").and_then(Value::as_bool).unwrap_or(true),
        external_reference: owned("external_reference").unwrap_or_default(),
        username: credential("external_registry_username"),
        password: credential("external_registry_password"),
        external_registry_config: body.get("external_registry_config").cloned().unwrap_or(json!({})),
        robot: String::new(),
        root_rule,
        sync_interval: number("sync_interval"),
        sync_start_date: owned("sync_start_date"),
        sync_expiration_date: None,
        sync_retries_remaining: RETRIES,
        sync_status: "NEVER_RUN".to_owned(),
        skopeo_timeout_interval: number("skopeo_timeout_interval"),
        architecture_filter: Vec::new(),
    }
}

/// A text in a body.
pub(super) fn text<'a>(body: &'a Map<String, Value>, field: &str) -> Option<&'a str> {
    body.get(field).and_then(Value::as_str)
}

fn texts(value: &Value) -> Vec<String> {
    let texts = value.as_array().into_iter().flatten().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}

/// The first synchronisation in unix seconds; it is written in one form only (exchanges 23 to 25).
pub(super) fn start_date(body: &Map<String, Value>) -> Result<Option<i64>, Answer> {
    let Some(date) = text(body, "sync_start_date") else {
        return Ok(None);
    };
    time::from_iso(date)
        .map(Some)
        .ok_or_else(|| Answer::detail(400, "Incorrect DateTime format for sync_start_date."))
}

/// The tags of the rule: one at least (exchange 32; api.md, 3.8, expects 500 of the creation, which uses the same check).
pub(super) fn rule(body: &Map<String, Value>) -> Result<Vec<String>, Answer> {
    let tags = body.get("root_rule").map(|rule| texts(&rule["rule_value"]));
    tags.filter(|tags| !tags.is_empty()).ok_or_else(|| {
        Answer::invalid("validation failed: rule_value for TAG_GLOB_CSV must be a list with at least one rule")
    })
}

/// The architectures to mirror, none for all (exchanges 42 and 43; the text about unknown ones is not recorded).
pub(super) fn architectures(call: &Call<'_>, body: &Map<String, Value>) -> Result<Vec<String>, Answer> {
    let architectures = body.get("architecture_filter").map(texts).unwrap_or_default();
    if architectures.is_empty() {
        return Ok(architectures);
    }
    if !call.store.has_feature("SPARSE_INDEX") {
        let text = "Architecture filtering requires FEATURE_SPARSE_INDEX to be enabled.";
        return Err(Answer::detail(400, text));
    }
    let is_known = |name: &&String| ["amd64", "arm64", "ppc64le", "s390x"].contains(&name.as_str());
    let mut unknown: Vec<&str> = architectures
        .iter()
        .filter(|name| !is_known(name))
        .map(String::as_str)
        .collect();
    if unknown.is_empty() {
        return Ok(architectures);
    }
    unknown.sort_unstable();
    Err(Answer::invalid(&format!(
        "Invalid architectures: {}",
        unknown.join(", ")
    )))
}
