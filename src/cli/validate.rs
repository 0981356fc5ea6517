//! `quayform validate`: everything that can be said about manifests without a registry.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value as Json, json};

use super::context::Context;
use super::exit::Exit;
use super::failure::Failure;
use super::findings::Findings;
use super::globals::Format;
use super::output::document;
use super::prepare::forbidden;
use super::whereabouts::{base, project};
use crate::manifest::{self, Loaded, Target};
use crate::model::{Located, Severity};
use crate::report::{Problems, github, junit, sarif};
use crate::settings::{SecretProblem, Settings};

/// The arguments of `validate`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// A project, or manifests of one: the whole project is checked in any case
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
}

/// What was checked, and what is wrong with it.
struct Checked {
    findings: Findings,
    base: PathBuf,
    files: usize,
    organizations: usize,
    repositories: usize,
}

/// Checks the whole project: a manifest may be wrong because of another one.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let format = context.only_formats(&[Format::Text, Format::Json, Format::Sarif, Format::Github, Format::Junit])?;
    let checked = match check(arguments, context) {
        Ok(checked) => checked,
        Err(failure) => {
            told(&failure, arguments, format, context)?;
            return Err(failure);
        }
    };
    match format {
        Format::Json => context.ui.json(&checked.json())?,
        Format::Text => checked.show(context),
        _ => annotate(&checked.findings, &checked.base, format, context)?,
    }
    Ok(if checked.is_valid() { Exit::Done } else { Exit::Error })
}

fn check(arguments: &Arguments, context: &Context) -> Result<Checked, Failure> {
    let settings = context.settings(&arguments.paths)?;
    let (mut loaded, organizations, repositories) = load(&settings);
    let secrets = context.secrets(&settings);
    for Located { value, place } in &loaded.references {
        if let Some(problem) = secrets.check(value).err().filter(SecretProblem::is_forbidden) {
            loaded.diagnostics.push(forbidden(value, &problem, *place));
        }
    }
    Ok(Checked {
        files: loaded.sources.len(),
        findings: Findings::new(loaded.diagnostics, loaded.sources, loaded.secrets),
        base: base(&settings.root),
        organizations,
        repositories,
    })
}

/// What is wrong with `quayform.toml` stands at its lines, as what is wrong with manifests does.
fn told(failure: &Failure, arguments: &Arguments, format: Format, context: &Context) -> Result<(), Failure> {
    let findings = failure.findings().cloned().unwrap_or_default();
    if format == Format::Junit && findings.diagnostics.is_empty() {
        let lines = failure.lines();
        let said: Vec<String> = lines.iter().map(|(label, text)| format!("{label}: {text}")).collect();
        let message = lines.first().map_or("", |(_, text)| text);
        let suite = junit::failed("validate", message, &said.join("\n"));
        context.ui.data(&document(&[suite])?);
        return Ok(());
    }
    annotate(&findings, &base(&project(&arguments.paths, context)), format, context)
}

/// The problems in the forms that other tools show at their lines.
fn annotate(findings: &Findings, base: &Path, format: Format, context: &Context) -> Result<(), Failure> {
    let problems = Problems {
        diagnostics: &findings.diagnostics,
        sources: findings.sources(),
        base,
    };
    match format {
        Format::Sarif => context.ui.json(&sarif::sarif(&problems))?,
        Format::Github => context.ui.lines(&github::annotations(&problems)),
        Format::Junit => context.ui.data(&document(&[junit::validated(&problems)])?),
        _ => {}
    }
    Ok(())
}

impl Checked {
    fn is_valid(&self) -> bool {
        !self.findings.diagnostics.has_errors()
    }

    fn json(&self) -> Json {
        let count = |severity| {
            let found = self.findings.diagnostics.iter();
            found.filter(|found| found.severity == severity).count()
        };
        json!({
            "format_version": 1,
            "registry": null,
            "valid": self.is_valid(),
            "summary": {
                "files": self.files,
                "organizations": self.organizations,
                "repositories": self.repositories,
                "errors": count(Severity::Error),
                "warnings": count(Severity::Warning),
            },
            "diagnostics": self.findings.json(),
        })
    }

    fn show(&self, context: &Context) {
        context.ui.findings(&self.findings);
        if !self.is_valid() {
            context.ui.message(&self.findings.tally());
            return;
        }
        let tally = match self.findings.tally() {
            none if none.is_empty() => none,
            warnings => format!(" ({warnings})"),
        };
        let (files, organizations, repositories) = (
            counted(self.files, "file", "files"),
            counted(self.organizations, "organization", "organizations"),
            counted(self.repositories, "repository", "repositories"),
        );
        context
            .ui
            .data(&format!("Valid: {organizations} and {repositories} in {files}{tally}."));
    }
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
