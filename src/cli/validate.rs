//! `quayform validate`: everything that can be said about manifests without a registry.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::context::Context;
use super::exit::Exit;
use super::failure::Failure;
use super::findings::Findings;
use super::globals::Format;
use super::prepare::forbidden;
use crate::manifest::{self, Loaded, Target};
use crate::model::{Located, Severity};
use crate::settings::{SecretProblem, Settings};

/// The arguments of `validate`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// A project, or manifests of one: the whole project is checked in any case
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
}

/// Checks the whole project: a manifest may be wrong because of another one.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let format = context.only_formats(&[Format::Text, Format::Json])?;
    let settings = context.settings(&arguments.paths)?;
    let (mut loaded, organizations, repositories) = load(&settings);
    let secrets = context.secrets(&settings);
    for Located { value, place } in &loaded.references {
        if let Some(problem) = secrets.check(value).err().filter(SecretProblem::is_forbidden) {
            loaded.diagnostics.push(forbidden(value, &problem, *place));
        }
    }
    let valid = !loaded.diagnostics.has_errors();
    let files = loaded.sources.len();
    let findings = Findings::new(loaded.diagnostics, loaded.sources, loaded.secrets);

    if format == Format::Json {
        let count = |severity| {
            findings
                .diagnostics
                .iter()
                .filter(|found| found.severity == severity)
                .count()
        };
        context.ui.json(&json!({
            "format_version": 1,
            "registry": null,
            "valid": valid,
            "summary": {
                "files": files,
                "organizations": organizations,
                "repositories": repositories,
                "errors": count(Severity::Error),
                "warnings": count(Severity::Warning),
            },
            "diagnostics": findings.json(),
        }))?;
        return Ok(if valid { Exit::Done } else { Exit::Error });
    }
    context.ui.findings(&findings);
    if !valid {
        context.ui.message(&findings.tally());
        return Ok(Exit::Error);
    }
    let tally = match findings.tally() {
        none if none.is_empty() => none,
        warnings => format!(" ({warnings})"),
    };
    let (files, organizations, repositories) = (
        counted(files, "file", "files"),
        counted(organizations, "organization", "organizations"),
        counted(repositories, "repository", "repositories"),
    );
    context
        .ui
        .data(&format!("Valid: {organizations} and {repositories} in {files}{tally}."));
    Ok(Exit::Done)
}

/// The manifests as they hold in every registry that the project names: how many organizations and repositories there are
/// in any of them, and each problem once.
fn load(settings: &Settings) -> (Loaded, usize, usize) {
    let known = settings.named();
    let load = |name: Option<&str>| {
        let target = Target {
            name,
            known: Some(&known),
        };
        manifest::load_for(&settings.root, &settings.manifest_patterns, target)
    };
    let mut names = settings.registry_names().into_iter();
    let mut loaded = load(names.next().flatten().as_deref());
    let (mut organizations, mut repositories) = (BTreeSet::new(), BTreeSet::new());
    let mut count = |loaded: &Loaded| {
        let Some(project) = &loaded.project else { return };
        organizations.extend(project.organizations.keys().cloned());
        repositories.extend(project.repositories.keys().cloned());
    };
    count(&loaded);
    for name in names {
        let other = load(name.as_deref());
        count(&other);
        loaded.diagnostics.extend(other.diagnostics);
        loaded.references.extend(other.references);
        loaded.secrets.extend(other.secrets);
    }
    loaded.diagnostics.remove_repetitions();
    loaded.diagnostics.sort();
    let mut seen = BTreeSet::new();
    loaded.references.retain(|reference| seen.insert(reference.place));
    (loaded, organizations.len(), repositories.len())
}

fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
