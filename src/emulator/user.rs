//! Users: the caller's own details and what everybody may know of others (user_and_misc.json of the recordings).

use serde_json::{Value, json};

use super::answer::{Answer, Reply};
use super::avatar::avatar;
use super::call::Call;
use super::organization_view::add_quota;
use super::records::{TeamRole, User};
use super::router::{Operation, Route};
use super::store::TAG_EXPIRATION;
use super::superuser_user;
use super::user_change;

pub(super) const ROUTES: &[Route] = &[
    Route::new(
        "/api/v1/user/",
        &[
            Operation::get("getLoggedInUser", read_own),
            Operation::post("createNewUser", superuser_user::sign_up).taking("NewUser", superuser_user::new_user),
            Operation::put("changeUserDetails", user_change::update).taking("UpdateOwnUser", user_change::changed_user),
            Operation::delete("deleteCurrentUser", user_change::delete),
        ],
    ),
    Route::new(
        "/api/v1/users/{username}",
        &[Operation::get("getUserInformation", read)],
    ),
];

/// A new, ordinary user.
pub(super) fn user_of(email: String) -> User {
    User {
        email,
        superuser: false,
        global_readonly: false,
        enabled: true,
        tag_expiration: TAG_EXPIRATION,
        invoice_email: false,
        invoice_email_address: None,
        details: Default::default(),
        quota: None,
        notifications: Vec::new(),
        auto_prune: Vec::new(),
        password: None,
    }
}

/// The caller's own details, with their organizations.
pub(super) fn read_own(call: &mut Call<'_>) -> Reply {
    let name = call.caller.user.clone().unwrap_or_default();
    match call.store.users.get(&name) {
        Some(user) if call.caller.reads_user() => Ok(Answer::ok(&own_view(call, &name, user))),
        // A token without the scope for it counts as none here (behaviour.md, 2).
        _ => Err(session_required()),
    }
}

/// The refusal of `/user/`, which has one field more than others.
fn session_required() -> Answer {
    let text = "Requires authentication";
    Answer::json(
        401,
        &json!({
            "session_required": false,
            "detail": text,
            "error_message": text,
            "error_type": "invalid_token",
            "title": "invalid_token",
            "type": format!("{}/api/v1/error/invalid_token", super::answer::ORIGIN),
            "status": 401,
        }),
    )
}

fn own_view(call: &Call<'_>, name: &str, user: &User) -> Value {
    let detail = |field: &str| json!(user.details.get(field));
    let mut view = json!({
        "anonymous": false,
        "username": name,
        "avatar": avatar(name, &user.email, "user"),
        "can_create_repo": true,
        "is_me": true,
        "verified": true,
        "email": user.email,
        "logins": [],
        "invoice_email": user.invoice_email,
        "invoice_email_address": user.invoice_email_address,
        "preferred_namespace": false,
        "tag_expiration_s": user.tag_expiration,
        "prompts": prompts(user),
        "company": detail("company"),
        "family_name": detail("family_name"),
        "given_name": detail("given_name"),
        "location": detail("location"),
        "is_free_account": true,
        "has_password_set": true,
    });
    add_quota(call, &mut view, user.quota.as_ref());
    view["organizations"] = organizations(call, name).into();
    if user.global_readonly {
        view["global_readonly_super_user"] = json!(true);
    } else if user.superuser {
        view["super_user"] = json!(call.caller.is_superuser(call.store));
    }
    view
}

/// What the web interface asks a user for.
fn prompts(user: &User) -> Vec<&'static str> {
    let has = |field: &str| user.details.contains_key(field);
    let mut prompts = Vec::new();
    if !has("given_name") && !has("family_name") {
        prompts.push("enter_name");
    }
    if !has("company") {
        prompts.push("enter_company");
    }
    prompts
}

/// The organizations in whose teams a user is.
fn organizations(call: &Call<'_>, user: &str) -> Vec<Value> {
    let roles = call
        .store
        .organizations
        .iter()
        .filter_map(|(name, organization)| call.store.team_role(name, user).map(|role| (name, organization, role)));
    roles
        .map(|(name, organization, role)| {
            json!({
                "name": name,
                "avatar": avatar(name, &organization.email, "org"),
                "can_create_repo": role >= TeamRole::Creator,
                "public": false,
                "is_org_admin": role == TeamRole::Admin,
                "preferred_namespace": false,
            })
        })
        .collect()
}

/// Everybody may know whether a user exists; organizations and robots do not count.
fn read(call: &mut Call<'_>) -> Reply {
    let name = call.parameter("username");
    let user = call.store.users.get(&name).ok_or_else(Answer::framework_not_found)?;
    let avatar = avatar(&name, &user.email, "user");
    Ok(Answer::ok(
        &json!({ "anonymous": false, "username": name, "avatar": avatar }),
    ))
}
