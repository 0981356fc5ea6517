//! `quayform.toml`, flags and environment: what is accepted, what is refused and where, and what wins.

mod cocktail;
mod discovery;
mod file;
mod registry;
mod secrets;

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;

use quayform::settings::{self, Environment, Settings, SettingsProblem};
use tempfile::TempDir;

/// The kinds that patterns may name.
const KINDS: &[&str] = &["repository", "robot", "application"];

/// A directory with these files.
fn project(files: &[(&str, &str)]) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = directory.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    directory
}

fn environment(variables: &[(&str, &str)]) -> Arc<dyn Environment> {
    let variables: BTreeMap<String, String> = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    Arc::new(move |name: &str| variables.get(name).cloned())
}

fn load(text: &str) -> Result<Settings, SettingsProblem> {
    let directory = project(&[("quayform.toml", text)]);
    settings::load(&[], directory.path(), KINDS)
}
