//! What answers say about an organization and its teams.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::avatar::avatar;
use super::call::Call;
use super::quota::short_view;
use super::records::{Organization, Quota, Team, TeamRole};

/// The organization as the caller may see it; `None` where it does not exist.
pub(super) fn view(call: &Call<'_>, name: &str) -> Option<Value> {
    let organization = call.store.organizations.get(name)?;
    let is_admin = call.caller.administers_organization(call.store, name) || call.caller.reads_everything(call.store);
    let is_member = call.caller.is_organization_member(call.store, name);
    let mut view = json!({
        "name": name,
        "email": if is_admin { shown_email(organization) } else { "" },
        "avatar": avatar(name, &organization.email, "user"),
        "is_admin": is_admin,
        "is_member": is_member,
    });
    if is_member {
        let grants = grants_by_team(call, name);
        let team_view = |team_name: &str, team| counted_team(call, name, team_name, team, &grants);
        let teams: Map<String, Value> = organization
            .teams
            .iter()
            .map(|(team_name, team)| (team_name.clone(), team_view(team_name, team)))
            .collect();
        view["ordered_teams"] = teams.keys().cloned().collect();
        view["teams"] = Value::Object(teams);
    }
    if is_admin {
        view["invoice_email"] = json!(organization.invoice_email);
        view["invoice_email_address"] = json!(organization.invoice_email_address);
        view["tag_expiration_s"] = json!(organization.tag_expiration);
        view["is_free_account"] = json!(true);
        add_quota(call, &mut view, organization.quota.as_ref());
    }
    Some(view)
}

/// The e-mail address, empty where none was given: those are stored as a uuid.
fn shown_email(organization: &Organization) -> &str {
    if organization.email.contains('@') {
        &organization.email
    } else {
        ""
    }
}

/// Adds what is known about a namespace's quota, where the features for it are on.
pub(super) fn add_quota(call: &Call<'_>, view: &mut Value, quota: Option<&Quota>) {
    if !call.store.has_feature("QUOTA_MANAGEMENT") || !call.store.has_feature("EDIT_QUOTA") {
        return;
    }
    view["quotas"] = quota.into_iter().map(short_view).collect();
    view["quota_report"] = json!({
        "quota_bytes": 0,
        "configured_quota": quota.map(|quota| quota.limit_bytes),
        "running_backfill": "waiting",
        "backfill_status": "waiting",
    });
}

/// A team as answers to its own requests show it: without counts.
pub(super) fn team_view(call: &Call<'_>, organization: &str, name: &str, team: &Team) -> Value {
    json!({
        "name": name,
        "description": team.description,
        "can_view": can_view(call, organization, team),
        "role": team.role.name(),
        "avatar": avatar(name, name, "team"),
    })
}

/// On how many repositories each team has a role: counted once, since there may be many repositories and teams.
fn grants_by_team<'a>(call: &'a Call<'_>, organization: &'a str) -> HashMap<&'a str, usize> {
    let mut grants = HashMap::new();
    for repository in call.store.repositories_with_deleted(organization) {
        for team in repository.team_roles.keys() {
            *grants.entry(team.as_str()).or_default() += 1;
        }
    }
    grants
}

fn counted_team(call: &Call<'_>, organization: &str, name: &str, team: &Team, grants: &HashMap<&str, usize>) -> Value {
    let mut view = team_view(call, organization, name, team);
    view["repo_count"] = json!(grants.get(name).copied().unwrap_or(0));
    view["member_count"] = json!(team.members.len());
    view["is_synced"] = json!(team.sync.is_some());
    view
}

/// Members see their own teams, administrators all.
pub(super) fn can_view(call: &Call<'_>, organization: &str, team: &Team) -> bool {
    let role = call.caller.team_role(call.store, organization);
    let is_member = call
        .caller
        .user
        .as_ref()
        .is_some_and(|user| team.members.contains(user));
    role == Some(TeamRole::Admin)
        || (role.is_some() && is_member)
        || call.caller.has_full_access(call.store)
        || call.caller.reads_everything(call.store)
}
