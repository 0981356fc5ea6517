//! Grants on a repository: to users and robots, and to teams (api.md, 3.5; permissions.json of the recordings).

use serde_json::{Map, Value, json};

use super::answer::{Answer, Reply};
use super::avatar::avatar;
use super::call::Call;
use super::records::Role;
use super::router::{Operation, Route};
use super::team_members::account_avatar;

pub(super) const ROUTES: &[Route] = &[
    Route::new(
        "/api/v1/repository/{repository}/permissions/user/",
        &[Operation::get("listRepoUserPermissions", list_users)],
    ),
    Route::new(
        "/api/v1/repository/{repository}/permissions/team/",
        &[Operation::get("listRepoTeamPermissions", list_teams)],
    ),
    Route::new(
        "/api/v1/repository/{repository}/permissions/user/{username}",
        &[
            Operation::get("getUserPermissions", read_user),
            Operation::put("changeUserPermissions", put_user).taking("UserPermission", role_schema),
            Operation::delete("deleteUserPermissions", delete_user),
        ],
    ),
    Route::new(
        "/api/v1/repository/{repository}/permissions/user/{username}/transitive",
        &[Operation::get("getUserTransitivePermission", read_transitive)],
    ),
    Route::new(
        "/api/v1/repository/{repository}/permissions/team/{teamname}",
        &[
            Operation::get("getTeamPermissions", read_team),
            Operation::put("changeTeamPermissions", put_team).taking("TeamPermission", role_schema),
            Operation::delete("deleteTeamPermissions", delete_team),
        ],
    ),
];

const NO_USER: &str = "User does not have permission for repo.";
const NO_TEAM: &str = "Team does not have permission for repo.";
const OWNER: &str = "Namespace owner must always be admin.";

/// The schema of a body that holds a role and nothing else that counts; default permissions have the same.
pub(super) fn role_schema() -> Value {
    json!({
        "type": "object",
        "required": ["role"],
        "properties": { "role": { "type": "string", "enum": ["read", "write", "admin"] } },
    })
}

/// The role in a body that the schema has let through.
pub(super) fn role_in(body: &Map<String, Value>) -> Role {
    // The schema has let nothing else through.
    body.get("role")
        .and_then(Value::as_str)
        .and_then(Role::from_name)
        .unwrap_or(Role::Read)
}

/// Users and robots alike; of a repository that does not exist, none (exchange 35).
fn list_users(call: &mut Call<'_>) -> Reply {
    let (namespace, name) = call.repository_parameter();
    call.require_repository_admin_reader(&namespace, &name)?;
    let roles = call.store.repository(&namespace, &name).map(|found| &found.user_roles);
    let views = roles.into_iter().flatten().map(|(account, role)| {
        let view = user_view(call, &namespace, account, *role);
        (account.clone(), view)
    });
    let permissions: Map<String, Value> = views.collect();
    Ok(Answer::ok(&json!({ "permissions": permissions })))
}

fn list_teams(call: &mut Call<'_>) -> Reply {
    let (namespace, name) = call.repository_parameter();
    call.require_repository_admin_reader(&namespace, &name)?;
    let roles = call.store.repository(&namespace, &name).map(|found| &found.team_roles);
    let views = roles.into_iter().flatten();
    let permissions: Map<String, Value> = views
        .map(|(team, role)| (team.clone(), team_view(team, *role)))
        .collect();
    Ok(Answer::ok(&json!({ "permissions": permissions })))
}

/// A grant to a user or robot; whether it belongs to the organization is only said where there is one (exchange 48).
fn user_view(call: &Call<'_>, namespace: &str, account: &str, role: Role) -> Value {
    let is_robot = account.contains('+');
    let avatar = match call.store.organizations.get(account) {
        // Organizations can be given grants too (api.md, 3.5; not recorded).
        Some(organization) => avatar(account, &organization.email, "org"),
        None => account_avatar(call, account),
    };
    let mut view = json!({ "role": role.name(), "name": account, "is_robot": is_robot, "avatar": avatar });
    if call.store.organizations.contains_key(namespace) {
        view["is_org_member"] = json!(is_robot || call.store.team_role(namespace, account).is_some());
    }
    view
}

fn team_view(team: &str, role: Role) -> Value {
    json!({ "role": role.name(), "name": team, "avatar": avatar(team, team, "team") })
}

fn user_role(call: &Call<'_>, namespace: &str, name: &str, account: &str) -> Option<Role> {
    let repository = call.store.repository(namespace, name)?;
    repository.user_roles.get(account).copied()
}

fn read_user(call: &mut Call<'_>) -> Reply {
    let (namespace, name) = call.repository_parameter();
    call.require_repository_admin_reader(&namespace, &name)?;
    let account = call.parameter("username");
    let role = user_role(call, &namespace, &name, &account).ok_or_else(|| Answer::message(400, NO_USER))?;
    Ok(Answer::ok(&user_view(call, &namespace, &account, role)))
}

