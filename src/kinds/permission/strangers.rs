//! Grants that lists leave out, or tell without saying whose: robots of other organizations are in no list of this one, and
//! a robot's own list leaves out the organizations of its repositories.
//!
//! The server refuses to grant anything to robots of other organizations, but what default permissions name, and who makes
//! a repository, gets its grant all the same (API guide §2.2, 3).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::read::{Wanted, granted, robot_target};
use super::{NAME, parts};
use crate::kinds::sight::{self, text};
use crate::kinds::{repository, robot, shapes, targets};
use crate::model::{Answers, Interest, Query};

/// The robots of other organizations that are met in this one: in default permissions, and in teams that were read by
/// themselves.
fn met<'a>(organization: &str, view: &Json, answers: &'a Answers) -> BTreeSet<&'a str> {
    let named = named_by_defaults(organization, answers);
    let teams = view.get("teams").and_then(Json::as_object).into_iter().flatten();
    let lists = teams.map(|(team, _)| targets::team_members(organization, team));
    let members = lists.flat_map(|list| answers.list(&list, "members").iter().map(|member| text(member, "name")));
    let all = named.chain(members);
    all.filter(|name| robot::is_stranger(organization, name)).collect()
}

/// The accounts in the default permissions of an organization.
fn named_by_defaults<'a>(organization: &str, answers: &'a Answers) -> impl Iterator<Item = &'a str> {
    let defaults = answers.list(&targets::default_permissions(organization), "prototypes");
    let named = defaults
        .iter()
        .flat_map(|each| [each.get("delegate"), each.get("activating_user")]);
    named.flatten().map(|account| text(account, "name"))
}

/// An organization whose default permissions name robots of others.
struct Borrower<'a> {
    organization: &'a str,
    robots: BTreeSet<&'a str>,
    /// `None` where nobody has listed them.
    repositories: Option<BTreeSet<String>>,
}

/// Who may have given grants to robots of other organizations.
pub(super) struct Lent<'a>(Vec<Borrower<'a>>);

impl<'a> Lent<'a> {
    pub(super) fn new(interest: &'a Interest, answers: &'a Answers) -> Self {
        let borrower = |organization: &'a str| {
            let named = named_by_defaults(organization, answers);
            let robots: BTreeSet<&str> = named.filter(|name| robot::is_stranger(organization, name)).collect();
            let is_listed = answers.get(&repository::list(answers, organization)).is_some();
            (!robots.is_empty()).then(|| Borrower {
                organization,
                robots,
                repositories: is_listed.then(|| repository::names(answers, organization)),
            })
        };
        Lent(interest.namespaces().into_iter().filter_map(borrower).collect())
    }

    /// Whether what a robot's own list says of a repository may be about one of another organization.
    fn may_mean_another(&self, robot: &str, repository: &str) -> bool {
        let name = repository.split_once('/').unwrap_or_default().1;
        let mut borrowers = self.0.iter().filter(|borrower| borrower.robots.contains(robot));
        borrowers.any(|borrower| {
            let alike = format!("{}/{name}", borrower.organization);
            borrower
                .repositories
                .as_ref()
                .is_none_or(|names| names.contains(&alike))
        })
    }
}

fn target(full_name: &str) -> String {
    let (owner, short) = full_name.split_once('+').unwrap_or_default();
    targets::robot_permissions(owner, short)
}

/// N of each of them, in its own organization.
pub(super) fn queries(organization: &str, view: &Json, answers: &Answers) -> Vec<Query> {
    let reason = "on which repositories a robot of another organization may have a grant";
    let ask = |full: &str| targets::ask(target(full), &shapes::GRANTS, reason, Vec::new());
    met(organization, view, answers).into_iter().map(ask).collect()
}

/// Those of the repositories on which one of them may have a grant. Its own list leaves out the organizations of the
/// repositories, so that only their own lists prove it; where it cannot be read, any may be meant.
fn suspects<'a>(organization: &str, answers: &Answers, wanted: &'a BTreeSet<String>) -> BTreeSet<&'a str> {
    let sight::Sight::Whole(view) = sight::sight(answers, organization) else {
        return BTreeSet::new();
    };
    let mut suspects = BTreeSet::new();
    for full in met(organization, view, answers) {
        let target = target(full);
        if answers.get(&target).is_some() && answers.body(&target).is_none() {
            return wanted.iter().map(String::as_str).collect();
        }
        let named: BTreeSet<String> = granted(organization, answers, &target).map(|(name, _)| name).collect();
        suspects.extend(wanted.iter().filter(|name| named.contains(*name)).map(String::as_str));
    }
    suspects
}

/// Those of the repositories of which the robots' lists may tell what is true of another organization's.
pub(super) fn ambiguous<'a>(
    organization: &str,
    wanted: &'a Wanted,
    robots: &BTreeMap<String, BTreeSet<String>>,
    lent: &Lent<'_>,
    interest: &Interest,
    answers: &Answers,
) -> BTreeSet<&'a str> {
    let repeated = repeated(organization, &robots.values().flatten().collect(), answers);
    let doubted = interest.doubted.iter().filter(|address| address.kind == NAME);
    let doubted = doubted.map(parts).filter(|(_, sort, _)| *sort == "robot");
    let doubted: BTreeSet<&str> = doubted.map(|(name, ..)| name).collect();
    let may_mean_another = |name: &str, accounts: &BTreeSet<String>| {
        doubted.contains(name) || accounts.iter().any(|robot| lent.may_mean_another(robot, name))
    };
    let is_ambiguous = |name: &&str| {
        let listed = robots.get(*name);
        repeated.contains(*name) || listed.is_some_and(|accounts| may_mean_another(name, accounts))
    };
    let mut ambiguous: BTreeSet<&str> = wanted.robot.iter().map(String::as_str).filter(is_ambiguous).collect();
    ambiguous.extend(suspects(organization, answers, &wanted.robot));
    ambiguous
}

/// The repositories that a robot's own list names twice: one of the two belongs to another organization.
fn repeated(organization: &str, accounts: &BTreeSet<&String>, answers: &Answers) -> BTreeSet<String> {
    let mut repeated = BTreeSet::new();
    for full in accounts {
        let mut seen = BTreeSet::new();
        let target = robot_target(organization, full);
        repeated.extend(
            granted(organization, answers, &target)
                .filter_map(|(name, _)| (!seen.insert(name.clone())).then_some(name)),
        );
    }
    repeated
}
