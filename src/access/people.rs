//! Who is concerned by a plan, those together to whom the same happens.

use std::collections::{BTreeMap, BTreeSet};

use crate::kinds::{member, team};
use crate::model::{Role, Subject, World};

use super::side::{Grants, Side};

/// Names of teams.
pub(super) type Teams<'w> = BTreeSet<&'w str>;

/// Subjects who are in the same teams before and in the same after, and have no grants of their own; or one who has.
#[derive(Debug)]
pub(super) struct People<'w> {
    pub(super) subjects: Vec<Subject>,
    pub(super) before: Teams<'w>,
    pub(super) after: Teams<'w>,
    /// The teams that will take them in if they accept, and did not ask them before.
    pub(super) asked: Teams<'w>,
    /// By repository, the grants before and after that are their own.
    pub(super) own: BTreeMap<&'w str, (Role, Role)>,
}

/// An organization before and after a plan.
pub(super) struct Both<'w> {
    pub(super) name: &'w str,
    pub(super) before: Side<'w>,
    pub(super) after: Side<'w>,
}

impl<'w> Both<'w> {
    pub(super) fn new(name: &'w str, live: &'w World, after: &'w World) -> Self {
        Both {
            name,
            before: Side::of(live, name),
            after: Side::of(after, name),
        }
    }

    /// Everybody who is named: accounts, and teams of which nobody knows the members. An account's home is its own.
    pub(super) fn people(&self, live: &World) -> Vec<People<'w>> {
        let own = self.own_grants();
        let sides = [&self.before, &self.after];
        let members = sides
            .into_iter()
            .flat_map(|side| side.joined.keys().chain(side.invited.keys()));
        let names: BTreeSet<&str> = members.copied().chain(own.keys().copied()).collect();
        let mut alike: BTreeMap<_, Vec<Subject>> = BTreeMap::new();
        let mut people = Vec::new();
        for name in names.into_iter().filter(|name| *name != self.name) {
            let (before, after, asked) = self.memberships(name);
            let subject = Subject::Account(name.to_owned());
            match own.get(name) {
                None => alike.entry((before, after, asked)).or_default().push(subject),
                Some(own) => people.push(People {
                    subjects: vec![subject],
                    before,
                    after,
                    asked,
                    own: own.clone(),
                }),
            }
        }
        for team in self.unread_teams(live) {
            let key = (Teams::from([team]), Teams::from([team]), Teams::new());
            alike.entry(key).or_default().push(Subject::Team(team.to_owned()));
        }
        let groups = alike.into_iter().map(|((before, after, asked), subjects)| People {
            subjects,
            before,
            after,
            asked,
            own: BTreeMap::new(),
        });
        people.extend(groups);
        people
    }

    fn memberships(&self, account: &str) -> (Teams<'w>, Teams<'w>, Teams<'w>) {
        let of = |side: &BTreeMap<&'w str, Teams<'w>>| side.get(account).cloned().unwrap_or_default();
        let (before, after) = (of(&self.before.joined), of(&self.after.joined));
        let known = of(&self.before.invited);
        let asked = of(&self.after.invited);
        (before, after, asked.difference(&known).copied().collect())
    }

    fn own_grants(&self) -> BTreeMap<&str, BTreeMap<&'w str, (Role, Role)>> {
        let mut own: BTreeMap<&str, BTreeMap<&'w str, (Role, Role)>> = BTreeMap::new();
        let nothing = (Role::None, Role::None);
        for (repository, account, role) in grants(&self.before) {
            own.entry(account).or_default().entry(repository).or_insert(nothing).0 = role;
        }
        for (repository, account, role) in grants(&self.after) {
            own.entry(account).or_default().entry(repository).or_insert(nothing).1 = role;
        }
        own
    }

    fn unread_teams(&self, live: &World) -> impl Iterator<Item = &'w str> {
        let teams = self.before.teams.keys().copied();
        let unread = teams.filter(|name| {
            let members = member::of_team(self.name, name);
            !live.is_complete(&members) && live.get(&team::address(self.name, name)).is_some()
        });
        unread.collect::<Vec<_>>().into_iter()
    }
}

fn grants<'s, 'w>(side: &'s Side<'w>) -> impl Iterator<Item = (&'w str, &'s str, Role)> {
    let of = |(repository, grants): (&&'w str, &'s Grants<'w>)| {
        let repository = *repository;
        let accounts = grants.accounts.iter();
        accounts.map(move |(account, role)| (repository, account.as_str(), *role))
    };
    side.repositories.iter().flat_map(of)
}
