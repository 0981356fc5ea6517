//! What a document says differently of the registry that was read.

use super::blend::same;
use crate::manifest::edit::Data;

/// Takes from `registries: {NAME: {…}}` what is not so, and puts what is live in its place.
pub(super) fn settle(target: &mut Data, registry: Option<&str>, live: &Data) {
    let (Data::Map(entries), Data::Map(live), Some(registry)) = (target, live, registry) else {
        return;
    };
    let Some(Data::Map(registries)) = entries.get_mut("registries") else {
        return;
    };
    let Some(Data::Map(differences)) = registries.get_mut(registry) else {
        return;
    };
    differences.retain(|key, _| live.contains_key(key));
    for (key, value) in differences {
        if let Some(live) = live.get(key).filter(|live| !same(value, live)) {
            *value = live.clone();
        }
    }
}
