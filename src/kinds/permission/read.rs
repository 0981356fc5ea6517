//! Which lists tell the grants, in the fewest requests, and what they prove.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::cover::cover;
use super::strangers::{self, Lent};
use super::{NAME, address, of_repository, parts};
use crate::kinds::sight::{self, Sight, text};
use crate::kinds::{repository, robot, shapes, targets, user};
use crate::model::{Answers, Collection, Fields, Interest, Object, Query, Value, World};

/// Which repositories matter, per sort of subject; only those that exist.
pub(super) struct Wanted {
    pub(super) live: BTreeSet<String>,
    pub(super) team: BTreeSet<String>,
    pub(super) robot: BTreeSet<String>,
    pub(super) user: BTreeSet<String>,
}

impl Wanted {
    pub(super) fn new(interest: &Interest, answers: &Answers, organization: &str) -> Self {
        let live = repository::names(answers, organization);
        let of = |sort: &str| {
            let prefixes = interest
                .prefixes(NAME, organization)
                .filter_map(|prefix| prefix.split_once(':'));
            let ours = prefixes
                .filter(|(_, rest)| rest.trim_end_matches('/') == sort)
                .map(|(name, _)| name.to_owned());
            ours.filter(|name| live.contains(name)).collect()
        };
        Wanted {
            team: of("team"),
            robot: of("robot"),
            user: of("user"),
            live,
        }
    }
}

/// M, for each team that has any grant.
pub(super) fn team_queries(organization: &str, view: &Json, wanted: &BTreeSet<String>) -> Vec<Query> {
    let serves: Vec<Collection> = wanted.iter().map(|name| of_repository(name, "team")).collect();
    let ask = |team| {
        let target = targets::team_permissions(organization, team);
        targets::ask(
            target,
            &shapes::GRANTS,
            "every grant of a team, with its role",
            serves.clone(),
        )
    };
    teams_with_grants(view).map(ask).collect()
}

pub(super) fn teams_with_grants(view: &Json) -> impl Iterator<Item = &str> {
    let teams = view.get("teams").and_then(Json::as_object).into_iter().flatten();
    teams
        .filter(|(_, team)| team.get("repo_count").and_then(Json::as_u64) != Some(0))
        .map(|(name, _)| name.as_str())
}

/// Which robot or human has a grant on which of the repositories: full repository name to account names.
fn edges(organization: &str, list: &[Json], own_robots: bool) -> BTreeMap<String, BTreeSet<String>> {
    let prefix = format!("{organization}+");
    let mut edges: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for account in list
        .iter()
        .filter(|account| !own_robots || text(account, "name").starts_with(&prefix))
    {
        for name in sight::list(account, "repositories").filter_map(Json::as_str) {
            edges
                .entry(format!("{organization}/{name}"))
                .or_default()
                .insert(text(account, "name").to_owned());
        }
    }
    edges
}

fn robot_edges(organization: &str, answers: &Answers) -> BTreeMap<String, BTreeSet<String>> {
    edges(
        organization,
        answers.list(&robot::list(answers, organization), "robots"),
        true,
    )
}

/// Repositories whose robots are managed, and on which a robot has a grant that is not declared.
pub fn with_undeclared_robots<'a>(
    interest: &'a Interest,
    answers: &Answers,
    organization: &'a str,
) -> BTreeSet<&'a str> {
    undeclared_among(&robot_edges(organization, answers), interest, organization)
}

fn undeclared_among<'a>(
    edges: &BTreeMap<String, BTreeSet<String>>,
    interest: &'a Interest,
    organization: &'a str,
) -> BTreeSet<&'a str> {
    let prefixes = interest.prefixes(NAME, organization);
    let managed = prefixes.filter_map(|prefix| prefix.strip_suffix(":robot/"));
    let declared = |name: &str, full: &str| {
        let grant = address(name, "robot", robot::short_name(organization, full));
        interest.addresses.contains(&grant)
    };
    managed
        .filter(|name| {
            let mut robots = edges.get(*name).into_iter().flatten();
            robots.any(|full| !declared(name, full))
        })
        .collect()
}

