//! What belongs to the registry as a whole, and not to any organization.

use super::{message, service_key, user, user_quota, user_quota_limit};
use crate::model::{Features, Interest, World};

/// What stands for the organization in addresses of what belongs to none. No organization can be called so: their names
/// have no capital letters.
pub const NAMESPACE: &str = "Registry";

/// Whether objects of the kind belong to no organization: there is none to read them from, nor a usage log of one.
pub fn owns(kind: &str) -> bool {
    [
        message::NAME,
        service_key::NAME,
        user::NAME,
        user_quota::NAME,
        user_quota_limit::NAME,
    ]
    .contains(&kind)
}

/// Whether a namespace is an organization, and neither the registry as a whole nor the token's own account.
pub fn is_organization(namespace: &str, known: &World) -> bool {
    namespace != NAMESPACE && namespace != known.caller.name
}

/// The namespaces in which anything is wanted that belongs to an organization or an account.
pub fn owners(interest: &Interest) -> std::collections::BTreeSet<&str> {
    let collections = interest.collections.iter().filter(|each| !owns(each.kind));
    let addresses = interest.addresses.iter().filter(|each| !owns(each.kind));
    let of_collections = collections.map(|each| each.namespace());
    of_collections.chain(addresses.map(|each| each.namespace())).collect()
}

/// Why this token cannot do what only superusers may do, if so. `what` is that, as in "only a superuser may …".
pub fn refusal(world: &World, what: &str) -> Option<String> {
    if !has_superusers(&world.features) {
        return Some("FEATURE_SUPER_USERS is off on this server".to_owned());
    }
    (!world.caller.superuser).then(|| {
        format!(
            "only a superuser whose token has the scope super:user may {what}, and {} is none",
            world.caller.name
        )
    })
}

/// Whether what only superusers see can be read: by a superuser, on a server that knows them.
pub fn is_visible(world: &World) -> bool {
    has_superusers(&world.features) && world.caller.superuser
}

fn has_superusers(features: &Features) -> bool {
    features.has("SUPER_USERS")
}
