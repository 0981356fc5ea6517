//! What superusers may do with users (api.md, 3.18; superuser.json of the recordings, exchanges 1 to 36).

use serde_json::{Map, Value, json};

use super::answer::{Answer, Reply};
use super::avatar::avatar;
use super::call::Call;
use super::names;
use super::organization_view::add_quota;
use super::paging;
use super::records::User;
use super::router::{Operation, Route};
use super::user::user_of;

const FEATURES: &[&str] = &["SUPER_USERS"];

pub(super) const ROUTES: &[Route] = &[
    Route::with_features(
        "/api/v1/superuser/users/",
        FEATURES,
        &[
            Operation::get("listAllUsers", list),
            Operation::post("createInstallUser", create).taking("CreateInstallUser", new_user),
        ],
    ),
    Route::with_features(
        "/api/v1/superuser/users/{username}",
        FEATURES,
        &[
            Operation::get("getInstallUser", read),
            Operation::put("changeInstallUser", update).taking("UpdateUser", changed_user),
            Operation::delete("deleteInstallUser", delete),
        ],
    ),
];

pub(super) fn new_user() -> Value {
    json!({
        "required": ["username"],
        "properties": { "username": { "type": "string" }, "email": { "type": "string" } },
    })
}

fn changed_user() -> Value {
    json!({
        "type": "object",
        "properties": {
            "password": { "type": "string" },
            "email": { "type": "string" },
            "enabled": { "type": "boolean" },
        },
    })
}

fn list(call: &mut Call<'_>) -> Reply {
    call.require_superuser_reader()?;
    let with_disabled = call.query.flag("disabled", true);
    let users = call
        .store
        .users
        .iter()
        .filter(|(_, user)| with_disabled || user.enabled);
    let views = users.map(|(name, user)| view(call, name, user)).collect();
    paging::limited(call, "users", views)
}

/// A user as superusers see one.
pub(super) fn view(call: &Call<'_>, name: &str, user: &User) -> Value {
    let mut view = json!({
        "kind": "user",
        "name": name,
        "username": name,
        "email": user.email,
        "verified": true,
        "avatar": avatar(name, &user.email, "user"),
        "super_user": user.superuser && !user.global_readonly,
        "global_readonly_super_user": user.global_readonly,
        "enabled": user.enabled,
    });
    add_quota(call, &mut view, user.quota.as_ref());
    view
}

fn read(call: &mut Call<'_>) -> Reply {
    call.require_superuser_reader()?;
    let name = call.parameter("username");
    let user = call.store.users.get(&name).ok_or_else(Answer::not_found)?;
    Ok(Answer::ok(&view(call, &name, user)))
}

/// The password is the server's choice, and this answer is the only one that shows it; e-mail addresses are not
/// checked (behaviour.md, 15).
fn create(call: &mut Call<'_>) -> Reply {
    let body = call.json_object(&new_user())?;
    call.require_superuser()?;
    let text = |name: &str| body.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let (name, email) = (text("username").unwrap_or_default(), text("email"));
    check_new(call, name, email)?;
    let stored = email.map_or_else(|| call.store.next_uuid(), str::to_owned);
    call.store.users.insert(name.to_owned(), user_of(stored));
    let password = format!("EMULATED{:0>24}", call.store.next_id());
    let superuser = call.caller.user.clone();
    let metadata = json!({ "email": email, "username": name, "superuser": superuser });
    call.log("user_create", name, metadata);
    Ok(Answer::ok(&json!({
        "username": name,
        "email": email,
        "password": password,
        "encrypted_password": encrypted(&password),
    })))
}

/// Somebody makes an account of their own. Only refusals without a CSRF token are recorded (user_and_misc.json, exchanges
/// 13 to 15), the answer is built from that of the web page.
pub(super) fn sign_up(call: &mut Call<'_>) -> Reply {
    let body = call.json_object(&new_user())?;
    if !call.store.has_feature("USER_CREATION") {
        return Err(Answer::not_found());
    }
    let text = |name: &str| body.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let (name, email) = (text("username").unwrap_or_default(), text("email"));
    check_new(call, name, email)?;
    let stored = email.map_or_else(|| call.store.next_uuid(), str::to_owned);
    call.store.users.insert(name.to_owned(), user_of(stored));
    Ok(Answer::ok(
        &json!({ "awaiting_verification": call.store.has_feature("MAILING") }),
    ))
}

