//! Which lists tell who is in which team, and what they prove.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::{NAME, TIMES, address, is_pending, of_team, parts};
use crate::kinds::sight::{self, Sight, text};
use crate::kinds::{robot, shapes, targets, user};
use crate::model::{Answers, Fields, Interest, Object, Query, Value, World};

/// The server withdraws an invitation first, also one from the time when it sent mail, and leaves the member in.
const WHO_GOES: &str = "the members of a team: whoever is to go may also be invited";

/// D and C together list the members of every team; a team whose count they do not explain, or that may hold
/// invitations, is read by itself (API guide §2.2, 1).
pub(super) fn queries(interest: &Interest, known: &World, answers: &Answers) -> Vec<Query> {
    let mut queries = Vec::new();
    for (organization, view) in sight::visible(NAME, interest, answers) {
        let wanted: Vec<&str> = wanted_teams(interest, organization).collect();
        let serves = wanted.iter().map(|team| of_team(organization, team)).collect();
        queries.push(targets::ask(
            targets::members(organization),
            &shapes::MEMBERS,
            "every human in a team",
            serves,
        ));
        for team in wanted {
            let Some(derived) = derived(answers, organization, team) else {
                continue;
            };
            let Some(listed) = view.pointer("/teams").and_then(|teams| teams.get(team)) else {
                continue;
            };
            let expects_robot = declared_in(interest, organization, team).any(|name| name.contains('+'));
            let (all, of) = (of_team(organization, team), |name| address(organization, team, name));
            let somebody_goes = derived.iter().any(|name| interest.ends(&of(name), &all));
            let reason = doubt(listed, &derived, expects_robot, known);
            if let Some(reason) = reason.or(somebody_goes.then_some(WHO_GOES)) {
                let target = targets::team_members(organization, team);
                queries.push(targets::ask(
                    target,
                    &shapes::TEAM_MEMBERS,
                    reason,
                    vec![of_team(organization, team)],
                ));
            }
        }
    }
    queries.extend(lookups(interest, answers));
    queries.extend(declared(interest).flat_map(|name| robot::lookup(name, interest, answers)));
    queries
}

/// Puts into the world who is in which team, or invited, as far as the answers prove it.
pub(super) fn live(interest: &Interest, answers: &Answers, world: &mut World) {
    sight::each_organization(NAME, interest, answers, world, |world, organization, view| {
        let names = view
            .get("teams")
            .and_then(Json::as_object)
            .into_iter()
            .flat_map(|teams| teams.keys());
        for team in names {
            let single = targets::team_members(organization, team);
            if answers.body(&single).is_none() {
                // A robot may be in a team of the same name elsewhere, and would seem to have a role here.
                let derived = derived(answers, organization, team).into_iter().flatten();
                for member in derived.filter(|name| !name.contains('+')) {
                    world.put(membership(organization, team, member, false));
                }
            }
            for object in listed(organization, team, answers.list(&single, "members")) {
                // Where nobody has to accept, an invitation is no way in: a declared member is added.
                let waits = is_pending(&object) && !world.features.invites();
                if !(waits && interest.addresses.contains(&object.address)) {
                    world.put(object);
                }
            }
        }
        for team in wanted_teams(interest, organization) {
            let mut proof = vec![targets::members(organization), targets::robots(organization)];
            let single = targets::team_members(organization, team);
            proof.extend(answers.get(&single).is_some().then_some(single));
            sight::settle(world, answers, of_team(organization, team), &proof);
        }
    });
    for name in declared(interest) {
        user::learn(name, answers, world);
        robot::learn(name, interest, answers, world);
    }
}

/// The members of a team and the accounts that are invited, of which one may be both, or be invited several times.
/// Invitations of e-mail addresses are no memberships.
fn listed(organization: &str, team: &str, list: &[Json]) -> impl Iterator<Item = Object> {
    let mut found: BTreeMap<&str, (bool, i64)> = BTreeMap::new();
    for view in list.iter().filter(|view| !text(view, "name").is_empty()) {
        let (pending, times) = found.entry(text(view, "name")).or_insert((true, 0));
        *pending &= view.get("invited") == Some(&Json::Bool(true));
        *times += 1;
    }
    found.into_iter().map(|(name, (pending, times))| {
        let mut object = membership(organization, team, name, pending);
        if times > 1 {
            object.fields.insert(TIMES, times.into());
        }
        object
    })
}

