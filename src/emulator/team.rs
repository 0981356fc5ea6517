//! Teams: upsert, delete, the grants of a team, and synchronisation (api.md, 3.2; teams.json of the recordings).

use serde_json::{Map, Value, json};

use super::answer::{Answer, Reply};
use super::call::Call;
use super::names;
use super::organization_view::team_view;
use super::records::{Team, TeamRole, TeamSync};
use super::router::{Operation, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::new(
        "/api/v1/organization/{orgname}/team/{teamname}",
        &[
            Operation::put("updateOrganizationTeam", put).taking("TeamDescription", description_of_team),
            Operation::delete("deleteOrganizationTeam", delete),
        ],
    ),
    Route::new(
        "/api/v1/organization/{orgname}/team/{teamname}/permissions",
        &[Operation::get("getOrganizationTeamPermissions", permissions)],
    ),
    Route::with_features(
        "/api/v1/organization/{orgname}/team/{teamname}/syncing",
        &["TEAM_SYNCING"],
        &[
            Operation::post("enableOrganizationTeamSync", enable_syncing),
            Operation::delete("disableOrganizationTeamSync", disable_syncing),
        ],
    ),
];

fn description_of_team() -> Value {
    json!({
        "type": "object",
        "required": ["role"],
        "properties": {
            "role": { "type": "string", "enum": ["member", "creator", "admin"] },
            "description": { "type": "string" },
        },
    })
}

fn put(call: &mut Call<'_>) -> Reply {
    let body = call.json_object(&description_of_team())?;
    let (organization, name) = (call.parameter("orgname"), call.parameter("teamname"));
    call.require_organization_admin(&organization)?;
    let is_new = call.store.team(&organization, &name).is_none();
    if is_new {
        create(call, &organization, &name, &body)?;
    } else {
        update(call, &organization, &name, &body)?;
    }
    view(call, &organization, &name, is_new)
}

fn view(call: &Call<'_>, organization: &str, name: &str, is_new: bool) -> Reply {
    let team = call.store.team(organization, name).ok_or_else(Answer::not_found)?;
    let mut view = team_view(call, organization, name, team);
    view["new_team"] = json!(is_new);
    Ok(Answer::ok(&view))
}

fn role_in(body: &Map<String, Value>) -> TeamRole {
    // The schema has let nothing else through.
    body.get("role")
        .and_then(Value::as_str)
        .and_then(TeamRole::from_name)
        .unwrap_or(TeamRole::Member)
}

fn create(call: &mut Call<'_>, organization: &str, name: &str, body: &Map<String, Value>) -> Result<(), Answer> {
    let Some(record) = call.store.organizations.get_mut(organization) else {
        return Err(Answer::message(
            400,
            &format!("Organization does not exist: {organization}"),
        ));
    };
    if let Some(error) = names::name_error(name, "Team") {
        return Err(Answer::message(400, &format!("Invalid team name {name}: {error}")));
    }
    let description = body
        .get("description")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let team = Team {
        role: role_in(body),
        description,
        members: Vec::new(),
        invitations: Vec::new(),
        sync: None,
    };
    record.teams.insert(name.to_owned(), team);
    call.log("org_create_team", organization, json!({ "team": name }));
    Ok(())
}

fn update(call: &mut Call<'_>, organization: &str, name: &str, body: &Map<String, Value>) -> Result<(), Answer> {
    if let Some(description) = body.get("description").and_then(Value::as_str) {
        set_description(call, organization, name, description);
    }
    let role = role_in(body);
    let Some(team) = call.store.team(organization, name) else {
        return Ok(());
    };
    if team.role == role {
        return Ok(());
    }
    if team.role == TeamRole::Admin && admin_teams_of_caller(call, organization) == [name] {
        return Err(Answer::message(
            400,
            &format!(
                "Cannot remove admin from team '{name}' because calling user would no longer have admin on org \
                 '{organization}'"
            ),
        ));
    }
    if let Some(team) = call.store.team_mut(organization, name) {
        team.role = role;
    }
    call.log(
        "org_set_team_role",
        organization,
        json!({ "team": name, "role": role.name() }),
    );
    Ok(())
}

fn set_description(call: &mut Call<'_>, organization: &str, name: &str, description: &str) {
    let Some(team) = call.store.team_mut(organization, name) else {
        return;
    };
    if team.description != description {
        team.description = description.to_owned();
        let metadata = json!({ "team": name, "description": description });
        call.log("org_set_team_description", organization, metadata);
    }
}

