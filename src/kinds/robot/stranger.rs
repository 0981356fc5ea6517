//! Robots of organizations that are not read for their own sake, and are spoken of in others.

use super::{NAME, list, of_organization, robot};
use crate::kinds::sight::{self, Sight};
use crate::kinds::{federation, member, permission, shapes, targets};
use crate::model::{Answers, Interest, Query, World};

/// Asks whether a robot exists that is named in full and belongs to an organization whose robots are not read anyway:
/// adding one that does not exist fails.
pub fn lookup(full_name: &str, interest: &Interest, answers: &Answers) -> Option<Query> {
    let owner = stranger(full_name, interest).filter(|_| !interest.subjects_are_known)?;
    let serves = vec![of_organization(owner)];
    match sight::sight(answers, owner) {
        Sight::Unknown => {
            let reason = "whether the organization of a foreign robot can be seen, before the robot is added";
            Some(targets::ask(
                targets::organization(owner),
                &shapes::ORGANIZATION,
                reason,
                serves,
            ))
        }
        Sight::Whole(_) => {
            let reason = "whether a foreign robot exists, before it is added";
            Some(targets::ask(list(answers, owner), &shapes::ROBOTS, reason, serves))
        }
        Sight::Absent | Sight::Hidden(_) => None,
    }
}

/// Puts what a look-up proved into the world. That the other organization is hidden is no gap: nothing in it is
/// managed, and the server will say whether it knows the robot.
pub fn learn(full_name: &str, interest: &Interest, answers: &Answers, world: &mut World) {
    let Some(owner) = stranger(full_name, interest) else {
        return;
    };
    let list = list(answers, owner);
    match sight::sight(answers, owner) {
        Sight::Absent => {}
        Sight::Whole(_) if answers.body(&list).is_some() => {
            for view in answers.list(&list, "robots") {
                world.put(robot(view, answers));
            }
        }
        _ => return,
    }
    world.complete.insert(of_organization(owner));
}

/// The organization of a robot, if no robots of it are read for their own sake.
fn stranger<'a>(full_name: &'a str, interest: &Interest) -> Option<&'a str> {
    let (owner, _) = full_name.split_once('+')?;
    let kinds = [NAME, federation::NAME, member::NAME, permission::NAME];
    (!kinds.iter().any(|kind| interest.wants(kind, owner))).then_some(owner)
}
