//! Who may have a role on what, and by which ways.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::Subject;

use super::fact::{Fact, Way, allowed, best, can_narrow};
use super::namespace::{Namespace, Repository};

/// What somebody has a role on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::plan) enum Target {
    /// A repository, by its full name.
    Repository(String),
    /// An organization.
    Organization(String),
}

/// Somebody, and what they may have a role on.
#[derive(Debug, Clone)]
pub(in crate::plan) struct Pair<'f> {
    pub(in crate::plan) subject: Subject,
    pub(in crate::plan) target: Target,
    /// Whether the plan makes the target.
    pub(in crate::plan) is_new: bool,
    /// Who stands as the subject does, in all that bears on roles.
    pub(in crate::plan) people: Vec<String>,
    /// Where else the same holds.
    pub(in crate::plan) repositories: Vec<String>,
    /// The teams that the ways lead through.
    pub(in crate::plan) teams: Vec<String>,
    pub(in crate::plan) ways: Vec<Way<'f>>,
}

impl Pair<'_> {
    /// The steps that touch it, in the order of the plan.
    pub(in crate::plan) fn steps(&self) -> BTreeSet<usize> {
        self.ways.iter().flat_map(Way::steps).collect()
    }
}

/// An account's or team's memberships, by team.
type Memberships<'f> = [(&'f str, &'f Fact)];

/// Accounts that are in the same teams all the time.
struct Alike<'f> {
    teams: Vec<(&'f str, &'f Fact)>,
    accounts: Vec<&'f str>,
    /// Whether nothing about these memberships changes, nor what they are worth in repositories.
    is_still: bool,
}

impl<'f> Namespace<'f> {
    /// The pairs that could be worth more or less in between.
    pub(super) fn pairs(&'f self, name: &str, pairs: &mut Vec<Pair<'f>>) {
        let alike = self.alike();
        for group in &alike {
            let Some((first, others)) = group.accounts.split_first() else {
                continue;
            };
            if let Some(mut pair) = self.in_organization(name, first, &group.teams) {
                pair.people.extend(others.iter().map(|other| (*other).to_owned()));
                pairs.push(pair);
            }
        }
        let group_of = alike.iter().enumerate();
        let group_of: BTreeMap<&str, usize> = group_of
            .flat_map(|(number, group)| group.accounts.iter().map(move |account| (*account, number)))
            .collect();
        let memberships = self.accounts.values().flatten();
        let known = memberships.filter(|(_, joined)| !joined.is_supposed);
        let known: BTreeSet<&str> = known.map(|(team, _)| *team).collect();
        let mut alike_in = BTreeMap::new();
        // Where nothing ever falls, or nothing ever rises, nobody has more or less in between than at one of the ends.
        let (rises, falls) = (self.all_teams(Fact::only_rises), self.all_teams(Fact::only_falls));
        let is_one_way =
            |facts: &Repository<'_>| (rises && facts.all(Fact::only_rises)) || (falls && facts.all(Fact::only_falls));
        for (repository, facts) in self.repositories.iter().filter(|(_, facts)| !is_one_way(facts)) {
            let is_still = facts.is_still();
            let look = |subject, teams: &Memberships<'f>| self.in_repository(repository, facts, subject, teams);
            if !is_still {
                pairs.extend(look(Subject::Anyone, &[]));
            }
            // Members that were not read stand together for their team.
            for team in facts.teams.keys().filter(|team| !known.contains(*team)) {
                if !is_still || self.team_moves(team) {
                    pairs.extend(look(Subject::Team((*team).to_owned()), &[(team, &self.unread)]));
                }
            }
            for (account, direct) in facts.accounts.iter() {
                let group = group_of.get(account.as_str()).map(|number| &alike[*number]);
                if !is_still || !direct.is_still() || group.is_some_and(|group| !group.is_still) {
                    let teams = group.map_or(&[][..], |group| &group.teams);
                    pairs.extend(look(Subject::Account(account.clone()), teams));
                }
            }
            for (number, group) in alike
                .iter()
                .enumerate()
                .filter(|(_, group)| !is_still || !group.is_still)
            {
                let mut unnamed = group
                    .accounts
                    .iter()
                    .filter(|account| !facts.accounts.contains_key(**account));
                let Some(first) = unnamed.next() else { continue };
                let shown = (number, &facts.exists, &facts.open, &facts.teams);
                match alike_in.get(&shown) {
                    None => {
                        let mut place = None;
                        if let Some(mut pair) = look(Subject::Account((*first).to_owned()), &group.teams) {
                            pair.people.extend(unnamed.map(|other| (*other).to_owned()));
                            place = Some(pairs.len());
                            pairs.push(pair);
                        }
                        alike_in.insert(shown, place);
                    }
                    Some(Some(place)) => pairs[*place].repositories.push((*repository).to_owned()),
                    Some(None) => {}
                }
            }
        }
    }

