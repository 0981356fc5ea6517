//! What manifests can say of a default permission, and its value checks.

use schemars::Schema;
use serde_json::json;

use crate::kinds::permission::Role;
use crate::manifest::record::{Check, add_condition, record};
use crate::model::{Diagnostic, Place};

record! {
    /// A grant that every repository gets when it is created; later changes do not touch existing repositories.
    pub struct DefaultPermissionSpec {
        /// What is granted: `read`, `write` or `admin`.
        role: Role = required,
        /// The team that gets it.
        team: String,
        /// The robot that gets it, by its short name such as `ci`.
        robot: String,
        /// The user who gets it.
        user: String,
        /// Only for repositories that this user, or robot such as `acme+ci`, creates; not written, for all.
        created_by: String,
    }
    check: check_subject;
    schema: one_subject;
}

const SUBJECTS: [&str; 3] = ["team", "robot", "user"];

fn check_subject(permission: &DefaultPermissionSpec, check: &mut Check<'_>) {
    let written: Vec<Place> = [&permission.team, &permission.robot, &permission.user]
        .into_iter()
        .flatten()
        .map(|it| it.place)
        .collect();
    match written.as_slice() {
        [] if check.is_complete => check.diagnostics.push(
            Diagnostic::error("missing-field", "this default permission names nobody", check.place)
                .help("add one of `team`, `robot` and `user`"),
        ),
        [first, second, ..] => check.diagnostics.push(
            Diagnostic::error("one-of", "this default permission names several subjects", *second)
                .also(*first, "the other subject")
                .help("write one entry for each"),
        ),
        _ => {}
    }
}

fn one_subject(schema: &mut Schema) {
    let alternatives: Vec<_> = SUBJECTS
        .iter()
        .map(|subject| json!({ "required": [subject] }))
        .collect();
    add_condition(schema, json!({ "oneOf": alternatives }));
}
