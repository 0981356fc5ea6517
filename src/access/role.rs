//! What somebody may do, in one repository and in one organization: the registry's own rules (API guide, shorthand
//! table of §1; the emulator's twin is `src/emulator/access.rs`).

use crate::kinds::{member, permission, repository, robot, team};
use crate::model::{Address, Object, Role, Standing, Subject, Value, World};

/// The effective role on a repository by its full name: the widest of direct grants, grants of teams, administration of
/// the organization, and what is public. None where there is no such repository.
pub fn role(world: &World, subject: &Subject, repository: &str) -> Role {
    let Some(open) = visible_to_all(world, repository) else {
        return Role::None;
    };
    let organization = repository.split('/').next().unwrap_or_default();
    let own = match subject {
        Subject::Anyone => Role::None,
        Subject::Team(team) => of_team(world, organization, team, repository),
        Subject::Account(account) if is_master(world, organization, account) => Role::Admin,
        Subject::Account(account) => {
            let (sort, name) = grantee(organization, account);
            let direct = granted(world, repository, sort, name);
            let teams =
                teams_of(world, organization, account).map(|team| of_team(world, organization, team, repository));
            teams.fold(direct, Role::max)
        }
    };
    open.max(own)
}

/// What everybody may on a repository; `None` where there is no such repository.
pub(super) fn visible_to_all(world: &World, repository: &str) -> Option<Role> {
    let found = world.get(&repository::address(repository))?;
    Some(match found.text("visibility") {
        "public" => Role::Read,
        _ => Role::None,
    })
}

/// What somebody may do in an organization, by the teams they have joined.
pub fn standing(world: &World, subject: &Subject, organization: &str) -> Standing {
    match subject {
        Subject::Anyone => Standing::None,
        Subject::Team(team) => of_role(world, organization, team),
        Subject::Account(account) if is_master(world, organization, account) => Standing::Admin,
        Subject::Account(account) => {
            let teams = teams_of(world, organization, account).map(|team| of_role(world, organization, team));
            teams.fold(Standing::None, Standing::max)
        }
    }
}

/// A superuser whom the server gives everything, as far as that is known: of the caller; and everybody at home.
pub(super) fn is_master(world: &World, namespace: &str, account: &str) -> bool {
    let caller = &world.caller;
    let by_power = caller.superuser && caller.name == account && world.features.has("SUPERUSERS_FULL_ACCESS");
    by_power || namespace == account
}

fn of_team(world: &World, organization: &str, team: &str, repository: &str) -> Role {
    match of_role(world, organization, team) {
        Standing::Admin => Role::Admin,
        _ => granted(world, repository, "team", team),
    }
}

pub(super) fn of_role(world: &World, organization: &str, team: &str) -> Standing {
    let team = world.get(&team::address(organization, team));
    team.map_or(Standing::None, |team| Standing::from_word(team.text("role")))
}

pub(super) fn granted(world: &World, repository: &str, sort: &str, name: &str) -> Role {
    let grant = world.get(&permission::address(repository, sort, name));
    grant.map_or(Role::None, |grant| Role::from_word(grant.text("role")))
}

/// The teams that an account has joined; an invitation gives nothing before it is accepted.
pub(super) fn teams_of<'a>(world: &'a World, organization: &'a str, account: &'a str) -> impl Iterator<Item = &'a str> {
    let first = Address::new(team::NAME, format!("{organization}/"));
    let teams = world.objects.range(first..).map(|(address, _)| address);
    let ours = teams.take_while(move |address| address.kind == team::NAME && address.namespace() == organization);
    ours.filter_map(|address| address.identity.split_once('/'))
        .map(|(_, team)| team)
        .filter(move |team| {
            let membership = world.get(&member::address(organization, team, account));
            membership.is_some_and(has_joined)
        })
}

/// How grants and default permissions of an organization name an account: its sort, and its name or short name.
pub(super) fn grantee<'a>(organization: &str, account: &'a str) -> (&'static str, &'a str) {
    let sort = if account.contains('+') { "robot" } else { "user" };
    (sort, robot::short_name(organization, account))
}

/// Whom a grant or a default permission of an organization means.
pub(super) fn subject(organization: &str, sort: &str, name: &str) -> Subject {
    match sort {
        "team" => Subject::Team(name.to_owned()),
        "robot" => Subject::Account(robot::full_name(organization, name)),
        _ => Subject::Account(name.to_owned()),
    }
}

/// Whether a membership is more than an invitation.
pub fn has_joined(membership: &Object) -> bool {
    membership.fields.get("pending").and_then(Value::as_boolean) != Some(true)
}
