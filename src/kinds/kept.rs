//! Which answers may be kept between runs while the usage log proves that nothing changed, and what of them is kept.
//!
//! Only families of which every change leaves an entry in the organization's log. Not so mirrors (the robot of one
//! changes silently, and so does what the copying writes), grants (a mirror's robot, removed members and repositories
//! that a push makes get and lose some without an entry), memberships and everything else in API guide §5.4.

use serde_json::{Value as Json, json};

use super::{federation, notification, robot, shapes};
use crate::model::{Interest, Query};

/// Answers that are asked for one by one, and change with an entry in the log only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// The notifications of a repository.
    Notifications,
    /// The metadata of a robot, which is never changed: a robot only comes and goes.
    RobotMetadata,
    /// The outside identities of a robot.
    RobotFederation,
}

impl Family {
    /// The family of a query, by the form of its answer; `None` where it must be asked in every run.
    pub fn of(query: &Query) -> Option<Self> {
        match query.form {
            form if *form == shapes::NOTIFICATIONS => Some(Family::Notifications),
            form if *form == shapes::ROBOT_FEDERATION => Some(Family::RobotFederation),
            form if *form == shapes::ROBOT => Some(Family::RobotMetadata),
            _ => None,
        }
    }

    /// What of an answer planning looks at, with digests in place of secrets; `None` where that cannot be told apart.
    pub fn keep(self, body: &Json, salt: &str) -> Option<Json> {
        match self {
            Family::Notifications => notification::keep(body, salt),
            Family::RobotFederation => Some(body.clone()),
            // The whole answer holds the robot's token.
            Family::RobotMetadata => {
                let of = |key: &str| body.get(key).cloned().unwrap_or(Json::Null);
                Some(json!({ "name": of("name"), "unstructured_metadata": of("unstructured_metadata") }))
            }
        }
    }
}

/// The organizations of which more than one answer may be kept: for fewer the proof costs what it saves.
pub fn organizations(interest: &Interest) -> Vec<String> {
    let kept = |organization: &str| {
        let robots = interest.detailed.iter();
        let robots = robots.filter(|each| each.kind == robot::NAME && each.namespace() == organization);
        let federations = interest.prefixes(federation::NAME, organization).count();
        robots.count() + federations + interest.prefixes(notification::NAME, organization).count()
    };
    // The log of an account is another one.
    let organizations = interest
        .namespaces()
        .into_iter()
        .filter(|name| !interest.accounts.contains(*name));
    organizations.filter(|name| kept(name) > 1).map(str::to_owned).collect()
}
