//! App tokens: passwords of an account for one machine each (user_and_misc.json of the recordings, exchanges 17 to 26;
//! superuser.json, 59). Titles are not unique. Reading one tells the token again, lists do not.

use serde_json::{Value, json};

use super::answer::{Answer, Reply};
use super::call::Call;
use super::records::AppToken;
use super::router::{Operation, Route};
use super::time::rfc2822;

const FEATURES: &[&str] = &["APP_SPECIFIC_TOKENS"];

pub(super) const ROUTES: &[Route] = &[
    Route::with_features(
        "/api/v1/user/apptoken",
        FEATURES,
        &[
            Operation::get("listAppTokens", list),
            Operation::post("createAppToken", create).taking("NewToken", new_token),
        ],
    ),
    Route::with_features(
        "/api/v1/user/apptoken/{token_uuid}",
        FEATURES,
        &[
            Operation::get("getAppToken", read),
            Operation::delete("revokeAppToken", revoke),
        ],
    ),
    Route::with_features(
        "/api/v1/superuser/apptokens",
        &["SUPER_USERS", "APP_SPECIFIC_TOKENS"],
        &[Operation::get("listAllAppTokens", list_all)],
    ),
];

fn new_token() -> Value {
    json!({
        "type": "object",
        "required": ["title"],
        "properties": { "title": { "type": "string" } },
    })
}

fn list(call: &mut Call<'_>) -> Reply {
    let user = owner(call)?;
    Ok(listed(call, |token| token.user == user))
}

/// Only for whoever may see everything.
fn list_all(call: &mut Call<'_>) -> Reply {
    call.require(call.caller.has_full_access(call.store) || call.caller.reads_everything(call.store))?;
    Ok(listed(call, |_| true))
}

/// None of them ever expires, so that none is expiring.
fn listed(call: &Call<'_>, wanted: impl Fn(&AppToken) -> bool) -> Answer {
    let only_expiring = call.query.get("expiring").map(|_| call.query.flag("expiring", false));
    let tokens = call.store.app_tokens.iter().filter(|token| wanted(token));
    let tokens: Vec<Value> = match only_expiring {
        Some(true) => Vec::new(),
        _ => tokens.map(view).collect(),
    };
    Answer::ok(&json!({ "tokens": tokens, "only_expiring": only_expiring }))
}

fn create(call: &mut Call<'_>) -> Reply {
    let user = owner(call)?;
    let body = call.json_object(&new_token())?;
    let token = AppToken {
        uuid: call.store.next_uuid(),
        title: body["title"].as_str().unwrap_or_default().to_owned(),
        user: user.clone(),
        created: call.store.clock,
        code: format!("EMULATED{:0>112}", call.store.next_id()),
    };
    let shown = with_code(&token);
    let metadata = json!({ "app_specific_token_title": token.title, "app_specific_token": token.uuid });
    call.store.app_tokens.push(token);
    call.log("create_app_specific_token", &user, metadata);
    Ok(Answer::ok(&shown))
}

fn read(call: &mut Call<'_>) -> Reply {
    let place = place(call)?;
    Ok(Answer::ok(&with_code(&call.store.app_tokens[place])))
}

fn revoke(call: &mut Call<'_>) -> Reply {
    let place = place(call)?;
    let token = call.store.app_tokens.remove(place);
    let metadata = json!({ "app_specific_token_title": token.title, "app_specific_token": token.uuid });
    call.log("revoke_app_specific_token", &token.user, metadata);
    Ok(Answer::no_content())
}

/// Where the caller's token of that uuid stands.
fn place(call: &Call<'_>) -> Result<usize, Answer> {
    let user = owner(call)?;
    let uuid = call.parameter("token_uuid");
    let is_it = |token: &AppToken| token.user == user && token.uuid == uuid;
    call.store
        .app_tokens
        .iter()
        .position(is_it)
        .ok_or_else(Answer::not_found)
}

fn owner(call: &Call<'_>) -> Result<String, Answer> {
    call.require(call.caller.administers_user())?;
    Ok(call.caller.user.clone().unwrap_or_default())
}

fn view(token: &AppToken) -> Value {
    json!({
        "uuid": token.uuid,
        "title": token.title,
        "last_accessed": null,
        "created": rfc2822(token.created),
        "expiration": null,
    })
}

fn with_code(token: &AppToken) -> Value {
    let mut view = view(token);
    view["token_code"] = json!(token.code);
    json!({ "token": view })
}
