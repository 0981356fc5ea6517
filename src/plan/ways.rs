//! Every way to a repository or an organization in which a plan changes something: who stands in it, what it is worth
//! before and after, and which steps open or close it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::kinds::{member, mirror, organization, permission, repository, robot, team};
use crate::model::{Action, Address, Change, World};

use super::access::{Role, Standing, Subject, has_joined, standing};

/// How much a fact lets through: a role or a standing as a number; 3 lets everything through.
pub(super) type Worth = u8;

const ALL: Worth = 3;

/// One condition of a way, such as a membership or a grant.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Fact {
    /// What it is worth in the live registry.
    pub(super) before: Worth,
    /// What it is worth after the plan.
    pub(super) after: Worth,
    /// The most that it is worth at any time.
    pub(super) peak: Worth,
    /// The steps that raise it, by their places in the plan.
    pub(super) opens: Vec<usize>,
    /// The steps that lower it.
    pub(super) closes: Vec<usize>,
}

impl Fact {
    fn still(worth: Worth) -> Self {
        Fact {
            before: worth,
            after: worth,
            peak: worth,
            opens: Vec::new(),
            closes: Vec::new(),
        }
    }

    /// Whether what the server gives at an object's birth is taken back by a step of its own.
    pub(super) fn is_taken_back(&self) -> bool {
        self.before == 0 && self.peak > self.after
    }
}

/// Conditions that must all hold; it is worth what the weakest of them lets through.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Way(pub(super) Vec<Fact>);

impl Way {
    /// What it is worth, if each fact is worth what `worth` says.
    pub(super) fn worth(&self, worth: impl Fn(&Fact) -> Worth) -> Worth {
        self.0.iter().map(worth).min().unwrap_or_default()
    }

    pub(super) fn steps(&self) -> impl Iterator<Item = usize> {
        self.0
            .iter()
            .flat_map(|fact| fact.opens.iter().chain(&fact.closes))
            .copied()
    }
}

/// What somebody has a role on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    /// A repository, by its full name.
    Repository(String),
    /// An organization.
    Organization(String),
}

/// Somebody, and what they may have a role on.
#[derive(Debug, Clone)]
pub(super) struct Pair {
    pub(super) subject: Subject,
    pub(super) target: Target,
    /// Whether the plan makes the target.
    pub(super) is_new: bool,
    /// Who stands as the subject does, in all that bears on roles.
    pub(super) people: Vec<String>,
    /// Where else the same holds.
    pub(super) repositories: Vec<String>,
    /// The teams that the ways lead through.
    pub(super) teams: Vec<String>,
    pub(super) ways: Vec<Way>,
}

impl Pair {
    /// The steps that touch it, in the order of the plan.
    pub(super) fn steps(&self) -> BTreeSet<usize> {
        self.ways.iter().flat_map(Way::steps).collect()
    }

    /// Whether it could be worth more in between than before and after, or less: not where each way stays within the
    /// bounds by itself, whatever comes first.
    pub(super) fn is_delicate(&self) -> bool {
        let worth = |of: fn(&Fact) -> Worth| self.ways.iter().map(|way| way.worth(of)).max().unwrap_or_default();
        let (before, after) = (worth(|fact| fact.before), worth(|fact| fact.after));
        let can_widen = worth(|fact| fact.peak) > before.max(after);
        can_widen || worth(|fact| fact.before.min(fact.after)) < before.min(after)
    }
}

/// Who administers an organization, at any time.
pub(super) struct Administration {
    pub(super) organization: String,
    /// By account, team by team.
    pub(super) ways: Vec<(String, String, Way)>,
}

/// The grants on one repository, by whether everybody is known whom they concern.
pub(super) struct DimGrants<'a> {
    pub(super) dim: Vec<&'a Fact>,
    pub(super) clear: Vec<&'a Fact>,
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

