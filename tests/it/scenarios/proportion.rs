//! Plans grow with what there is to do, and not with its square: counted, not timed.

use std::fmt::Write;

use quayform::kinds;
use quayform::model::{Desired, Plan, World};
use quayform::plan::{Options, predict};

use crate::lab::Lab;

/// An organization with so many repositories, each with grants, and what a case says besides.
fn manifest(repositories: usize, teams: &str, robots: &str, besides: &str) -> String {
    let mut text = format!(
        "kind: Organization\nname: acme\nteams:\n  owners: {{role: admin, members: [quayadmin, alice]}}\n{teams}robots: {robots}\n"
    );
    for number in 0..repositories {
        writeln!(text, "---\nkind: Repository\nname: acme/service-{number:04}\n{besides}").unwrap();
    }
    text
}

/// Nothing of this is there, and everything about it is known.
fn empty(desired: &Desired) -> World {
    let mut world = World {
        complete: desired.interest(kinds::collection).collections.into(),
        ..World::default()
    };
    world.caller.name = "quayadmin".to_owned();
    world
}

/// What a plan from the one to the other holds, beside its changes: edges and questions.
fn size(before: &str, after: &str) -> usize {
    let lab = Lab::new();
    let (before, after) = (lab.desired(before), lab.desired(after));
    let (_, mut live) = predict(&before, &empty(&before), &Options::default());
    live.complete.extend(empty(&after).complete.into_inner());
    let (plan, _) = predict(&after, &live, &Options::default());
    assert!(plan.breaches.is_empty() && !plan.is_empty(), "{:#?}", plan.diagnostics);
    weight(&plan)
}

fn weight(plan: &Plan) -> usize {
    let of =
        |change: &quayform::model::Change| 1 + change.after.len() + change.below.len() + change.preconditions.len();
    plan.changes.iter().map(of).sum()
}

fn is_in_proportion(case: impl Fn(usize) -> (String, String)) {
    let size = |repositories| {
        let (before, after) = case(repositories);
        size(&before, &after)
    };
    let (few, many) = (size(100), size(1_000));
    assert!(many <= 12 * few, "{few} for 100 repositories, {many} for 1000");
}

const TEAMS: &str = "  dev: {members: [bob, acme+ci]}\n  ops: {members: [carol]}\n";
const GRANTS: &str = "visibility: private\npermissions: {teams: {dev: write, ops: read}, robots: {ci: write}}";

#[test]
fn a_first_plan_is() {
    let all = |repositories| manifest(repositories, TEAMS, "{ci: {}}", GRANTS);
    is_in_proportion(|repositories| ("kind: Organization\nname: other\n".to_owned(), all(repositories)));
}

#[test]
fn an_update_of_every_repository_is() {
    let open = "visibility: public\npermissions: {teams: {dev: write, ops: read}, robots: {ci: write}}";
    let all = |repositories, besides| manifest(repositories, TEAMS, "{ci: {}}", besides);
    is_in_proportion(|repositories| (all(repositories, GRANTS), all(repositories, open)));
}

#[test]
fn another_team_with_every_grant_is() {
    let teams = "  dev: {absent: true}\n  ops: {members: [carol, bob]}\n";
    let grants = "visibility: private\npermissions: {teams: {ops: admin}, robots: {ci: write}}";
    let before = |repositories| manifest(repositories, TEAMS, "{ci: {}}", GRANTS);
    is_in_proportion(|repositories| (before(repositories), manifest(repositories, teams, "{ci: {}}", grants)));
}

#[test]
fn a_plan_that_takes_every_repository_and_its_robot_is() {
    let (teams, robots) = (
        "  dev: {members: [bob]}\n  ops: {members: [carol]}\n",
        "{ci: {absent: true}}",
    );
    let before = |repositories| manifest(repositories, TEAMS, "{ci: {}}", GRANTS);
    is_in_proportion(|repositories| {
        (
            before(repositories),
            manifest(repositories, teams, robots, "absent: true"),
        )
    });
}
