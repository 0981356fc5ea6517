//! Mirrors of whole organizations: set up, change, synchronise (api.md, 3.9; org_mirror.json of the recordings).
//!
//! There is no worker: nothing is ever found at the other registry, so that there are no repositories to show.

use serde_json::{Map, Value, json};

use super::answer::{Answer, Reply};
use super::call::Call;
use super::organization_mirror_body::{change, changed_mirror, mirror_of, new_mirror, view};
use super::records::OrganizationMirror;
use super::router::{Operation, Route};
use super::time;

const FEATURES: &[&str] = &["ORG_MIRROR"];

pub(super) const ROUTES: &[Route] = &[
    Route::with_features(
        "/api/v1/organization/{orgname}/mirror",
        FEATURES,
        &[
            Operation::get("getOrgMirrorConfig", read),
            Operation::post("createOrgMirrorConfig", create).taking("CreateOrgMirrorConfig", new_mirror),
            Operation::put("updateOrgMirrorConfig", update).taking("UpdateOrgMirrorConfig", changed_mirror),
            Operation::delete("deleteOrgMirrorConfig", delete),
        ],
    ),
    Route::with_features(
        "/api/v1/organization/{orgname}/mirror/sync-now",
        FEATURES,
        &[Operation::post("syncOrgMirrorNow", synchronise)],
    ),
    Route::with_features(
        "/api/v1/organization/{orgname}/mirror/sync-cancel",
        FEATURES,
        &[Operation::post("cancelOrgMirrorSync", cancel)],
    ),
    Route::with_features(
        "/api/v1/organization/{orgname}/mirror/verify",
        FEATURES,
        &[Operation::post("verifyOrgMirrorConnection", verify)],
    ),
    Route::with_features(
        "/api/v1/organization/{orgname}/mirror/repositories",
        FEATURES,
        &[Operation::get("listOrgMirrorRepositories", repositories)],
    ),
];

fn find<'a>(call: &'a mut Call<'_>, name: &str) -> Result<&'a mut OrganizationMirror, Answer> {
    let organization = call.store.organizations.get_mut(name);
    let mirror = organization.and_then(|organization| organization.mirror.as_mut());
    mirror.ok_or_else(Answer::not_found)
}

fn read(call: &mut Call<'_>) -> Reply {
    let name = call.parameter("orgname");
    call.require_organization_reader(&name)?;
    Ok(Answer::ok(&view(find(call, &name)?)))
}

/// Only where the organization is empty and nothing else fills it (exchanges 3, 51 and 52; the last two texts are not
/// recorded).
fn create(call: &mut Call<'_>) -> Reply {
    let name = call.parameter("orgname");
    call.require_organization_admin(&name)?;
    let body = call.json_object(&new_mirror())?;
    let organization = call.store.organizations.get(&name).ok_or_else(Answer::not_found)?;
    if organization.mirror.is_some() {
        return Err(Answer::invalid(
            "Mirror configuration already exists for this organization",
        ));
    }
    let refuse = |problem: &str| {
        Err(Answer::invalid(&format!(
            "Cannot create organization mirror: {problem}"
        )))
    };
    if call
        .store
        .repositories
        .values()
        .any(|repository| repository.namespace == name)
    {
        return refuse(
            "the organization already contains repositories. Organization mirroring requires an empty organization.",
        );
    }
    if organization.proxy_cache.is_some() {
        return refuse("the organization is a proxy cache.");
    }
    if !organization.immutability.is_empty() {
        return refuse("the organization has immutability policies.");
    }
    let mirror = mirror_of(call, &name, &body)?;
    let metadata = json!({
        "namespace": name,
        "external_registry_type": mirror.external_registry_type,
        "external_registry_url": mirror.external_registry_url,
        "external_namespace": mirror.external_namespace,
        "sync_interval": mirror.sync_interval,
        "robot_username": mirror.robot,
    });
    if let Some(organization) = call.store.organizations.get_mut(&name) {
        organization.mirror = Some(mirror);
    }
    call.log("org_mirror_enabled", &name, metadata);
    Ok(Answer::json(201, &json!("")))
}

