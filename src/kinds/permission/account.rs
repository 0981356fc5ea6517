//! Grants in the token's own account: there are no teams, and no lists of people.

use serde_json::Value as Json;

use super::of_repository;
use super::read::{Wanted, ask_users, put};
use crate::kinds::sight::{self, text};
use crate::kinds::{repository, robot, targets};
use crate::model::{Answers, Query, World};

/// P, for each repository whose users or robots are managed.
pub(super) fn queries(wanted: &Wanted) -> impl Iterator<Item = Query> + '_ {
    wanted.robot.union(&wanted.user).map(|name| ask_users(name, wanted))
}

/// What P says. The owner's own entry cannot be changed, and is never shown.
pub(super) fn live(account: &str, answers: &Answers, wanted: &Wanted, world: &mut World) {
    for name in wanted.robot.union(&wanted.user) {
        let body = answers.body(&targets::user_permissions(name));
        let listed = body.and_then(|body| body.get("permissions")).and_then(Json::as_object);
        for (subject, view) in listed.into_iter().flatten().filter(|(subject, _)| *subject != account) {
            let sort = if subject.contains('+') { "robot" } else { "user" };
            put(
                world,
                name,
                sort,
                robot::short_name(account, subject),
                text(view, "role"),
            );
        }
    }
    let list = repository::list(answers, account);
    for (sort, names) in [("user", &wanted.user), ("robot", &wanted.robot)] {
        for name in names {
            let proof = [list.clone(), targets::user_permissions(name)];
            sight::settle(world, answers, of_repository(name, sort), &proof);
        }
    }
    for name in &wanted.team {
        sight::settle(world, answers, of_repository(name, "team"), std::slice::from_ref(&list));
    }
}