/// All that was, is or will be in one organization and bears on roles.
#[derive(Default)]
struct Namespace<'a> {
    teams: BTreeMap<&'a str, Fact>,
    /// By account: the memberships by team.
    accounts: BTreeMap<&'a str, BTreeMap<&'a str, Fact>>,
    repositories: BTreeMap<&'a str, Repository<'a>>,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Repository<'a> {
    exists: Fact,
    open: Fact,
    teams: BTreeMap<&'a str, Fact>,
    accounts: BTreeMap<String, Fact>,
}

impl<'a> Ways<'a> {
    /// Looks at a plan, and at the registry before and after it.
    pub(super) fn new(changes: &'a [Change], live: &'a World, after: &'a World) -> Self {
        let writes = changes.iter().enumerate().filter(|(_, change)| change.action.writes());
        let purges = writes
            .clone()
            .filter(|(_, change)| change.address.kind == organization::NAME && change.action == Action::Delete);
        let mut ways = Ways {
            live,
            after,
            changes,
            purges: purges.map(|(index, _)| index).collect(),
            steps: writes.map(|(index, change)| (&change.address, index)).collect(),
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
    pub(super) fn administrations(&self) -> Vec<Administration> {
        let all = self
            .namespaces
            .iter()
            .map(|(name, namespace)| namespace.administration(name));
        all.filter(|administration| !administration.ways.is_empty()).collect()
    }

    /// Every pair that could be worth more or less in between. People and repositories that are alike in all that bears on
    /// roles are in one.
    pub(super) fn pairs(&self) -> Vec<Pair> {
        let mut pairs = Vec::new();
        for (name, namespace) in &self.namespaces {
            namespace.pairs(name, &mut pairs);
        }
        pairs
    }

    /// For each repository with a grant to a team whose members were not read: which of its grants may concern the same
    /// people as another one.
    pub(super) fn dim_grants(&self) -> Vec<DimGrants<'_>> {
        let mut all = Vec::new();
        for (organization, namespace) in &self.namespaces {
            let is_dim = |team: &&str| {
                let members = member::of_team(organization, team);
                !self.live.is_complete(&members) && self.live.get(&team::address(organization, team)).is_some()
            };
            for repository in namespace.repositories.values() {
                let (dim, clear): (Vec<_>, Vec<_>) = repository.teams.iter().partition(|(team, _)| is_dim(team));
                let clear = clear
                    .into_iter()
                    .map(|(_, fact)| fact)
                    .chain(repository.accounts.values());
                all.push(DimGrants {
                    dim: dim.into_iter().map(|(_, fact)| fact).collect(),
                    clear: clear.collect(),
                });
            }
        }
        all.retain(|grants| !grants.dim.is_empty());
        all
    }

    fn namespaces(&self) -> BTreeMap<&'a str, Namespace<'a>> {
        let touched: BTreeSet<&str> = self.steps.keys().map(|address| address.namespace()).collect();
        let known = self.live.objects.keys().chain(self.after.objects.keys());
        let ours = known
            .chain(self.changes.iter().map(|change| &change.address))
            .filter(|address| touched.contains(address.namespace()));
        let mut namespaces: BTreeMap<&str, Namespace<'_>> = BTreeMap::new();
        for address in ours {
            let name = address.namespace();
            if ![team::NAME, member::NAME, permission::NAME, repository::NAME].contains(&address.kind) {
                continue;
            }
            let namespace = namespaces.entry(name).or_default();
            match address.kind {
                team::NAME => self.take_team(namespace, address),
                member::NAME => self.take_member(namespace, address),
                repository::NAME => self.take_repository(namespace, address),
                _ => self.take_grant(namespace, address),
            }
        }
        namespaces
    }

    fn take_team(&self, namespace: &mut Namespace<'a>, address: &'a Address) {
        let (organization, name) = address.identity.split_once('/').unwrap_or_default();
        let fact = || {
            self.fact(
                address,
                &[organization::address(organization)],
                &[organization::address(organization)],
            )
        };
        namespace.teams.entry(name).or_insert_with(fact);
    }

    fn take_member(&self, namespace: &mut Namespace<'a>, address: &'a Address) {
        let mut parts = address.identity.splitn(3, '/');
        let (Some(organization), Some(team), Some(account)) = (parts.next(), parts.next(), parts.next()) else {
            return;
        };
        let fact = || {
            let owner = organization::address(organization);
            let team = team::address(organization, team);
            self.fact(
                address,
                std::slice::from_ref(&owner),
                &[owner.clone(), team, robot::address(account)],
            )
        };
        let account = namespace.accounts.entry(account).or_default();
        account.entry(team).or_insert_with(fact);
    }

    fn take_repository(&self, namespace: &mut Namespace<'a>, address: &'a Address) {
        namespace
            .repositories
            .entry(&address.identity)
            .or_insert_with(|| self.repository(address));
    }

    fn repository(&self, address: &Address) -> Repository<'a> {
        let owner = organization::address(address.namespace());
        let exists = |world: &World| if world.get(address).is_some() { ALL } else { 0 };
        let mut fact = Fact::still(exists(self.live));
        fact.after = exists(self.after);
        fact.peak = fact.before.max(fact.after);
        fact.opens.extend(self.step_doing(address, Action::Create));
        if fact.before > fact.after {
            fact.closes.extend(
                self.step_doing(address, Action::Delete)
                    .or_else(|| self.step_doing(&owner, Action::Delete)),
            );
        }
        Repository {
            open: self.fact(address, &[], std::slice::from_ref(&owner)),
            exists: fact,
            teams: BTreeMap::new(),
            accounts: BTreeMap::new(),
        }
    }

