//! `quayform export`: what is in a registry, as manifests after which there is nothing to plan.

mod onto;
mod prove;
mod reach;
mod write;

use std::path::PathBuf;
use std::time::Instant;

use clap::Args;

use super::connect::Connection;
use super::context::Context;
use super::exit::Exit;
use super::failure::Failure;
use super::globals::Format;
use super::interrupts::Interrupts;
use super::prepare::budget;
use crate::export::update::{Ground, Updated};
use crate::export::{self, Export, File, Section, Split, factor, files, kinds_of};
use crate::kinds::organization::Organization;
use crate::kinds::registry;
use crate::manifest::Target;
use crate::read::{Reader, explore};
use crate::report::{Cost, json, text};
use crate::settings::{RegistryChoice, Settings};

pub(super) use write::{Project, SCHEMA};

/// How much of a registry is exported, and how.
#[derive(Debug, Clone, Args)]
pub struct What {
    /// Organizations: acme, 'team-*', or the name of the token's own user [default: all that the token administers; for
    /// superusers the whole registry]
    #[arg(value_name = "ORG")]
    pub organizations: Vec<String>,

    /// Only these sections of manifests: teams, permissions, … [default: all but tags]
    #[arg(long, value_name = "SECTION", value_delimiter = ',')]
    pub only: Vec<String>,

    /// One file for each group of repositories, those whose names begin with the same word
    #[arg(long)]
    pub split: bool,

    /// Write what repositories share once, as RepositoryDefaults
    #[arg(long)]
    pub factor: bool,

    /// Refuse to read with more than N requests, before the expensive ones are sent
    #[arg(long, value_name = "N")]
    pub max_requests: Option<usize>,
}

/// The arguments of `export`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    what: What,

    /// Write files into this directory, with a quayform.toml, or bring the manifests of the project that is there up to
    /// date; without it, one organization goes to stdout
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Write files anew that are there, without their comments, order and layers
    #[arg(long, requires = "out")]
    overwrite: bool,

    /// Write nothing; show what would change as a patch, and end with exit code 2 if there is something
    #[arg(long, requires = "out", conflicts_with = "overwrite")]
    check: bool,

    /// Write the secrets that the registry shows, as variables for a shell, into this new file
    #[arg(long, value_name = "FILE")]
    secrets_out: Option<PathBuf>,
}

/// A registry as manifests, with what it was read from.
pub(super) struct Taken {
    pub(super) export: Export,
    pub(super) files: Vec<File>,
    /// What became of the manifests that were there.
    pub(super) updated: Option<Updated>,
    pub(super) cost: Cost,
    pub(super) connection: Connection,
}

/// Reads, writes, and says what is not in the manifests. A gap in what could be read is an error.
pub async fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let format = context.only_formats(&[Format::Text, Format::Json])?;
    let project = match &arguments.out {
        Some(out) => Some(Project::at(context.path(out), out, arguments.overwrite)?),
        None if arguments.what.split => {
            return Err(Failure::new("--split writes several files, and stdout is one")
                .certain("nothing was read or changed")
                .help("name a directory: --out DIR"));
        }
        None => None,
    };
    if let Some(file) = arguments
        .secrets_out
        .as_ref()
        .filter(|file| context.path(file).exists())
    {
        return Err(Failure::new(format!("{} is there already", file.display()))
            .certain("nothing was read or changed")
            .help("name a file that does not exist yet: secrets are never written over something else"));
    }
    let settings = match &project {
        Some(project) if project.exists() => context.settings(&[project.root().to_owned()])?,
        _ => context.settings(&[])?,
    };
    let _interrupts = Interrupts::watch(context)?;
    let choice = RegistryChoice {
        name: context.globals.registry.clone(),
        url: context.globals.url.clone(),
    };
    let schema = project.as_ref().map(|_| SCHEMA);
    let manifests = match &project {
        Some(project) => project.manifests(&settings)?,
        None => None,
    };
    let taken = take(
        &arguments.what,
        &settings,
        &choice,
        schema,
        manifests.as_deref(),
        context,
    )
    .await?;
    if arguments.check {
        return onto::check(&taken, manifests.unwrap_or_default(), format, context);
    }
    let written = match &project {
        Some(project) => Some(project.write(&taken, context)?),
        None => {
            print(&taken, format, context)?;
            None
        }
    };
    if let Some(file) = &arguments.secrets_out {
        write::secrets(&taken.export.variables, &context.path(file), file)?;
    }
    tell(&taken, written.as_deref(), format, context)?;
    Ok(taken.exit())
}

impl Taken {
    /// Gaps are errors, and so is what the manifests still say otherwise.
    fn exit(&self) -> Exit {
        let is_left = self.updated.as_ref().is_some_and(|updated| !updated.left.is_empty());
        match self.export.gaps.is_empty() && !is_left {
            true => Exit::Done,
            false => Exit::Error,
        }
    }
}