/// The teams through which the caller administers the organization.
pub(super) fn admin_teams_of_caller(call: &Call<'_>, organization: &str) -> Vec<String> {
    let user = call.caller.user.as_deref().unwrap_or_default();
    let teams = call.store.teams_of(organization, user);
    teams
        .filter(|(_, team)| team.role == TeamRole::Admin)
        .map(|(name, _)| name.clone())
        .collect()
}

fn delete(call: &mut Call<'_>) -> Reply {
    let (organization, name) = (call.parameter("orgname"), call.parameter("teamname"));
    call.require_organization_admin(&organization)?;
    let Some(team) = call.store.team(&organization, &name) else {
        return Err(Answer::message(
            400,
            &format!("Team '{name}' is not a team in org '{organization}'"),
        ));
    };
    if team.role == TeamRole::Admin {
        let admin_teams = admin_teams_of_caller(call, &organization);
        if admin_teams.is_empty() {
            // A superuser from outside (api.md, 3.2): the server takes the first of no teams.
            return Err(Answer::server_error());
        }
        if admin_teams == [name.as_str()] {
            let user = call.caller.user.as_deref().unwrap_or_default();
            return Err(Answer::message(
                400,
                &format!(
                    "Deleting team '{name}' would remove admin ability for user '{user}' in organization \
                     '{organization}'"
                ),
            ));
        }
    }
    call.store.delete_team(&organization, &name);
    call.log("org_delete_team", &organization, json!({ "team": name }));
    Ok(Answer::no_content())
}

/// The repositories on which a team has a role, deleted ones among them (api.md, 2.2-2).
fn permissions(call: &mut Call<'_>) -> Reply {
    let (organization, name) = (call.parameter("orgname"), call.parameter("teamname"));
    call.require_organization_reader(&organization)?;
    call.store.team(&organization, &name).ok_or_else(Answer::not_found)?;
    let all = call.store.repositories_with_deleted(&organization);
    let permissions: Vec<Value> = all
        .filter_map(|repository| {
            let role = repository.team_roles.get(&name)?;
            let repository = json!({ "name": repository.name, "is_public": repository.is_public });
            Some(json!({ "repository": repository, "role": role.name() }))
        })
        .collect();
    Ok(Answer::ok(&json!({ "permissions": permissions })))
}

/// What the directory calls itself in answers, and the field that names a group, by how people sign in (api.md, 3.2; only
/// that database authentication knows no groups is recorded).
pub(super) fn directory(authentication: &str) -> Option<(&'static str, &'static str)> {
    match authentication {
        "LDAP" => Some(("ldap", "group_dn")),
        "Keystone" => Some(("keystone", "group_id")),
        "OIDC" => Some(("oidc", "group_name")),
        _ => None,
    }
}

/// Refuses who may not set up synchronization.
fn require_sync_setup(call: &Call<'_>, organization: &str) -> Result<(), Answer> {
    call.require_organization_admin(organization)?;
    if call.store.has_feature("NONSUPERUSER_TEAM_SYNCING_SETUP") {
        return Ok(());
    }
    call.require_superuser()
}

fn enable_syncing(call: &mut Call<'_>) -> Reply {
    let (organization, name) = (call.parameter("orgname"), call.parameter("teamname"));
    require_sync_setup(call, &organization)?;
    let team = call.store.team(&organization, &name).ok_or_else(Answer::not_found)?;
    let Some((service, field)) = directory(&call.store.authentication) else {
        return Err(Answer::invalid("Could not sync to group: Not supported"));
    };
    if team.sync.is_some() {
        return Err(Answer::server_error());
    }
    let schema = json!({ "type": "object", "required": [field], "properties": { field: { "type": "string" } } });
    let body = call.json_object(&schema)?;
    let sync = TeamSync {
        service: service.to_owned(),
        config: json!({ field: body.get(field) }),
    };
    if let Some(team) = call.store.team_mut(&organization, &name) {
        team.sync = Some(sync);
        if service == "oidc" {
            team.members.retain(|member| member.contains('+'));
        }
    }
    call.log("enable_team_sync", &organization, json!({ "team": name }));
    view(call, &organization, &name, false)
}

fn disable_syncing(call: &mut Call<'_>) -> Reply {
    let (organization, name) = (call.parameter("orgname"), call.parameter("teamname"));
    require_sync_setup(call, &organization)?;
    if let Some(team) = call.store.team_mut(&organization, &name)
        && team.sync.take().is_some()
    {
        call.log("disable_team_sync", &organization, json!({ "team": name }));
    }
    view(call, &organization, &name, false)
}
