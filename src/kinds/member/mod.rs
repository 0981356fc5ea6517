//! Memberships in teams.

mod read;

use std::collections::BTreeSet;

use crate::http::Method;
use crate::kinds::wishes::Wishes;
use crate::kinds::{Keep, Kind, robot, team, team_sync, user};
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

    fn queries(&self, interest: &Interest, known: &World, answers: &Answers) -> Vec<Query> {
        read::queries(interest, known, answers)
    }

    fn live(&self, interest: &Interest, answers: &Answers, world: &mut World) {
        read::live(interest, answers, world);
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
            return (robot::is_stranger(organization, name) && world.features.invites())
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