/// Reads what is meant and puts it together, onto the manifests that are there; nothing is written.
pub(super) async fn take(
    what: &What,
    settings: &Settings,
    choice: &RegistryChoice,
    schema: Option<&str>,
    manifests: Option<&[(PathBuf, String)]>,
    context: &Context,
) -> Result<Taken, Failure> {
    let sections = sections(&what.only)?;
    let secrets = context.secrets(settings);
    let connection = context.connect(settings, choice, &secrets)?;
    let started = Instant::now();
    context.ui.begins(&format!("Reading {}.", connection.identity));
    let progress = context.ui.progress("reading");
    let mut reader =
        Reader::new(connection.reader()).within(budget(what.max_requests, context).signing_in(connection.signing_in()));
    let of_reading = |error| Failure::of_exporting(&error, &connection.identity);
    let meant = reach::namespaces(what, &sections, &mut reader)
        .await
        .map_err(|error| error.told(&connection.identity))?;
    let kinds = kinds_of(&sections);
    // Whether an organization exists is asked whatever of it is exported.
    let mut explored = kinds.clone();
    explored.push(&Organization);
    let (interest, world) = explore(&mut reader, &meant, &explored).await.map_err(of_reading)?;
    drop(progress);
    reach::exist(what, &meant, &world)?;
    let mut export = export::export(&interest, &world, &kinds);
    let split = if what.split { Split::ByGroup } else { Split::ByNamespace };
    let (files, updated) = match manifests {
        None => {
            if what.factor {
                export = factor(export);
            }
            let files = files(&export, split, schema).map_err(unwritable)?;
            prove::means_the_same(&files, &world)?;
            (files, None)
        }
        Some(manifests) => {
            let known = settings.named();
            let factored = what.factor.then(|| factor(export.clone()));
            let ground = Ground {
                target: Target {
                    name: connection.name.as_deref(),
                    known: Some(&known),
                },
                live: &world,
                interest: &interest,
                kinds: &kinds,
                sections: &sections,
                export: &export,
                fresh: factored.as_ref().unwrap_or(&export),
                split,
                schema,
            };
            let updated = onto::update(manifests, &ground)?;
            let files = onto::changed(manifests, &updated);
            onto::only_named(&mut export.variables, &updated);
            (files, Some(updated))
        }
    };
    let mut cost = Cost::new(reader.requests(), started.elapsed().as_secs_f64());
    if let Some(estimate) = reader.estimate() {
        cost = cost.expected(estimate.requests, estimate.seconds);
    }
    Ok(Taken {
        export,
        files,
        updated,
        cost,
        connection,
    })
}

/// Text that cannot be written is a mistake of quayform's.
fn unwritable(error: String) -> Failure {
    Failure::new("the manifests cannot be written")
        .because(error)
        .ending(Exit::Bug)
}

/// The sections that are meant.
fn sections(names: &[String]) -> Result<Vec<&'static Section>, Failure> {
    if names.is_empty() {
        return Ok(Section::ALL.iter().filter(|section| section.is_usual).collect());
    }
    let find = |name: &String| {
        Section::find(name).ok_or_else(|| {
            let known: Vec<&str> = Section::ALL.iter().map(|section| section.name).collect();
            Failure::new(format!("--only: manifests have no section `{name}`"))
                .certain("nothing was read or changed")
                .help(format!("the sections are {}", known.join(", ")))
        })
    };
    names.iter().map(find).collect()
}

/// Prints the manifest of one namespace.
fn print(taken: &Taken, format: Format, context: &Context) -> Result<(), Failure> {
    if format != Format::Text {
        return Ok(());
    }
    match taken.files.as_slice() {
        [] if taken.export.gaps.is_empty() => Err(Failure::new("there is nothing to export")
            .certain("nothing was changed")
            .help("name an organization, or other sections with --only")),
        [] => Ok(()),
        [file] => {
            context.ui.data(&file.text);
            Ok(())
        }
        several => Err(
            Failure::new(format!("{} files would be written, and stdout is one", several.len()))
                .certain("nothing was changed")
                .help("name one organization, or a directory: --out DIR"),
        ),
    }
}

fn tell(taken: &Taken, written: Option<&[String]>, format: Format, context: &Context) -> Result<(), Failure> {
    if let Some(updated) = &taken.updated {
        onto::tell(updated, context);
    }
    if format == Format::Json {
        let mut document = json::exported(&taken.export, &taken.files, &taken.connection.identity, taken.cost);
        if let Some(updated) = &taken.updated {
            document["updated"] = json::updated(updated);
        }
        return context.ui.json(&document);
    }
    let told = text::exported(&taken.export, taken.cost);
    match written {
        Some(written) => {
            let shown = match &taken.updated {
                Some(updated) => text::updated_files(written, updated, &taken.export),
                None => text::written_files(&taken.files, written, &taken.export),
            };
            context.ui.data(&shown);
            context.ui.message(&told);
        }
        None => context.ui.message(&told),
    }
    Ok(())
}

/// Whether what belongs to the registry as a whole is meant, too.
fn is_of_registry(section: &Section) -> bool {
    section.kinds.iter().any(|kind| registry::owns(kind))
}