fn membership(organization: &str, team: &str, member: &str, pending: bool) -> Object {
    let fields = Fields::from([("pending", Value::Boolean(pending))]);
    Object::new(address(organization, team, member), fields)
}

fn wanted_teams<'a>(interest: &'a Interest, organization: &'a str) -> impl Iterator<Item = &'a str> {
    interest
        .prefixes(NAME, organization)
        .filter_map(|prefix| prefix.trim_end_matches('/').split_once('/'))
        .map(|(_, team)| team)
}

/// The members of a team as the lists of people and robots tell; `None` until both are there.
fn derived<'a>(answers: &'a Answers, organization: &str, team: &str) -> Option<BTreeSet<&'a str>> {
    let people = targets::members(organization);
    let robots = targets::robots(organization);
    answers.body(&people)?;
    answers.body(&robots)?;
    let in_team = |entry: &&Json| sight::list(entry, "teams").any(|each| text(each, "name") == team);
    let prefix = format!("{organization}+");
    let people = answers
        .list(&people, "members")
        .iter()
        .filter(in_team)
        .map(|entry| text(entry, "name"));
    let robots = answers
        .list(&robots, "robots")
        .iter()
        .filter(in_team)
        .map(|entry| text(entry, "name"));
    Some(people.chain(robots.filter(|name| name.starts_with(&*prefix))).collect())
}

/// Why the derived members of a team are not enough, if so.
///
/// A robot in it is a doubt by itself: its list names teams without their organizations, so that one that sits in a
/// team of the same name elsewhere could stand for a robot of another organization in this one, and the count be right.
fn doubt(team: &Json, derived: &BTreeSet<&str>, expects_robot: bool, known: &World) -> Option<&'static str> {
    let counted = team.get("member_count").and_then(Json::as_u64);
    if counted != Some(derived.len() as u64) {
        return Some(
            "the members of a team: the lists explain another number than the server counts (a robot of another organization?)",
        );
    }
    // A robot that is to come would be one afterwards: what the list shows besides should be known before.
    if expects_robot || derived.iter().any(|name| name.contains('+')) {
        return Some("the members of a team: a robot's list of teams does not tell of which organization they are");
    }
    known
        .features
        .invites()
        .then_some("the members of a team and the invitations that are not answered yet")
}

/// The declared members of one team.
fn declared_in<'a>(interest: &'a Interest, organization: &str, team: &str) -> impl Iterator<Item = &'a str> {
    let first = address(organization, team, "");
    let prefix = first.identity.clone();
    let all = interest.addresses.range(first..);
    let ours = all.take_while(move |address| address.kind == NAME && address.identity.starts_with(&*prefix));
    ours.map(|address| parts(address).2)
}

/// The declared members of all teams.
fn declared(interest: &Interest) -> impl Iterator<Item = &str> {
    let addresses = interest.addresses.iter().filter(|address| address.kind == NAME);
    addresses.map(|address| parts(address).2)
}

/// Users that are declared as members and are in none of the answers.
fn lookups<'a>(interest: &'a Interest, answers: &'a Answers) -> impl Iterator<Item = Query> + 'a {
    let declared = interest
        .addresses
        .iter()
        .filter(|address| address.kind == NAME)
        .map(parts);
    declared
        .filter(|(_, _, name)| !name.contains('+'))
        .filter_map(|(organization, team, name)| match sight::sight(answers, organization) {
            Sight::Absent => user::lookup(name, interest),
            Sight::Whole(view) => {
                let exists = view.pointer("/teams").is_some_and(|teams| teams.get(team).is_some());
                let known = answers
                    .list(&targets::members(organization), "members")
                    .iter()
                    .any(|each| text(each, "name") == name);
                let members_read = answers.get(&targets::members(organization)).is_some();
                user::lookup(name, interest).filter(|_| !known && (members_read || !exists))
            }
            Sight::Hidden(_) | Sight::Unknown => None,
        })
}
