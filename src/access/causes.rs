//! Which changes of a plan make access shift.

use std::collections::BTreeSet;

use crate::kinds::{default_permission, member, mirror, organization, permission, repository, robot, team};
use crate::model::{Address, Change, Ground, HashMap, Subject};

use super::people::{Both, People, Teams};
use super::role::{grantee, subject};
use super::side::Side;

/// The changes that bear on access, by everything that they change or take along.
pub(super) struct Causes<'p> {
    by: HashMap<&'p Address, &'p Address>,
}

impl<'p> Causes<'p> {
    pub(super) fn new(bearing: &[&'p Change]) -> Self {
        let mut by = HashMap::with_capacity_and_hasher(bearing.len(), Default::default());
        for change in bearing {
            by.extend(change.takes_along.iter().map(|address| (address, &change.address)));
        }
        by.extend(bearing.iter().map(|change| (&change.address, &change.address)));
        Causes { by }
    }

    /// What makes it shift for these subjects, in alphabetical order.
    pub(super) fn of(
        &self,
        both: &Both<'_>,
        people: &[People<'_>],
        subjects: &BTreeSet<Subject>,
        on: &Ground,
    ) -> Vec<Address> {
        let mut found = Vec::new();
        self.add(&mut found, organization::address(both.name));
        let concerned = || {
            people
                .iter()
                .filter(|some| some.subjects.iter().any(|each| subjects.contains(each)))
        };
        match on {
            Ground::NextRepositories { created_by, .. } => self.of_defaults(&mut found, both, subjects, created_by),
            Ground::Organization(_) => {
                for some in concerned() {
                    let teams = all_teams(some);
                    teams
                        .iter()
                        .for_each(|team| self.add(&mut found, team::address(both.name, team)));
                    self.of_memberships(&mut found, both, &accounts(some, subjects), &teams);
                }
            }
            Ground::Repositories(names) => {
                for name in names {
                    self.add(&mut found, repository::address(name));
                }
                for some in concerned() {
                    self.of_grants(&mut found, both, (some, &accounts(some, subjects)), names);
                }
            }
        }
        found.sort();
        found.dedup();
        found
    }

    fn add(&self, found: &mut Vec<Address>, address: Address) {
        found.extend(self.by.get(&address).map(|cause| (*cause).clone()));
    }

    fn of_memberships(&self, found: &mut Vec<Address>, both: &Both<'_>, accounts: &[&str], teams: &Teams<'_>) {
        for account in accounts {
            for team in teams {
                self.add(found, member::address(both.name, team, account));
            }
        }
    }

    fn of_grants(
        &self,
        found: &mut Vec<Address>,
        both: &Both<'_>,
        (people, accounts): (&People<'_>, &[&str]),
        names: &[String],
    ) {
        let mut leading = Teams::new();
        for team in all_teams(people) {
            if both.before.administers(team) != both.after.administers(team) {
                self.add(found, team::address(both.name, team));
            }
            let granted = |side: &Side<'_>, name: &str| side.repositories.get(name)?.teams.get(team).copied();
            let mut leads = both.before.administers(team) || both.after.administers(team);
            for name in names {
                let (before, after) = (granted(&both.before, name), granted(&both.after, name));
                leads |= before.is_some() || after.is_some();
                // Most teams have nothing to do with most repositories, and most grants stay.
                if before != after {
                    self.add(found, permission::address(name, "team", team));
                }
            }
            if leads {
                leading.insert(team);
            }
        }
        self.of_memberships(found, both, accounts, &leading);
        for name in names.iter().filter(|name| people.own.contains_key(name.as_str())) {
            for account in accounts {
                let (sort, short) = grantee(both.name, account);
                self.add(found, permission::address(name, sort, short));
                self.add(found, mirror::address(name));
                self.add(found, robot::address(account));
            }
        }
    }

    fn of_defaults(
        &self,
        found: &mut Vec<Address>,
        both: &Both<'_>,
        subjects: &BTreeSet<Subject>,
        created_by: &Option<String>,
    ) {
        let creator = created_by.as_deref().unwrap_or_default();
        let ours = self.by.iter().filter(|(address, _)| {
            let (made_by, sort, name) = default_permission::parts(address);
            address.kind == default_permission::NAME
                && address.namespace() == both.name
                && made_by == creator
                && subjects.contains(&subject(both.name, sort, name))
        });
        found.extend(ours.map(|(_, cause)| (*cause).clone()));
    }
}

/// The accounts among those who are asked for.
fn accounts<'p>(people: &'p People<'_>, subjects: &BTreeSet<Subject>) -> Vec<&'p str> {
    let asked = people.subjects.iter().filter(|subject| subjects.contains(subject));
    let accounts = asked.filter_map(|subject| match subject {
        Subject::Account(account) => Some(account.as_str()),
        _ => None,
    });
    accounts.collect()
}

fn all_teams<'w>(people: &People<'w>) -> Teams<'w> {
    let all = people.before.iter().chain(&people.after).chain(&people.asked);
    all.copied().collect()
}
