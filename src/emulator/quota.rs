//! Storage quotas of organizations and users (api.md, 3.7; quota.json of the recordings).

use serde_json::{Map, Value, json};

use super::answer::{Answer, Reply};
use super::call::Call;
use super::quota_size;
use super::records::{Quota, QuotaLimit};
use super::router::{Operation, Route};
use super::store::Store;
use super::version;

pub(super) const FEATURES: &[&str] = &["SUPER_USERS", "QUOTA_MANAGEMENT", "EDIT_QUOTA"];

pub(super) const ROUTES: &[Route] = &[
    Route::with_features(
        "/api/v1/organization/{orgname}/quota",
        FEATURES,
        &[
            Operation::get("listOrganizationQuota", list),
            Operation::post("createOrganizationQuota", create).taking("NewOrgQuota", new_quota),
        ],
    ),
    Route::with_features(
        "/api/v1/organization/{orgname}/quota/{quota_id}",
        FEATURES,
        &[
            Operation::get("getOrganizationQuota", read),
            Operation::put("changeOrganizationQuota", update).taking("UpdateOrgQuota", changed_quota),
            Operation::delete("deleteOrganizationQuota", delete),
        ],
    ),
];

fn size_in_bytes() -> Value {
    json!({ "properties": { "limit_bytes": { "type": "integer" } }, "required": ["limit_bytes"] })
}

fn size_as_text() -> Value {
    let limit = json!({ "type": "string", "pattern": quota_size::PATTERN });
    json!({ "properties": { "limit": limit }, "required": ["limit"] })
}

/// The body of a creation.
pub(super) fn new_quota() -> Value {
    json!({ "type": "object", "oneOf": [size_in_bytes(), size_as_text()] })
}

/// The body of a change.
pub(super) fn changed_quota() -> Value {
    let closed = |mut schema: Value| {
        schema["additionalProperties"] = json!(false);
        schema
    };
    let neither = json!({ "properties": { "limit_bytes": { "not": {} }, "limit": { "not": {} } } });
    json!({
        "type": "object",
        "oneOf": [closed(size_in_bytes()), closed(size_as_text()), closed(neither)],
    })
}

impl Store {
    /// The quota of an organization or a user.
    pub(super) fn quota(&self, namespace: &str) -> Option<&Quota> {
        match self.organizations.get(namespace) {
            Some(organization) => organization.quota.as_ref(),
            None => self.users.get(namespace)?.quota.as_ref(),
        }
    }

    /// The place of a namespace's quota, `None` where the namespace does not exist.
    fn quota_place(&mut self, namespace: &str) -> Option<&mut Option<Quota>> {
        match self.organizations.get_mut(namespace) {
            Some(organization) => Some(&mut organization.quota),
            None => self.users.get_mut(namespace).map(|user| &mut user.quota),
        }
    }

    /// The quota of a namespace, to change it.
    pub(super) fn quota_mut(&mut self, namespace: &str) -> Option<&mut Quota> {
        self.quota_place(namespace)?.as_mut()
    }
}

/// The long form of a quota. The system has no default quota (config.json of the recordings).
pub(super) fn view(quota: &Quota) -> Value {
    json!({
        "id": quota.id,
        "limit_bytes": quota.limit_bytes,
        "limit": quota_size::text(quota.limit_bytes),
        "default_config": false,
        "limits": limit_views(quota),
        "default_config_exists": false,
    })
}

/// The short form that views of namespaces have (behaviour.md, 8).
pub(super) fn short_view(quota: &Quota) -> Value {
    json!({ "id": quota.id, "limit_bytes": quota.limit_bytes, "limits": limit_views(quota) })
}

/// Warnings before rejections, and the newest first (quota.json, exchanges 41 to 52).
pub(super) fn limit_views(quota: &Quota) -> Value {
    let mut limits: Vec<&QuotaLimit> = quota.limits.iter().collect();
    limits.sort_by_key(|limit| (limit.kind == "Reject", std::cmp::Reverse(limit.id)));
    limits.into_iter().map(limit_view).collect()
}

/// What is sent as `threshold_percent` comes back as `limit_percent`.
pub(super) fn limit_view(limit: &QuotaLimit) -> Value {
    json!({ "id": limit.id, "type": limit.kind, "limit_percent": limit.percent })
}

/// The quota of a namespace by the path's number: 500 for what is no number, 404 for another one's.
pub(super) fn find<'a>(call: &'a Call<'_>, namespace: &str) -> Result<&'a Quota, Answer> {
    let id: u64 = call.parameter("quota_id").parse().map_err(|_| Answer::server_error())?;
    call.store
        .quota(namespace)
        .filter(|quota| quota.id == id)
        .ok_or_else(Answer::not_found)
}

/// The path's organization, where the caller may read its quota.
pub(super) fn readable_organization(call: &Call<'_>) -> Result<String, Answer> {
    let organization = call.parameter("orgname");
    call.require(call.caller.is_organization_member(call.store, &organization))?;
    Ok(organization)
}

/// The path's organization, where the caller may change its quota: SFA, and on older servers any superuser.
pub(super) fn changeable_organization(call: &Call<'_>) -> Result<String, Answer> {
    let is_older = call.store.version < version::QUOTAS_NEED_FULL_ACCESS;
    let is_superuser = is_older && call.caller.is_superuser(call.store);
    call.require(is_superuser || call.caller.has_full_access(call.store))?;
    Ok(call.parameter("orgname"))
}

fn list(call: &mut Call<'_>) -> Reply {
    let organization = readable_organization(call)?;
    if !call.store.organizations.contains_key(&organization) {
        return Err(Answer::not_found());
    }
    Ok(Answer::ok(&views(call, &organization)))
}

