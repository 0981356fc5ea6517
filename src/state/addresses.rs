//! The addresses of the last plan, for the shell to complete.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Readers, beside, replace};
use crate::model::Plan;

/// How many are remembered: a shell that is given more is of no help.
const MOST: usize = 5_000;

fn file(state_directory: &Path) -> PathBuf {
    state_directory.join("addresses")
}

/// Remembers what a plan speaks of. It is a help and no more: where it cannot be written, nothing is lost.
pub fn remember(plan: &Plan, state_directory: &Path) {
    let addresses = plan.changes.iter().take(MOST);
    let lines: String = addresses.map(|change| format!("{}\n", change.address)).collect();
    let path = file(state_directory);
    let known = fs::read_to_string(&path).unwrap_or_default();
    // A plan makes no directory: who never applied from here has nothing to keep.
    if lines.is_empty() || known == lines || !state_directory.is_dir() {
        return;
    }
    let written = replace(&path, &beside(&path), lines.as_bytes(), Readers::Anybody);
    if let Err(error) = written {
        tracing::debug!("{}: {error}", path.display());
    }
}

/// What the last plan spoke of.
pub fn remembered(state_directory: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(file(state_directory)).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}
