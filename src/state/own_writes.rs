//! The writes that a journal tells of.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use super::journal::{FileJournal, Line};
use crate::apply::journal::Event;
use crate::drift::{OwnWrite, OwnWrites};
use crate::kinds;

/// Outcomes of writes that changed nothing.
const WITHOUT_EFFECT: [&str; 3] = ["already", "deferred", "failed"];

/// What the journal of a registry, and the one that was set aside before it, tell of own writes.
pub fn own_writes(directory: &Path, identity: &str) -> io::Result<OwnWrites> {
    let path = FileJournal::path(directory, identity);
    let mut bytes = Vec::new();
    for path in [path.with_extension("old.jsonl"), path] {
        match fs::read(path) {
            Ok(more) => bytes.extend(more),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        bytes.push(b'\n');
    }
    Ok(of(&bytes))
}

fn of(bytes: &[u8]) -> OwnWrites {
    let lines = bytes.split(|byte| *byte == b'\n');
    let lines = lines.filter_map(|line| serde_json::from_slice::<Line>(line).ok());
    let mut told = OwnWrites::default();
    let mut writes: BTreeMap<(String, usize), OwnWrite> = BTreeMap::new();
    for Line { time, run, event, .. } in lines {
        told.since = told.since.or(Some(time));
        match event {
            Event::RunBegins { actor, .. } => told.actors.extend((!actor.is_empty()).then_some(actor)),
            Event::WriteBegins { write, address, .. } => {
                let Some(address) = kinds::address(&address) else {
                    continue;
                };
                let begun = OwnWrite {
                    address,
                    begun: time,
                    ended: None,
                };
                writes.insert((run, write), begun);
            }
            Event::WriteEnds { write, outcome, .. } if WITHOUT_EFFECT.contains(&outcome.as_str()) => {
                writes.remove(&(run, write));
            }
            Event::WriteEnds { write, outcome, .. } if outcome == "done" => {
                if let Some(begun) = writes.get_mut(&(run, write)) {
                    begun.ended = Some(time);
                }
            }
            _ => {}
        }
    }
    told.writes = writes.into_values().collect();
    told.writes.sort_by_key(|write| write.begun);
    told
}
