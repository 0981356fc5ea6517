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

/// What a scope is called, what it allows, how it is drawn, and whether it is dangerous (exchange 27).
const WORDS: [(&str, &str, &str, &str, bool); 8] = [
    (
        "repo:read",
        "View all visible repositories",
        "This application will be able to view and pull all repositories visible to the granting user",
        "fa-hdd-o",
        false,
    ),
    (
        "repo:write",
        "Read/Write to any accessible repositories",
        "This application will be able to view, push and pull to all repositories to which the granting user has write \
         access",
        "fa-hdd-o",
        false,
    ),
    (
        "repo:admin",
        "Administer Repositories",
        "This application will have administrator access to all repositories to which the granting user has access",
        "fa-hdd-o",
        false,
    ),
    (
        "repo:create",
        "Create Repositories",
        "This application will be able to create repositories in all namespaces that the granting user is allowed to \
         create repositories",
        "fa-plus",
        false,
    ),
    (
        "user:read",
        "Read User Information",
        "This application will be able to read user information such as username and email address.",
        "fa-user",
        false,
    ),
    (
        "user:admin",
        "Administer User",
        "This application will be able to administer your account including creating robots and granting them \
         permissions to your repositories. You should have absolute trust in the requesting application before granting \
         this permission.",
        "fa-gear",
        true,
    ),
    (
        "org:admin",
        "Administer Organization",
        "This application will be able to administer your organizations including creating robots, creating teams, \
         adjusting team membership, and changing billing settings. You should have absolute trust in the requesting \
         application before granting this permission.",
        "fa-gear",
        true,
    ),
    (
        "super:user",
        "Super User Access",
        "This application will be able to administer your installation including managing users, managing organizations \
         and other features found in the superuser panel. You should have absolute trust in the requesting application \
         before granting this permission.",
        "fa-street-view",
        true,
    ),
];

fn scope_view(scope: &str) -> Value {
    let words = WORDS.iter().find(|(name, ..)| *name == scope);
    let (_, title, description, icon, dangerous) = words.copied().unwrap_or((scope, scope, "", "", false));
    json!({ "title": title, "scope": scope, "description": description, "icon": icon, "dangerous": dangerous })
}

fn view(call: &Call<'_>, user: &str, token: &Token) -> Value {
    let application = call.store.application(&token.client_id);
    let owner = application.map_or(user, |(owner, _)| owner);
    let of = |pick: fn(&super::records::Application) -> &String| application.map_or("", |(_, it)| pick(it).as_str());
    let scopes: Vec<Value> = token.scopes.iter().map(|scope| scope_view(scope)).collect();
    // What nobody has described is described by its name.
    let description = match application {
        Some((_, it)) => it.description.clone(),
        None => format!("{} token", token.application),
    };
    json!({
        "application": {
            "name": token.application,
            "description": description,
            "url": of(|it| &it.application_uri),
            "avatar": avatar(&token.application, &token.application, "app"),
            "organization": { "name": owner, "avatar": avatar(owner, owner, "org") },
        },
        "scopes": scopes,
        "uuid": uuid(token.id),
    })
}
