//! What requests and answers about notifications have in common, of repositories and of namespaces.

use serde_json::{Map, Value, json};

use super::call::Call;
use super::records::Notification;

/// The schema of a new notification.
pub(super) fn new_notification() -> Value {
    json!({
        "type": "object",
        "required": ["event", "method", "config", "eventConfig"],
        "properties": {
            "event": { "type": "string" },
            "method": { "type": "string" },
            "config": { "type": "object" },
            "eventConfig": { "type": "object" },
            "title": { "type": "string" },
        },
    })
}

/// A text in a body.
pub(super) fn text<'a>(body: &'a Map<String, Value>, field: &str) -> &'a str {
    body.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// The notification that a body asks for; both configurations are kept as they were sent (notifications, exchange 30).
pub(super) fn notification_of(call: &mut Call<'_>, body: &Map<String, Value>) -> Notification {
    Notification {
        uuid: call.store.next_uuid(),
        title: body.get("title").and_then(Value::as_str).map(str::to_owned),
        event: text(body, "event").to_owned(),
        method: text(body, "method").to_owned(),
        config: body.get("config").cloned().unwrap_or_default(),
        event_config: body.get("eventConfig").cloned().unwrap_or_default(),
        number_of_failures: 0,
    }
}

/// A notification; what was sent as `eventConfig` comes back as `event_config` (behaviour.md, 11).
pub(super) fn view(notification: &Notification) -> Value {
    json!({
        "uuid": notification.uuid,
        "title": notification.title,
        "event": notification.event,
        "method": notification.method,
        "config": notification.config,
        "event_config": notification.event_config,
        "number_of_failures": notification.number_of_failures,
    })
}

/// A list of them, in the order of creation.
pub(super) fn list_view(notifications: &[Notification]) -> Value {
    let views: Vec<Value> = notifications.iter().map(view).collect();
    json!({ "notifications": views })
}
