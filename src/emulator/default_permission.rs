//! Default permissions, which the API calls prototypes (api.md, 3.6; prototypes.json of the recordings).
//!
//! They take effect where a repository is created, in its family.

use serde_json::{Map, Value, json};

use super::answer::{Answer, Reply};
use super::avatar::avatar;
use super::call::Call;
use super::permission::{role_in, role_schema};
use super::records::{DefaultPermission, Delegate, Organization, Role};
use super::router::{Operation, Route};
use super::team_members::account_avatar;

pub(super) const ROUTES: &[Route] = &[
    Route::new(
        "/api/v1/organization/{orgname}/prototypes",
        &[
            Operation::get("getOrganizationPrototypePermissions", list),
            Operation::post("createOrganizationPrototypePermission", create).taking("NewPrototype", new_prototype),
        ],
    ),
    Route::new(
        "/api/v1/organization/{orgname}/prototypes/{prototypeid}",
        &[
            Operation::put("updateOrganizationPrototypePermission", update).taking("PrototypeUpdate", role_schema),
            Operation::delete("deleteOrganizationPrototypePermission", delete),
        ],
    ),
];

fn new_prototype() -> Value {
    json!({
        "type": "object",
        "required": ["role", "delegate"],
        "properties": {
            "role": { "type": "string", "enum": ["read", "write", "admin"] },
            "activating_user": {
                "type": "object",
                "required": ["name"],
                "properties": { "name": { "type": "string" } },
            },
            "delegate": {
                "type": "object",
                "required": ["name", "kind"],
                "properties": {
                    "name": { "type": "string" },
                    "kind": { "type": "string", "enum": ["user", "team"] },
                },
            },
        },
    })
}

fn list(call: &mut Call<'_>) -> Reply {
    let organization = call.parameter("orgname");
    call.require_organization_reader(&organization)?;
    let record = existing(call, &organization)?;
    // Those for one user's repositories come first (behaviour.md, 7).
    let (narrow, general): (Vec<_>, Vec<_>) = record
        .default_permissions
        .iter()
        .partition(|permission| permission.activating_user.is_some());
    let views: Vec<Value> = narrow
        .into_iter()
        .chain(general)
        .map(|permission| view(call, &organization, permission))
        .collect();
    Ok(Answer::ok(&json!({ "prototypes": views })))
}

fn existing<'a>(call: &'a Call<'_>, organization: &str) -> Result<&'a Organization, Answer> {
    call.store.organizations.get(organization).ok_or_else(Answer::not_found)
}

fn view(call: &Call<'_>, organization: &str, permission: &DefaultPermission) -> Value {
    let account = |name: &String| account_view(call, organization, name);
    let delegate = match &permission.delegate {
        Delegate::User(name) => account(name),
        Delegate::Team(name) => json!({ "name": name, "kind": "team", "avatar": avatar(name, name, "team") }),
    };
    json!({
        "activating_user": permission.activating_user.as_ref().map(account),
        "delegate": delegate,
        "role": permission.role.name(),
        "id": permission.id,
    })
}

/// All robots count as members, also those of others.
fn account_view(call: &Call<'_>, organization: &str, name: &str) -> Value {
    let is_robot = name.contains('+');
    json!({
        "name": name,
        "is_robot": is_robot,
        "kind": "user",
        "is_org_member": is_robot || call.store.team_role(organization, name).is_some(),
        "avatar": account_avatar(call, name),
    })
}

/// Nothing keeps a second, equal default permission away (behaviour.md, 3).
fn create(call: &mut Call<'_>) -> Reply {
    let body = call.json_object(&new_prototype())?;
    let organization = call.parameter("orgname");
    call.require_organization_admin(&organization)?;
    existing(call, &organization)?;
    let (activating_user, delegate) = people_in(call, &organization, &body)?;
    let permission = DefaultPermission {
        id: call.store.next_uuid(),
        role: role_in(&body),
        activating_user,
        delegate,
    };
    log(call, "create_prototype_permission", &organization, &permission, None);
    let view = view(call, &organization, &permission);
    if let Some(record) = call.store.organizations.get_mut(&organization) {
        record.default_permissions.push(permission);
    }
    Ok(Answer::ok(&view))
}

