//! Memberships in teams.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::robot;
use super::sight::{self, Sight, text};
use super::wishes::Wishes;
use super::{Keep, Kind, shapes, targets, team, team_sync, user};
use crate::http::Method;
use crate::manifest::documents::OrganizationDocument;
use crate::manifest::is_account;
use crate::model::{
    Action, Address, Answers, Call, Change, Collection, Desired, Document, Effect, ExactList, Exported, Field, Fields,
    Interest, Object, Query, Value, World, Written,
};

/// The kind's name.
pub const NAME: &str = "member";

/// The membership of a user or robot in a team.
pub struct Member;

/// How often the server lists somebody who is both member and invited, or invited several times: each goes by itself.
pub const TIMES: &str = "times";

/// The server withdraws an invitation first, also one from the time when it sent mail, and leaves the member in.
const WHO_GOES: &str = "the members of a team: whoever is to go may also be invited";

/// The address of a membership; robots by their full names.
pub fn address(organization: &str, team: &str, member: &str) -> Address {
    Address::new(NAME, format!("{organization}/{team}/{member}"))
}

/// The memberships of all teams of an organization, as far as the lists tell them.
pub fn of_organization(organization: &str) -> Collection {
    Collection::new(NAME, format!("{organization}/"))
}

/// All memberships of a team.
pub fn of_team(organization: &str, team: &str) -> Collection {
    Collection::new(NAME, format!("{organization}/{team}/"))
}

/// Whether it is a membership of this user or robot.
pub fn is_of(address: &Address, member: &str) -> bool {
    address.kind == NAME && address.identity.rsplit('/').next() == Some(member)
}

/// Organization, team and member of a membership's address.
pub fn parts(address: &Address) -> (&str, &str, &str) {
    let mut parts = address.identity.splitn(3, '/');
    let mut next = || parts.next().unwrap_or_default();
    (next(), next(), next())
}

/// Who is to be in a team.
pub fn desired(
    organization: &str,
    team: &str,
    document: &OrganizationDocument,
    spec: &team::TeamSpec,
    wishes: &mut Wishes<'_>,
) {
    let Some(members) = &spec.members else { return };
    wishes.own(
        of_team(organization, team),
        document.manage_members(spec),
        members.place,
    );
    let mut seen = BTreeSet::new();
    for member in members.value.iter().filter(|member| seen.insert(&member.value)) {
        let mut needs = vec![team::address(organization, team)];
        if member.value.contains('+') {
            needs.push(robot::address(&member.value));
        }
        needs.extend(wishes.user(&member.value));
        wishes.want(
            address(organization, team, &member.value),
            Fields::new(),
            needs,
            member.place,
        );
    }
}