/// The roles that a user has by direct and by team grants, without a word on which is which. Administration of the
/// namespace counts for nothing here.
fn read_transitive(call: &mut Call<'_>) -> Reply {
    let (namespace, name) = call.repository_parameter();
    call.require_repository_admin_reader(&namespace, &name)?;
    let account = call.parameter("username");
    let repository = call.store.repository(&namespace, &name).ok_or_else(Answer::not_found)?;
    let through_teams = call.store.teams_of(&namespace, &account);
    let through_teams = through_teams.filter_map(|(team, _)| repository.team_roles.get(team));
    let direct = repository.user_roles.get(&account);
    let roles: Vec<Value> = direct
        .into_iter()
        .chain(through_teams)
        .map(|role| json!({ "role": role.name() }))
        .collect();
    if roles.is_empty() {
        return Err(Answer::not_found());
    }
    Ok(Answer::ok(&json!({ "permissions": roles })))
}

fn put_user(call: &mut Call<'_>) -> Reply {
    let (namespace, name) = call.repository_parameter();
    call.require_repository_admin(&namespace, &name)?;
    let role = role_in(&call.json_object(&role_schema())?);
    let account = call.parameter("username");
    check_account(call, &namespace, &account)?;
    let repository = call
        .store
        .repository_mut(&namespace, &name)
        .ok_or_else(Answer::server_error)?;
    repository.user_roles.insert(account.clone(), role);
    let metadata = json!({ "username": account, "repo": name, "namespace": namespace, "role": role.name() });
    call.log_by_name("change_repo_permission", &namespace, &name, metadata);
    Ok(Answer::ok(&user_view(call, &namespace, &account, role)))
}

/// Users need not belong to the organization, robots must (exchanges 3 and 14).
fn check_account(call: &Call<'_>, namespace: &str, account: &str) -> Result<(), Answer> {
    if account == namespace {
        return Err(Answer::invalid(OWNER));
    }
    if !call.store.has_account(account) && !call.store.organizations.contains_key(account) {
        return Err(Answer::invalid(&format!("Invalid username: {account}")));
    }
    match account.split_once('+') {
        Some((owner, _)) if owner != namespace => {
            let text = format!("Cannot add robot {account} under namespace {namespace}");
            Err(Answer::invalid(&text))
        }
        _ => Ok(()),
    }
}

fn delete_user(call: &mut Call<'_>) -> Reply {
    let (namespace, name) = call.repository_parameter();
    call.require_repository_admin(&namespace, &name)?;
    let account = call.parameter("username");
    if account == namespace {
        return Err(Answer::invalid(OWNER));
    }
    let repository = call.store.repository_mut(&namespace, &name);
    repository
        .and_then(|repository| repository.user_roles.shift_remove(&account))
        .ok_or_else(|| Answer::invalid(NO_USER))?;
    let metadata = json!({ "username": account, "repo": name, "namespace": namespace });
    call.log_by_name("delete_repo_permission", &namespace, &name, metadata);
    Ok(Answer::no_content())
}

/// Only the role, unlike for users (exchange 26).
fn read_team(call: &mut Call<'_>) -> Reply {
    let (namespace, name) = call.repository_parameter();
    call.require_repository_admin_reader(&namespace, &name)?;
    let team = call.parameter("teamname");
    let repository = call.store.repository(&namespace, &name);
    let role = repository
        .and_then(|repository| repository.team_roles.get(&team))
        .ok_or_else(|| Answer::message(400, NO_TEAM))?;
    Ok(Answer::ok(&json!({ "role": role.name() })))
}

fn put_team(call: &mut Call<'_>) -> Reply {
    let (namespace, name) = call.repository_parameter();
    call.require_repository_admin(&namespace, &name)?;
    let role = role_in(&call.json_object(&role_schema())?);
    let team = call.parameter("teamname");
    if call.store.team(&namespace, &team).is_none() {
        let text = format!("No team {team} in organization {namespace}");
        return Err(Answer::invalid(&text));
    }
    let repository = call
        .store
        .repository_mut(&namespace, &name)
        .ok_or_else(Answer::server_error)?;
    repository.team_roles.insert(team.clone(), role);
    let metadata = json!({ "team": team, "repo": name, "role": role.name() });
    call.log_by_name("change_repo_permission", &namespace, &name, metadata);
    Ok(Answer::ok(&team_view(&team, role)))
}

fn delete_team(call: &mut Call<'_>) -> Reply {
    let (namespace, name) = call.repository_parameter();
    call.require_repository_admin(&namespace, &name)?;
    let team = call.parameter("teamname");
    let repository = call.store.repository_mut(&namespace, &name);
    repository
        .and_then(|repository| repository.team_roles.shift_remove(&team))
        .ok_or_else(|| Answer::invalid(NO_TEAM))?;
    let metadata = json!({ "team": team, "repo": name });
    call.log_by_name("delete_repo_permission", &namespace, &name, metadata);
    Ok(Answer::no_content())
}
