//! Finds what bears on roles, before and after a plan, and the steps that change it.

use std::collections::{BTreeMap, BTreeSet};

use crate::access::{bears_on_access, has_joined, standing};
use crate::kinds::{member, mirror, organization, organization_member, permission, repository, robot, team};
use crate::model::{Action, Address, Change, Standing, Subject, Value, World};

use super::Ways;
use super::fact::{ALL, Fact};
use super::namespace::{Namespace, Repository};
use super::row::Row;
use super::worth::{moved, worth};

impl<'a> Ways<'a> {
    /// Everything that bears on roles in the organizations where the plan touches that.
    pub(super) fn namespaces(&self) -> BTreeMap<&'a str, Namespace<'a>> {
        let bearing = self.changes.iter().filter(|change| bears_on_access(change));
        let touched: BTreeSet<&str> = bearing.map(|change| change.address.namespace()).collect();
        if touched.is_empty() {
            return BTreeMap::new();
        }
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
        for (organization, namespace) in &mut namespaces {
            self.suppose_robots(organization, namespace);
            namespace.find_administrators();
        }
        namespaces
    }

    fn take_team(&self, namespace: &mut Namespace<'a>, address: &'a Address) {
        let (organization, name) = address.identity.split_once('/').unwrap_or_default();
        let owner = || vec![organization::address(organization)];
        let fact = || self.fact(address, owner, owner);
        namespace.teams.entry(name).or_insert_with(fact);
    }

    fn take_member(&self, namespace: &mut Namespace<'a>, address: &'a Address) {
        let mut parts = address.identity.splitn(3, '/');
        let (Some(organization), Some(team), Some(account)) = (parts.next(), parts.next(), parts.next()) else {
            return;
        };
        let owner = || organization::address(organization);
        let leaves = || organization_member::address(organization, account);
        let ends = || {
            vec![
                owner(),
                team::address(organization, team),
                robot::address(account),
                leaves(),
            ]
        };
        let fact = || self.fact(address, || vec![owner()], ends);
        let account = namespace.accounts.entry(account).or_default();
        account.entry(team).or_insert_with(fact);
    }

    /// A robot is in teams whose members nobody read, too, as far as its own list of teams tells, and leaves them if it goes.
    fn suppose_robots(&self, organization: &str, namespace: &mut Namespace<'a>) {
        let live = self.live;
        for robot in live.of(&robot::of_organization(organization)) {
            let Some(Value::List(teams)) = robot.fields.get(robot::TEAMS) else {
                continue;
            };
            let closes = self.step_doing(&robot.address, Action::Delete);
            for team in teams.iter().filter_map(Value::as_text) {
                if namespace.teams.contains_key(team) && self.is_unread(organization, team) {
                    let supposed = || Fact {
                        after: if closes.is_some() { 0 } else { ALL },
                        closes: closes.into_iter().collect(),
                        is_supposed: true,
                        ..Fact::still(ALL)
                    };
                    let teams = namespace.accounts.entry(&robot.address.identity).or_default();
                    teams.entry(team).or_insert_with(supposed);
                }
            }
        }
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
            open: self.fact(address, Vec::new, || vec![owner.clone()]),
            exists: fact,
            teams: Row::new(),
            accounts: Row::new(),
        }
    }

    fn take_grant(&self, namespace: &mut Namespace<'a>, address: &'a Address) {
        let (name, sort, subject) = permission::parts(address);
        let owner = address.namespace();
        let target = || repository::address(name);
        let repository = namespace
            .repositories
            .entry(name)
            .or_insert_with(|| self.repository(&target()));
        match sort {
            "team" => {
                let ends = || vec![target(), organization::address(owner), team::address(owner, subject)];
                let fact = || self.fact(address, || vec![target()], ends);
                repository.teams.add(subject, fact);
            }
            _ => {
                let account = match sort {
                    "robot" => robot::full_name(owner, subject),
                    _ => subject.to_owned(),
                };
                let leaves = || organization_member::address(owner, &account);
                let ends = || {
                    vec![
                        target(),
                        organization::address(owner),
                        robot::address(&account),
                        leaves(),
                    ]
                };
                let births = || vec![target(), mirror::address(name)];
                let fact = || self.fact(address, births, ends);
                repository.accounts.add(account.clone(), fact);
            }
        }
    }

    /// What an object is worth, and what changes that: its own step, or one of those that make it (`births`) or take it
    /// along (`ends`).
    fn fact(
        &self,
        address: &Address,
        births: impl FnOnce() -> Vec<Address>,
        ends: impl FnOnce() -> Vec<Address>,
    ) -> Fact {
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
                births()
                    .iter()
                    .filter_map(|birth| self.step(birth))
                    .filter(|step| self.makes(*step)),
            );
        }
        if last > fact.after {
            fact.closes
                .extend(ends().iter().filter_map(|end| self.step_doing(end, Action::Delete)));
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
