//! What takes more than one value to check: names, references, repetitions, removals. Offline, all in one run.

mod departures;
mod exclusions;
mod names;
mod references;
mod removals;
mod repetitions;
mod synchronized;

pub(super) use names::can_be_named;

use std::collections::HashSet;

use super::Project;
use crate::model::Diagnostics;

pub use names::{is_account, is_name, is_repository, is_service_key, route_word_in};

/// Checks the project as a whole. Of the `incomplete` organizations it is not said that something is missing.
pub(super) fn check(project: &Project, incomplete: &HashSet<String>, diagnostics: &mut Diagnostics) {
    names::check(project, diagnostics);
    references::check(project, incomplete, diagnostics);
    removals::check(project, diagnostics);
    departures::check(project, diagnostics);
    synchronized::check(project, diagnostics);
    exclusions::check(project, diagnostics);
    // What could not be read makes different items look the same.
    if !diagnostics.has_errors() {
        repetitions::check(project, diagnostics);
    }
}
