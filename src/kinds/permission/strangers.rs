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

/// Which robots of the organization may have grants in others, through their default permissions, and on repositories
/// of which names there: full robot name to names of this organization's repositories, `None` for any.
pub(super) struct Lent<'a>(Vec<(&'a str, Option<BTreeSet<String>>)>);

impl<'a> Lent<'a> {
    pub(super) fn new(organization: &str, interest: &Interest, answers: &'a Answers) -> Self {
        let own = format!("{organization}+");
        let mut lent = Vec::new();
        for other in interest.namespaces().into_iter().filter(|other| *other != organization) {
            let robots: BTreeSet<&str> = named_by_defaults(other, answers)
                .filter(|name| name.starts_with(&own))
                .collect();
            if robots.is_empty() {
                continue;
            }
            let is_listed = answers.get(&repository::list(answers, other)).is_some();
            let names = repository::names(answers, other);
            let short = names.iter().filter_map(|name| name.split_once('/'));
            let alike: BTreeSet<String> = short.map(|(_, name)| format!("{organization}/{name}")).collect();
            let alike = is_listed.then_some(alike);
            lent.extend(robots.into_iter().map(|robot| (robot, alike.clone())));
        }
        Lent(lent)
    }

    /// Whether what a robot's own list says of a repository may be about one of another organization.
    pub(super) fn may_mean_another(&self, robot: &str, repository: &str) -> bool {
        let mut lent = self.0.iter().filter(|(lent, _)| *lent == robot);
        lent.any(|(_, alike)| alike.as_ref().is_none_or(|alike| alike.contains(repository)))
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
