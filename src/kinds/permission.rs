//! Permissions: who may do what in one repository.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::sight::{self, Sight, text};
use super::team;
use super::wishes::Wishes;
use super::{Keep, Kind, member, mirror, repository, robot, targets, user};
use crate::http::Method;
use crate::manifest::choice::choice;
use crate::manifest::decode::Map;
use crate::manifest::documents::Manage;
use crate::manifest::record::record;
use crate::model::{
    Action, Address, Answers, Call, Change, Collection, Effect, Field, Fields, Interest, Object, Query, Value, World,
};

record! {
    /// Who may do what in the repository; each of the three maps is owned exactly if it is written.
    pub struct PermissionsSpec {
        /// Roles of teams by name, such as `{developers: write}`; `{}` for none.
        teams: Map<Role>,
        /// Roles of the organization's robots by short name, such as `{ci: write}`; `{}` for none.
        robots: Map<Role>,
        /// Roles of users by name, such as `{erin: read}`; `{}` for none.
        users: Map<Role>,
    }
}

choice! {
    /// What somebody may do in a repository.
    pub enum Role {
        /// Pull.
        Read = "read",
        /// Pull and push.
        Write = "write",
        /// Pull, push, and change the repository's settings and permissions.
        Admin = "admin",
    }
}

/// The kind's name.
pub const NAME: &str = "permission";

/// A direct grant on a repository to a team, a robot or a user.
pub struct Permission;

/// The address of a grant; `sort` is `team`, `robot` (short names) or `user`.
pub fn address(repository: &str, sort: &str, name: &str) -> Address {
    Address::new(NAME, format!("{repository}:{sort}/{name}"))
}

/// All grants of one sort on a repository.
pub fn of_repository(repository: &str, sort: &str) -> Collection {
    Collection::new(NAME, format!("{repository}:{sort}/"))
}

/// Repository, sort and name.
pub fn parts(address: &Address) -> (&str, &str, &str) {
    let (repository, subject) = address.identity.split_once(':').unwrap_or_default();
    let (sort, name) = subject.split_once('/').unwrap_or_default();
    (repository, sort, name)
}

/// Whether it is a grant to this team, robot or user.
pub fn is_of(address: &Address, sort: &str, name: &str) -> bool {
    address.kind == NAME && (parts(address).1, parts(address).2) == (sort, name)
}

const FIELDS: &[Field] = &[Field::updated("role")];

/// Who is to have which role on a repository; each of the three maps counts for itself.
pub fn desired(repository: &str, manage: Manage, spec: &PermissionsSpec, wishes: &mut Wishes<'_>) {
    let organization = repository.split('/').next().unwrap_or_default();
    for (sort, map) in [("team", &spec.teams), ("robot", &spec.robots), ("user", &spec.users)] {
        let Some(map) = map else { continue };
        wishes.own(of_repository(repository, sort), manage, map.place);
        for (name, entry) in &map.value {
            let mut needs = vec![repository::address(repository)];
            let subject = match sort {
                "team" => Some(team::address(organization, name)),
                "robot" => Some(robot::address(&robot::full_name(organization, name))),
                _ => None,
            };
            if let Some(subject) = subject {
                wishes.refer(subject.clone(), entry.name);
                needs.push(subject);
            }
            let fields = Fields::from([("role", entry.value.as_str().into())]);
            wishes.want(
                address(repository, sort, robot::short_name(organization, name)),
                fields,
                needs,
                entry.name,
            );
        }
    }
}

