//! By which ways somebody has a role.

use crate::model::{Role, Standing, Subject, World};

use super::role::{granted, grantee, is_master, of_role, teams_of, visible_to_all};

/// What gives a role.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    /// A grant of their own.
    Grant,
    /// A grant to a team they are in.
    Team(String),
    /// A team they are in administers the organization.
    AdminTeam(String),
    /// Everybody may.
    Public,
    /// It is their own account.
    Home,
    /// They are superuser, and the server gives those everything.
    Superuser,
    /// It is given from the start to what is created later.
    DefaultPermission,
    /// A team they are in lets them create repositories, which they then administer.
    Creator(String),
}

impl std::fmt::Display for By {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            By::Grant => formatter.write_str("own grant"),
            By::Team(name) => write!(formatter, "team {name}"),
            By::AdminTeam(name) => write!(formatter, "admin team {name}"),
            By::Public => formatter.write_str("public"),
            By::Home => formatter.write_str("own account"),
            By::Superuser => formatter.write_str("superuser"),
            By::DefaultPermission => formatter.write_str("default permission"),
            By::Creator(name) => write!(formatter, "creator by team {name}"),
        }
    }
}

/// One way to a role.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Way {
    /// The role that it gives.
    pub role: Role,
    /// What gives it.
    pub by: By,
}

/// Every way by which somebody has a role on a repository by its full name, the widest first. The role is that of the
/// first one; nothing where there is no such repository.
pub fn ways(world: &World, subject: &Subject, repository: &str) -> Vec<Way> {
    let Some(open) = visible_to_all(world, repository) else {
        return Vec::new();
    };
    let organization = repository.split('/').next().unwrap_or_default();
    let way = |role, by| Way { role, by };
    let of_team = |team: &str| match of_role(world, organization, team) {
        Standing::Admin => way(Role::Admin, By::AdminTeam(team.to_owned())),
        _ => way(granted(world, repository, "team", team), By::Team(team.to_owned())),
    };
    let mut ways = vec![way(open, By::Public)];
    match subject {
        Subject::Anyone => {}
        Subject::Team(team) => ways.push(of_team(team)),
        Subject::Account(account) => {
            let (sort, name) = grantee(organization, account);
            ways.push(way(granted(world, repository, sort, name), By::Grant));
            ways.extend(teams_of(world, organization, account).map(of_team));
            if organization == account {
                ways.push(way(Role::Admin, By::Home));
            } else if is_master(world, organization, account) {
                ways.push(way(Role::Admin, By::Superuser));
            }
        }
    }
    ways.retain(|way| way.role > Role::None);
    ways.sort_by(|one, other| other.role.cmp(&one.role).then_with(|| one.by.cmp(&other.by)));
    ways
}
