//! `--adopt`: what is live is written back into the manifests, as a patch or in place.

use clap::ValueEnum;
use serde_json::{Value as Json, json};

use super::look::Looked;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::findings::Findings;
use crate::drift::adopt::{Adoption, Ground, adopt};
use crate::manifest::Target;
use crate::report::patch::patch;
use crate::settings::Settings;
use crate::state::{Readers, beside, replace};

/// What becomes of the edited manifests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Adopt {
    /// A patch on stdout, for `git apply` or `patch -p1`
    Patch,
    /// The files are changed
    Write,
}

/// What was adopted, and what it comes to.
pub(super) struct Outcome {
    adoption: Adoption,
    patch: String,
    written: bool,
    refused: Findings,
}

/// Edits the manifests that a look has found to differ from the registry.
pub(super) fn run(how: Adopt, looked: &Looked, settings: &Settings) -> Result<Outcome, Failure> {
    let prepared = &looked.prepared;
    let known = settings.named();
    let ground = Ground {
        sources: &prepared.sources,
        secrets: &prepared.resolved,
        target: Target {
            name: prepared.connection.name.as_deref(),
            known: Some(&known),
        },
        shard: prepared.shard,
        live: &prepared.live,
        options: &prepared.options,
    };
    let mut adoption = adopt(&looked.report.drifted, &ground);
    let patches = adoption.files.iter();
    let patch = patches
        .map(|file| patch(&file.path, &file.before, &file.after))
        .collect();
    if how == Adopt::Write {
        for file in &adoption.files {
            let path = settings.root.join(&file.path);
            // A link stays one: what it names is replaced.
            let path = path.canonicalize().unwrap_or(path);
            let written = replace(&path, &beside(&path), file.after.as_bytes(), Readers::Anybody);
            written.map_err(|error| {
                Failure::new(format!("--adopt: {} cannot be written", file.path.display()))
                    .because(error)
                    .certain("the file is as it was, files before it are changed; nothing was changed in the registry")
                    .help("let it be written to, or take the patch: --adopt=patch")
            })?;
        }
    }
    let refused = std::mem::take(&mut adoption.refused);
    Ok(Outcome {
        patch,
        written: how == Adopt::Write,
        refused: prepared.findings.with_the_same_files(refused),
        adoption,
    })
}

impl Outcome {
    /// The patch goes to stdout, and what is said about it to stderr.
    pub(super) fn show(&self, context: &Context) {
        context.ui.findings(&self.refused);
        if !self.written && !self.patch.is_empty() {
            context.ui.data(&self.patch);
        }
        let (adopted, refused) = (self.adoption.adopted.len(), self.refused.diagnostics.len());
        let files: Vec<String> = self
            .adoption
            .files
            .iter()
            .map(|file| file.path.display().to_string())
            .collect();
        let what = match (files.is_empty(), self.written) {
            (true, _) => "No manifest is changed".to_owned(),
            (false, true) => format!("Changed {}", files.join(", ")),
            (false, false) => format!("The patch changes {}", files.join(", ")),
        };
        context
            .ui
            .message(&format!("{what}: {adopted} adopted, {refused} not."));
    }

    /// For programs.
    pub(super) fn json(&self) -> Json {
        json!({
            "patch": self.patch,
            "written": self.written,
            "adopted": self.adoption.adopted,
            "refused": self.refused.json(),
        })
    }
}
