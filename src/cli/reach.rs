//! Layers with `applies_to: all`: which live repositories they reach must be asked before there are wishes.

use super::connect::Connection;
use super::failure::Failure;
use crate::manifest::{Loaded, Target};
use crate::read::{Reader, live_repositories};

/// Adds what the project's layers reach; what is asked for that the reader knows from then on.
pub(super) async fn reach(
    loaded: &mut Loaded,
    target: Target<'_>,
    reader: &mut Reader,
    connection: &Connection,
) -> Result<(), Failure> {
    let namespaces = loaded.project.as_ref().map(|project| project.reached_namespaces());
    let Some(namespaces) = namespaces.filter(|names| !names.is_empty()) else {
        return Ok(());
    };
    let names = live_repositories(reader, &namespaces).await;
    loaded.reach(
        names.map_err(|error| Failure::of_reading(&error, &connection.identity))?,
        target,
    );
    Ok(())
}
