//! The registry as manifests alone would make it.

use crate::kinds;
use crate::model::{Caller, Desired, Features, Fields, Intent, Object, World};

use super::{Options, predict};

/// Plays the wishes on a registry in which nothing is but what they refer to. `caller` stands for whoever applies.
pub fn promise(desired: &Desired, caller: &str, options: &Options) -> World {
    let mut nothing = World {
        caller: Caller {
            name: caller.to_owned(),
            superuser: false,
        },
        // Nobody is asked to accept an invitation: what is promised is what holds in the end.
        features: Features::every_but(&["MAILING"]),
        ..World::default()
    };
    let external = desired
        .objects
        .iter()
        .filter(|declared| declared.intent == Intent::External);
    let referred = desired
        .references
        .keys()
        .chain(external.map(|declared| &declared.address));
    for address in referred {
        nothing.put(Object::new(address.clone(), Fields::new()));
    }
    nothing.complete = desired.interest(kinds::collection).collections;
    predict(desired, &nothing, options).1
}