impl Kind for Member {
    fn name(&self) -> &'static str {
        NAME
    }

    fn fields(&self) -> &'static [Field] {
        &[]
    }

    fn collection(&self, address: &Address) -> Collection {
        let (organization, team, _) = parts(address);
        of_team(organization, team)
    }

    /// D and C together list the members of every team; a team whose count they do not explain, or that may hold
    /// invitations, is read by itself (API guide §2.2, 1).
    fn queries(&self, interest: &Interest, known: &World, answers: &Answers) -> Vec<Query> {
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

    fn live(&self, interest: &Interest, answers: &Answers, world: &mut World) {
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

    fn explore(&self, namespace: &str, known: &World, _answers: &Answers, interest: &mut Interest) {
        let teams = team::explored(known, namespace);
        interest.collections.extend(teams.map(|team| of_team(namespace, team)));
    }

    /// The people of a synchronized team come from its group.
    fn export(&self, object: &Object, world: &World) -> Exported {
        let (organization, team, name) = parts(&object.address);
        if is_synced(world, organization, team) && !name.contains('+') {
            return Exported::nothing();
        }
        if !is_account(name) {
            return Exported::not("a manifest cannot write this name");
        }
        if is_pending(object) && !world.features.invites() {
            return Exported::not("an invitation from the time when the server sent some: nobody is in the team by it");
        }
        let document = Document::Organization(organization.to_owned());
        let exported = Exported::item(document, &["teams", team, "members"], Written::text(name));
        match name.contains('+') {
            true if robot::is_stranger(organization, name) && world.features.invites() => exported
                .needing(robot::address(name))
                .elsewhere("where people are invited, a registry takes no robots of other organizations"),
            true => exported.needing(robot::address(name)),
            false => exported,
        }
    }

    fn exact_list(&self, collection: &Collection, _world: &World) -> Option<ExactList> {
        let (organization, team) = collection.prefix.trim_end_matches('/').split_once('/')?;
        let document = Document::Organization(organization.to_owned());
        let (path, manage) = (["teams", team, "members"], ["teams", team, "manage", "members"]);
        let list = ExactList::new(collection.clone(), document, &path, &manage);
        Some(list.always(Written::List(Vec::new())))
    }

    fn impossible(&self, change: &Change, world: &World) -> Option<String> {
        let (organization, team, name) = parts(&change.address);
        if change.action == Action::Delete {
            return None;
        }
        if name.contains('+') {
            let is_stranger = name.split('+').next() != Some(organization);
            return (is_stranger && world.features.invites())
                .then(|| "where people are invited, the server takes no robots of other organizations".to_owned());
        }
        if is_synced(world, organization, team) {
            return Some("the team is synchronized with an external group: people join it there".to_owned());
        }
        user::unknown(name, world)
    }

    fn keeps(&self, object: &Object, world: &World) -> Keep {
        let (organization, team, name) = parts(&object.address);
        if is_synced(world, organization, team) && !name.contains('+') {
            return Keep::Quietly;
        }
        let elsewhere = |other: &String| other != team && world.get(&address(organization, other, name)).is_some();
        let is_admin_team = admin_teams(world, organization).any(|other| other == team);
        if world.operators.contains(name)
            && is_admin_team
            && !admin_teams(world, organization).any(|other| elsewhere(&other))
        {
            let reason = format!(
                "{name} runs quayform and would lose its way in; list it, or run quayform with another account"
            );
            return Keep::Because(reason);
        }
        Keep::Nothing
    }

    /// People of a team that is to be synchronized, also where this server does not let it be.
    fn is_managed_elsewhere(&self, object: &Object, desired: &Desired) -> bool {
        let (organization, team, name) = parts(&object.address);
        let sync = team_sync::address(organization, team);
        !name.contains('+') && desired.left_to_others.contains(&sync)
    }

    /// Who is in no team of the organization yet is only invited, where people are.
    fn defaults(&self, change: &Change, world: &World) -> Vec<(&'static str, Value)> {
        let (organization, _, name) = parts(&change.address);
        let has_joined = || {
            let mut all = world.of(&of_organization(organization));
            all.any(|object| is_of(&object.address, name) && !is_pending(object))
        };
        let pending = world.features.invites() && !name.contains('+') && !has_joined();
        vec![("pending", pending.into())]
    }

    /// Where people are invited, each repetition is one more invitation and one more mail.
    fn calls(&self, change: &Change, world: &World) -> Vec<Call> {
        let (organization, team, name) = parts(&change.address);
        let path = ["organization", organization, "team", team, "members", name];
        match change.action {
            Action::Create => {
                let put = Call::new(Method::Put, &path).already(400, "is already a member of team");
                let may_invite = world.features.invites() && !name.contains('+');
                vec![if may_invite { put.reread() } else { put }]
            }
            Action::Delete => {
                let delete = Call::new(Method::Delete, &path)
                    .already(400, "does not belong to team")
                    .already(404, "Not Found");
                // The server withdraws one invitation after the other first, and leaves the member in.
                let times = change.wanted.get(TIMES).and_then(Value::as_integer).unwrap_or(1);
                vec![delete; usize::try_from(times).unwrap_or(1).max(1)]
            }
            _ => Vec::new(),
        }
    }

    fn effects(&self, _change: &Change, _world: &World) -> Vec<Effect> {
        Vec::new()
    }
}

/// The names of the organization's teams with the role `admin`.
pub fn admin_teams<'a>(world: &'a World, organization: &'a str) -> impl Iterator<Item = String> + 'a {
    let first = Address::new(team::NAME, format!("{organization}/"));
    world
        .objects
        .range(first..)
        .take_while(move |(address, _)| address.kind == team::NAME && address.namespace() == organization)
        .filter(|(_, object)| object.text("role") == "admin")
        .filter_map(|(address, _)| address.identity.split_once('/').map(|(_, team)| team.to_owned()))
}

/// Whether an account administers the organization: by a team, or because it is the caller and a superuser.
pub fn is_administrator(world: &World, organization: &str, name: &str) -> bool {
    let by_power = world.caller.superuser && world.caller.name == name && world.features.has("SUPERUSERS_FULL_ACCESS");
    by_power || administrators(world, organization).contains(name)
}

/// The people and robots in the organization's admin teams, without those who have not accepted yet.
pub fn administrators(world: &World, organization: &str) -> BTreeSet<String> {
    administrations(world, organization)
        .map(|(_, membership)| parts(&membership).2.to_owned())
        .collect()
}

/// Every admin team with every membership in it that counts, as their addresses.
pub fn administrations<'a>(world: &'a World, organization: &'a str) -> impl Iterator<Item = (Address, Address)> + 'a {
    admin_teams(world, organization).flat_map(move |team| {
        let joined = world
            .of(&of_team(organization, &team))
            .filter(|object| !is_pending(object));
        joined.map(move |object| (team::address(organization, &team), object.address.clone()))
    })
}

/// Whether a team is synchronized with an external group.
pub fn is_synced(world: &World, organization: &str, team: &str) -> bool {
    let object = world.get(&team::address(organization, team));
    object
        .and_then(|object| object.fields.get("synced"))
        .and_then(Value::as_boolean)
        == Some(true)
}

fn is_pending(object: &Object) -> bool {
    object.fields.get("pending").and_then(Value::as_boolean) == Some(true)
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
