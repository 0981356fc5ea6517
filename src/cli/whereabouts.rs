//! Where a project lies in its repository: what annotations and comments of pull requests know it by.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::context::Context;
use crate::report::markdown;
use crate::saved;
use crate::settings::FILE_NAME;

/// How many letters of a digest tell one comment from another.
const KEY: usize = 16;

/// The path of the directory in its repository, which is where `.git` is; empty outside of one.
pub(super) fn base(directory: &Path) -> PathBuf {
    let top = directory.ancestors().find(|above| above.join(".git").exists());
    let below = top.and_then(|top| directory.strip_prefix(top).ok());
    below.map(Path::to_owned).unwrap_or_default()
}

/// The directory of the project that the PATHs mean, whatever its `quayform.toml` says.
pub(super) fn project(paths: &[PathBuf], context: &Context) -> PathBuf {
    let start = context.path(paths.first().map_or(Path::new("."), PathBuf::as_path));
    let start = start.canonicalize().unwrap_or(start);
    let project = start.ancestors().find(|above| above.join(FILE_NAME).is_file());
    project.map_or(start.clone(), Path::to_owned)
}

/// The first line of the comment about this project and registry. It is the same in every run, whatever the manifests say,
/// so that a failure takes the place of the plan before it.
pub(super) fn marker(command: &str, paths: &[PathBuf], context: &Context) -> String {
    let globals = &context.globals;
    let url = context.environment.filled_variable("QUAYFORM_URL");
    let registry = match (globals.emulator, &globals.registry) {
        (true, _) => "the embedded registry".to_owned(),
        (false, Some(name)) => name.clone(),
        (false, None) => globals.url.clone().or(url).unwrap_or_default(),
    };
    let project = base(&project(paths, context)).display().to_string();
    let digest = saved::digest(&json!({ "project": project, "registry": registry }));
    let key: String = digest.trim_start_matches("sha256:").chars().take(KEY).collect();
    markdown::marker(command, &key)
}
