//! The members of a team and invitations into it (api.md, 3.2; teams.json of the recordings).
//!
//! The recorded server does not send mail, so nothing about invitations is recorded: it is built from api.md, 3.2.

use serde_json::{Value, json};

use super::answer::{Answer, Reply};
use super::avatar::avatar;
use super::call::Call;
use super::organization_view::can_view;
use super::records::{Invitation, Team};
use super::router::{Operation, Route};
use super::team::{admin_teams_of_caller, directory};

pub(super) const ROUTES: &[Route] = &[
    Route::new(
        "/api/v1/organization/{orgname}/team/{teamname}/members",
        &[Operation::get("getOrganizationTeamMembers", list)],
    ),
    Route::new(
        "/api/v1/organization/{orgname}/team/{teamname}/members/{membername}",
        &[
            Operation::put("updateOrganizationTeamMember", add),
            Operation::delete("deleteOrganizationTeamMember", remove),
        ],
    ),
    Route::with_features(
        "/api/v1/organization/{orgname}/team/{teamname}/invite/{email}",
        &["MAILING"],
        &[
            Operation::put("inviteTeamMemberEmail", invite),
            Operation::delete("deleteTeamMemberEmailInvite", uninvite),
        ],
    ),
];

fn list(call: &mut Call<'_>) -> Reply {
    let (organization, name) = (call.parameter("orgname"), call.parameter("teamname"));
    let team = call.store.team(&organization, &name);
    let can_edit = call.caller.administers_organization(call.store, &organization);
    call.require(team.map_or(can_edit, |team| can_view(call, &organization, team)))?;
    let team = team.ok_or_else(Answer::not_found)?;
    let mut members: Vec<Value> = team
        .members
        .iter()
        .map(|member| member_view(call, member, false))
        .collect();
    if can_edit && call.query.flag("includePending", false) {
        members.extend(
            team.invitations
                .iter()
                .map(|invitation| invitation_view(call, invitation)),
        );
    }
    let mut view = json!({ "name": name, "members": members, "can_edit": can_edit });
    add_sync(call, team, &mut view);
    Ok(Answer::ok(&view))
}

/// What a team is synchronized with is for superusers only (api.md, 3.2; not recorded).
fn add_sync(call: &Call<'_>, team: &Team, view: &mut Value) {
    let Some((service, _)) = directory(&call.store.authentication).filter(|_| call.store.has_feature("TEAM_SYNCING"))
    else {
        return;
    };
    view["can_sync"] = json!({ "service": service });
    if let Some(sync) = &team.sync {
        view["synced"] = json!({ "service": sync.service });
        if call.caller.is_superuser(call.store) {
            view["synced"]["last_updated"] = Value::Null;
            view["synced"]["config"] = sync.config.clone();
        }
    }
}

/// The people of a synchronized team come from its group alone.
fn require_unsynced(call: &Call<'_>, organization: &str, team: &str, member: &str) -> Result<(), Answer> {
    let is_synced = call
        .store
        .team(organization, team)
        .is_some_and(|team| team.sync.is_some());
    match is_synced && !member.contains('+') {
        true => Err(Answer::invalid("Cannot call this method on an auth-synced team")),
        false => Ok(()),
    }
}

/// A member: robots say `user` too, only their avatar knows better (behaviour.md, 5).
fn member_view(call: &Call<'_>, member: &str, invited: bool) -> Value {
    json!({
        "name": member,
        "kind": "user",
        "is_robot": member.contains('+'),
        "avatar": account_avatar(call, member),
        "invited": invited,
    })
}

/// The avatar of a user or a robot.
pub(super) fn account_avatar(call: &Call<'_>, account: &str) -> Value {
    match call.store.users.get(account) {
        Some(user) => avatar(account, &user.email, "user"),
        None => avatar(account, account, "robot"),
    }
}

fn invitation_view(call: &Call<'_>, invitation: &Invitation) -> Value {
    match invitation {
        Invitation::User(user) => member_view(call, user, true),
        Invitation::Email(email) => {
            json!({ "email": email, "kind": "invite", "avatar": avatar(email, email, "user"), "invited": true })
        }
    }
}

