//! The part of a world that bears on one question, so that it can be stepped through many times.

use crate::kinds::{default_permission, member, mirror, organization, permission, repository, robot, team};
use crate::model::{Action, Address, Effect, Features, Object, Subject, World};

use crate::plan::step;
use crate::plan::ways::{Administration, Pair, Target, Ways};

/// A world with nothing in it but the caller and the switch that bears on roles.
pub(super) fn base(live: &World) -> World {
    let power = "SUPERUSERS_FULL_ACCESS";
    let on = live.features.has(power).then(|| power.to_owned());
    World {
        caller: live.caller.clone(),
        features: Features::new(on, Vec::new()),
        ..World::default()
    }
}

/// The address of what a role is on.
pub(super) fn address(target: &Target) -> Address {
    match target {
        Target::Repository(name) => repository::address(name),
        Target::Organization(name) => organization::address(name),
    }
}

/// What bears on the role of a pair's subject.
pub(super) fn of_pair(ways: &Ways<'_>, base: &World, pair: &Pair<'_>) -> World {
    let target = address(&pair.target);
    let owner = target.namespace().to_owned();
    let mut wanted = vec![organization::address(&owner), target];
    for name in &pair.teams {
        wanted.push(team::address(&owner, name));
        if let Subject::Account(account) = &pair.subject {
            wanted.push(member::address(&owner, name, account));
        }
    }
    if let Target::Repository(repository) = &pair.target {
        wanted.extend(
            pair.teams
                .iter()
                .map(|name| permission::address(repository, "team", name)),
        );
        wanted.push(mirror::address(repository));
    }
    if let Subject::Account(account) = &pair.subject {
        wanted.push(robot::address(account));
        if let Target::Repository(repository) = &pair.target {
            wanted.push(direct(repository, &owner, account));
        }
    }
    let mut world = taken(ways, base, wanted);
    new_teams(ways, pair, &owner, &mut world);
    if pair.is_new {
        default_permissions(ways, pair, &owner, &mut world);
    }
    world
}

/// Teams that the plan makes, and whose role bears on nothing here: without them, what leads through them would count for
/// nothing. They give nothing by themselves.
fn new_teams(ways: &Ways<'_>, pair: &Pair<'_>, owner: &str, world: &mut World) {
    let teams = pair.teams.iter().map(|name| team::address(owner, name));
    let made = teams
        .filter(|team| world.get(team).is_none())
        .filter_map(|team| ways.step(&team));
    let made: Vec<usize> = made
        .filter(|step| ways.changes[*step].action == Action::Create)
        .collect();
    if made.is_empty() {
        return;
    }
    let steps = pair.steps();
    for step in made.into_iter().filter(|step| !steps.contains(step)) {
        let change = &ways.changes[step];
        world.put(Object::new(change.address.clone(), change.wanted.clone()));
    }
}

/// What bears on who administers an organization.
pub(super) fn of_administration(ways: &Ways<'_>, base: &World, administration: &Administration<'_>) -> World {
    let owner = &administration.organization;
    let mut wanted = vec![organization::address(owner)];
    for (account, team, _) in &administration.ways {
        wanted.extend([
            team::address(owner, team),
            member::address(owner, team, account),
            robot::address(account),
        ]);
    }
    taken(ways, base, wanted)
}

fn taken(ways: &Ways<'_>, base: &World, wanted: Vec<Address>) -> World {
    let mut world = base.clone();
    wanted
        .iter()
        .filter_map(|address| ways.live.get(address))
        .for_each(|object| world.put(object.clone()));
    world
}

fn direct(repository: &str, owner: &str, account: &str) -> Address {
    let sort = if account.contains('+') { "robot" } else { "user" };
    permission::address(repository, sort, robot::short_name(owner, account))
}

/// Those that fire for the pair when its repository is born: the ones that go or shrink have done so before (see
/// [`super::sequence`]).
fn default_permissions(ways: &Ways<'_>, pair: &Pair<'_>, owner: &str, world: &mut World) {
    let concerns = |address: &Address| {
        let of_team = |team: &String| default_permission::is_of(address, "team", team);
        let of_account = match &pair.subject {
            Subject::Account(name) if name.contains('+') => {
                default_permission::is_of(address, "robot", robot::short_name(owner, name))
            }
            Subject::Account(name) => default_permission::is_of(address, "user", name),
            _ => false,
        };
        of_account || pair.teams.iter().any(of_team)
    };
    for object in ways.live.of(&default_permission::of_organization(owner)) {
        if concerns(&object.address) {
            world.put(object.clone());
            let step = ways.step(&object.address).map(|step| &ways.changes[step]);
            if let Some(change) = step.filter(|change| !super::sequence::grows(change)) {
                step::advance(change, world);
            }
        }
    }
}

/// The mirror that fills a repository which the plan makes.
pub(super) fn mirror_step(ways: &Ways<'_>, pair: &Pair<'_>) -> Option<usize> {
    match &pair.target {
        Target::Repository(name) if pair.is_new => ways.step(&mirror::address(name)),
        _ => None,
    }
}

/// Worlds that show the most that births may give: with the memberships of before and of afterwards, all that the server
/// grants by itself and a step of the plan takes back.
pub(super) fn born(ways: &Ways<'_>, pair: &Pair<'_>, start: &World, end: &World) -> Vec<World> {
    let step = ways.step(&address(&pair.target)).map(|step| &ways.changes[step]);
    let Some(birth) = step.filter(|change| change.action == Action::Create) else {
        return Vec::new();
    };
    let effects = step::effects(birth, start);
    let named: Vec<Object> = effects
        .into_iter()
        .filter_map(|effect| match effect {
            Effect::Put(object) => Some(object),
            _ => None,
        })
        .filter(|object| ways.step(&object.address).is_some())
        .collect();
    let with = |world: &World| {
        let mut world = world.clone();
        world.put(Object::new(birth.address.clone(), Default::default()));
        named.iter().for_each(|object| world.put(object.clone()));
        world
    };
    vec![with(start), with(end)]
}
