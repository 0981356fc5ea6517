//! `quayform init`: from a URL and a token to a project under which there is nothing to plan.

mod files;

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::context::Context;
use super::exit::Exit;
use super::export::{Project, SCHEMA, What, take};
use super::failure::Failure;
use super::globals::Format;
use super::interrupts::Interrupts;
use crate::export::File;
use crate::read::{Reader, Right, rights};
use crate::report::text;
use crate::settings::{FILE_NAME, RegistryChoice, Settings};

/// The arguments of `init`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The directory of the project [default: where you are]
    #[arg(value_name = "DIR")]
    directory: Option<PathBuf>,

    /// Only these organizations: acme, 'team-*' [default: all that the token administers]
    #[arg(long = "org", value_name = "ORG", value_delimiter = ',')]
    organizations: Vec<String>,

    /// Begin with these sections of manifests only: teams, permissions, … [default: all but tags]
    #[arg(long, value_name = "SECTION", value_delimiter = ',')]
    only: Vec<String>,

    /// One file for each group of repositories, those whose names begin with the same word
    #[arg(long)]
    split: bool,

    /// Write what repositories share once, as RepositoryDefaults
    #[arg(long)]
    factor: bool,

    /// Refuse to read with more than N requests, before the expensive ones are sent
    #[arg(long, value_name = "N")]
    max_requests: Option<usize>,

    /// For which pipelines a file is written
    #[arg(long, value_enum, default_value_t = Pipeline::Github, value_name = "PIPELINE")]
    ci: Pipeline,

    /// Write over files that are there and differ
    #[arg(long)]
    overwrite: bool,
}

/// Whose pipelines run quayform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Pipeline {
    /// Actions of GitHub
    Github,
    /// CI/CD of GitLab
    Gitlab,
    /// No file
    None,
}

/// Asks for what is not given, shows what the token may do, and writes the project. The token itself is written nowhere.
pub async fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    context.only_formats(&[Format::Text])?;
    let shown = arguments.directory.clone().unwrap_or_else(|| PathBuf::from("."));
    let project = Project::at(context.path(&shown), &shown, arguments.overwrite)?;
    let is_project = project.root().join(FILE_NAME).is_file();
    if is_project && !arguments.overwrite {
        return Err(Failure::new(format!("{} has a {FILE_NAME} already", shown.display()))
            .certain("nothing was read or changed")
            .help(format!(
                "bring its manifests up to date with `quayform export --out {}`, or begin anew with --overwrite",
                shown.display()
            )));
    }
    let settings = match project.exists() {
        true => context.settings(&[project.root().to_owned()])?,
        false => context.settings(&[])?,
    };
    let choice = RegistryChoice {
        name: context.globals.registry.clone(),
        url: url(is_project, context)?,
    };
    let _interrupts = Interrupts::watch(context)?;
    check_rights(&settings, &choice, context).await?;
    let what = What {
        organizations: arguments.organizations.clone(),
        only: arguments.only.clone(),
        split: arguments.split,
        factor: arguments.factor,
        max_requests: arguments.max_requests,
    };
    let taken = take(&what, &settings, &choice, Some(SCHEMA), None, context).await?;
    let mut all = project.files(&taken, context);
    // What somebody has set up for editors and pipelines stays as it is.
    let is_free = |file: &File| arguments.overwrite || !project.root().join(&file.path).exists();
    all.extend(files::around(arguments.ci).into_iter().filter(is_free));
    let written = project.put(&all)?;
    context
        .ui
        .data(&text::written_files(&taken.files, &written, &taken.export));
    context.ui.message(&text::exported(&taken.export, taken.cost));
    context.ui.message(&match taken.export.gaps.is_empty() {
        true => next(&shown, &all, context),
        false => format!(
            "Next: with a token that can read it (the lines above say what is missing), quayform export --out {} writes the rest",
            shown.display()
        ),
    });
    Ok(match taken.export.gaps.is_empty() {
        true => Exit::Done,
        false => Exit::Error,
    })
}

/// The registry's address: by flag or variable, or asked for. The embedded registry and a project have their own.
fn url(is_project: bool, context: &Context) -> Result<Option<String>, Failure> {
    let is_known = context.globals.emulator || is_project || context.environment.variable("QUAYFORM_URL").is_some();
    if let Some(url) = &context.globals.url {
        return Ok(Some(url.clone()));
    }
    if is_known {
        return Ok(None);
    }
    let answer = context
        .ui
        .ask("The registry's address, such as https://quay.example.com:");
    match answer {
        Some(url) => Ok(Some(url)),
        None => Err(Failure::new("it is not known which registry is meant")
            .certain("nothing was read or changed")
            .help("name it with --url URL or QUAYFORM_URL, and set QUAYFORM_TOKEN; or try it out with --emulator")),
    }
}

/// Says what the token may do, and what is missing for what.
async fn check_rights(settings: &Settings, choice: &RegistryChoice, context: &Context) -> Result<(), Failure> {
    let connection = context.connect(settings, choice, &context.secrets(settings))?;
    let mut reader = Reader::new(connection.reader());
    let (known, rights) = rights(&mut reader)
        .await
        .map_err(|error| Failure::of_reading(&error, &connection.identity))?;
    let mut lines = vec![format!(
        "The token of {} at {}:",
        known.caller.name, connection.identity
    )];
    lines.extend(rights.iter().map(shown));
    context.ui.message(&lines.join("\n"));
    Ok(())
}

fn shown(right: &Right) -> String {
    let Right {
        scope,
        is_there,
        without,
    } = right;
    match is_there {
        Some(true) => format!("  {scope:<12} there"),
        Some(false) => format!("  {scope:<12} missing: {without}"),
        None => format!("  {scope:<12} not to be seen yet; without it {without}"),
    }
}

fn next(shown: &std::path::Path, files: &[File], context: &Context) -> String {
    let emulator = if context.globals.emulator { " --emulator" } else { "" };
    let place = match shown.as_os_str() == "." {
        true => String::new(),
        false => format!("cd {} && ", shown.display()),
    };
    let pipeline = files
        .iter()
        .find(|file| file.path.contains("workflows") || file.path.ends_with("-ci.yml"));
    let pipeline = pipeline.map_or(String::new(), |file| format!("; {} runs it for you", file.path));
    format!(
        "Next: {place}quayform plan{emulator} shows nothing to do; change a manifest, and plan and apply again{pipeline}."
    )
}
