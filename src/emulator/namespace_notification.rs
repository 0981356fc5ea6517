//! Notifications of namespaces about their quota, and the notices that users find in the web interface (api.md, 3.11;
//! notifications.json of the recordings, exchanges 71 to 103).

use serde_json::{Value, json};

use super::answer::{Answer, Reply};
use super::call::Call;
use super::notification_body::{list_view, new_notification, notification_of, text, view};
use super::notification_method;
use super::records::Notification;
use super::router::{Operation, Route};

const FEATURES: &[&str] = &["QUOTA_NOTIFICATIONS"];

pub(super) const ROUTES: &[Route] = &[
    Route::with_features(
        "/api/v1/organization/{orgname}/notifications",
        FEATURES,
        &[
            Operation::get("listOrgNotifications", list),
            Operation::post("createOrgNotification", create).taking("NotificationCreateRequest", new_notification),
        ],
    ),
    Route::with_features(
        "/api/v1/organization/{orgname}/notifications/{uuid}",
        FEATURES,
        &[
            Operation::get("getOrgNotification", read),
            Operation::delete("deleteOrgNotification", delete),
            Operation::post("resetOrgNotificationFailures", reset),
        ],
    ),
    Route::with_features(
        "/api/v1/organization/{orgname}/notifications/{uuid}/test",
        FEATURES,
        &[Operation::post("testOrgNotification", test)],
    ),
    Route::with_features(
        "/api/v1/user/namespacenotifications",
        FEATURES,
        &[
            Operation::get("listUserNamespaceNotifications", list),
            Operation::post("createUserNamespaceNotification", create)
                .taking("NotificationCreateRequest", new_notification),
        ],
    ),
    Route::with_features(
        "/api/v1/user/namespacenotifications/{uuid}",
        FEATURES,
        &[
            Operation::get("getUserNamespaceNotification", read),
            Operation::delete("deleteUserNamespaceNotification", delete),
            Operation::post("resetUserNamespaceNotificationFailures", reset),
        ],
    ),
    Route::with_features(
        "/api/v1/user/namespacenotifications/{uuid}/test",
        FEATURES,
        &[Operation::post("testUserNamespaceNotification", test)],
    ),
    Route::new(
        "/api/v1/user/notifications",
        &[Operation::get("listUserNotifications", list_notices)],
    ),
];

/// The namespace that a call is about, for those who administer it: the organization of the path, or the caller's own.
fn administered(call: &Call<'_>) -> Result<String, Answer> {
    let organization = call.parameter("orgname");
    if organization.is_empty() {
        call.require(call.caller.administers_user())?;
        return Ok(call.caller.user.clone().unwrap_or_default());
    }
    call.require_organization_admin(&organization)?;
    existing(call, organization)
}

/// The same for reading, which more may do with organizations.
fn readable(call: &Call<'_>) -> Result<String, Answer> {
    let organization = call.parameter("orgname");
    if organization.is_empty() {
        return administered(call);
    }
    call.require_organization_reader(&organization)?;
    existing(call, organization)
}

fn existing(call: &Call<'_>, organization: String) -> Result<String, Answer> {
    let exists = call.store.organizations.contains_key(&organization);
    exists.then_some(organization).ok_or_else(Answer::not_found)
}

fn notifications<'a>(call: &'a mut Call<'_>, namespace: &str) -> Option<&'a mut Vec<Notification>> {
    match call.store.organizations.get_mut(namespace) {
        Some(organization) => Some(&mut organization.notifications),
        None => Some(&mut call.store.users.get_mut(namespace)?.notifications),
    }
}

fn find<'a>(call: &'a mut Call<'_>, namespace: &str) -> Result<&'a mut Notification, Answer> {
    let uuid = call.parameter("uuid");
    let mut all = notifications(call, namespace).into_iter().flatten();
    all.find(|notification| notification.uuid == uuid)
        .ok_or_else(Answer::not_found)
}

fn log(call: &mut Call<'_>, kind: &str, namespace: &str, notification: &Notification) {
    let metadata = json!({
        "namespace": namespace,
        "notification_id": notification.uuid,
        "event": notification.event,
        "method": notification.method,
    });
    call.log(kind, namespace, metadata);
}

fn list(call: &mut Call<'_>) -> Reply {
    let namespace = readable(call)?;
    let all = notifications(call, &namespace).ok_or_else(Answer::not_found)?;
    Ok(Answer::ok(&list_view(all)))
}

/// Unlike with repositories, unknown events and methods are proper refusals, and e-mail goes to those who administer
/// the namespace, so that no address is needed (exchanges 73 to 76).
fn create(call: &mut Call<'_>) -> Reply {
    let namespace = administered(call)?;
    let body = call.json_object(&new_notification())?;
    let (event, method) = (text(&body, "event"), text(&body, "method"));
    if !matches!(event, "quota_warning" | "quota_error") {
        let text = format!("Invalid event '{event}'. Must be one of: quota_error, quota_warning");
        return Err(Answer::invalid(&text));
    }
    if !notification_method::is_method(method) {
        return Err(Answer::invalid(&format!("Unknown notification method '{method}'")));
    }
    let config = body
        .get("config")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    notification_method::check(call.store, &namespace, method, &config)?;
    let notification = notification_of(call, &body);
    let answer = Answer::json(201, &view(&notification));
    log(call, "create_namespace_notification", &namespace, &notification);
    if let Some(all) = notifications(call, &namespace) {
        all.push(notification);
    }
    Ok(answer)
}

fn read(call: &mut Call<'_>) -> Reply {
    let namespace = readable(call)?;
    Ok(Answer::ok(&view(find(call, &namespace)?)))
}

fn delete(call: &mut Call<'_>) -> Reply {
    let namespace = administered(call)?;
    let notification = find(call, &namespace)?.clone();
    if let Some(all) = notifications(call, &namespace) {
        all.retain(|other| other.uuid != notification.uuid);
    }
    log(call, "delete_namespace_notification", &namespace, &notification);
    Ok(Answer::no_content())
}

fn reset(call: &mut Call<'_>) -> Reply {
    let namespace = administered(call)?;
    let notification = find(call, &namespace)?;
    notification.number_of_failures = 0;
    let notification = notification.clone();
    log(call, "reset_namespace_notification", &namespace, &notification);
    Ok(Answer::no_content())
}

/// Nothing is delivered here.
fn test(call: &mut Call<'_>) -> Reply {
    let namespace = administered(call)?;
    find(call, &namespace)?;
    Ok(Answer::ok(&json!({})))
}

/// Nobody sends users anything here (exchange 103; who may read is not recorded).
fn list_notices(call: &mut Call<'_>) -> Reply {
    call.require(call.caller.reads_user())?;
    Ok(Answer::ok(&json!({ "notifications": [], "additional": false })))
}
