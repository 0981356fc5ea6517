//! What has to be read to know all of who may do what in an organization: first the lists, then what stands in them.

use std::collections::BTreeSet;

use crate::kinds::{default_permission, member, organization, permission, repository, robot, team};
use crate::model::{Interest, World};

/// The lists of these organizations; `known` may hold them from an earlier reading, and then what they name is wanted
/// too.
pub fn interest<'a>(organizations: impl IntoIterator<Item = &'a str>, known: &World) -> Interest {
    let mut interest = Interest {
        subjects_are_known: true,
        ..Interest::default()
    };
    let wanted = &mut interest.collections;
    for name in organizations {
        interest.addresses.insert(organization::address(name));
        wanted.extend([
            team::of_organization(name),
            robot::of_organization(name),
            repository::of_organization(name),
            default_permission::of_organization(name),
        ]);
        for object in known.of(&team::of_organization(name)) {
            let team = object.address.identity.split_once('/').unwrap_or_default().1;
            wanted.insert(member::of_team(name, team));
        }
        for object in known.of(&repository::of_organization(name)) {
            let sorts = ["team", "robot", "user"];
            wanted.extend(sorts.map(|sort| permission::of_repository(&object.address.identity, sort)));
        }
    }
    let organizations: BTreeSet<_> = interest.addresses.iter().cloned().collect();
    wanted.extend(organizations.iter().map(crate::kinds::collection));
    interest
}
