//! One organization at one moment, with what bears on access sorted so that it can be looked up.

use std::collections::{BTreeMap, BTreeSet};

use crate::kinds::{default_permission, member, permission, repository, robot, team};
use crate::model::{Collection, Object, Role, Standing, World};

use super::role::has_joined;

/// What a repository grants by itself.
#[derive(Debug, Default)]
pub(super) struct Grants<'w> {
    /// What everybody may; `None` where the repository is not there.
    pub(super) open: Option<Role>,
    /// By team.
    pub(super) teams: BTreeMap<&'w str, Role>,
    /// By user, or robot by its full name.
    pub(super) accounts: BTreeMap<String, Role>,
}

impl Grants<'_> {
    /// Those of a repository that is not there.
    pub(super) const NOTHING: Grants<'static> = Grants {
        open: None,
        teams: BTreeMap::new(),
        accounts: BTreeMap::new(),
    };

    /// What everybody may.
    pub(super) fn to_all(&self) -> Role {
        self.open.unwrap_or(Role::None)
    }
}

/// An organization before or after a plan.
#[derive(Debug, Default)]
pub(super) struct Side<'w> {
    pub(super) teams: BTreeMap<&'w str, Standing>,
    /// By account, the teams it has joined.
    pub(super) joined: BTreeMap<&'w str, BTreeSet<&'w str>>,
    /// By account, the teams it is invited to.
    pub(super) invited: BTreeMap<&'w str, BTreeSet<&'w str>>,
    pub(super) repositories: BTreeMap<&'w str, Grants<'w>>,
    /// By creator (empty for all), sort and name of the subject.
    pub(super) next: BTreeMap<(&'w str, &'w str, &'w str), Role>,
}

impl<'w> Side<'w> {
    /// Sorts what a world knows of an organization.
    pub(super) fn of(world: &'w World, name: &str) -> Self {
        let mut side = Side::default();
        for kind in [team::NAME, member::NAME, repository::NAME, permission::NAME] {
            let below = world.of(&Collection::new(kind, format!("{name}/")));
            below.for_each(|object| side.take(name, object));
        }
        for object in world.of(&default_permission::of_organization(name)) {
            let role = Role::from_word(object.text("role"));
            let next = side
                .next
                .entry(default_permission::parts(&object.address))
                .or_insert(Role::None);
            *next = role.max(*next);
        }
        side
    }

    fn take(&mut self, name: &str, object: &'w Object) {
        let address = &object.address;
        match address.kind {
            team::NAME => {
                let (_, team) = address.identity.split_once('/').unwrap_or_default();
                self.teams.insert(team, Standing::from_word(object.text("role")));
            }
            member::NAME => {
                let (_, team, account) = member::parts(address);
                let memberships = if has_joined(object) {
                    &mut self.joined
                } else {
                    &mut self.invited
                };
                memberships.entry(account).or_default().insert(team);
            }
            repository::NAME => {
                let open = if object.text("visibility") == "public" {
                    Role::Read
                } else {
                    Role::None
                };
                self.repositories.entry(&address.identity).or_default().open = Some(open);
            }
            _ => {
                let (repository, sort, subject) = permission::parts(address);
                let role = Role::from_word(object.text("role"));
                let grants = self.repositories.entry(repository).or_default();
                match sort {
                    "team" => drop(grants.teams.insert(subject, role)),
                    "robot" => drop(grants.accounts.insert(robot::full_name(name, subject), role)),
                    _ => drop(grants.accounts.insert(subject.to_owned(), role)),
                }
            }
        }
    }

    /// What some teams together give on a repository, and what it gives to everybody.
    pub(super) fn role_of(&self, teams: &BTreeSet<&str>, grants: &Grants<'_>) -> Role {
        let Some(open) = grants.open else { return Role::None };
        let of_team = |team: &&str| match self.teams.get(team) {
            Some(Standing::Admin) => Role::Admin,
            Some(_) => grants.teams.get(team).copied().unwrap_or(Role::None),
            None => Role::None,
        };
        teams.iter().map(of_team).fold(open, Role::max)
    }

    /// Whether a team gives everything.
    pub(super) fn administers(&self, team: &str) -> bool {
        self.teams.get(team) == Some(&Standing::Admin)
    }

    /// What some teams together give in the organization.
    pub(super) fn standing_of(&self, teams: &BTreeSet<&str>) -> Standing {
        let roles = teams.iter().filter_map(|team| self.teams.get(team).copied());
        roles.fold(Standing::None, Standing::max)
    }
}
