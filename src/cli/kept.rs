//! The cache of `[read] cache`: from its files to a reader, and back.

use jiff::Timestamp;

use super::connect::Connection;
use super::context::Context;
use super::failure::Failure;
use crate::kinds::kept;
use crate::model::{Interest, Secret};
use crate::read::Reader;
use crate::read::cache::{Cache, Surroundings};
use crate::settings::Settings;
use crate::state::SnapshotFiles;

/// What earlier runs kept about a registry; nothing of it if this run is to read everything anew.
pub(super) fn cache(
    settings: &Settings,
    connection: &Connection,
    interest: &Interest,
    refresh: bool,
    now: Timestamp,
) -> Result<Option<Cache>, Failure> {
    if !settings.read.cache {
        return Ok(None);
    }
    let surroundings = Surroundings {
        registry: connection.identity.clone(),
        organizations: kept::organizations(interest),
        key: Secret::default().resolved(connection.credential.clone()),
        salt: super::salt::salt()?,
        now,
    };
    let files = SnapshotFiles::new(&settings.state_directory, &connection.identity);
    let documents = if refresh { Vec::new() } else { files.load() };
    Ok(Some(Cache::new(surroundings, &documents)))
}

/// Keeps what was read for later runs; that this does not work changes nothing about the run.
pub(super) fn keep(reader: &Reader, settings: &Settings, connection: &Connection, context: &Context) {
    let files = SnapshotFiles::new(&settings.state_directory, &connection.identity);
    for (name, document) in reader.kept() {
        if let Err(error) = files.save(&name, &document) {
            let directory = files.directory().display();
            context.ui.warning(&format!(
                "what was read is not kept for later runs: {directory}: {error}"
            ));
            return;
        }
    }
}