fn add(call: &mut Call<'_>) -> Reply {
    let (organization, name) = (call.parameter("orgname"), call.parameter("teamname"));
    let member = call.parameter("membername");
    call.require_organization_admin(&organization)?;
    call.store.team(&organization, &name).ok_or_else(Answer::not_found)?;
    if !call.store.has_account(&member) {
        return Err(Answer::invalid("Unknown user"));
    }
    require_unsynced(call, &organization, &name, &member)?;
    let invited = needs_invitation(call, &organization, &member)?;
    let Some(team) = call.store.team_mut(&organization, &name) else {
        return Err(Answer::not_found());
    };
    if invited {
        team.invitations.push(Invitation::User(member.clone()));
        let metadata = json!({ "user": member, "member": member, "team": name });
        call.log("org_invite_team_member", &organization, metadata);
    } else {
        if team.members.contains(&member) {
            return Err(Answer::message(
                400,
                &format!("User {member} is already a member of team {name}"),
            ));
        }
        team.members.push(member.clone());
        call.log(
            "org_add_team_member",
            &organization,
            json!({ "member": member, "team": name }),
        );
    }
    Ok(Answer::ok(&member_view(call, &member, invited)))
}

/// Whether a user joins only by invitation: where mail is sent, and the user is in no team of the organization yet.
/// Robots of others are refused then (api.md, 3.2; not recorded).
fn needs_invitation(call: &Call<'_>, organization: &str, member: &str) -> Result<bool, Answer> {
    if !call.store.has_feature("MAILING") || !call.store.has_feature("REQUIRE_TEAM_INVITE") {
        return Ok(false);
    }
    if !member.contains('+') {
        return Ok(call.store.team_role(organization, member).is_none());
    }
    if member.starts_with(&format!("{organization}+")) {
        return Ok(false);
    }
    let text = "Cannot add the specified robot to this team, as it is not a member of the organization";
    Err(Answer::message(400, text))
}

fn remove(call: &mut Call<'_>) -> Reply {
    let (organization, name) = (call.parameter("orgname"), call.parameter("teamname"));
    let member = call.parameter("membername");
    call.require_organization_admin(&organization)?;
    let team = call.store.team(&organization, &name).ok_or_else(Answer::not_found)?;
    if !call.store.has_account(&member) {
        return Err(Answer::not_found());
    }
    require_unsynced(call, &organization, &name, &member)?;
    let invitation = Invitation::User(member.clone());
    if team.invitations.contains(&invitation) {
        withdraw(call, &organization, &name, &invitation);
        let metadata = json!({ "user": member, "member": member, "team": name });
        call.log("org_delete_team_member_invite", &organization, metadata);
        return Ok(Answer::no_content());
    }
    if !team.members.contains(&member) {
        return Err(Answer::message(
            400,
            &format!("User {member} does not belong to team {name}"),
        ));
    }
    if call.caller.is(&member) && admin_teams_of_caller(call, &organization) == [name.as_str()] {
        return Err(Answer::message(
            400,
            "User cannot remove themselves from their only admin team.",
        ));
    }
    if let Some(team) = call.store.team_mut(&organization, &name) {
        team.members.retain(|other| *other != member);
    }
    call.log(
        "org_remove_team_member",
        &organization,
        json!({ "member": member, "team": name }),
    );
    Ok(Answer::no_content())
}

/// One of them, where there are several (api.md, 3.2: every call creates another).
fn withdraw(call: &mut Call<'_>, organization: &str, team: &str, invitation: &Invitation) {
    if let Some(team) = call.store.team_mut(organization, team) {
        let first = team.invitations.iter().position(|other| other == invitation);
        first.map(|index| team.invitations.remove(index));
    }
}

fn invite(call: &mut Call<'_>) -> Reply {
    let (organization, name) = (call.parameter("orgname"), call.parameter("teamname"));
    call.require_organization_admin(&organization)?;
    require_unsynced(call, &organization, &name, "")?;
    let invitation = Invitation::Email(call.parameter("email"));
    let team = call
        .store
        .team_mut(&organization, &name)
        .ok_or_else(Answer::not_found)?;
    // Not unique on the server either.
    team.invitations.push(invitation.clone());
    let metadata = json!({ "email": call.parameter("email"), "team": name });
    call.log("org_invite_team_member", &organization, metadata);
    Ok(Answer::ok(&invitation_view(call, &invitation)))
}

/// 204 whether there was one or not (behaviour.md, 5).
fn uninvite(call: &mut Call<'_>) -> Reply {
    let (organization, name) = (call.parameter("orgname"), call.parameter("teamname"));
    call.require_organization_admin(&organization)?;
    call.store.team(&organization, &name).ok_or_else(Answer::not_found)?;
    let email = call.parameter("email");
    withdraw(call, &organization, &name, &Invitation::Email(email.clone()));
    call.log(
        "org_delete_team_member_invite",
        &organization,
        json!({ "email": email, "team": name }),
    );
    Ok(Answer::no_content())
}
