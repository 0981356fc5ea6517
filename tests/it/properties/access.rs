//! Who gains and who loses what by a plan is exactly what changes in the registry's own verdicts.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use quayform::access::{role, ways};
use quayform::emulator::Role as Verdict;
use quayform::kinds::{member, permission, repository, robot, team};
use quayform::model::{AccessChange, Action, Change, Ground, Role, State, Subject, World};
use quayform::plan::predict;

use crate::lab::Lab;

use super::case::{Case, case, is_refused};
use super::predicts::{ORGANIZATIONS, naive_world};
use super::{config, naive};

proptest! {
    #![proptest_config(config(256))]

    #[test]
    fn gained_and_lost_are_the_difference_of_verdicts(case in case()) {
        compares(&case);
    }
}

/// Subject and repository.
type Pair = (Subject, String);

fn compares(case: &Case) {
    let lab = case.lab();
    let planned = lab.plan(&case.wanted.text());
    // Who leaves with a team that goes may have been taken in by another one before, and need not accept.
    let goes = |change: &Change| change.address.kind == team::NAME && change.action == Action::Delete;
    let is_invited = planned.live.features.invites() && planned.plan.changes.iter().any(goes);
    if is_refused(&planned.plan) || is_invited {
        return;
    }
    let live = all_known(naive_world(&lab, &planned));
    let (plan, _) = predict(&planned.desired, &live, &lab.options);
    let told = told(&plan.access);
    let before = verdicts(&lab, &live);
    if lab.carry_out(&planned).count(|state| *state != State::Done) > 0 {
        return;
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
    let people = ["alice", "bob", "carol", "dave"].map(str::to_owned).into_iter();
    let accounts: BTreeSet<String> = people.chain(members).chain(granted).collect();
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
            let subject = Subject::Account(account.clone());
            let widest = ways(world, &subject, name).first().map_or(Role::None, |way| way.role);
            assert_eq!(widest, own.max(open), "the ways of {account} to {name}");
            verdicts.insert((subject, name.to_string()), own.max(open));
        }
    }
    verdicts
}
