//! Who may do what: the client's model against the registry's own verdict, before, during and after a plan.

use proptest::prelude::*;
use quayform::access::role;
use quayform::emulator::Role as Verdict;
use quayform::kinds::{member, permission, repository, robot, team};
use quayform::model::{Action, Change, Role, State, Subject, World};
use quayform::plan::advance;

use crate::lab::{Lab, Planned};

use super::case::{Case, case, is_refused};
use super::config;
use super::predicts::naive_world;

proptest! {
    #![proptest_config(config(192))]

    #[test]
    fn roles_are_the_registrys_own_verdicts(case in case(), at_once in 1..6_usize) {
        compares(&case, at_once);
    }
}

fn compares(case: &Case, at_once: usize) {
    let lab = case.lab();
    let mut planned = lab.plan(&case.wanted.text());
    let mut world = naive_world(&lab, &planned);
    same_roles(&lab, &world, &[]);
    if is_refused(&planned.plan) {
        return;
    }
    let changes = std::mem::take(&mut planned.plan.changes);
    // Who leaves with a team that goes may have been taken in by another one before, and need not accept.
    let goes = |change: &Change| change.address.kind == team::NAME && change.action == Action::Delete;
    if world.features.invites() && changes.iter().any(goes) {
        return;
    }
    let writing: Vec<Change> = changes.into_iter().filter(|change| change.action.writes()).collect();
    for some in writing.chunks(at_once) {
        planned.plan.changes = some.to_vec();
        if !carry_on(&lab, &planned, &mut world) {
            return;
        }
        same_roles(&lab, &world, some);
    }
}

/// Carries out some changes, there and in the model; says whether all of them were done.
fn carry_on(lab: &Lab, planned: &Planned, world: &mut World) -> bool {
    let applied = lab.carry_out(planned);
    planned.plan.changes.iter().for_each(|change| advance(change, world));
    applied.count(|state| *state != State::Done) == 0
}

/// Everybody who is named anywhere has the same role on every repository.
fn same_roles(lab: &Lab, world: &World, after: &[Change]) {
    let names = |kind: &'static str| {
        let ours = world.objects.keys().filter(move |address| address.kind == kind);
        ours.map(|address| address.identity.to_string())
    };
    let in_teams = names(member::NAME).filter_map(|identity| identity.splitn(3, '/').nth(2).map(str::to_owned));
    let granted = world.objects.keys().filter(|address| address.kind == permission::NAME);
    let granted = granted.filter_map(|address| match permission::parts(address) {
        (_, "team", _) => None,
        (_, "robot", name) => Some(robot::full_name(address.namespace(), name)),
        (_, _, name) => Some(name.to_owned()),
    });
    let people = ["alice", "bob", "carol", "nobody", "quayadmin"].map(str::to_owned);
    let accounts: std::collections::BTreeSet<String> = people
        .into_iter()
        .chain(in_teams)
        .chain(granted)
        .chain(names(robot::NAME))
        .collect();
    for name in names(repository::NAME) {
        for account in &accounts {
            let model = role(world, &Subject::Account(account.clone()), &name);
            let verdict = verdict(lab, world, account, &name);
            assert_eq!(model, verdict, "{account} on {name} after {after:#?}");
        }
    }
}

/// What the registry says, with what it leaves out: what everybody may, and what its superusers may.
fn verdict(lab: &Lab, world: &World, account: &str, name: &str) -> Role {
    if account == world.caller.name && world.caller.superuser && world.features.has("SUPERUSERS_FULL_ACCESS") {
        return Role::Admin;
    }
    let own = match lab.emulator.with(|registry| registry.role_of(account, name)) {
        None => Role::None,
        Some(Verdict::Read) => Role::Read,
        Some(Verdict::Write) => Role::Write,
        Some(Verdict::Admin) => Role::Admin,
    };
    own.max(role(world, &Subject::Anyone, name))
}
