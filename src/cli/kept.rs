//! The cache of `[read] cache`: from its files to a reader, and back.

use std::time::SystemTime;

use jiff::Timestamp;

use super::connect::Connection;
use super::context::Context;
use super::failure::Failure;
use crate::kinds::kept;
use crate::model::{Interest, Secret};
use crate::read::Reader;
use crate::read::cache::{Cache, LONGEST, Surroundings};
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

/// Keeps what was read for later runs, and lets go of what is of no use to any: what is too old, and after a run that
/// knew all organizations of the project, the others. That this does not work changes nothing about the run.
pub(super) fn keep(reader: &Reader, knew_all: bool, settings: &Settings, connection: &Connection, context: &Context) {
    if !settings.read.cache {
        return;
    }
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
    let forsaken = if knew_all { reader.forsaken() } else { Vec::new() };
    let removed = forsaken.iter().try_for_each(|name| files.remove(name));
    if let Err(error) = removed.and_then(|()| remove_old(&files)) {
        let directory = files.directory().display();
        context.ui.warning(&format!(
            "what was kept of earlier runs and is of no use cannot be removed: {directory}: {error}"
        ));
    }
}

fn remove_old(files: &SnapshotFiles) -> std::io::Result<()> {
    match SystemTime::now().checked_sub(LONGEST.unsigned_abs()) {
        Some(since) => files.remove_older(since),
        None => Ok(()),
    }
}
