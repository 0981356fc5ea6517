//! What the web interface shows to everybody (api.md, 3.18; user_and_misc.json of the recordings, exchanges 37 to 48).
//! Messages have no update and no key: equal ones may stand side by side.

use serde_json::{Value, json};

use super::answer::{Answer, Reply};
use super::call::Call;
use super::records::Message;
use super::router::{Operation, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::new(
        "/api/v1/messages",
        &[
            Operation::get("getGlobalMessages", list),
            Operation::post("createGlobalMessage", create).taking("CreateMessage", new_message),
        ],
    ),
    Route::with_features(
        "/api/v1/message/{uuid}",
        &["SUPER_USERS"],
        &[Operation::delete("deleteGlobalMessage", delete)],
    ),
];

fn new_message() -> Value {
    json!({
        "type": "object",
        "properties": {
            "message": {
                "type": "object",
                "required": ["content", "media_type", "severity"],
                "properties": {
                    "content": { "type": "string" },
                    "media_type": { "type": "string", "enum": ["text/plain", "text/markdown"] },
                    "severity": { "type": "string", "enum": ["info", "warning", "error"] },
                },
            },
        },
    })
}

/// Everybody may read them, also who has not signed in.
fn list(call: &mut Call<'_>) -> Reply {
    let messages: Vec<Value> = call.store.messages.iter().map(view).collect();
    Ok(Answer::ok(&json!({ "messages": messages })))
}

fn view(message: &Message) -> Value {
    json!({
        "uuid": message.uuid,
        "content": message.content,
        "severity": message.severity,
        "media_type": message.media_type,
    })
}

/// The answer has no body, and so no uuid either; the server's schema does not demand the wrapping (exchange 43).
fn create(call: &mut Call<'_>) -> Reply {
    let body = call.json_object(&new_message())?;
    require_superuser(call)?;
    let message = body.get("message").ok_or_else(Answer::server_error)?;
    let text = |name: &str| message[name].as_str().unwrap_or_default().to_owned();
    let message = Message {
        uuid: call.store.next_uuid(),
        content: text("content"),
        severity: text("severity"),
        media_type: text("media_type"),
    };
    call.store.messages.push(message);
    Ok(Answer::created_page())
}

/// 204 also where there is none.
fn delete(call: &mut Call<'_>) -> Reply {
    require_superuser(call)?;
    let uuid = call.parameter("uuid");
    call.store.messages.retain(|message| message.uuid != uuid);
    Ok(Answer::no_page())
}

/// These two refuse in the framework's words.
fn require_superuser(call: &Call<'_>) -> Result<(), Answer> {
    let refusal = |_| {
        let text = "You don't have the permission to access the requested resource. \
                    It is either read-protected or not readable by the server.";
        Answer::message(403, text)
    };
    call.require_superuser().map_err(refusal)
}