impl Kind for Permission {
    fn name(&self) -> &'static str {
        NAME
    }

    fn fields(&self) -> &'static [Field] {
        FIELDS
    }

    fn collection(&self, address: &Address) -> Collection {
        let (repository, sort, _) = parts(address);
        of_repository(repository, sort)
    }

    fn queries(&self, interest: &Interest, _known: &World, answers: &Answers) -> Vec<Query> {
        let mut queries = Vec::new();
        for organization in interest
            .namespaces()
            .into_iter()
            .filter(|name| interest.wants(NAME, name))
        {
            let Sight::Whole(view) = sight::sight(answers, organization) else {
                continue;
            };
            let wanted = Wanted::new(interest, answers, organization);
            if !wanted.team.is_empty() {
                queries.extend(team_queries(organization, view, &wanted.team));
            }
            if !wanted.user.is_empty() {
                let serves: Vec<Collection> = wanted.user.iter().map(|name| of_repository(name, "user")).collect();
                queries.push(targets::ask(
                    targets::members(organization),
                    "every human in a team",
                    serves.clone(),
                ));
                let reason = "every human outside of the teams with a grant";
                queries.push(targets::ask(targets::collaborators(organization), reason, serves));
            }
            queries.extend(role_queries(organization, &wanted, answers));
        }
        queries.extend(lookups(interest, answers));
        queries
    }

    fn live(&self, interest: &Interest, answers: &Answers, world: &mut World) {
        sight::each_organization(NAME, interest, answers, world, |world, organization, view| {
            let wanted = Wanted::new(interest, answers, organization);
            live_of_teams(organization, view, answers, &wanted, world);
            live_of_accounts(organization, answers, &wanted, world);
            let list = targets::repositories(organization);
            for prefix in interest.prefixes(NAME, organization) {
                let name = prefix.split(':').next().unwrap_or_default();
                if !wanted.live.contains(name) {
                    sight::settle(
                        world,
                        answers,
                        Collection::new(NAME, prefix),
                        std::slice::from_ref(&list),
                    );
                }
            }
        });
        for address in interest.addresses.iter().filter(|address| address.kind == NAME) {
            let (_, sort, name) = parts(address);
            if sort == "user" {
                user::learn(name, answers, world);
            }
        }
    }

    fn impossible(&self, change: &Change, world: &World) -> Option<String> {
        let (_, sort, name) = parts(&change.address);
        if change.action != Action::Create || sort != "user" {
            return None;
        }
        user::unknown(name, world)
    }

    /// The server gives the mirror's robot the right to write, and takes it for granted; and whoever runs quayform keeps
    /// a grant that is their only way in.
    fn keeps(&self, object: &Object, world: &World) -> Keep {
        let (repository, sort, name) = parts(&object.address);
        let organization = object.address.namespace();
        let mirror = world
            .get(&mirror::address(repository))
            .map_or("", |mirror| mirror.text("robot"));
        if sort == "robot" && name == robot::short_name(organization, mirror) {
            return Keep::Quietly;
        }
        let is_operator = sort == "user" && world.operators.contains(name);
        if is_operator && !member::is_administrator(world, organization, name) {
            return Keep::Because(format!(
                "{name} runs quayform and has no other way to administer the repository"
            ));
        }
        Keep::Nothing
    }

    fn calls(&self, change: &Change, _world: &World) -> Vec<Call> {
        let (repository, sort, name) = parts(&change.address);
        let name = if sort == "robot" {
            robot::full_name(change.address.namespace(), name)
        } else {
            name.to_owned()
        };
        let sort = if sort == "team" { "team" } else { "user" };
        let path = |method| repository::path(method, repository, &["permissions", sort, &name]);
        match change.action {
            Action::Create | Action::Update => vec![path(Method::Put).body([("role", change.text("role").into())])],
            Action::Delete => vec![path(Method::Delete).already(400, "does not have permission for repo")],
            _ => Vec::new(),
        }
    }

    fn effects(&self, _change: &Change, _world: &World) -> Vec<Effect> {
        Vec::new()
    }
}

/// Which repositories matter, per sort of subject; only those that exist.
struct Wanted {
    live: BTreeSet<String>,
    team: BTreeSet<String>,
    robot: BTreeSet<String>,
    user: BTreeSet<String>,
}

