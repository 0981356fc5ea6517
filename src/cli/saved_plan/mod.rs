//! Saved plans: `plan --out FILE` and `apply FILE`.

mod ready;
mod secrets;

use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use super::context::Context;
use super::failure::Failure;
use super::prepare::Prepared;
use super::salt::salt;
use crate::saved::{self, SavedPlan};
use crate::settings::RegistryChoice;
use crate::state::{Readers, beside, replace};

pub use ready::prepare;

/// Writes a plan to a file, whole or not at all, and returns what was written.
pub fn save(prepared: &Prepared, path: &Path, context: &Context) -> Result<Json, Failure> {
    let salt = salt()?;
    let document = prepared.document(Some(&salt)).into_json();
    let origin = saved::Origin {
        registry: prepared.connection.identity.clone(),
        registry_name: prepared.connection.name.clone(),
        actor: prepared.live.caller.name.clone(),
        created: jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        manifests: saved::digest_of_files(&prepared.sources),
    };
    let (plan, desired, sources) = (&prepared.plan, &prepared.desired, &prepared.sources);
    let document = saved::save(document, plan, desired, sources, &origin, &salt);
    let file = context.path(path);
    replace(
        &file,
        &beside(&file),
        format!("{document:#}\n").as_bytes(),
        Readers::Anybody,
    )
    .map_err(|error| {
        Failure::new(format!("the plan cannot be saved to {}", path.display()))
            .because(error)
            .certain("nothing was changed")
    })?;
    Ok(document)
}

/// The saved plan that the PATHs mean, if they mean one: a JSON file with `format_version`.
pub fn open(paths: &[PathBuf], context: &Context) -> Result<Option<SavedPlan>, Failure> {
    let meant = |path: &Path| -> Option<String> {
        let is_manifest = path
            .extension()
            .is_some_and(|ending| ending == "yaml" || ending == "yml");
        let text = std::fs::read_to_string(context.path(path))
            .ok()
            .filter(|_| !is_manifest)?;
        let is_plan = path.extension().is_some_and(|ending| ending == "json") || saved::is_meant(&text);
        is_plan.then_some(text)
    };
    let Some((path, text)) = paths.iter().find_map(|path| Some((path, meant(path)?))) else {
        return Ok(None);
    };
    if paths.len() > 1 {
        return Err(
            Failure::new(format!("{} is a saved plan, and there are other PATHs", path.display()))
                .certain("nothing was read or changed")
                .help("apply one saved plan at a time, or manifests"),
        );
    }
    load(path, &text).map(Some)
}

/// Reads a file that must be a saved plan.
pub fn read(path: &Path, context: &Context) -> Result<SavedPlan, Failure> {
    let text = std::fs::read_to_string(context.path(path)).map_err(|error| {
        Failure::new(format!("{} cannot be read", path.display()))
            .because(error)
            .certain("nothing was read from the registry or changed")
    })?;
    load(path, &text)
}

fn load(path: &Path, text: &str) -> Result<SavedPlan, Failure> {
    saved::load(text).map_err(|problem| {
        Failure::new(format!("{} cannot be applied", path.display()))
            .because(problem)
            .certain("nothing was read from the registry or changed")
            .help("make the plan anew: quayform plan --out FILE")
    })
}

/// The registry that a saved plan is for, unless a flag names another one.
pub fn choice(saved: &SavedPlan, context: &Context) -> RegistryChoice {
    let (name, url) = (context.globals.registry.clone(), context.globals.url.clone());
    let planned = saved.origin.registry_name.clone().filter(|_| url.is_none());
    RegistryChoice {
        name: name.or(planned),
        url,
    }
}
