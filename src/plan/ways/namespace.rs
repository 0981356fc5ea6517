//! What bears on roles in one organization.

use std::collections::{BTreeMap, BTreeSet};

use super::fact::{ALL, Fact, Way, administration};
use super::row::Row;
use super::{Administration, InTheDim};

/// All that was, is or will be in one organization and bears on roles.
pub(super) struct Namespace<'a> {
    pub(super) teams: BTreeMap<&'a str, Fact>,
    /// What teams are worth in all repositories: those that administer the organization at any time.
    pub(super) administrators: BTreeMap<&'a str, Fact>,
    /// By account: the memberships by team.
    pub(super) accounts: BTreeMap<&'a str, BTreeMap<&'a str, Fact>>,
    pub(super) repositories: BTreeMap<&'a str, Repository<'a>>,
    /// The membership of everybody in a team whose members were not read.
    pub(super) unread: Fact,
}

/// What bears on roles in one repository.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Repository<'a> {
    pub(super) exists: Fact,
    pub(super) open: Fact,
    pub(super) teams: Row<&'a str, Fact>,
    pub(super) accounts: Row<String, Fact>,
}

impl Default for Namespace<'_> {
    fn default() -> Self {
        Namespace {
            teams: BTreeMap::new(),
            administrators: BTreeMap::new(),
            accounts: BTreeMap::new(),
            repositories: BTreeMap::new(),
            unread: Fact::still(ALL),
        }
    }
}

impl<'f> Namespace<'f> {
    /// Works out which teams administer it, once all teams are known.
    pub(super) fn find_administrators(&mut self) {
        let all = self.teams.iter().filter(|(_, role)| role.peak == ALL);
        self.administrators = all.map(|(team, role)| (*team, administration(role))).collect();
    }

    /// Whether that holds for all memberships, and for what teams are worth in repositories.
    pub(super) fn all_teams(&self, holds: fn(&Fact) -> bool) -> bool {
        let memberships = self.accounts.values().flat_map(BTreeMap::values);
        memberships.chain(self.administrators.values()).all(holds)
    }

    /// Who administers it; nobody is named where nothing about that changes.
    pub(super) fn administration(&'f self, name: &str) -> Administration<'f> {
        let mut ways = Vec::new();
        for (account, teams) in &self.accounts {
            for (team, joined) in teams {
                if let Some(role) = self.administrators.get(team) {
                    let way = Way(vec![joined, role]);
                    ways.push(((*account).to_owned(), (*team).to_owned(), way));
                }
            }
        }
        if ways.iter().all(|(_, _, way)| way.steps().next().is_none()) {
            ways.clear();
        }
        Administration {
            organization: name.to_owned(),
            ways,
        }
    }

    /// By which teams it is administered, and by whose memberships in those that were read.
    pub(super) fn administered_in_the_dim(&self, unread: &BTreeSet<&str>) -> InTheDim<'_> {
        let is_read = |team: &str| self.administrators.contains_key(team) && !unread.contains(team);
        let memberships = self.accounts.values().flatten();
        let joined = memberships.filter(|(team, _)| is_read(team)).map(|(_, fact)| fact);
        InTheDim::new(self.administrators.iter(), joined, unread)
    }
}

impl Repository<'_> {
    /// Whether that holds for it and for all grants on it.
    pub(super) fn all(&self, holds: fn(&Fact) -> bool) -> bool {
        let grants = self.teams.values().chain(self.accounts.values());
        grants.chain([&self.exists, &self.open]).all(holds)
    }

    /// Which teams are granted something, and which accounts besides.
    pub(super) fn granted_in_the_dim(&self, unread: &BTreeSet<&str>) -> InTheDim<'_> {
        InTheDim::new(self.teams.iter(), self.accounts.values(), unread)
    }

    /// Whether nothing about it and the grants of teams on it changes.
    pub(super) fn is_still(&self) -> bool {
        self.exists.is_still() && self.open.is_still() && self.teams.values().all(Fact::is_still)
    }
}