impl Wanted {
    fn new(interest: &Interest, answers: &Answers, organization: &str) -> Self {
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
fn team_queries(organization: &str, view: &Json, wanted: &BTreeSet<String>) -> Vec<Query> {
    let serves: Vec<Collection> = wanted.iter().map(|name| of_repository(name, "team")).collect();
    teams_with_grants(view)
        .map(|team| {
            targets::ask(
                targets::team_permissions(organization, team),
                format!("every grant of team {team}"),
                serves.clone(),
            )
        })
        .collect()
}

fn teams_with_grants(view: &Json) -> impl Iterator<Item = &str> {
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
        for name in account
            .get("repositories")
            .and_then(Json::as_array)
            .into_iter()
            .flatten()
            .filter_map(Json::as_str)
        {
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
        answers.list(&targets::robots(organization), "robots"),
        true,
    )
}

/// Repositories whose robots are managed, and on which a robot has a grant that is not declared.
pub fn with_undeclared_robots<'a>(
    interest: &'a Interest,
    answers: &'a Answers,
    organization: &'a str,
) -> impl Iterator<Item = &'a str> {
    let edges = robot_edges(organization, answers);
    let managed = interest.prefixes(NAME, organization).filter_map(|prefix| prefix.strip_suffix(":robot/"));
    managed.filter(move |name| {
        let mut robots = edges.get(*name).into_iter().flatten();
        robots.any(|full| !interest.addresses.contains(&address(name, "robot", robot::short_name(organization, full))))
    })
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
/// robot (N) or per repository, whichever takes fewer requests.
fn role_queries(organization: &str, wanted: &Wanted, answers: &Answers) -> Vec<Query> {
    let humans = human_edges(organization, answers);
    let mut by_repository: BTreeSet<&String> = wanted.user.iter().filter(|name| humans.contains_key(*name)).collect();
    let robots = robot_edges(organization, answers);
    let open = || robots.iter().filter(|(name, _)| wanted.robot.contains(*name));
    let left: Vec<_> = open().filter(|(name, _)| !by_repository.contains(name)).collect();
    let accounts: BTreeSet<&String> = left.iter().flat_map(|(_, accounts)| accounts.iter()).collect();
    let refused = |full: &&String| answers.gap(&robot_target(organization, full)).is_some();
    let mut queries = Vec::new();
    if accounts.len() > left.len() || accounts.iter().any(refused) {
        by_repository.extend(left.iter().map(|(name, _)| *name));
    } else {
        let serves: Vec<Collection> = left.iter().map(|(name, _)| of_repository(name, "robot")).collect();
        queries.extend(accounts.iter().map(|full| {
            targets::ask(
                robot_target(organization, full),
                format!("every grant of robot {full}"),
                serves.clone(),
            )
        }));
    }
    queries.extend(by_repository.into_iter().map(|name| {
        let serves = vec![of_repository(name, "user"), of_repository(name, "robot")];
        targets::ask(
            targets::user_permissions(name),
            "the roles of the users and robots on it",
            serves,
        )
    }));
    queries
}

fn robot_target(organization: &str, full_name: &str) -> String {
    targets::robot_permissions(organization, robot::short_name(organization, full_name))
}

fn live_of_teams(organization: &str, view: &Json, answers: &Answers, wanted: &Wanted, world: &mut World) {
    let mut proof = vec![targets::repositories(organization)];
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
fn live_of_accounts(organization: &str, answers: &Answers, wanted: &Wanted, world: &mut World) {
    let (humans, robots) = (human_edges(organization, answers), robot_edges(organization, answers));
    for name in wanted.robot.union(&wanted.user) {
        let listed = answers
            .body(&targets::user_permissions(name))
            .and_then(|body| body.get("permissions"));
        for (account, view) in listed.and_then(Json::as_object).into_iter().flatten() {
            let is_robot = view.get("is_robot") == Some(&Json::Bool(true));
            let sort = if is_robot { "robot" } else { "user" };
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
            if wanted.live.contains(&repository) {
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
        let single = targets::user_permissions(name);
        match robots.get(name) {
            Some(_) if answers.body(&single).is_some() => proof.push(single),
            Some(accounts) => proof.extend(accounts.iter().map(|full| robot_target(organization, full))),
            None => {}
        }
        sight::settle(world, answers, of_repository(name, "robot"), &proof);
    }
}

/// The repositories and roles of M or N.
fn granted<'a>(organization: &str, answers: &'a Answers, target: &str) -> impl Iterator<Item = (String, &'a str)> {
    let organization = organization.to_owned();
    answers.list(target, "permissions").iter().map(move |grant| {
        let name = grant
            .get("repository")
            .map_or("", |repository| text(repository, "name"));
        (format!("{organization}/{name}"), text(grant, "role"))
    })
}

fn put(world: &mut World, repository: &str, sort: &str, name: &str, role: &str) {
    world.put(Object::new(
        address(repository, sort, name),
        Fields::from([("role", Value::text(role))]),
    ));
}

/// Users that are declared on a repository and have no grant there yet.
fn lookups<'a>(interest: &'a Interest, answers: &'a Answers) -> impl Iterator<Item = Query> + 'a {
    let declared = interest.addresses.iter().filter(|address| address.kind == NAME);
    declared.filter_map(move |address| {
        let (repository, sort, name) = parts(address);
        let organization = address.namespace();
        if sort != "user" || matches!(sight::sight(answers, organization), Sight::Unknown | Sight::Hidden(_)) {
            return None;
        }
        let lists = [
            (targets::members(organization), "members"),
            (targets::collaborators(organization), "collaborators"),
        ];
        let exists = repository::names(answers, organization).contains(repository);
        if exists && lists.iter().any(|(target, _)| answers.get(target).is_none()) {
            return None;
        }
        let known = lists
            .iter()
            .any(|(target, key)| answers.list(target, key).iter().any(|each| text(each, "name") == name));
        (!known).then(|| user::lookup(name))
    })
}
