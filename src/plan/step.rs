//! One change of the client's model of the registry: the object's own, and what the server does besides.

use crate::kinds;
use crate::model::{Action, Change, Effect, Object, World};

/// What the server does besides the change itself.
pub(super) fn effects(change: &Change, world: &World) -> Vec<Effect> {
    kinds::find(change.address.kind).map_or_else(Vec::new, |kind| kind.effects(change, world))
}

/// Moves the world as the change, with these effects, moves the registry.
pub(super) fn carry_out(change: &Change, effects: Vec<Effect>, world: &mut World) {
    match change.action {
        Action::Create | Action::Update | Action::Replace => {
            let handle = world.get(&change.address).and_then(|object| object.handle.clone());
            let (address, fields) = (change.address.clone(), change.wanted.clone());
            world.put(Object {
                address,
                fields,
                handle,
            });
        }
        Action::Delete => {
            world.objects.remove(&change.address);
        }
        Action::Blocked | Action::Deferred => {}
    }
    world.carry_out(effects);
}

/// Moves the world as the registry would move.
pub fn advance(change: &Change, world: &mut World) {
    let effects = effects(change, world);
    carry_out(change, effects, world);
}
