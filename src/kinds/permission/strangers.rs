//! Robots of other organizations: no list of this organization tells their grants.
//!
//! The server refuses to grant them anything, but what default permissions name, and who makes a repository, gets its
//! grant all the same (API guide §2.2, 3).

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::read::granted;
use crate::kinds::sight::{self, text};
use crate::kinds::{repository, shapes, targets};
use crate::model::{Answers, Interest, Query};

/// The robots of other organizations that are met in this one: in default permissions, and in teams that were read by
/// themselves.
fn met<'a>(organization: &str, view: &Json, answers: &'a Answers) -> BTreeSet<&'a str> {
    let named = named_by_defaults(organization, answers);
    let teams = view.get("teams").and_then(Json::as_object).into_iter().flatten();
    let lists = teams.map(|(team, _)| targets::team_members(organization, team));
    let members = lists.flat_map(|list| answers.list(&list, "members").iter().map(|member| text(member, "name")));
    let is_stranger = |name: &&str| name.split_once('+').is_some_and(|(owner, _)| owner != organization);
    named.chain(members).filter(is_stranger).collect()
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
            let is_stranger = |name: &&str| name.split_once('+').is_some_and(|(owner, _)| owner != organization);
            let robots: BTreeSet<&str> = named_by_defaults(organization, answers).filter(is_stranger).collect();
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
    pub(super) fn may_mean_another(&self, robot: &str, repository: &str) -> bool {
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
pub(super) fn suspects<'a>(organization: &str, answers: &Answers, wanted: &'a BTreeSet<String>) -> BTreeSet<&'a str> {
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
