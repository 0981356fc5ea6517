//! What manifests can say of a robot, and its value checks.

use crate::kinds::federation::{self, FederatedIdentitySpec};
use crate::manifest::decode::List;
use crate::manifest::record::{Check, record};
use crate::model::Entries;

record! {
    /// A robot account: a credential for machines. The registry cannot change its description or metadata later.
    pub struct RobotSpec {
        /// What the robot is for, at most 255 characters; fixed at creation.
        description: String,
        /// Anything else to keep with the robot, such as `{owner: platform}`; fixed at creation.
        metadata: Metadata,
        /// Outside identities that may act as the robot without its token, exactly; `[]` for none.
        federation: List<FederatedIdentitySpec>,
        /// Marks a robot that exists and is managed elsewhere, so that it can be referred to; stands alone.
        external: bool,
        /// Deletes the robot, its credential and every grant it has; stands alone.
        absent: bool,
    }
    marks: [absent, external];
    check: check_robot;
}

/// Free-form data that the registry keeps as JSON: texts, whole numbers, switches, lists and maps.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Metadata(pub Entries);

/// How many letters a description may have.
pub(super) const LONGEST_DESCRIPTION: usize = 255;

fn check_robot(robot: &RobotSpec, check: &mut Check<'_>) {
    if let Some(description) = robot
        .description
        .as_ref()
        .filter(|text| text.value.chars().count() > LONGEST_DESCRIPTION)
    {
        let message = "the description of a robot has at most 255 characters";
        check.bad_value(message, description.place, "shorten it, or move details to `metadata`");
    }
    if let Some(list) = &robot.federation {
        federation::check_list(list, check);
    }
}
