//! The part of a seed that says what happened before: entries of the usage log.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::records::LogEntry;
use super::registry::Registry;
use super::seed::Seed;
use super::seeding::{SeedError, refuse};
use super::time;

/// One or more equal entries of the usage log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedEntry {
    /// What happened, such as `push_repo`.
    pub event: String,
    /// When, as `2026-08-21T20:02:54Z`; when the registry's time began where absent.
    #[serde(default)]
    pub at: Option<String>,
    /// Who did it; nobody is named where absent.
    #[serde(default)]
    pub performer: Option<String>,
    /// The organization or user in whose log it stands; the registry's alone where absent.
    #[serde(default)]
    pub namespace: Option<String>,
    /// The repository in whose log it stands, without its namespace.
    #[serde(default)]
    pub repository: Option<String>,
    /// What more there is to tell.
    #[serde(default = "nothing")]
    pub metadata: Value,
    /// How many such entries there are; one where absent. A registry is born with at most 100,000 entries in all.
    #[serde(default = "once")]
    pub times: u32,
}

/// More would be a slip of the pen that takes all memory.
const MOST: usize = 100_000;

fn nothing() -> Value {
    Value::Object(serde_json::Map::new())
}

fn once() -> u32 {
    1
}

/// Writes the entries, the oldest first as in the seed.
pub(super) fn plant_log(registry: &mut Registry, seed: &Seed) -> Result<(), SeedError> {
    for entry in &seed.log {
        let place = format!("log, {}", entry.event);
        let at = match &entry.at {
            None => registry.store.clock,
            Some(text) => match time::from_iso(text) {
                Some(at) => at,
                None => return refuse(&place, format!("`{text}` is no time such as `2026-08-21T20:02:54Z`")),
            },
        };
        let repository = match (&entry.namespace, &entry.repository) {
            (Some(namespace), Some(name)) => match registry.store.repository(namespace, name) {
                Some(repository) => Some(repository.id),
                None => return refuse(&place, format!("there is no repository {namespace}/{name}")),
            },
            (None, Some(_)) => return refuse(&place, "a repository needs its namespace"),
            (_, None) => None,
        };
        let record = LogEntry {
            time: at,
            kind: entry.event.clone(),
            metadata: entry.metadata.clone(),
            performer: entry.performer.clone(),
            namespace: entry.namespace.clone(),
            repository,
        };
        let times = usize::try_from(entry.times).unwrap_or(usize::MAX);
        if registry.store.logs.len().saturating_add(times) > MOST {
            return refuse(&place, format!("a seed holds at most {MOST} entries of the log"));
        }
        registry.store.logs.extend(std::iter::repeat_n(record, times));
    }
    Ok(())
}