/// The quotas of a namespace: one or none.
pub(super) fn views(call: &Call<'_>, namespace: &str) -> Value {
    call.store.quota(namespace).map(view).into_iter().collect()
}

fn read(call: &mut Call<'_>) -> Reply {
    let organization = readable_organization(call)?;
    Ok(Answer::ok(&view(find(call, &organization)?)))
}

/// The size that a body asks for, in bytes; `None` where it has no word on it.
fn wanted_size(body: &Map<String, Value>) -> Result<Option<Wanted>, Answer> {
    if let Some(text) = body.get("limit").and_then(Value::as_str) {
        let bytes = quota_size::parse(text).ok_or_else(|| Answer::invalid("Invalid limit format"))?;
        return Ok(Some(Wanted { bytes, is_text: true }));
    }
    let Some(value) = body.get("limit_bytes") else {
        return Ok(None);
    };
    // What is no 64-bit number is too large for the database.
    let bytes = value.as_i64().map_or(i128::from(i64::MAX) + 1, i128::from);
    Ok(Some(Wanted { bytes, is_text: false }))
}

/// A wanted size, and whether it was given as a text.
struct Wanted {
    bytes: i128,
    is_text: bool,
}

impl Wanted {
    fn checked(&self) -> Result<i64, Answer> {
        if self.bytes <= 0 {
            return Err(Answer::invalid(&format!(
                "Invalid quota size limit value: '{}'",
                self.bytes
            )));
        }
        i64::try_from(self.bytes).map_err(|_| Answer::invalid("Unsupported quota size limit."))
    }
}

fn create(call: &mut Call<'_>) -> Reply {
    let body = call.json_object(&new_quota())?;
    let organization = changeable_organization(call)?;
    if !call.store.organizations.contains_key(&organization) {
        return Err(Answer::not_found());
    }
    let text = format!("Organization quota for '{organization}' already exists");
    let bytes = insert(call, &organization, &body, &text)?;
    let metadata = json!({
        "namespace": organization,
        "limit_bytes": bytes,
        "limit": quota_size::text(bytes),
    });
    call.log("org_create_quota", &organization, metadata);
    Ok(Answer::json(201, &json!("Created")))
}

/// Gives a namespace its quota; its size in bytes. `taken` is the refusal where it has one.
pub(super) fn insert(
    call: &mut Call<'_>,
    namespace: &str,
    body: &Map<String, Value>,
    taken: &str,
) -> Result<i64, Answer> {
    if call.store.quota(namespace).is_some() {
        return Err(Answer::invalid(taken));
    }
    // The schema wants one of the two fields.
    let wanted = wanted_size(body)?.unwrap_or(Wanted {
        bytes: 0,
        is_text: false,
    });
    let limit_bytes = wanted.checked()?;
    call.store.quota_counter += 1;
    let quota = Quota {
        id: call.store.quota_counter,
        limit_bytes,
        limits: Vec::new(),
    };
    if let Some(place) = call.store.quota_place(namespace) {
        *place = Some(quota);
    }
    Ok(limit_bytes)
}

fn update(call: &mut Call<'_>) -> Reply {
    let body = call.json_object(&changed_quota())?;
    let organization = changeable_organization(call)?;
    let previous = find(call, &organization)?.limit_bytes;
    let view = resize(call, &organization, &body)?;
    let bytes = call
        .store
        .quota(&organization)
        .map_or(previous, |quota| quota.limit_bytes);
    let metadata = json!({
        "namespace": organization,
        "limit_bytes": bytes,
        "limit": quota_size::text(bytes),
        "previous_limit_bytes": previous,
        "previous_limit": quota_size::text(previous),
    });
    call.log("org_change_quota", &organization, metadata);
    Ok(Answer::ok(&view))
}

/// Sets the size that a body asks for. Zero is passed over, and a size that came as a text is answered with a number
/// that is no integer (behaviour.md, 3 and 8).
pub(super) fn resize(call: &mut Call<'_>, namespace: &str, body: &Map<String, Value>) -> Result<Value, Answer> {
    let wanted = wanted_size(body)?.filter(|wanted| wanted.bytes != 0);
    let checked = wanted.as_ref().map(Wanted::checked).transpose()?;
    let quota = call.store.quota_mut(namespace).ok_or_else(Answer::not_found)?;
    quota.limit_bytes = checked.unwrap_or(quota.limit_bytes);
    let mut view = view(quota);
    if wanted.is_some_and(|wanted| wanted.is_text) {
        // Sizes of more than 2^53 bytes lose digits here, as they do on the server.
        view["limit_bytes"] = json!(quota.limit_bytes as f64);
    }
    Ok(view)
}

/// The limits go with their quota, and so do the namespace's quota notifications (api.md, 3.7).
fn delete(call: &mut Call<'_>) -> Reply {
    let organization = changeable_organization(call)?;
    let quota = find(call, &organization)?;
    let metadata = json!({
        "namespace": organization,
        "quota_id": quota.id,
        "limit_bytes": quota.limit_bytes,
        "limit": quota_size::text(quota.limit_bytes),
    });
    remove(call, &organization);
    call.log("org_delete_quota", &organization, metadata);
    Ok(Answer::no_content())
}

/// Takes a namespace its quota and, with it, its quota notifications.
pub(super) fn remove(call: &mut Call<'_>, namespace: &str) {
    if let Some(place) = call.store.quota_place(namespace) {
        *place = None;
    }
    if let Some(organization) = call.store.organizations.get_mut(namespace) {
        organization.notifications.clear();
    } else if let Some(user) = call.store.users.get_mut(namespace) {
        user.notifications.clear();
    }
}
