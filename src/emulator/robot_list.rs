//! Lists of robots, with the teams they are in and the repositories on which they have grants (api.md, 2.1-C and 3.3).

use std::collections::HashMap;

use indexmap::IndexSet;
use serde_json::{Value, json};

use super::answer::{Answer, Reply};
use super::avatar::avatar;
use super::call::Call;
use super::robot::{own_name, view};
use super::store::Store;

/// What a list shows of each robot.
struct Shown {
    token: bool,
    permissions: bool,
}

/// Members see the robots, administrators their tokens and grants too; the wishes of others are passed over without a
/// word (api.md, 3.3).
pub(super) fn of_organization(call: &mut Call<'_>) -> Reply {
    let organization = call.parameter("orgname");
    call.require(call.caller.is_organization_member(call.store, &organization))?;
    let is_admin = call.caller.administers_organization(call.store, &organization);
    let shown = Shown {
        token: is_admin && call.query.flag("token", true),
        permissions: (is_admin || call.caller.reads_everything(call.store)) && call.query.flag("permissions", false),
    };
    list(call, &organization, &shown)
}

pub(super) fn of_user(call: &mut Call<'_>) -> Reply {
    let user = own_name(call)?;
    let shown = Shown {
        token: call.query.flag("token", true),
        permissions: call.query.flag("permissions", false),
    };
    list(call, &user, &shown)
}

/// A list with grants, and one that is cut short, begin with the newest robot (robots.json, exchanges 30 to 35). The
/// real limit counts rows of a join (api.md, 1.6); this one counts robots, as it does where there are no grants.
fn list(call: &Call<'_>, namespace: &str, shown: &Shown) -> Reply {
    let limit = limit(call)?;
    let mut names: Vec<&str> = call.store.robots_like(namespace).collect();
    if shown.permissions || limit.is_some() {
        names.reverse();
    }
    names.truncate(limit.unwrap_or(usize::MAX));
    let joined = shown.permissions.then(|| Joined::of(call.store));
    let robots: Vec<Value> = names
        .into_iter()
        .filter_map(|name| {
            let robot = call.store.robots.get(name)?;
            let mut view = view(name, robot);
            if let Some(joined) = &joined {
                view["teams"] = joined.teams(name);
                view["repositories"] = joined.repositories(name);
            }
            if shown.token {
                view["token"] = json!(robot.token);
            }
            Some(view)
        })
        .collect();
    Ok(Answer::ok(&json!({ "robots": robots })))
}

fn limit(call: &Call<'_>) -> Result<Option<usize>, Answer> {
    let Some(text) = call.query.get("limit") else {
        return Ok(None);
    };
    // The server names the parameter by its description (auth_and_errors, exchange 45).
    let message = json!({ "message": { "limit": "If specified, the number of robots to return." } });
    text.parse().map(Some).map_err(|_| Answer::json(400, &message))
}

/// Teams and repositories by robot: collected once, since there may be many of each.
#[derive(Default)]
struct Joined<'a> {
    teams: HashMap<&'a str, IndexSet<&'a str>>,
    repositories: HashMap<&'a str, IndexSet<&'a str>>,
}

impl<'a> Joined<'a> {
    /// Teams of all organizations count, and repositories of all namespaces, deleted ones among them; all without the
    /// namespace's name, so that equal names appear once (api.md, 2.2-1 and 2.2-5).
    fn of(store: &'a Store) -> Self {
        let mut joined = Joined::default();
        let teams = store
            .organizations
            .values()
            .flat_map(|organization| &organization.teams);
        for (name, team) in teams {
            for member in team.members.iter().filter(|member| member.contains('+')) {
                joined.teams.entry(member).or_default().insert(name);
            }
        }
        for repository in store.repositories.values().chain(&store.deleted_repositories) {
            for account in repository.user_roles.keys().filter(|account| account.contains('+')) {
                let names = joined.repositories.entry(account).or_default();
                names.insert(&repository.name);
            }
        }
        joined
    }

    fn repositories(&self, robot: &str) -> Value {
        self.repositories.get(robot).into_iter().flatten().copied().collect()
    }

    fn teams(&self, robot: &str) -> Value {
        let names = self.teams.get(robot).into_iter().flatten();
        names
            .map(|name| json!({ "name": name, "avatar": avatar(name, name, "team") }))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::testing::{registry, send, send_as};

    const LIST: &str = "/api/v1/organization/a_b/robots?permissions=true";

    #[test]
    fn robots_of_look_alikes_are_listed_too() {
        let mut registry = registry(
            r#"{"organizations": [
                {"name": "a_b", "robots": ["one"]},
                {"name": "axb", "robots": ["two"], "repositories": [
                    {"name": "web", "permissions": {"users": {"axb+two": "read"}}}]},
                {"name": "ab", "robots": ["three"]}]}"#,
        );
        let (_, list) = send(&mut registry, "GET", LIST, &Value::Null);
        let names: Vec<&Value> = list["robots"]
            .as_array()
            .unwrap()
            .iter()
            .map(|robot| &robot["name"])
            .collect();
        assert_eq!(names, ["axb+two", "a_b+one"]);
        assert_eq!(list["robots"][0]["repositories"], json!(["web"]));
    }

    #[test]
    fn who_is_no_administrator_sees_neither_tokens_nor_grants() {
        let mut registry = registry(
            r#"{"users": [{"name": "bob", "token": "bob-token"}],
                "organizations": [{"name": "a_b", "robots": ["one"],
                    "teams": {"devs": {"role": "creator", "members": ["bob"]}}}]}"#,
        );
        let (status, list) = send_as(&mut registry, "bob-token", "GET", LIST, &Value::Null);
        let robot = list["robots"][0].as_object().unwrap();
        assert_eq!(status, 200);
        assert!(
            !robot.contains_key("token") && !robot.contains_key("repositories"),
            "{robot:?}"
        );
    }
}
