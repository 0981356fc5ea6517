//! The table of who may do what is the registry's own verdict, and who gains and who loses what by a plan is exactly what
//! changes in it.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::test_runner::Config;
use quayform::access::{By, On, Question, role, table, ways};
use quayform::emulator::{IncomingRequest, Role as Verdict};
use quayform::kinds::{default_permission, member, permission, repository, robot, team};
use quayform::model::{AccessChange, Action, Change, Ground, Role, State, Subject, World};
use quayform::plan::predict;
use serde_json::Value as Json;

use crate::lab::Lab;

use super::case::{Case, case, is_refused};
use super::predicts::{ORGANIZATIONS, naive_world};
use super::{config, naive};

proptest! {
    #![proptest_config(both_ways())]

    #[test]
    fn gained_and_lost_are_the_difference_of_verdicts(case in case()) {
        prop_assume!(compares(&case), "its plan is not carried out as a whole");
    }
}

/// 1,000 cases that are compared before and after their plan: those whose plan cannot be carried out, which are compared
/// before it only, come on top.
fn both_ways() -> Config {
    let cases = config(1_000);
    Config {
        max_global_rejects: cases.cases,
        ..cases
    }
}

/// Subject and repository.
type Pair = (Subject, String);

/// Whether it was compared after the plan, too.
fn compares(case: &Case) -> bool {
    let lab = case.lab();
    let planned = lab.plan(&case.wanted.text());
    let live = all_known(naive_world(&lab, &planned));
    let before = verdicts(&lab, &live);
    // Who leaves with a team that goes may have been taken in by another one before, and need not accept.
    let goes = |change: &Change| change.address.kind == team::NAME && change.action == Action::Delete;
    let is_invited = planned.live.features.invites() && planned.plan.changes.iter().any(goes);
    if is_refused(&planned.plan) || is_invited {
        return false;
    }
    let (plan, _) = predict(&planned.desired, &live, &lab.options);
    let told = told(&plan.access);
    if lab.carry_out(&planned).count(|state| *state != State::Done) > 0 {
        return false;
    }
    let after = verdicts(&lab, &naive::read(&lab.emulator, ORGANIZATIONS, &planned.live));
    let nobody = (Role::None, Role::None);
    for pair in before.keys().chain(after.keys()).collect::<BTreeSet<_>>() {
        // Whoever is not known yet may what everybody may.
        let anyone = (Subject::Anyone, pair.1.clone());
        let of = |side: &BTreeMap<Pair, Role>| side.get(pair).or(side.get(&anyone)).copied().unwrap_or(Role::None);
        let (was, is) = (of(&before), of(&after));
        let everybodys = told.get(&anyone).copied().unwrap_or(nobody);
        let ours = told.get(pair).copied();
        let is_told = ours == Some((was, is)) || (ours.is_none() && (was == is || (was, is) == everybodys));
        assert!(
            is_told,
            "{pair:?}: {was:?} -> {is:?}, told {ours:?} {:#?}",
            planned.details()
        );
    }
    let caller = Subject::Account(live.caller.name.clone());
    for pair in told.keys().filter(|pair| pair.0 != caller) {
        assert!(
            before.contains_key(pair) || after.contains_key(pair),
            "{pair:?} is told and nobody knows it"
        );
    }
    for shift in plan.access.gained.iter().chain(&plan.access.lost) {
        assert!(!shift.because.is_empty(), "{shift:?} has no cause");
    }
    true
}

/// The same world, in which the members of every team are known to the last one.
fn all_known(mut world: World) -> World {
    let teams = world.objects.keys().filter(|address| address.kind == team::NAME);
    let teams = teams.filter_map(|address| address.identity.split_once('/'));
    let members: Vec<_> = teams
        .map(|(organization, team)| member::of_team(organization, team))
        .collect();
    world.complete.extend(members);
    world
}

/// What is told about repositories, pair by pair, but for what waits for invitations.
fn told(access: &AccessChange) -> BTreeMap<Pair, (Role, Role)> {
    let mut told = BTreeMap::new();
    for (shifts, gains) in [(&access.gained, true), (&access.lost, false)] {
        for shift in shifts.iter().filter(|shift| !shift.once_accepted) {
            let Ground::Repositories(names) = &shift.on else {
                continue;
            };
            let roles = (Role::from_word(shift.before), Role::from_word(shift.after));
            assert_eq!(roles.0 < roles.1, gains, "{shift:?}");
            for subject in &shift.subjects {
                for name in names {
                    let earlier = told.insert((subject.clone(), name.clone()), roles);
                    assert_eq!(earlier, None, "{subject} on {name} is told twice");
                }
            }
        }
    }
    told
}