    fn take_grant(&self, namespace: &mut Namespace<'a>, address: &'a Address) {
        let (name, sort, subject) = permission::parts(address);
        let owner = address.namespace();
        let target = repository::address(name);
        let repository = namespace
            .repositories
            .entry(name)
            .or_insert_with(|| self.repository(&target));
        let mut ends = vec![target.clone(), organization::address(owner)];
        match sort {
            "team" => {
                ends.push(team::address(owner, subject));
                let fact = || self.fact(address, &[target], &ends);
                repository.teams.entry(subject).or_insert_with(fact);
            }
            _ => {
                let account = if sort == "robot" {
                    robot::full_name(owner, subject)
                } else {
                    subject.to_owned()
                };
                ends.push(robot::address(&account));
                let fact = self.fact(address, &[target, mirror::address(name)], &ends);
                repository.accounts.entry(account).or_insert(fact);
            }
        }
    }

    /// What an object is worth, and what changes that: its own step, or one of those that make it (`births`) or take it
    /// along (`ends`).
    fn fact(&self, address: &Address, births: &[Address], ends: &[Address]) -> Fact {
        let of = |world: &World| {
            world.get(address).map_or(0, |object| {
                worth(address.kind, |field| object.text(field), has_joined(object))
            })
        };
        let (before, after) = (of(self.live), of(self.after));
        let mut fact = Fact {
            after,
            peak: before.max(after),
            ..Fact::still(before)
        };
        let mut between = None;
        if let Some(step) = self.step(address) {
            let (from, to) = moved(&self.changes[step], self.live);
            let to = if self.is_at_home(&self.changes[step]) { ALL } else { to };
            if self.changes[step].action == Action::Create {
                fact.after = fact.after.max(to);
            }
            fact.peak = fact.peak.max(from).max(to);
            match from.cmp(&to) {
                std::cmp::Ordering::Less => fact.opens.push(step),
                std::cmp::Ordering::Greater => fact.closes.push(step),
                std::cmp::Ordering::Equal => {}
            }
            between = Some((from, to));
        }
        let (first, last) = between.unwrap_or((fact.after, before));
        if first > before {
            fact.opens.extend(
                births
                    .iter()
                    .filter_map(|birth| self.step(birth))
                    .filter(|step| self.makes(*step)),
            );
        }
        if last > fact.after {
            fact.closes
                .extend(ends.iter().filter_map(|end| self.step_doing(end, Action::Delete)));
            fact.closes.extend(&self.purges);
        }
        fact
    }

