//! Robot accounts of an organization.

use std::collections::BTreeMap;

use crate::manifest::record::record;
use crate::model::{Diagnostic, Diagnostics, Place, Value};

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

fn check_robot(robot: &RobotSpec, _: Place, diagnostics: &mut Diagnostics) {
    if let Some(description) = robot
        .description
        .as_ref()
        .filter(|text| text.value.chars().count() > 255)
    {
        diagnostics.push(
            Diagnostic::error(
                "bad-value",
                "the description of a robot has at most 255 characters",
                description.place,
            )
            .help("shorten it, or move details to `metadata`"),
        );
    }
}