/// The registry's verdict on everybody who is named and every repository; superusers see more than that.
fn verdicts(lab: &Lab, world: &World) -> BTreeMap<Pair, Role> {
    let mut verdicts = BTreeMap::new();
    let of_kind = |kind: &'static str| world.objects.keys().filter(move |address| address.kind == kind);
    let members = of_kind(member::NAME).map(|address| member::parts(address).2.to_owned());
    let granted = of_kind(permission::NAME).filter_map(|address| match permission::parts(address) {
        (_, "team", _) => None,
        (_, "robot", name) => Some(robot::full_name(address.namespace(), name)),
        (_, _, name) => Some(name.to_owned()),
    });
    let robots = of_kind(robot::NAME).map(|address| address.identity.to_string());
    let given = of_kind(default_permission::NAME).filter_map(|address| match default_permission::parts(address) {
        (_, "team", _) => None,
        (_, "robot", name) => Some(robot::full_name(address.namespace(), name)),
        (_, _, name) => Some(name.to_owned()),
    });
    let people = ["alice", "bob", "carol", "dave"].map(str::to_owned).into_iter();
    let accounts: BTreeSet<String> = people
        .chain(members)
        .chain(granted)
        .chain(given)
        .chain(robots)
        .collect();
    for address in of_kind(repository::NAME) {
        let name = &address.identity;
        let open = role(world, &Subject::Anyone, name);
        verdicts.insert((Subject::Anyone, name.to_string()), open);
        for account in accounts.iter().filter(|account| **account != world.caller.name) {
            let own = match lab.emulator.with(|registry| registry.role_of(account, name)) {
                None => Role::None,
                Some(Verdict::Read) => Role::Read,
                Some(Verdict::Write) => Role::Write,
                Some(Verdict::Admin) => Role::Admin,
            };
            assert_eq!(
                granted_roles(world, account, name),
                roles_by_grants(lab, account, name),
                "the grants to {account} on {name}"
            );
            verdicts.insert((Subject::Account(account.clone()), name.to_string()), own.max(open));
        }
    }
    shows(world, &verdicts);
    verdicts
}

/// The table has a row, with this role, for exactly those who have one.
fn shows(world: &World, verdicts: &BTreeMap<Pair, Role>) {
    let question = |subject| Question {
        repositories: Vec::new(),
        subject,
        at_least: Role::Read,
    };
    let organizations: BTreeSet<String> = ORGANIZATIONS.iter().map(|name| (*name).to_owned()).collect();
    let rows = |subject: Option<&Subject>| -> BTreeMap<Pair, Role> {
        let rows = table(world, &organizations, &question(subject.cloned())).into_iter();
        let on_repositories = rows.filter_map(|row| match row.on {
            On::Repository(name) => Some(((row.subject, name), row.role)),
            On::NextRepositories { .. } => None,
        });
        on_repositories.collect()
    };
    let caller = Subject::Account(world.caller.name.clone());
    let all = rows(None);
    for (pair, role) in all.iter().filter(|(pair, _)| pair.0 != caller) {
        assert_eq!(verdicts.get(pair).unwrap_or(&Role::None), role, "{pair:?} in the table");
    }
    let subjects: BTreeSet<&Subject> = verdicts.keys().map(|pair| &pair.0).collect();
    for subject in subjects {
        let own = rows(Some(subject));
        let has_some = |(pair, role): &(&Pair, &Role)| pair.0 == *subject && **role > Role::None;
        let expected: BTreeMap<Pair, Role> = verdicts
            .iter()
            .filter(has_some)
            .map(|(pair, role)| (pair.clone(), *role))
            .collect();
        assert_eq!(own, expected, "the rows of {subject}");
        // Whoever is named nowhere in an organization has what anyone has.
        for (pair, role) in expected {
            let anyones = all.get(&(Subject::Anyone, pair.1.clone()));
            assert_eq!(all.get(&pair).or(anyones), Some(&role), "{pair:?} is not in the table");
        }
    }
}

/// What grants give an account on a repository, itself and through teams, by the ways that are told. Of a team that
/// administers the organization no grant is told, since it has no effect.
fn granted_roles(world: &World, account: &str, name: &str) -> Vec<Role> {
    let ways = ways(world, &Subject::Account(account.to_owned()), name);
    let roles = ways.into_iter().map(|way| match way.by {
        By::Grant | By::Team(_) => way.role,
        By::AdminTeam(team) => {
            let grant = world.get(&permission::address(name, "team", &team));
            grant.map_or(Role::None, |grant| Role::from_word(grant.text("role")))
        }
        _ => Role::None,
    });
    let mut roles: Vec<Role> = roles.filter(|role| *role > Role::None).collect();
    roles.sort();
    roles
}

/// The same by the registry's own route for it, which names no ways.
fn roles_by_grants(lab: &Lab, account: &str, name: &str) -> Vec<Role> {
    let path = format!("/api/v1/repository/{name}/permissions/user/{account}/transitive");
    let request = IncomingRequest::new("GET", &path).with_token("emulator-token");
    let answer = lab.emulator.handle(&request).unwrap();
    if answer.status == 404 {
        return Vec::new();
    }
    assert_eq!(answer.status, 200, "{path}");
    let body: Json = serde_json::from_slice(&answer.body).unwrap();
    let roles = body["permissions"].as_array().unwrap().iter();
    let mut roles: Vec<Role> = roles
        .map(|each| Role::from_word(each["role"].as_str().unwrap()))
        .collect();
    roles.sort();
    roles
}
