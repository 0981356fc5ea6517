//! Fills a store from a seed, and refuses a seed that no server could hold.

mod repository;

use serde_json::Value;

use super::names;
use super::organization::organization_of;
use super::records::{DefaultPermission, Delegate, Invitation, Quota, QuotaLimit, Robot, Team};
use super::registry::{Registry, SCOPES};
use super::seed::{Seed, SeedDefaultPermission, SeedOrganization, SeedQuota, SeedTeam, SeedUser};
use super::seed_cocktail::plant_cocktail;
use super::seed_images::plant_builder;
use super::seed_log::plant_log;
use repository::add_repository;

/// Why a seed is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct SeedError {
    /// Which object is wrong: `organization acme, team devs`.
    pub place: String,
    /// What is wrong with it.
    pub problem: String,
}

pub(super) fn refuse<T>(place: &str, problem: impl Into<String>) -> Result<T, SeedError> {
    Err(SeedError {
        place: place.to_owned(),
        problem: problem.into(),
    })
}

/// Adds everything in a seed: first what others refer to, users and organizations with their robots.
pub(super) fn plant(registry: &mut Registry, seed: &Seed) -> Result<(), SeedError> {
    plant_builder(registry, seed);
    plant_cocktail(registry, seed)?;
    seed.users.iter().try_for_each(|user| add_user(registry, user))?;
    seed.organizations
        .iter()
        .try_for_each(|organization| add_organization(registry, organization))?;
    for organization in &seed.organizations {
        for (name, team) in &organization.teams {
            add_team(registry, &organization.name, name, team)?;
        }
        for permission in &organization.default_permissions {
            add_default_permission(registry, &organization.name, permission)?;
        }
        for repository in &organization.repositories {
            add_repository(registry, &organization.name, repository)?;
        }
    }
    plant_log(registry, seed)
}

fn add_user(registry: &mut Registry, user: &SeedUser) -> Result<(), SeedError> {
    let place = format!("user {}", user.name);
    if let Some(error) = names::name_error(&user.name, "Namespace") {
        return refuse(&place, error);
    }
    let email = user
        .email
        .clone()
        .unwrap_or_else(|| format!("{}@example.com", user.name));
    registry.add_user(&user.name, &email, user.superuser);
    registry.set_global_readonly(&user.name, user.global_readonly);
    if let Some(password) = &user.password {
        registry.set_password(&user.name, password);
    }
    if let Some(token) = &user.token {
        let scopes: Vec<&str> = SCOPES
            .into_iter()
            .filter(|scope| user.superuser || *scope != "super:user")
            .collect();
        registry.add_application_token(&user.name, token, &scopes, "seed");
    }
    Ok(())
}

fn add_organization(registry: &mut Registry, seed: &SeedOrganization) -> Result<(), SeedError> {
    let place = format!("organization {}", seed.name);
    if let Some(error) = names::name_error(&seed.name, "Namespace") {
        return refuse(&place, error);
    }
    if registry.store.has_namespace(&seed.name) {
        return refuse(&place, "there is an organization or user of that name already");
    }
    let store = &mut registry.store;
    let email = seed.email.clone().unwrap_or_else(|| store.next_uuid());
    let mut organization = organization_of("quayadmin".to_owned(), email);
    organization.tag_expiration = seed.tag_expiration_s.unwrap_or(organization.tag_expiration);
    store.organizations.insert(seed.name.clone(), organization);
    for robot in &seed.robots {
        if let Some(error) = names::name_error(&robot.name, "Namespace") {
            return refuse(&format!("{place}, robot {}", robot.name), error);
        }
        let record = Robot {
            created: store.clock,
            last_accessed: robot.used.then_some(store.clock),
            description: robot.description.clone(),
            metadata: Value::Null,
            token: store.next_robot_token(),
            federation: Vec::new(),
        };
        store.robots.insert(format!("{}+{}", seed.name, robot.name), record);
    }
    match &seed.quota {
        Some(quota) => add_quota(registry, &seed.name, quota),
        None => Ok(()),
    }
}

fn add_quota(registry: &mut Registry, organization: &str, seed: &SeedQuota) -> Result<(), SeedError> {
    let store = &mut registry.store;
    let mut limits = Vec::new();
    for limit in &seed.limits {
        if !matches!(limit.kind.as_str(), "Warning" | "Reject") || !(1..=100).contains(&limit.threshold_percent) {
            let problem = "a limit is `Warning` or `Reject`, at 1 to 100 percent";
            return refuse(&format!("organization {organization}, quota"), problem);
        }
        store.quota_limit_counter += 1;
        let id = store.quota_limit_counter;
        limits.push(QuotaLimit {
            id,
            kind: limit.kind.clone(),
            percent: limit.threshold_percent,
        });
    }
    store.quota_counter += 1;
    let quota = Quota {
        id: store.quota_counter,
        limit_bytes: seed.limit_bytes,
        limits,
    };
    if let Some(record) = store.organizations.get_mut(organization) {
        record.quota = Some(quota);
    }
    Ok(())
}

