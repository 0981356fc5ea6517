//! `quayform validate`: everything that can be said about manifests without a registry.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::context::Context;
use super::exit::Exit;
use super::failure::Failure;
use super::findings::Findings;
use super::globals::Format;
use super::prepare::forbidden;
use crate::manifest;
use crate::model::{Located, Severity};
use crate::settings::SecretProblem;

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
    let mut loaded = manifest::load(&settings.root, &settings.manifest_patterns);
    let secrets = context.secrets(&settings);
    for Located { value, place } in &loaded.references {
        if let Some(problem) = secrets.check(value).err().filter(SecretProblem::is_forbidden) {
            loaded.diagnostics.push(forbidden(value, &problem, *place));
        }
    }
    let valid = !loaded.diagnostics.has_errors();
    let (organizations, repositories) = loaded.project.map_or((0, 0), |project| {
        (project.organizations.len(), project.repositories.len())
    });
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

fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
