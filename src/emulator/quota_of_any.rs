//! Quotas of any namespace, for superusers, and the caller's own (api.md, 3.7; quota.json of the recordings, exchanges
//! 67 to 92). The paths for organizations and those for users lead to the same; neither writes to the usage log.

use serde_json::json;

use super::answer::{Answer, Reply};
use super::call::Call;
use super::quota::{FEATURES, changed_quota, find, insert, new_quota, remove, resize, view, views};
use super::robot::own_name;
use super::router::{Operation, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::with_features(
        "/api/v1/superuser/organization/{namespace}/quota",
        FEATURES,
        &[
            Operation::get("listOrganizationQuotaSuperUser", list),
            Operation::post("createOrganizationQuotaSuperUser", create).taking("NewNamespaceQuota", new_quota),
        ],
    ),
    Route::with_features(
        "/api/v1/superuser/organization/{namespace}/quota/{quota_id}",
        FEATURES,
        &[
            Operation::put("changeOrganizationQuotaSuperUser", update).taking("UpdateNamespaceQuota", changed_quota),
            Operation::delete("deleteOrganizationQuotaSuperUser", delete),
        ],
    ),
    Route::with_features(
        "/api/v1/superuser/users/{namespace}/quota",
        FEATURES,
        &[
            Operation::get("listUserQuotaSuperUser", list),
            Operation::post("createUserQuotaSuperUser", create).taking("NewNamespaceQuota", new_quota),
        ],
    ),
    Route::with_features(
        "/api/v1/superuser/users/{namespace}/quota/{quota_id}",
        FEATURES,
        &[
            Operation::put("changeUserQuotaSuperUser", update).taking("UpdateNamespaceQuota", changed_quota),
            Operation::delete("deleteUserQuotaSuperUser", delete),
        ],
    ),
    Route::with_features(
        "/api/v1/user/quota",
        FEATURES,
        &[Operation::get("listUserQuota", list_own)],
    ),
    Route::with_features(
        "/api/v1/user/quota/{quota_id}",
        FEATURES,
        &[Operation::get("getUserQuota", read_own)],
    ),
];

fn list(call: &mut Call<'_>) -> Reply {
    call.require_superuser_reader()?;
    let namespace = call.parameter("namespace");
    if !call.store.has_namespace(&namespace) {
        return Err(Answer::not_found());
    }
    Ok(Answer::ok(&views(call, &namespace)))
}

fn list_own(call: &mut Call<'_>) -> Reply {
    let user = own_name(call)?;
    Ok(Answer::ok(&views(call, &user)))
}

fn read_own(call: &mut Call<'_>) -> Reply {
    let user = own_name(call)?;
    Ok(Answer::ok(&view(find(call, &user)?)))
}

fn create(call: &mut Call<'_>) -> Reply {
    let body = call.json_object(&new_quota())?;
    call.require_superuser()?;
    let namespace = call.parameter("namespace");
    if !call.store.has_namespace(&namespace) {
        return Err(Answer::server_error());
    }
    let text = format!("Quota for '{namespace}' already exists");
    insert(call, &namespace, &body, &text)?;
    Ok(Answer::json(201, &json!("Created")))
}

fn update(call: &mut Call<'_>) -> Reply {
    let body = call.json_object(&changed_quota())?;
    call.require_superuser()?;
    let namespace = call.parameter("namespace");
    find(call, &namespace)?;
    Ok(Answer::ok(&resize(call, &namespace, &body)?))
}

fn delete(call: &mut Call<'_>) -> Reply {
    call.require_superuser()?;
    let namespace = call.parameter("namespace");
    find(call, &namespace)?;
    remove(call, &namespace);
    Ok(Answer::no_content())
}