/// The activating user and the delegate that a body names, in the order in which the server refuses them.
fn people_in(
    call: &Call<'_>,
    organization: &str,
    body: &Map<String, Value>,
) -> Result<(Option<String>, Delegate), Answer> {
    let text = |object: &str, field: &str| {
        let value = body.get(object).and_then(|object| object.get(field));
        value.and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let (name, kind) = (text("delegate", "name"), text("delegate", "kind"));
    if kind == "team" && !name.is_empty() && call.store.team(organization, &name).is_none() {
        // A message that the server forgot to format (prototypes.json, exchange 12).
        let message = format!("('Team does not exist: %s/%s', '{organization}', '{name}')");
        return Err(Answer::message(400, &message));
    }
    let activating_user = Some(text("activating_user", "name")).filter(|name| !name.is_empty());
    if activating_user
        .as_ref()
        .is_some_and(|name| !call.store.has_account(name))
    {
        return Err(Answer::invalid("Unknown activating user"));
    }
    match kind.as_str() {
        "team" if !name.is_empty() => Ok((activating_user, Delegate::Team(name))),
        "user" if call.store.has_account(&name) => Ok((activating_user, Delegate::User(name))),
        _ => Err(Answer::invalid("Missing delegate user or team")),
    }
}

/// Only the role can be changed (behaviour.md, 3).
fn update(call: &mut Call<'_>) -> Reply {
    let body = call.json_object(&role_schema())?;
    let (organization, id) = (call.parameter("orgname"), call.parameter("prototypeid"));
    call.require_organization_admin(&organization)?;
    let permission = find_mut(call, &organization, &id).ok_or_else(Answer::not_found)?;
    let original = std::mem::replace(&mut permission.role, role_in(&body));
    let permission = permission.clone();
    move_behind_the_others(call, &organization, &id);
    log(
        call,
        "modify_prototype_permission",
        &organization,
        &permission,
        Some(original),
    );
    Ok(Answer::ok(&view(call, &organization, &permission)))
}

/// The database gives a changed row after the others, and the first row for a delegate counts for new repositories
/// (exchange 32: of three for one user, the one that was changed is not the first any more).
fn move_behind_the_others(call: &mut Call<'_>, organization: &str, id: &str) {
    if let Some(record) = call.store.organizations.get_mut(organization) {
        // A stable sort: it moves this one and no other.
        record.default_permissions.sort_by_key(|permission| permission.id == id);
    }
}

fn find_mut<'a>(call: &'a mut Call<'_>, organization: &str, id: &str) -> Option<&'a mut DefaultPermission> {
    let record = call.store.organizations.get_mut(organization)?;
    record
        .default_permissions
        .iter_mut()
        .find(|permission| permission.id == id)
}

fn delete(call: &mut Call<'_>) -> Reply {
    let (organization, id) = (call.parameter("orgname"), call.parameter("prototypeid"));
    call.require_organization_admin(&organization)?;
    let permission = find_mut(call, &organization, &id)
        .ok_or_else(Answer::not_found)?
        .clone();
    if let Some(record) = call.store.organizations.get_mut(&organization) {
        record.default_permissions.retain(|other| other.id != id);
    }
    log(call, "delete_prototype_permission", &organization, &permission, None);
    Ok(Answer::no_content())
}

/// An entry of the usage log (api.md, 5.3).
fn log(call: &mut Call<'_>, kind: &str, organization: &str, permission: &DefaultPermission, original: Option<Role>) {
    let mut metadata = json!({
        "prototypeid": permission.id,
        "username": call.caller.user,
        "activating_username": permission.activating_user,
        "role": permission.role.name(),
    });
    if let Some(role) = original {
        metadata["original_role"] = json!(role.name());
    }
    match &permission.delegate {
        Delegate::User(name) => metadata["delegate_user"] = json!(name),
        Delegate::Team(name) => metadata["delegate_team"] = json!(name),
    }
    call.log(kind, organization, metadata);
}
