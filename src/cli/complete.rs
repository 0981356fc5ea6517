//! What the shell completes: flags and commands, and the addresses of what the project declares.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::CommandFactory;
use clap_complete::CompletionCandidate;
use clap_complete::env::CompleteEnv;

use super::Cli;
use super::exit::Exit;
use crate::kinds::{self, wishes};
use crate::manifest;
use crate::settings;
use crate::state::addresses;

/// The variable in which the shell's script says that it wants completions.
pub(super) const VARIABLE: &str = "QUAYFORM_COMPLETE";

/// Answers a shell that asks what may come next; `None` where nobody asks.
pub(super) fn answer(arguments: &[OsString]) -> Option<Exit> {
    std::env::var_os(VARIABLE)?;
    let here = std::env::current_dir().ok();
    let answered = CompleteEnv::with_factory(Cli::command)
        .var(VARIABLE)
        .try_complete(arguments.iter().cloned(), here.as_deref());
    match answered {
        Ok(true) => Some(Exit::Done),
        Ok(false) => None,
        Err(_) => Some(Exit::Error),
    }
}

/// The addresses that begin so: of what the manifests here declare, and of what the last plan here spoke of. Whoever
/// presses a key wants no message, so that what cannot be read has none.
pub(super) fn addresses_beginning(current: &OsStr) -> Vec<CompletionCandidate> {
    let Some(begun) = current.to_str() else {
        return Vec::new();
    };
    let Ok(here) = std::env::current_dir() else {
        return Vec::new();
    };
    let found = addresses_of(&here).unwrap_or_default();
    let fitting = found.into_iter().filter(|address| address.starts_with(begun));
    fitting.map(CompletionCandidate::new).collect()
}

fn addresses_of(here: &Path) -> Option<BTreeSet<String>> {
    let settings = settings::load(&[], here, &kinds::names()).ok()?;
    let mut found = addresses::remembered(&settings.state_directory);
    let loaded = manifest::load(&settings.root, &settings.manifest_patterns);
    if let Some(project) = loaded.project {
        let desired = wishes::desired(&project, &wishes::Secrets::new());
        found.extend(desired.objects.iter().map(|declared| declared.address.to_string()));
    }
    Some(found)
}
