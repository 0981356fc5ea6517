//! The thresholds of quotas (api.md, 3.7; quota.json of the recordings, exchanges 27 to 54).

use serde_json::{Map, Value, json};

use super::answer::{Answer, Reply};
use super::call::Call;
use super::quota::{FEATURES, changeable_organization, find, limit_view, limit_views, readable_organization, view};
use super::records::{Quota, QuotaLimit};
use super::robot::own_name;
use super::router::{Operation, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::with_features(
        "/api/v1/organization/{orgname}/quota/{quota_id}/limit",
        FEATURES,
        &[
            Operation::get("listOrganizationQuotaLimit", list),
            Operation::post("createOrganizationQuotaLimit", create).taking("NewOrgQuotaLimit", new_limit),
        ],
    ),
    Route::with_features(
        "/api/v1/organization/{orgname}/quota/{quota_id}/limit/{limit_id}",
        FEATURES,
        &[
            Operation::get("getOrganizationQuotaLimit", read),
            Operation::put("changeOrganizationQuotaLimit", update).taking("UpdateOrgQuotaLimit", changed_limit),
            Operation::delete("deleteOrganizationQuotaLimit", delete),
        ],
    ),
    Route::with_features(
        "/api/v1/user/quota/{quota_id}/limit",
        FEATURES,
        &[Operation::get("listUserQuotaLimit", list_own)],
    ),
    Route::with_features(
        "/api/v1/user/quota/{quota_id}/limit/{limit_id}",
        FEATURES,
        &[Operation::get("getUserQuotaLimit", read_own)],
    ),
];

fn new_limit() -> Value {
    let mut schema = changed_limit();
    schema["required"] = json!(["type", "threshold_percent"]);
    schema
}

fn changed_limit() -> Value {
    json!({
        "type": "object",
        "properties": { "type": { "type": "string" }, "threshold_percent": { "type": "integer" } },
    })
}

fn list(call: &mut Call<'_>) -> Reply {
    let organization = readable_organization(call)?;
    Ok(Answer::ok(&limit_views(find(call, &organization)?)))
}

fn list_own(call: &mut Call<'_>) -> Reply {
    let user = own_name(call)?;
    Ok(Answer::ok(&limit_views(find(call, &user)?)))
}

fn read(call: &mut Call<'_>) -> Reply {
    let organization = readable_organization(call)?;
    let quota = find(call, &organization)?;
    Ok(Answer::ok(&limit_view(find_limit(call, quota)?)))
}

/// One's own limit is answered with the whole quota (api.md, 3.7; not recorded).
fn read_own(call: &mut Call<'_>) -> Reply {
    let user = own_name(call)?;
    let quota = find(call, &user)?;
    find_limit(call, quota)?;
    Ok(Answer::ok(&view(quota)))
}

fn find_limit<'a>(call: &Call<'_>, quota: &'a Quota) -> Result<&'a QuotaLimit, Answer> {
    let id: u64 = call.parameter("limit_id").parse().map_err(|_| Answer::server_error())?;
    let found = quota.limits.iter().find(|limit| limit.id == id);
    found.ok_or_else(Answer::not_found)
}

/// `Warning` or `Reject` in any case, as they are stored.
fn kind_in(body: &Map<String, Value>) -> Result<Option<&'static str>, Answer> {
    let Some(kind) = body.get("type").and_then(Value::as_str) else {
        return Ok(None);
    };
    let known = ["Warning", "Reject"];
    match known.into_iter().find(|known| known.eq_ignore_ascii_case(kind)) {
        Some(kind) => Ok(Some(kind)),
        None => Err(Answer::message(400, "Quota type must be one of [Warning, Reject]")),
    }
}

fn percent_in(body: &Map<String, Value>) -> Result<Option<i64>, Answer> {
    match body.get("threshold_percent").and_then(Value::as_i64) {
        Some(percent) if !(1..=100).contains(&percent) => {
            let text = "Quota limit threshold must be between 1 and 100";
            Err(Answer::message(400, text))
        }
        percent => Ok(percent),
    }
}

/// Limits can be set for users too, through this path only (behaviour.md, 8).
fn create(call: &mut Call<'_>) -> Reply {
    let body = call.json_object(&new_limit())?;
    let namespace = changeable_organization(call)?;
    let quota = find(call, &namespace)?;
    refuse_repetition(quota, &body)?;
    // The schema requires both.
    let percent = percent_in(&body)?.unwrap_or_default();
    let kind = kind_in(&body)?.unwrap_or_default();
    call.store.quota_limit_counter += 1;
    let limit = QuotaLimit {
        id: call.store.quota_limit_counter,
        kind: kind.to_owned(),
        percent,
    };
    if let Some(quota) = call.store.quota_mut(&namespace) {
        quota.limits.push(limit);
    }
    let metadata = json!({ "namespace": namespace, "type": kind, "threshold_percent": percent });
    call.log("org_create_quota_limit", &namespace, metadata);
    Ok(Answer::json(201, &json!("Created")))
}

/// Type and percentage are the key, but zero percent seems no percentage to the server: it clashes with any limit of
/// the type (quota.json, exchange 35).
fn refuse_repetition(quota: &Quota, body: &Map<String, Value>) -> Result<(), Answer> {
    let kind = body.get("type").and_then(Value::as_str).unwrap_or_default();
    let percent = body
        .get("threshold_percent")
        .and_then(Value::as_i64)
        .unwrap_or_default();
    let is_equal =
        |limit: &QuotaLimit| limit.kind.eq_ignore_ascii_case(kind) && (percent == 0 || limit.percent == percent);
    if quota.limits.iter().any(is_equal) {
        return Err(Answer::invalid("Quota limit already exists"));
    }
    Ok(())
}

/// The answer is the whole quota.
fn update(call: &mut Call<'_>) -> Reply {
    let body = call.json_object(&changed_limit())?;
    let namespace = changeable_organization(call)?;
    let previous = find_limit(call, find(call, &namespace)?)?.clone();
    let mut limit = previous.clone();
    if let Some(kind) = kind_in(&body)? {
        limit.kind = kind.to_owned();
    }
    if let Some(percent) = percent_in(&body)? {
        limit.percent = percent;
    }
    let metadata = json!({
        "namespace": namespace,
        "type": limit.kind,
        "threshold_percent": limit.percent,
        "previous_type": previous.kind,
        "previous_threshold_percent": previous.percent,
    });
    let quota = call.store.quota_mut(&namespace).ok_or_else(Answer::not_found)?;
    if let Some(place) = quota.limits.iter_mut().find(|other| other.id == limit.id) {
        *place = limit;
    }
    let view = view(quota);
    call.log("org_change_quota_limit", &namespace, metadata);
    Ok(Answer::ok(&view))
}

fn delete(call: &mut Call<'_>) -> Reply {
    let namespace = changeable_organization(call)?;
    let limit = find_limit(call, find(call, &namespace)?)?.clone();
    if let Some(quota) = call.store.quota_mut(&namespace) {
        quota.limits.retain(|other| other.id != limit.id);
    }
    let metadata = json!({
        "namespace": namespace,
        "limit_id": limit.id,
        "type": limit.kind,
        "threshold_percent": limit.percent,
    });
    call.log("org_delete_quota_limit", &namespace, metadata);
    Ok(Answer::no_content())
}
