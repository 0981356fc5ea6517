//! Which changes can shift what somebody may do.

use crate::kinds::{default_permission, member, mirror, organization, permission, repository, robot, team, team_sync};
use crate::model::{Action, Address, Change};

/// What decides who may do what, by itself or by what the server does besides.
const KINDS: [&str; 9] = [
    organization::NAME,
    team::NAME,
    team_sync::NAME,
    member::NAME,
    robot::NAME,
    repository::NAME,
    permission::NAME,
    default_permission::NAME,
    mirror::NAME,
];

/// Whether a change may make access shift: another description of a repository does not, and no setting of an organization.
pub fn bears_on_access(change: &Change) -> bool {
    let is_decisive = |address: &Address| KINDS.contains(&address.kind);
    let by_itself = match (change.address.kind, change.action) {
        // Nobody may do more or less by its settings.
        (organization::NAME, Action::Update) => false,
        (repository::NAME, Action::Update) => change.touches("visibility"),
        (team::NAME, Action::Update) => change.touches("role"),
        _ => is_decisive(&change.address),
    };
    change.action.writes() && (by_itself || change.takes_along.iter().any(is_decisive))
}
