//! Accounts of people: not managed, but looked up before they are added anywhere.

use super::{shapes, targets};
use crate::model::{Address, Answer, Answers, Collection, Fields, Interest, Object, Query, World};

/// The name of the kind in addresses.
pub const NAME: &str = "user";

/// The address of a user.
pub fn address(name: &str) -> Address {
    Address::new(NAME, name)
}

/// The public view of a user; 404 where there is none (`user_and_misc.json` 4 to 8).
fn target(name: &str) -> String {
    format!("/api/v1/users/{}", targets::encode(name))
}

/// Asks whether a user exists, since adding one who does not fails.
pub fn lookup(name: &str, interest: &Interest) -> Option<Query> {
    let ask = || {
        targets::ask(
            target(name),
            &shapes::ACCOUNT,
            "whether a user exists, before adding it",
            vec![collection(name)],
        )
    };
    (!interest.subjects_are_known).then(ask)
}

fn collection(name: &str) -> Collection {
    Collection::new(NAME, name)
}

/// Puts what a look-up proved into the world.
pub fn learn(name: &str, answers: &Answers, world: &mut World) {
    match answers.get(&target(name)) {
        None => {}
        Some(Answer::Body(_)) => {
            world.put(Object::new(address(name), Fields::new()));
            world.complete.insert(collection(name));
        }
        Some(Answer::Missing) => {
            world.complete.insert(collection(name));
        }
        Some(Answer::Gap(gap)) => {
            world.gaps.insert(collection(name), gap.clone());
        }
    }
}

/// Why nothing can be granted to a user, if the server proved that there is none of that name.
pub fn unknown(name: &str, world: &World) -> Option<String> {
    let absent = world.is_complete(&collection(name)) && world.get(&address(name)).is_none();
    absent.then(|| format!("no such user yet: {name} must sign in once, or be created, before it can be added"))
}