    /// Whether somebody joins who is in another team now, and so need not be invited, whatever becomes of that.
    fn is_at_home(&self, change: &Change) -> bool {
        let mut parts = change.address.identity.splitn(3, '/');
        let (Some(organization), Some(_), Some(account)) = (parts.next(), parts.next(), parts.next()) else {
            return false;
        };
        let joins = change.address.kind == member::NAME && change.action == Action::Create;
        let subject = Subject::Account(account.to_owned());
        joins && standing(self.live, &subject, organization) > Standing::None
    }

    /// Whether a step brings other objects along.
    fn makes(&self, step: usize) -> bool {
        let change = &self.changes[step];
        change.action == Action::Create || (change.address.kind == mirror::NAME && change.action == Action::Update)
    }
}

/// What a change makes an object worth: from what to what.
fn moved(change: &Change, live: &World) -> (Worth, Worth) {
    let of = |field: &str, before: bool| {
        let value = change
            .field(field)
            .map(|field| if before { &field.before } else { &field.after });
        match value {
            Some(value) => value
                .as_ref()
                .and_then(|value| value.as_text())
                .unwrap_or_default()
                .to_owned(),
            None => change.text(field).to_owned(),
        }
    };
    let kind = change.address.kind;
    let joined = |world: &World| world.get(&change.address).is_none_or(has_joined);
    let waits = change.wanted.get("pending").and_then(|value| value.as_boolean()) == Some(true);
    match change.action {
        Action::Create => (0, worth(kind, |field| wanted(change, field), !waits)),
        Action::Delete => (worth(kind, |field| wanted(change, field), joined(live)), 0),
        _ => {
            let (before, after) = (of(decisive(kind), true), of(decisive(kind), false));
            (worth(kind, |_| &before, true), worth(kind, |_| &after, true))
        }
    }
}

fn wanted<'a>(change: &'a Change, field: &str) -> &'a str {
    change.text(field)
}

/// The field that decides what an object of this kind is worth.
fn decisive(kind: &str) -> &'static str {
    if kind == repository::NAME { "visibility" } else { "role" }
}

fn worth<'t>(kind: &str, text: impl Fn(&str) -> &'t str, joined: bool) -> Worth {
    match kind {
        member::NAME if joined => ALL,
        team::NAME => Standing::from_word(text("role")) as Worth,
        permission::NAME => Role::from_word(text("role")) as Worth,
        repository::NAME if text("visibility") == "public" => Role::Read as Worth,
        _ => 0,
    }
}

