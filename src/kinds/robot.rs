//! Robot accounts of an organization.

use std::collections::BTreeMap;

use crate::manifest::record::{Check, record};
use crate::model::Value;

record! {
    /// A robot account: a credential for machines. The registry can change none of its fields after its creation.
    pub struct RobotSpec {
        /// What the robot is for, at most 255 characters; fixed at creation.
        description: String,
        /// Anything else to keep with the robot, such as `{owner: platform}`; fixed at creation.
        metadata: Metadata,
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
pub struct Metadata(pub BTreeMap<String, Value>);

fn check_robot(robot: &RobotSpec, check: &mut Check<'_>) {
    if let Some(description) = robot.description.as_ref().filter(|text| text.value.chars().count() > 255) {
        let message = "the description of a robot has at most 255 characters";
        check.bad_value(message, description.place, "shorten it, or move details to `metadata`");
    }
}
