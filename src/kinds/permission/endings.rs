//! Grants of teams and people that go: they are lost with them.

use std::collections::BTreeSet;

use super::read::{granted, put, teams_with_grants};
use crate::kinds::sight::{self, Sight, text};
use crate::kinds::{organization_member, repository, shapes, targets, team};
use crate::model::{Answers, Interest, Query, World};

/// M, for each team that goes: nothing is concluded from it but what goes with the team.
pub(super) fn ending_team_queries(interest: &Interest, answers: &Answers) -> Vec<Query> {
    let mut queries = Vec::new();
    for (organization, team) in ending_teams(interest, answers) {
        let reason = "every grant of a team that goes, and they with it";
        let target = targets::team_permissions(organization, team);
        queries.push(targets::ask(target, &shapes::GRANTS, reason, Vec::new()));
    }
    queries
}

/// The teams with grants that go, with their organizations.
fn ending_teams<'a>(interest: &'a Interest, answers: &'a Answers) -> impl Iterator<Item = (&'a str, &'a str)> {
    let pairs = interest.namespaces().into_iter().flat_map(move |organization| {
        let ending = team::ending(interest, answers, organization);
        ending.into_iter().map(move |team| (organization, team))
    });
    pairs.filter(move |(organization, team)| match sight::sight(answers, organization) {
        Sight::Whole(view) => teams_with_grants(view).any(|name| name == *team),
        Sight::Unknown | Sight::Absent | Sight::Hidden(_) => false,
    })
}

/// The grants of teams that go, on whatever repositories there are.
pub(super) fn live_of_ending_teams(interest: &Interest, answers: &Answers, world: &mut World) {
    for (organization, team) in ending_teams(interest, answers) {
        let live = repository::names(answers, organization);
        let target = targets::team_permissions(organization, team);
        for (repository, role) in granted(organization, answers, &target) {
            if live.contains(&repository) {
                put(world, &repository, "team", team, role);
            }
        }
    }
}

/// P, for each repository with a grant to somebody who leaves: nothing is concluded from it but what goes along.
pub(super) fn leaving_queries(interest: &Interest, answers: &Answers) -> Vec<Query> {
    let ask = |name: &str| {
        let reason = "the grants of people who leave, and lose them";
        targets::ask(
            targets::user_permissions(name),
            &shapes::USER_PERMISSIONS,
            reason,
            Vec::new(),
        )
    };
    let mut queries = Vec::new();
    for organization in interest.namespaces() {
        let live = repository::names(answers, organization);
        let grants = organization_member::left_behind(interest, answers, organization);
        let names: BTreeSet<&str> = grants.iter().map(|(name, _)| name.as_str()).collect();
        queries.extend(names.into_iter().filter(|name| live.contains(*name)).map(ask));
    }
    queries
}

/// The grants of people who leave, on whatever repositories there are.
pub(super) fn live_of_leaving(interest: &Interest, answers: &Answers, world: &mut World) {
    for organization in interest.namespaces() {
        for (name, person) in organization_member::left_behind(interest, answers, organization) {
            let listed = answers.body(&targets::user_permissions(&name));
            let view = listed.and_then(|body| body.get("permissions")?.get(&person));
            if let Some(view) = view {
                put(world, &name, "user", &person, text(view, "role"));
            }
        }
    }
}