/// Refuses names that belong to no user and no robot.
fn require_accounts<'a>(
    registry: &Registry,
    place: &str,
    names: impl IntoIterator<Item = &'a String>,
) -> Result<(), SeedError> {
    match names.into_iter().find(|name| !registry.store.has_account(name)) {
        Some(name) => refuse(place, format!("there is no user or robot `{name}`")),
        None => Ok(()),
    }
}

fn add_team(registry: &mut Registry, organization: &str, name: &str, seed: &SeedTeam) -> Result<(), SeedError> {
    let place = format!("organization {organization}, team {name}");
    if let Some(error) = names::name_error(name, "Team") {
        return refuse(&place, error);
    }
    require_accounts(registry, &place, &seed.members)?;
    let invitation = |invited: &String| {
        if invited.contains('@') {
            Invitation::Email(invited.clone())
        } else {
            Invitation::User(invited.clone())
        }
    };
    require_accounts(
        registry,
        &place,
        seed.invited.iter().filter(|invited| !invited.contains('@')),
    )?;
    let team = Team {
        role: seed.role,
        description: seed.description.clone(),
        members: seed.members.clone(),
        invitations: seed.invited.iter().map(invitation).collect(),
        sync: None,
    };
    if let Some(record) = registry.store.organizations.get_mut(organization) {
        record.teams.insert(name.to_owned(), team);
    }
    Ok(())
}

fn add_default_permission(
    registry: &mut Registry,
    organization: &str,
    seed: &SeedDefaultPermission,
) -> Result<(), SeedError> {
    let place = format!("organization {organization}, default permission");
    require_accounts(registry, &place, seed.user.iter().chain(&seed.activating_user))?;
    let delegate = match (&seed.user, &seed.team) {
        (Some(user), None) => Delegate::User(user.clone()),
        (None, Some(team)) if registry.store.team(organization, team).is_some() => Delegate::Team(team.clone()),
        (None, Some(team)) => return refuse(&place, format!("there is no team `{team}`")),
        _ => return refuse(&place, "exactly one of `user` and `team` is needed"),
    };
    let permission = DefaultPermission {
        id: registry.store.next_uuid(),
        role: seed.role,
        activating_user: seed.activating_user.clone(),
        delegate,
    };
    if let Some(record) = registry.store.organizations.get_mut(organization) {
        record.default_permissions.push(permission);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::registry::Registry;
    use super::super::seed::Seed;

    fn planted(text: &str) -> Result<Registry, String> {
        let seed = Seed::from_json(text).map_err(|error| error.to_string())?;
        Registry::with_seed(&seed).map_err(|error| error.to_string())
    }

    #[test]
    fn a_seeded_state_survives_saving() {
        let registry = planted(
            r#"{"users": [{"name": "bob", "token": "bob-token"}],
                "organizations": [{"name": "acme", "robots": ["ci", {"name": "cd", "description": "delivers"}],
                    "teams": {"devs": {"role": "member", "members": ["bob", "acme+ci"], "invited": ["x@example.com"]}},
                    "default_permissions": [{"role": "read", "team": "devs"}],
                    "quota": {"limit_bytes": 10, "limits": [{"type": "Reject", "threshold_percent": 100}]},
                    "repositories": [{"name": "web", "pushed": true, "permissions": {"teams": {"devs": "write"}}}]}]}"#,
        )
        .unwrap();
        let state = registry.to_json();
        assert_eq!(Registry::from_json(state.clone()).unwrap().to_json(), state);
        assert_eq!(
            registry.role_of("bob", "acme/web").map(|role| role.name()),
            Some("write")
        );
    }

    #[test]
    fn mistakes_are_named() {
        let unknown = planted(r#"{"users": [{"name": "bob", "mail": "x"}]}"#).unwrap_err();
        assert!(unknown.contains("unknown field `mail`"), "{unknown}");
        let missing =
            r#"{"organizations": [{"name": "acme", "teams": {"devs": {"role": "member", "members": ["x"]}}}]}"#;
        assert_eq!(
            planted(missing).unwrap_err(),
            "organization acme, team devs: there is no user or robot `x`"
        );
    }
}
