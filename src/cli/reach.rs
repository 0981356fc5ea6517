//! Layers with `applies_to: all`: which live repositories they reach must be asked before there are wishes.

use super::connect::Connection;
use super::failure::Failure;
use crate::manifest::{Loaded, Target};
use crate::read::{Reader, live_repositories};

/// Adds what the project's layers reach, and returns how many requests that took.
pub(super) async fn reach(loaded: &mut Loaded, target: Target<'_>, connection: &Connection) -> Result<usize, Failure> {
    let namespaces = loaded.project.as_ref().map(|project| project.reached_namespaces());
    let Some(namespaces) = namespaces.filter(|names| !names.is_empty()) else {
        return Ok(0);
    };
    let mut reader = Reader::new(connection.reader());
    let names = live_repositories(&mut reader, &namespaces).await;
    loaded.reach(
        names.map_err(|error| Failure::of_reading(&error, &connection.identity))?,
        target,
    );
    Ok(reader.requests())
}