impl Namespace<'_> {
    fn pairs(&self, name: &str, pairs: &mut Vec<Pair>) {
        let mut alike: BTreeMap<&BTreeMap<&str, Fact>, Vec<&str>> = BTreeMap::new();
        for (account, teams) in &self.accounts {
            alike.entry(teams).or_default().push(account);
        }
        for (teams, accounts) in &alike {
            let Some((first, others)) = accounts.split_first() else {
                continue;
            };
            let mut pair = self.in_organization(name, first, teams);
            pair.people.extend(others.iter().map(|other| (*other).to_owned()));
            take(pairs, pair);
        }
        let known: BTreeSet<&str> = self.accounts.values().flat_map(BTreeMap::keys).copied().collect();
        let mut alike_in: BTreeMap<_, Option<usize>> = BTreeMap::new();
        for (repository, facts) in &self.repositories {
            let anyone = self.in_repository(repository, facts, Subject::Anyone, None);
            take(pairs, anyone);
            // Members that were not read stand together for their team.
            for team in facts.teams.keys().filter(|team| !known.contains(*team)) {
                let alone = BTreeMap::from([(*team, Fact::still(ALL))]);
                take(
                    pairs,
                    self.in_repository(repository, facts, Subject::Team((*team).to_owned()), Some(&alone)),
                );
            }
            for account in facts.accounts.keys() {
                let (subject, teams) = (Subject::Account(account.clone()), self.accounts.get(account.as_str()));
                take(pairs, self.in_repository(repository, facts, subject, teams));
            }
            for (group, (teams, accounts)) in alike.iter().enumerate() {
                let mut unnamed = accounts
                    .iter()
                    .filter(|account| !facts.accounts.contains_key(**account));
                let Some(first) = unnamed.next() else { continue };
                let shown = (group, &facts.exists, &facts.open, &facts.teams);
                match alike_in.get(&shown) {
                    None => {
                        let subject = Subject::Account((*first).to_owned());
                        let mut pair = self.in_repository(repository, facts, subject, Some(*teams));
                        pair.people.extend(unnamed.map(|other| (*other).to_owned()));
                        alike_in.insert(shown, take(pairs, pair));
                    }
                    Some(Some(pair)) => pairs[*pair].repositories.push((*repository).to_owned()),
                    Some(None) => {}
                }
            }
        }
    }

    fn administration(&self, name: &str) -> Administration {
        let mut ways = Vec::new();
        for (account, teams) in &self.accounts {
            for (team, joined) in teams {
                if let Some(role) = self.teams.get(team).filter(|role| role.peak == ALL) {
                    let way = Way(vec![joined.clone(), administration(role)]);
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

    fn in_organization(&self, name: &str, account: &str, teams: &BTreeMap<&str, Fact>) -> Pair {
        let ways = teams
            .iter()
            .filter_map(|(team, joined)| Some(Way(vec![joined.clone(), self.teams.get(team)?.clone()])));
        Pair {
            subject: Subject::Account(account.to_owned()),
            target: Target::Organization(name.to_owned()),
            is_new: false,
            people: Vec::new(),
            repositories: Vec::new(),
            teams: teams.keys().map(|team| (*team).to_owned()).collect(),
            ways: ways.collect(),
        }
    }

    fn in_repository(
        &self,
        name: &str,
        facts: &Repository<'_>,
        subject: Subject,
        teams: Option<&BTreeMap<&str, Fact>>,
    ) -> Pair {
        let mut ways = vec![Way(vec![facts.exists.clone(), facts.open.clone()])];
        let mut through = Vec::new();
        if let Subject::Account(account) = &subject {
            let direct = facts.accounts.get(account);
            ways.extend(direct.map(|fact| Way(vec![facts.exists.clone(), fact.clone()])));
        }
        for (team, joined) in teams.into_iter().flatten() {
            let administers = self.teams.get(team).filter(|role| role.peak == ALL).map(administration);
            let grant = facts.teams.get(team);
            for fact in grant.into_iter().chain(administers.as_ref()) {
                ways.push(Way(vec![facts.exists.clone(), joined.clone(), fact.clone()]));
            }
            if grant.is_some() || administers.is_some() {
                through.push((*team).to_owned());
            }
        }
        Pair {
            subject,
            target: Target::Repository(name.to_owned()),
            is_new: facts.exists.before == 0 && facts.exists.after > 0,
            people: Vec::new(),
            repositories: Vec::new(),
            teams: through,
            ways,
        }
    }
}

/// Takes a pair up if it is delicate, and says where it is.
fn take(pairs: &mut Vec<Pair>, pair: Pair) -> Option<usize> {
    let is_delicate = pair.is_delicate();
    pairs.extend(is_delicate.then_some(pair));
    is_delicate.then(|| pairs.len() - 1)
}

/// A team's role as far as it is worth something in repositories: only that of administrators is.
fn administration(role: &Fact) -> Fact {
    let only = |worth: Worth| if worth == ALL { ALL } else { 0 };
    let (before, after) = (only(role.before), only(role.after));
    Fact {
        before,
        after,
        peak: only(role.peak),
        opens: if before < after { role.opens.clone() } else { Vec::new() },
        closes: if before > after {
            role.closes.clone()
        } else {
            Vec::new()
        },
    }
}
