//! What superusers may do with all organizations (api.md, 3.1 and 3.18; superuser.json of the recordings).

use serde_json::{Value, json};

use super::answer::{Answer, Reply};
use super::avatar::avatar;
use super::call::Call;
use super::names;
use super::organization_view::add_quota;
use super::paging;
use super::records::{Organization, TeamRole};
use super::router::{Operation, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::with_features(
        "/api/v1/superuser/organizations/",
        &["SUPER_USERS"],
        &[Operation::get("listAllOrganizations", list)],
    ),
    Route::with_features(
        "/api/v1/superuser/organizations/{name}",
        &["SUPER_USERS"],
        &[
            Operation::put("changeOrganization", rename).taking("ChangeOrganization", changed_name),
            Operation::delete("deleteOrganization", delete),
        ],
    ),
    Route::with_features(
        "/api/v1/superuser/takeownership/{namespace}",
        &["SUPER_USERS"],
        &[Operation::post("takeOwnership", take_ownership)],
    ),
];

fn changed_name() -> Value {
    json!({ "type": "object", "properties": { "name": { "type": "string" } } })
}

fn list(call: &mut Call<'_>) -> Reply {
    call.require_superuser_reader()?;
    let views = call
        .store
        .organizations
        .iter()
        .map(|(name, organization)| view(call, name, organization))
        .collect();
    paging::limited(call, "organizations", views)
}

/// The e-mail address is shown as it is stored: a uuid where none was given (behaviour.md, 4).
fn view(call: &Call<'_>, name: &str, organization: &Organization) -> Value {
    let avatar = avatar(name, &organization.email, "org");
    let mut view = json!({ "name": name, "email": organization.email, "avatar": avatar });
    add_quota(call, &mut view, organization.quota.as_ref());
    view
}

fn rename(call: &mut Call<'_>) -> Reply {
    let body = call.json_object(&changed_name())?;
    call.require_superuser()?;
    let old = call.parameter("name");
    let new = body.get("name").and_then(Value::as_str).unwrap_or(&old).to_owned();
    if !call.store.organizations.contains_key(&old) || (new != old && call.store.has_namespace(&new)) {
        return Err(Answer::server_error());
    }
    if let Some(error) = names::name_error(&new, "Namespace") {
        return Err(Answer::message(400, &format!("Invalid username {new}: {error}")));
    }
    call.store.rename_organization(&old, &new);
    let superuser = call.caller.user.clone();
    call.log(
        "org_change_name",
        &new,
        json!({ "old_name": old, "new_name": new, "superuser": superuser }),
    );
    let organization = call.store.organizations.get(&new).ok_or_else(Answer::not_found)?;
    Ok(Answer::ok(&view(call, &new, organization)))
}

fn delete(call: &mut Call<'_>) -> Reply {
    call.require_superuser()?;
    let name = call.parameter("name");
    if !call.store.organizations.contains_key(&name) {
        return Err(Answer::not_found());
    }
    call.log("org_delete", &name, json!({ "namespace": name }));
    call.store.delete_organization(&name);
    Ok(Answer::no_content())
}

/// Puts the superuser into an administrating team of an organization, or makes an organization of a user (api.md, 3.18;
/// only the first is recorded). The entry in the usage log is the superuser's own.
fn take_ownership(call: &mut Call<'_>) -> Reply {
    call.require_superuser()?;
    let namespace = call.parameter("namespace");
    let superuser = call.caller.user.clone().unwrap_or_default();
    let was_user = match call.store.users.get(&namespace) {
        Some(user) if user.superuser => return Err(Answer::invalid("Cannot take ownership of a superuser")),
        Some(_) => {
            call.store.convert_to_organization(&namespace, &superuser);
            true
        }
        None => {
            let organization = call.store.organizations.get_mut(&namespace);
            let teams = &mut organization.ok_or_else(Answer::not_found)?.teams;
            let team = teams.values_mut().find(|team| team.role == TeamRole::Admin);
            if let Some(team) = team.filter(|team| !team.members.contains(&superuser)) {
                team.members.push(superuser.clone());
            }
            false
        }
    };
    // Namespaces have no numbers here.
    let metadata = json!({ "entity_id": null, "namespace": namespace, "was_user": was_user, "superuser": superuser });
    call.log("take_ownership", &superuser, metadata);
    Ok(Answer::ok(&json!({ "namespace": namespace })))
}