fn human_edges(organization: &str, answers: &Answers) -> BTreeMap<String, BTreeSet<String>> {
    let mut all = edges(
        organization,
        answers.list(&targets::members(organization), "members"),
        false,
    );
    for (name, accounts) in edges(
        organization,
        answers.list(&targets::collaborators(organization), "collaborators"),
        false,
    ) {
        all.entry(name).or_default().extend(accounts);
    }
    all
}

/// The lists tell which grants there are, but not their roles. Humans' roles are read per repository (P), robots' per
/// robot (N) or per repository, whichever takes fewer requests; but no grant is revoked, and none is told from another
/// of the same name, by lists that leave out the organization of the repository.
pub(super) fn role_queries(
    organization: &str,
    wanted: &Wanted,
    lent: &Lent<'_>,
    interest: &Interest,
    answers: &Answers,
) -> Vec<Query> {
    let (humans, robots) = (human_edges(organization, answers), robot_edges(organization, answers));
    let undeclared = undeclared_among(&robots, interest, organization);
    let with_humans = wanted.user.iter().filter(|name| humans.contains_key(*name));
    let with_strangers = wanted.robot.iter().filter(|name| undeclared.contains(name.as_str()));
    let mut by_repository: BTreeSet<&str> = with_humans.chain(with_strangers).map(String::as_str).collect();
    let left = robots
        .iter()
        .filter(|(name, _)| wanted.robot.contains(*name) && !by_repository.contains(name.as_str()));
    let left: BTreeMap<&str, BTreeSet<&str>> = left
        .map(|(name, accounts)| (name.as_str(), accounts.iter().map(String::as_str).collect()))
        .collect();
    let refused = |full: &&str| answers.gap(&robot_target(organization, full)).is_some();
    let by_account = if left.values().flatten().any(refused) {
        by_repository.extend(left.keys());
        BTreeSet::new()
    } else {
        let cover = cover(&left);
        by_repository.extend(cover.repositories);
        cover.accounts
    };
    by_repository.extend(strangers::ambiguous(
        organization,
        wanted,
        &robots,
        lent,
        interest,
        answers,
    ));
    let mut told_by: BTreeMap<&str, Vec<Collection>> = by_account.into_iter().map(|full| (full, Vec::new())).collect();
    for (name, accounts) in &left {
        for full in accounts {
            if let Some(told) = told_by.get_mut(full) {
                told.push(of_repository(name, "robot"));
            }
        }
    }
    let reason = "every grant of a robot, with its role";
    let ask = |(full, told)| targets::ask(robot_target(organization, full), &shapes::GRANTS, reason, told);
    let mut queries: Vec<Query> = told_by.into_iter().map(ask).collect();
    queries.extend(by_repository.into_iter().map(|name| ask_users(name, wanted)));
    queries
}

/// P: the roles of users and robots on a repository.
pub(super) fn ask_users(name: &str, wanted: &Wanted) -> Query {
    let serves = [("user", &wanted.user), ("robot", &wanted.robot)];
    let serves = serves.into_iter().filter(|(_, names)| names.contains(name));
    let serves = serves.map(|(sort, _)| of_repository(name, sort)).collect();
    let reason = "the roles of the users and robots on a repository";
    targets::ask(
        targets::user_permissions(name),
        &shapes::USER_PERMISSIONS,
        reason,
        serves,
    )
}

pub(super) fn robot_target(organization: &str, full_name: &str) -> String {
    targets::robot_permissions(organization, robot::short_name(organization, full_name))
}

pub(super) fn live_of_teams(organization: &str, view: &Json, answers: &Answers, wanted: &Wanted, world: &mut World) {
    let mut proof = vec![repository::list(answers, organization)];
    for team in teams_with_grants(view) {
        let target = targets::team_permissions(organization, team);
        for (repository, role) in granted(organization, answers, &target) {
            if wanted.live.contains(&repository) {
                put(world, &repository, "team", team, role);
            }
        }
        proof.push(target);
    }
    for name in &wanted.team {
        sight::settle(world, answers, of_repository(name, "team"), &proof);
    }
}

