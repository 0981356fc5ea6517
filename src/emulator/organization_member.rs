//! The people of an organization: members, who are in some team, and collaborators, who only have grants (api.md, 3.2;
//! members_and_collaborators.json of the recordings).

use std::collections::HashMap;

use serde_json::{Value, json};

use super::answer::{Answer, Reply};
use super::avatar::avatar;
use super::call::Call;
use super::records::{Organization, TeamRole};
use super::router::{Operation, Route};
use super::store::Store;
use super::team_members::account_avatar;

pub(super) const ROUTES: &[Route] = &[
    Route::new(
        "/api/v1/organization/{orgname}/members",
        &[Operation::get("getOrganizationMembers", list)],
    ),
    Route::new(
        "/api/v1/organization/{orgname}/members/{membername}",
        &[
            Operation::get("getOrganizationMember", read),
            Operation::delete("removeOrganizationMember", remove),
        ],
    ),
    Route::new(
        "/api/v1/organization/{orgname}/collaborators",
        &[Operation::get("getOrganizationCollaborators", list_collaborators)],
    ),
];

/// An organization's teams and repositories by account: collected once, since there may be many of each.
struct People<'a> {
    /// In the order in which the teams and their members were added.
    teams: indexmap::IndexMap<&'a str, Vec<&'a str>>,
    /// Repositories with a direct grant, deleted ones among them (api.md, 2.2-5).
    repositories: HashMap<&'a str, Vec<&'a str>>,
}

impl<'a> People<'a> {
    fn of(store: &'a Store, name: &'a str, organization: &'a Organization) -> Self {
        let mut people = People {
            teams: indexmap::IndexMap::new(),
            repositories: HashMap::new(),
        };
        for (team_name, team) in &organization.teams {
            for member in &team.members {
                people.teams.entry(member).or_default().push(team_name);
            }
        }
        for repository in store.repositories_with_deleted(name) {
            for account in repository.user_roles.keys() {
                people.repositories.entry(account).or_default().push(&repository.name);
            }
        }
        people
    }

    fn repositories(&self, account: &str) -> Value {
        self.repositories.get(account).into_iter().flatten().copied().collect()
    }

    /// A member with teams and repositories; here robots have a kind of their own.
    fn member(&self, call: &Call<'_>, account: &str) -> Value {
        let teams = self.teams.get(account).into_iter().flatten();
        let teams: Vec<Value> = teams
            .map(|name| json!({ "name": name, "avatar": avatar(name, name, "team") }))
            .collect();
        json!({
            "name": account,
            "kind": if account.contains('+') { "robot" } else { "user" },
            "avatar": account_avatar(call, account),
            "teams": teams,
            "repositories": self.repositories(account),
        })
    }
}

/// The path's organization, where the caller may read who is in it.
fn readable<'a>(call: &'a Call<'_>, name: &str) -> Result<&'a Organization, Answer> {
    call.require_organization_reader(name)?;
    call.store.organizations.get(name).ok_or_else(Answer::not_found)
}

fn list(call: &mut Call<'_>) -> Reply {
    let name = call.parameter("orgname");
    let people = People::of(call.store, &name, readable(call, &name)?);
    let humans = people.teams.keys().filter(|account| !account.contains('+'));
    let members: Vec<Value> = humans.map(|account| people.member(call, account)).collect();
    Ok(Answer::ok(&json!({ "members": members })))
}

fn read(call: &mut Call<'_>) -> Reply {
    let (name, account) = (call.parameter("orgname"), call.parameter("membername"));
    let people = People::of(call.store, &name, readable(call, &name)?);
    if !people.teams.contains_key(account.as_str()) {
        return Err(Answer::not_found());
    }
    Ok(Answer::ok(&people.member(call, &account)))
}

fn list_collaborators(call: &mut Call<'_>) -> Reply {
    let name = call.parameter("orgname");
    let people = People::of(call.store, &name, readable(call, &name)?);
    let outside = |account: &&&str| !account.contains('+') && !people.teams.contains_key(**account);
    let mut names: Vec<&&str> = people.repositories.keys().filter(outside).collect();
    names.sort();
    let collaborators: Vec<Value> = names
        .into_iter()
        .map(|account| {
            json!({
                "kind": "user",
                "name": account,
                "avatar": account_avatar(call, account),
                "repositories": people.repositories(account),
            })
        })
        .collect();
    Ok(Answer::ok(&json!({ "collaborators": collaborators })))
}

/// Takes a user out of all teams and revokes all direct grants in the organization. Nothing of it is logged (api.md,
/// 5.4), and who is no member is removed with success too.
fn remove(call: &mut Call<'_>) -> Reply {
    let (name, account) = (call.parameter("orgname"), call.parameter("membername"));
    call.require_organization_admin(&name)?;
    if !call.store.users.contains_key(&account) {
        return Err(Answer::not_found());
    }
    let organization = call.store.organizations.get(&name).ok_or_else(Answer::not_found)?;
    let admin_teams = organization.teams.values().filter(|team| team.role == TeamRole::Admin);
    let mut admins = admin_teams
        .flat_map(|team| &team.members)
        .filter(|member| !member.contains('+'))
        .peekable();
    if admins.peek().is_some() && admins.all(|admin| *admin == account) {
        let text = "Cannot remove user as they are the only organization admin";
        return Err(Answer::message(400, text));
    }
    if let Some(organization) = call.store.organizations.get_mut(&name) {
        for team in organization.teams.values_mut() {
            team.members.retain(|member| *member != account);
        }
    }
    call.store.revoke_grants(&account, Some(&name));
    Ok(Answer::no_content())
}