fn check_new(call: &Call<'_>, name: &str, email: Option<&str>) -> Result<(), Answer> {
    let refusal = if call.store.users.contains_key(name) {
        format!("Username has already been taken by user cannot be reused: {name}")
    } else if call.store.organizations.contains_key(name) {
        // Not recorded; built from the text for users.
        format!("Username has already been taken by an organization and cannot be reused: {name}")
    } else if let Some(error) = names::name_error(name, "Namespace") {
        format!("Invalid namespace {name}: {error}")
    } else if call.store.is_reserved(name) {
        "Username is not available".to_owned()
    } else if let Some(email) = email.filter(|email| is_used(call, email)) {
        format!(
            "duplicate key value violates unique constraint \"user_email_unique_non_org\"\n\
             DETAIL:  Key (email)=({email}) already exists.\n"
        )
    } else {
        return Ok(());
    };
    Err(Answer::message(400, &refusal))
}

/// Whether a user has the e-mail address; those of organizations do not count.
pub(super) fn is_used(call: &Call<'_>, email: &str) -> bool {
    call.store.users.values().any(|user| user.email == email)
}

/// What the server gives to clients that take no plain passwords.
fn encrypted(password: &str) -> String {
    format!("encrypted+{password}")
}

/// A user who is no superuser: those can neither be changed nor deleted.
fn find_ordinary(call: &Call<'_>, verb: &str) -> Result<String, Answer> {
    call.require_superuser()?;
    let name = call.parameter("username");
    let user = call.store.users.get(&name).ok_or_else(Answer::not_found)?;
    if user.superuser {
        return Err(Answer::invalid(&format!("Cannot {verb} a superuser")));
    }
    Ok(name)
}

/// The answer shows whether the user was enabled before (superuser.json, exchanges 25 and 29).
fn update(call: &mut Call<'_>) -> Reply {
    let body = call.json_object(&changed_user())?;
    let name = find_ordinary(call, "update")?;
    update_password(call, &name, &body)?;
    update_email(call, &name, &body)?;
    let user = call.store.users.get(&name).ok_or_else(Answer::not_found)?;
    let mut view = view(call, &name, user);
    update_enabled(call, &name, &body);
    if let Some(password) = body.get("password").and_then(Value::as_str) {
        view["encrypted_password"] = json!(encrypted(password));
    }
    Ok(Answer::ok(&view))
}

/// A new password is checked, and not stored: nobody signs in here.
fn update_password(call: &mut Call<'_>, name: &str, body: &Map<String, Value>) -> Result<(), Answer> {
    let Some(password) = body.get("password").and_then(Value::as_str) else {
        return Ok(());
    };
    if password.chars().count() < 8 || password.contains(char::is_whitespace) {
        let text = "Invalid password, password must be at least 8 characters and contain no whitespace.";
        return Err(Answer::message(400, text));
    }
    let superuser = call.caller.user.clone();
    let metadata = json!({ "username": name, "superuser": superuser });
    call.log("user_change_password", name, metadata);
    Ok(())
}

fn update_email(call: &mut Call<'_>, name: &str, body: &Map<String, Value>) -> Result<(), Answer> {
    let Some(email) = body.get("email").and_then(Value::as_str) else {
        return Ok(());
    };
    let is_own = call.store.users.get(name).is_some_and(|user| user.email == email);
    if !is_own && is_used(call, email) {
        return Err(Answer::message(400, "E-mail address already used"));
    }
    let Some(user) = call.store.users.get_mut(name) else {
        return Ok(());
    };
    let old = std::mem::replace(&mut user.email, email.to_owned());
    let superuser = call.caller.user.clone();
    let metadata = json!({ "old_email": old, "email": email, "superuser": superuser });
    call.log("user_change_email", name, metadata);
    Ok(())
}

fn update_enabled(call: &mut Call<'_>, name: &str, body: &Map<String, Value>) {
    let Some(enabled) = body.get("enabled").and_then(Value::as_bool) else {
        return;
    };
    if let Some(user) = call.store.users.get_mut(name) {
        user.enabled = enabled;
    }
    let kind = if enabled { "user_enable" } else { "user_disable" };
    let superuser = call.caller.user.clone();
    call.log(kind, name, json!({ "username": name, "superuser": superuser }));
}

fn delete(call: &mut Call<'_>) -> Reply {
    let name = find_ordinary(call, "delete")?;
    let superuser = call.caller.user.clone();
    call.log(
        "user_delete",
        &name,
        json!({ "username": name, "superuser": superuser }),
    );
    call.store.delete_user(&name);
    Ok(Answer::no_content())
}
