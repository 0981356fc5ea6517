//! Bodies of requests about mirrors of organizations: their schemas, what they say, and how a mirror is shown
//! (org_mirror.json of the recordings).

use serde_json::{Map, Value, json};

use super::answer::Answer;
use super::call::Call;
use super::mirror_reference;
use super::records::OrganizationMirror;
use super::time;

/// The attempts that a new mirror has.
const RETRIES: i64 = 3;

/// The seconds that one copy may take, unless the body says otherwise (exchange 49).
const SKOPEO_TIMEOUT: i64 = 300;

/// The schema of a new mirror.
pub(super) fn new_mirror() -> Value {
    let mut schema = changed_mirror();
    schema["properties"]["external_registry_type"] = json!({ "type": "string", "enum": ["harbor", "quay"] });
    schema["required"] = json!([
        "external_registry_type",
        "external_registry_url",
        "external_namespace",
        "robot_username",
        "visibility",
        "sync_interval",
        "sync_start_date"
    ]);
    schema
}

/// The schema of a change: nothing is required, and the type is not known.
pub(super) fn changed_mirror() -> Value {
    let text_or_null = json!({ "type": ["string", "null"] });
    json!({
        "type": "object",
        "properties": {
            "external_registry_url": { "type": "string" },
            "external_namespace": { "type": "string", "maxLength": 255 },
            "robot_username": { "type": "string" },
            "visibility": { "type": "string", "enum": ["public", "private"] },
            "sync_interval": { "type": "integer", "minimum": 60 },
            "sync_start_date": { "type": "string" },
            "is_enabled": { "type": "boolean" },
            "external_registry_username": text_or_null,
            "external_registry_password": text_or_null,
            "external_registry_config": { "type": "object" },
            "repository_filters": { "type": "array", "items": { "type": "string" } },
            "skopeo_timeout": { "type": "integer", "minimum": 30, "maximum": 3600 },
        },
    })
}

/// A mirror with what the body of its creation says.
pub(super) fn mirror_of(
    call: &Call<'_>,
    organization: &str,
    body: &Map<String, Value>,
) -> Result<OrganizationMirror, Answer> {
    let text = |field: &str| body.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
    let blank = OrganizationMirror {
        is_enabled: true,
        external_registry_type: text("external_registry_type"),
        external_registry_url: String::new(),
        external_namespace: String::new(),
        username: None,
        password: None,
        external_registry_config: json!({}),
        repository_filters: Vec::new(),
        robot: String::new(),
        visibility: String::new(),
        sync_interval: 0,
        sync_start_date: String::new(),
        sync_expiration_date: None,
        sync_retries_remaining: RETRIES,
        sync_status: "NEVER_RUN".to_owned(),
        skopeo_timeout: SKOPEO_TIMEOUT,
        creation_date: time::iso_with_fraction(call.store.clock),
    };
    change(call, organization, body, blank)
}

/// The mirror with what the body names: all of it or nothing.
pub(super) fn change(
    call: &Call<'_>,
    organization: &str,
    body: &Map<String, Value>,
    mut mirror: OrganizationMirror,
) -> Result<OrganizationMirror, Answer> {
    for (field, value) in body {
        let text = || value.as_str().unwrap_or_default().to_owned();
        let number = || value.as_i64().unwrap_or_default();
        // Blank texts remove credentials as null does (exchanges 20 and 21).
        let credential = || value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        match field.as_str() {
            "is_enabled" => mirror.is_enabled = value == &json!(true),
            "external_registry_url" => mirror.external_registry_url = admit_url(&text())?,
            "external_namespace" => mirror.external_namespace = text(),
            "external_registry_username" => mirror.username = credential(),
            "external_registry_password" => mirror.password = credential(),
            "external_registry_config" => mirror.external_registry_config = value.clone(),
            "repository_filters" => {
                let filters = value.as_array().into_iter().flatten().filter_map(Value::as_str);
                mirror.repository_filters = filters.map(str::to_owned).collect();
            }
            "robot_username" => mirror.robot = admit_robot(call, organization, &text())?,
            "visibility" => mirror.visibility = text(),
            "sync_interval" => mirror.sync_interval = number(),
            "sync_start_date" => mirror.sync_start_date = admit_date(&text())?,
            "skopeo_timeout" => mirror.skopeo_timeout = number(),
            _ => {}
        }
    }
    Ok(mirror)
}

/// Exchanges 16 to 18.
fn admit_url(url: &str) -> Result<String, Answer> {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    if !matches!(scheme, "http" | "https") {
        let text = format!("Invalid URL scheme '{scheme}': only HTTP and HTTPS are allowed");
        return Err(Answer::invalid(&text));
    }
    match mirror_reference::is_inside(rest.split('/').next().unwrap_or_default()) {
        true => Err(Answer::invalid("The provided registry URL is not allowed")),
        false => Ok(url.to_owned()),
    }
}

/// Exchanges 22 and 23.
fn admit_robot(call: &Call<'_>, organization: &str, robot: &str) -> Result<String, Answer> {
    if !call.store.robots.contains_key(robot) {
        return Err(Answer::invalid(&format!("Invalid robot account: {robot}")));
    }
    match robot.split_once('+').map(|(owner, _)| owner) == Some(organization) {
        true => Ok(robot.to_owned()),
        false => Err(Answer::invalid("Robot account must belong to the organization")),
    }
}

/// Exchange 24.
fn admit_date(date: &str) -> Result<String, Answer> {
    match time::from_iso(date) {
        Some(_) => Ok(date.to_owned()),
        None => Err(Answer::invalid(
            "Invalid sync_start_date format. Use ISO 8601: YYYY-MM-DDTHH:MM:SSZ",
        )),
    }
}

/// What a mirror looks like: of the password, only whether there is one (exchange 4).
pub(super) fn view(mirror: &OrganizationMirror) -> Value {
    json!({
        "is_enabled": mirror.is_enabled,
        "external_registry_type": mirror.external_registry_type,
        "external_registry_url": mirror.external_registry_url,
        "external_namespace": mirror.external_namespace,
        "external_registry_username": mirror.username,
        "has_external_registry_password": mirror.password.is_some(),
        "external_registry_config": mirror.external_registry_config,
        "repository_filters": mirror.repository_filters,
        "robot_username": mirror.robot,
        "visibility": mirror.visibility,
        "sync_interval": mirror.sync_interval,
        "sync_start_date": mirror.sync_start_date,
        "sync_expiration_date": mirror.sync_expiration_date,
        "sync_status": mirror.sync_status,
        "sync_retries_remaining": mirror.sync_retries_remaining,
        "repo_sync_status_counts": {
            "CANCEL": 0, "FAIL": 0, "NEVER_RUN": 0, "SUCCESS": 0, "SYNCING": 0, "SYNC_NOW": 0, "SKIP": 0,
        },
        "skopeo_timeout": mirror.skopeo_timeout,
        "creation_date": mirror.creation_date,
    })
}
