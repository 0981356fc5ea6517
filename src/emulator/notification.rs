//! Notifications of repositories: create, read, test, reset, delete; there is no change (api.md, 3.10;
//! notifications.json of the recordings).

use serde_json::{Map, Value, json};

use super::answer::{Answer, Reply};
use super::call::Call;
use super::notification_body::{list_view, new_notification, notification_of, text, view};
use super::notification_method;
use super::records::Notification;
use super::router::{Operation, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::new(
        "/api/v1/repository/{repository}/notification/",
        &[
            Operation::get("listRepoNotifications", list),
            Operation::post("createRepoNotification", create).taking("NotificationCreateRequest", new_notification),
        ],
    ),
    Route::new(
        "/api/v1/repository/{repository}/notification/{uuid}",
        &[
            Operation::get("getRepoNotification", read),
            Operation::delete("deleteRepoNotification", delete),
            Operation::post("resetRepositoryNotificationFailures", reset),
        ],
    ),
    Route::new(
        "/api/v1/repository/{repository}/notification/{uuid}/test",
        &[Operation::post("testRepoNotification", test)],
    ),
];

/// The events that a notification of a repository can be about (exchanges 2 to 21).
pub(super) const EVENTS: [&str; 13] = [
    "repo_push",
    "build_queued",
    "build_start",
    "build_success",
    "build_failure",
    "build_cancelled",
    "vulnerability_found",
    "repo_mirror_sync_started",
    "repo_mirror_sync_success",
    "repo_mirror_sync_failed",
    "repo_image_expiry",
    "quota_warning",
    "quota_error",
];

/// Of a repository that does not exist, none (exchange 58).
fn list(call: &mut Call<'_>) -> Reply {
    let (namespace, name) = call.repository_parameter();
    call.require_repository_admin_reader(&namespace, &name)?;
    let repository = call.store.repository(&namespace, &name);
    let notifications = repository.map(|repository| repository.notifications.as_slice());
    Ok(Answer::ok(&list_view(notifications.unwrap_or_default())))
}

/// Equal ones are not found out: each call makes another (exchange 50).
fn create(call: &mut Call<'_>) -> Reply {
    let (namespace, name) = call.repository_parameter();
    call.require_repository_admin(&namespace, &name)?;
    let body = call.json_object(&new_notification())?;
    check_method(call, &namespace, &name, &body)?;
    if call.store.repository(&namespace, &name).is_none() || !EVENTS.contains(&text(&body, "event")) {
        return Err(Answer::server_error());
    }
    let notification = notification_of(call, &body);
    let answer = Answer::json(201, &view(&notification));
    log(call, "add_repo_notification", &namespace, &name, &notification);
    if let Some(repository) = call.store.repository_mut(&namespace, &name) {
        repository.notifications.push(notification);
    }
    Ok(answer)
}

fn check_method(call: &Call<'_>, namespace: &str, name: &str, body: &Map<String, Value>) -> Result<(), Answer> {
    let method = text(body, "method");
    if !notification_method::is_method(method) {
        return Err(Answer::server_error());
    }
    let config = body
        .get("config")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    if method == "email" {
        notification_method::require(&config, "email", "Missing e-mail address")?;
        let email = config.get("email").and_then(Value::as_str).unwrap_or_default();
        let repository = call.store.repository(namespace, name);
        if repository.is_some_and(|repository| repository.authorized_emails.get(email) == Some(&true)) {
            return Ok(());
        }
        // Mail is off on the recorded server, so that no address can be authorised there (exchange 38).
        let text = "The specified e-mail address is not authorized to receive notifications for this repository";
        return Err(Answer::invalid(text));
    }
    notification_method::check(call.store, namespace, method, &config)
}

fn log(call: &mut Call<'_>, kind: &str, namespace: &str, name: &str, notification: &Notification) {
    let metadata = json!({
        "repo": name,
        "namespace": namespace,
        "notification_id": notification.uuid,
        "event": notification.event,
        "method": notification.method,
    });
    call.log_by_name(kind, namespace, name, metadata);
}

fn find_mut<'a>(call: &'a mut Call<'_>, namespace: &str, name: &str, uuid: &str) -> Option<&'a mut Notification> {
    let repository = call.store.repository_mut(namespace, name)?;
    let mut notifications = repository.notifications.iter_mut();
    notifications.find(|notification| notification.uuid == uuid)
}

fn read(call: &mut Call<'_>) -> Reply {
    let (namespace, name) = call.repository_parameter();
    call.require_repository_admin_reader(&namespace, &name)?;
    let uuid = call.parameter("uuid");
    let notification = find_mut(call, &namespace, &name, &uuid).ok_or_else(Answer::not_found)?;
    Ok(Answer::ok(&view(notification)))
}

/// The notification that a call is about, for its administrators; 400 where it is missing (exchanges 66, 68 and 70).
fn required<'a>(call: &'a mut Call<'_>, namespace: &str, name: &str) -> Result<&'a mut Notification, Answer> {
    call.require_repository_admin(namespace, name)?;
    let uuid = call.parameter("uuid");
    let missing = format!("No repository notification found for: {namespace}, {name}, {uuid}");
    find_mut(call, namespace, name, &uuid).ok_or_else(|| Answer::invalid(&missing))
}

fn delete(call: &mut Call<'_>) -> Reply {
    let (namespace, name) = call.repository_parameter();
    let notification = required(call, &namespace, &name)?.clone();
    if let Some(repository) = call.store.repository_mut(&namespace, &name) {
        repository.notifications.retain(|other| other.uuid != notification.uuid);
    }
    log(call, "delete_repo_notification", &namespace, &name, &notification);
    Ok(Answer::no_content())
}

fn reset(call: &mut Call<'_>) -> Reply {
    let (namespace, name) = call.repository_parameter();
    let notification = required(call, &namespace, &name)?;
    notification.number_of_failures = 0;
    let notification = notification.clone();
    log(call, "reset_repo_notification", &namespace, &name, &notification);
    Ok(Answer::no_content())
}

/// Nothing is delivered here.
fn test(call: &mut Call<'_>) -> Reply {
    let (namespace, name) = call.repository_parameter();
    required(call, &namespace, &name)?;
    Ok(Answer::ok(&json!({})))
}
