//! Every way to a repository or an organization in which a plan changes something: who stands in it, what it is worth
//! before and after, and which steps open or close it.

mod fact;
mod gather;
mod namespace;
mod pair;
mod row;
mod worth;

use std::collections::{BTreeMap, BTreeSet};

use crate::kinds::{member, organization, team};
use crate::model::{Action, Address, Change, HashMap, World};

use namespace::Namespace;

pub(super) use fact::{Fact, Way, Worth, allowed, can_narrow, kept};
pub(super) use pair::{Pair, Target};

/// Who administers an organization, at any time.
pub(super) struct Administration<'f> {
    pub(super) organization: String,
    /// By account, team by team.
    pub(super) ways: Vec<(String, String, Way<'f>)>,
}

/// What is worth something in one organization or on one repository, by whether everybody is known whom it concerns.
pub(super) struct InTheDim<'a> {
    pub(super) dim: Vec<&'a Fact>,
    pub(super) clear: Vec<&'a Fact>,
}

impl<'a> InTheDim<'a> {
    /// By what teams are worth, and what else there is; that concerns known people.
    fn new<'t: 'a>(
        teams: impl Iterator<Item = (&'a &'t str, &'a Fact)>,
        others: impl Iterator<Item = &'a Fact>,
        unread: &BTreeSet<&str>,
    ) -> Self {
        let (dim, clear): (Vec<_>, Vec<_>) = teams.partition(|(team, _)| unread.contains(*team));
        let facts = |teams: Vec<(&'a &'t str, &'a Fact)>| teams.into_iter().map(|(_, fact)| fact);
        InTheDim {
            dim: facts(dim).collect(),
            clear: facts(clear).chain(others).collect(),
        }
    }
}

/// The changes by address, with what the plan makes of the registry.
pub(super) struct Ways<'a> {
    pub(super) live: &'a World,
    pub(super) after: &'a World,
    pub(super) changes: &'a [Change],
    steps: HashMap<&'a Address, usize>,
    purges: Vec<usize>,
    namespaces: BTreeMap<&'a str, Namespace<'a>>,
}

impl<'a> Ways<'a> {
    /// Looks at a plan, and at the registry before and after it.
    pub(super) fn new(changes: &'a [Change], live: &'a World, after: &'a World) -> Self {
        let writes = changes.iter().enumerate().filter(|(_, change)| change.action.writes());
        let purges = writes
            .clone()
            .filter(|(_, change)| change.address.kind == organization::NAME && change.action == Action::Delete);
        // As many as there are changes at most: a table that grows is filled again and again.
        let mut steps = HashMap::with_capacity_and_hasher(changes.len(), Default::default());
        steps.extend(writes.map(|(index, change)| (&change.address, index)));
        let mut ways = Ways {
            live,
            after,
            changes,
            purges: purges.map(|(index, _)| index).collect(),
            steps,
            namespaces: BTreeMap::new(),
        };
        ways.namespaces = ways.namespaces();
        ways
    }

    /// The step that changes an object.
    pub(super) fn step(&self, address: &Address) -> Option<usize> {
        self.steps.get(address).copied()
    }

    /// All steps in an organization, in the order of the plan.
    pub(super) fn steps_in(&self, organization: &str) -> impl Iterator<Item = usize> {
        let all = self.changes.iter().enumerate();
        let ours = all.filter(move |(_, change)| change.action.writes() && change.address.namespace() == organization);
        ours.map(|(step, _)| step)
    }

    fn step_doing(&self, address: &Address, action: Action) -> Option<usize> {
        self.step(address).filter(|step| self.changes[*step].action == action)
    }

    /// The people who administer an organization at any time, and the teams by which they do, of every organization where
    /// the plan changes that.
    pub(super) fn administrations(&self) -> Vec<Administration<'_>> {
        let all = self
            .namespaces
            .iter()
            .map(|(name, namespace)| namespace.administration(name));
        all.filter(|administration| !administration.ways.is_empty()).collect()
    }

    /// Every pair that could be worth more or less in between. People and repositories that are alike in all that bears on
    /// roles are in one.
    pub(super) fn pairs(&self) -> Vec<Pair<'_>> {
        let mut pairs = Vec::new();
        for (name, namespace) in &self.namespaces {
            namespace.pairs(name, &mut pairs);
        }
        pairs
    }

    /// Whether a team is there whose members were not read.
    fn is_unread(&self, organization: &str, team: &str) -> bool {
        let members = member::of_team(organization, team);
        !self.live.is_complete(&members) && self.live.get(&team::address(organization, team)).is_some()
    }

    /// For each organization that is administered by a team whose members were not read, and each repository with a grant to
    /// one: which of the ways there may concern the same people as another one.
    pub(super) fn in_the_dim(&self) -> Vec<InTheDim<'_>> {
        let mut all = Vec::new();
        for (organization, namespace) in &self.namespaces {
            let teams = namespace.teams.keys();
            let unread: BTreeSet<&str> = teams
                .filter(|team| self.is_unread(organization, team))
                .copied()
                .collect();
            if unread.is_empty() {
                continue;
            }
            all.push(namespace.administered_in_the_dim(&unread));
            let repositories = namespace.repositories.values();
            all.extend(repositories.map(|repository| repository.granted_in_the_dim(&unread)));
        }
        all.retain(|ways| !ways.dim.is_empty());
        all
    }
}