    fn alike(&'f self) -> Vec<Alike<'f>> {
        let mut alike: BTreeMap<&BTreeMap<&str, Fact>, Vec<&str>> = BTreeMap::new();
        for (account, teams) in &self.accounts {
            alike.entry(teams).or_default().push(account);
        }
        let group = |(teams, accounts): (&'f BTreeMap<&'f str, Fact>, Vec<&'f str>)| Alike {
            teams: teams.iter().map(|(team, fact)| (*team, fact)).collect(),
            accounts,
            is_still: teams
                .iter()
                .all(|(team, joined)| joined.is_still() && !self.team_moves(team)),
        };
        alike.into_iter().map(group).collect()
    }

    /// Whether a team begins or ceases to administer all repositories.
    fn team_moves(&self, team: &str) -> bool {
        self.administrators.get(team).is_some_and(|fact| !fact.is_still())
    }

    fn in_organization(&'f self, name: &str, account: &str, teams: &Memberships<'f>) -> Option<Pair<'f>> {
        let ways: Vec<Way<'f>> = teams
            .iter()
            .filter_map(|(team, joined)| Some(Way(vec![*joined, self.teams.get(team)?])))
            .collect();
        are_delicate(&ways).then(|| Pair {
            subject: Subject::Account(account.to_owned()),
            target: Target::Organization(name.to_owned()),
            is_new: false,
            people: Vec::new(),
            repositories: Vec::new(),
            teams: teams.iter().map(|(team, _)| (*team).to_owned()).collect(),
            ways,
        })
    }

    fn in_repository(
        &'f self,
        name: &str,
        facts: &'f Repository<'f>,
        subject: Subject,
        teams: &Memberships<'f>,
    ) -> Option<Pair<'f>> {
        let mut ways = vec![Way(vec![&facts.exists, &facts.open])];
        let mut through = Vec::new();
        if let Subject::Account(account) = &subject {
            let direct = facts.accounts.get(account);
            ways.extend(direct.map(|fact| Way(vec![&facts.exists, fact])));
        }
        for (team, joined) in teams {
            let (grant, administers) = (facts.teams.get(team), self.administrators.get(team));
            for fact in grant.into_iter().chain(administers) {
                ways.push(Way(vec![&facts.exists, joined, fact]));
            }
            if grant.is_some() || administers.is_some() {
                through.push(*team);
            }
        }
        are_delicate(&ways).then(|| Pair {
            subject,
            target: Target::Repository(name.to_owned()),
            is_new: facts.exists.before == 0 && facts.exists.after > 0,
            people: Vec::new(),
            repositories: Vec::new(),
            teams: through.into_iter().map(str::to_owned).collect(),
            ways,
        })
    }
}

/// Whether somebody with these ways could be worth more in between than before and after, or less: not where each way
/// stays within the bounds by itself, whatever comes first.
fn are_delicate(ways: &[Way<'_>]) -> bool {
    let certain = || ways.iter().filter(|way| way.is_certain());
    let can_widen = best(ways, |fact| fact.peak) > allowed(certain());
    // What is only supposed may not be so.
    let falls = |way: &Way<'_>| way.worth(|fact| fact.after) < way.worth(|fact| fact.before);
    can_widen || can_narrow(ways) || can_narrow(certain()) || ways.iter().any(|way| !way.is_certain() && falls(way))
}