/// Users and robots, from P where it was asked, robots otherwise from N.
pub(super) fn live_of_accounts(organization: &str, answers: &Answers, wanted: &Wanted, world: &mut World) {
    let (humans, robots) = (human_edges(organization, answers), robot_edges(organization, answers));
    for name in wanted.robot.union(&wanted.user) {
        let listed = answers
            .body(&targets::user_permissions(name))
            .and_then(|body| body.get("permissions"));
        for (account, view) in listed.and_then(Json::as_object).into_iter().flatten() {
            let sort = if account.contains('+') { "robot" } else { "user" };
            put(
                world,
                name,
                sort,
                robot::short_name(organization, account),
                text(view, "role"),
            );
        }
    }
    let accounts: BTreeSet<&String> = robots.values().flatten().collect();
    for full in accounts {
        for (repository, role) in granted(organization, answers, &robot_target(organization, full)) {
            let told = answers.body(&targets::user_permissions(&repository)).is_some();
            if wanted.live.contains(&repository) && !told {
                put(world, &repository, "robot", robot::short_name(organization, full), role);
            }
        }
    }
    let lists = [targets::members(organization), targets::collaborators(organization)];
    for name in &wanted.user {
        let mut proof = lists.to_vec();
        proof.extend(humans.contains_key(name).then(|| targets::user_permissions(name)));
        sight::settle(world, answers, of_repository(name, "user"), &proof);
    }
    for name in &wanted.robot {
        let mut proof = vec![targets::robots(organization)];
        proof.push(targets::default_permissions(organization));
        let single = targets::user_permissions(name);
        if answers.get(&single).is_some() {
            proof.push(single);
        } else if let Some(accounts) = robots.get(name) {
            proof.extend(accounts.iter().map(|full| robot_target(organization, full)));
        }
        sight::settle(world, answers, of_repository(name, "robot"), &proof);
    }
}

/// The repositories and roles of M or N.
pub(super) fn granted<'a>(
    organization: &str,
    answers: &'a Answers,
    target: &str,
) -> impl Iterator<Item = (String, &'a str)> {
    let organization = organization.to_owned();
    answers.list(target, "permissions").iter().map(move |grant| {
        let name = grant
            .get("repository")
            .map_or("", |repository| text(repository, "name"));
        (format!("{organization}/{name}"), text(grant, "role"))
    })
}

pub(super) fn put(world: &mut World, repository: &str, sort: &str, name: &str, role: &str) {
    world.put(Object::new(
        address(repository, sort, name),
        Fields::from([("role", Value::text(role))]),
    ));
}

/// Users that are declared on a repository and are in none of the lists of people.
pub(super) fn lookups(interest: &Interest, answers: &Answers) -> Vec<Query> {
    let mut queries = Vec::new();
    for organization in interest.namespaces() {
        if matches!(sight::sight(answers, organization), Sight::Unknown | Sight::Hidden(_)) {
            continue;
        }
        let lists = [
            (targets::members(organization), "members"),
            (targets::collaborators(organization), "collaborators"),
        ];
        let are_read = lists.iter().all(|(target, _)| answers.get(target).is_some());
        let people = lists.iter().flat_map(|(target, key)| answers.list(target, key));
        let known: BTreeSet<&str> = people.map(|person| text(person, "name")).collect();
        let live = repository::names(answers, organization);
        let declared = interest.addresses.iter();
        let ours = declared.filter(|address| address.kind == NAME && address.namespace() == organization);
        for (repository, _, name) in ours.map(parts).filter(|(_, sort, _)| *sort == "user") {
            if !known.contains(name) && (are_read || !live.contains(repository)) {
                queries.extend(user::lookup(name, interest));
            }
        }
    }
    queries
}
