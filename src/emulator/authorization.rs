//! The applications that may act for a user (user_and_misc.json of the recordings, exchange 27).

use serde_json::{Value, json};

use super::answer::{Answer, Reply};
use super::avatar::avatar;
use super::call::Call;
use super::records::Token;
use super::router::{Operation, Route};
use super::store::uuid;

pub(super) const ROUTES: &[Route] = &[
    Route::new(
        "/api/v1/user/authorizations",
        &[Operation::get("listUserAuthorizations", list)],
    ),
    Route::with_features(
        "/api/v1/user/assignedauthorization",
        &["ASSIGN_OAUTH_TOKEN"],
        &[Operation::get("listAssignedAuthorizations", list_assigned)],
    ),
];

/// Nobody assigns tokens to others here: that is done in a browser (exchange 28).
fn list_assigned(call: &mut Call<'_>) -> Reply {
    call.require(call.caller.administers_user())?;
    Ok(Answer::ok(&json!({ "authorizations": [] })))
}

/// One entry for each token; an application of no organization counts as the user's own.
fn list(call: &mut Call<'_>) -> Reply {
    call.require(call.caller.administers_user())?;
    let user = call.caller.user.clone().unwrap_or_default();
    let own = call
        .store
        .tokens
        .values()
        .filter(|token| token.user == user && !token.expired);
    let views: Vec<Value> = own.map(|token| view(call, &user, token)).collect();
    Ok(Answer::ok(&json!({ "authorizations": views })))
}

/// Titles and descriptions of the scopes are left out: nothing depends on them.
fn view(call: &Call<'_>, user: &str, token: &Token) -> Value {
    let application = call.store.application(&token.client_id);
    let owner = application.map_or(user, |(owner, _)| owner);
    let of = |pick: fn(&super::records::Application) -> &String| application.map_or("", |(_, it)| pick(it).as_str());
    let scopes: Vec<Value> = token.scopes.iter().map(|scope| json!({ "scope": scope })).collect();
    json!({
        "application": {
            "name": token.application,
            "description": of(|it| &it.description),
            "url": of(|it| &it.application_uri),
            "avatar": avatar(&token.application, &token.application, "app"),
            "organization": { "name": owner, "avatar": avatar(owner, owner, "org") },
        },
        "scopes": scopes,
        "uuid": uuid(token.id),
    })
}