/// Changes what the body names; a type is passed over like a field that nobody knows (exchanges 15 and 26).
fn update(call: &mut Call<'_>) -> Reply {
    let name = call.parameter("orgname");
    call.require_organization_admin(&name)?;
    let body = call.json_object(&changed_mirror())?;
    let before = find(call, &name)?.clone();
    let changed = change(call, &name, &body, before.clone())?;
    let place = |mirror: &OrganizationMirror| format!("{}/{}", mirror.external_registry_url, mirror.external_namespace);
    let fields: Vec<&String> = body.keys().collect();
    let metadata = json!({
        "namespace": name,
        "updated_fields": fields,
        "old_external_reference": place(&before),
        "external_reference": place(&changed),
    });
    *find(call, &name)? = changed;
    call.log("org_mirror_config_changed", &name, metadata);
    Ok(Answer::ok(&json!("")))
}

fn delete(call: &mut Call<'_>) -> Reply {
    let name = call.parameter("orgname");
    call.require_organization_admin(&name)?;
    let organization = call.store.organizations.get_mut(&name).ok_or_else(Answer::not_found)?;
    organization.mirror.take().ok_or_else(Answer::not_found)?;
    call.log("org_mirror_disabled", &name, json!({ "namespace": name }));
    Ok(Answer::no_content())
}

/// The start becomes now (behaviour.md, 12; exchanges 30 and 34).
fn synchronise(call: &mut Call<'_>) -> Reply {
    let name = call.parameter("orgname");
    call.require_organization_admin(&name)?;
    let now = time::iso_with_fraction(call.store.clock);
    let mirror = find(call, &name)?;
    mirror.sync_status = "SYNC_NOW".to_owned();
    mirror.sync_start_date = now;
    call.log("org_mirror_sync_now_requested", &name, json!({ "namespace": name }));
    Ok(Answer::no_content())
}

/// Once; what was cancelled cannot be again (exchanges 32 to 34).
fn cancel(call: &mut Call<'_>) -> Reply {
    let name = call.parameter("orgname");
    call.require_organization_admin(&name)?;
    let now = time::iso_with_fraction(call.store.clock);
    let mirror = find(call, &name)?;
    if mirror.sync_status == "CANCEL" {
        return Err(Answer::invalid("Cannot cancel: mirror is already cancelled"));
    }
    mirror.sync_status = "CANCEL".to_owned();
    mirror.sync_retries_remaining = 0;
    mirror.sync_expiration_date = Some(now);
    call.log("org_mirror_sync_cancelled", &name, json!({ "namespace": name }));
    Ok(Answer::no_content())
}

/// No other registry can be reached from here.
fn verify(call: &mut Call<'_>) -> Reply {
    let name = call.parameter("orgname");
    call.require_organization_admin(&name)?;
    let mirror = find(call, &name)?;
    let message = format!("Connection error: {} does not answer", mirror.external_registry_url);
    Ok(Answer::ok(&json!({ "success": false, "message": message })))
}

fn repositories(call: &mut Call<'_>) -> Reply {
    let name = call.parameter("orgname");
    call.require_organization_reader(&name)?;
    find(call, &name)?;
    let number = |name: &str, default: i64| {
        call.query
            .get(name)
            .and_then(|text| text.parse().ok())
            .unwrap_or(default)
    };
    let body: Map<String, Value> = Map::from_iter([
        ("repositories".to_owned(), json!([])),
        ("page".to_owned(), json!(number("page", 1))),
        ("limit".to_owned(), json!(number("limit", 100))),
        ("total".to_owned(), json!(0)),
        ("has_next".to_owned(), json!(false)),
    ]);
    Ok(Answer::ok(&Value::Object(body)))
}
