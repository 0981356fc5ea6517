//! `quayform access`: who may do what, and by which ways, in the registry or as the manifests would have it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;

use super::context::Context;
use super::exit::Exit;
use super::failure::Failure;
use super::globals::Format;
use super::interrupts::Interrupts;
use super::prepare::{style, unusable};
use crate::access::{Question, Row, survey, table};
use crate::kinds::{self, organization, registry, wishes};
use crate::manifest::{self, Target};
use crate::model::address::matches_glob;
use crate::model::{Desired, Gap, Role, Subject, World};
use crate::plan::{Options, promise};
use crate::read::{Reader, read_world};
use crate::report::{csv, json, text};
use crate::settings::Settings;

/// Who creates what manifests declare, where nobody was asked.
const WHOEVER_APPLIES: &str = "(whoever applies)";

/// The arguments of `access`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Organizations or repositories: acme, acme/api, 'acme/prod-*' [default: all organizations that the manifests name]
    #[arg(value_name = "WHERE")]
    places: Vec<String>,

    /// Only what this user may do
    #[arg(long, value_name = "NAME", conflicts_with_all = ["robot", "team"])]
    user: Option<String>,

    /// Only what this robot may do, by its full name: acme+ci
    #[arg(long, value_name = "NAME", conflicts_with = "team")]
    robot: Option<String>,

    /// Only what the members of this team may do by it
    #[arg(long, value_name = "NAME")]
    team: Option<String>,

    /// Only who has at least this role: read, write or admin
    #[arg(long, value_name = "ROLE")]
    who_can: Option<String>,

    /// As the manifests would have it, without asking any registry
    #[arg(long)]
    desired: bool,

    /// The project: a directory with a quayform.toml, or manifests outside of any project [default: where you are]
    #[arg(long, value_name = "PATH")]
    project: Vec<PathBuf>,
}

/// Shows the table. A gap in what could be read is an error: somebody may do more than is shown.
pub async fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let format = context.only_formats(&[Format::Text, Format::Json, Format::Csv])?;
    let question = question(arguments)?;
    let settings = context.settings(&arguments.project)?;
    let _interrupts = Interrupts::watch(context)?;
    let (registry, world, organizations) = if arguments.desired {
        let desired = desired(&settings, context.globals.registry.as_deref())?;
        let organizations = organizations(arguments, || Ok(named(&desired)))?;
        (
            None,
            promise(&desired, WHOEVER_APPLIES, &Options::default()),
            organizations,
        )
    } else {
        let organizations = organizations(arguments, || {
            Ok(named(&desired(&settings, context.globals.registry.as_deref())?))
        })?;
        let (registry, world) = live(&settings, &organizations, context).await?;
        (Some(registry), world, organizations)
    };
    exist(&organizations, &world)?;
    let rows = table(&world, &organizations, &question);
    let gaps: BTreeSet<Gap> = world.gaps.values().cloned().collect();
    let gaps: Vec<Gap> = gaps.into_iter().collect();
    show(&rows, registry.as_deref(), &gaps, format, context)?;
    Ok(if gaps.is_empty() { Exit::Done } else { Exit::Error })
}

fn question(arguments: &Arguments) -> Result<Question, Failure> {
    let role = arguments.who_can.as_deref().unwrap_or("read");
    let at_least = Role::from_word(role);
    if at_least == Role::None {
        return Err(Failure::new(format!("--who-can: there is no role `{role}`"))
            .certain("nothing was read or changed")
            .help("the roles are read, write and admin"));
    }
    if let Some(robot) = arguments.robot.as_deref().filter(|name| !name.contains('+')) {
        return Err(
            Failure::new(format!("--robot: `{robot}` is not the full name of a robot"))
                .certain("nothing was read or changed")
                .help(format!("name its organization: --robot acme+{robot}")),
        );
    }
    let account = arguments.user.as_ref().or(arguments.robot.as_ref());
    let account = account.map(|name| Subject::Account(name.clone()));
    let team = arguments.team.as_ref().map(|name| Subject::Team(name.clone()));
    let whole = |place: &String| match place.contains('/') {
        true => place.clone(),
        false => format!("{place}/*"),
    };
    Ok(Question {
        repositories: arguments.places.iter().map(whole).collect(),
        subject: account.or(team),
        at_least,
    })
}

/// The organizations that are meant: by name, or those that the manifests name and a pattern matches.
fn organizations(
    arguments: &Arguments,
    of_manifests: impl FnOnce() -> Result<BTreeSet<String>, Failure>,
) -> Result<BTreeSet<String>, Failure> {
    let places = arguments
        .places
        .iter()
        .map(|place| place.split('/').next().unwrap_or(place));
    let robots = arguments.robot.iter().filter_map(|robot| robot.split('+').next());
    let (patterns, mut names): (Vec<&str>, BTreeSet<String>) = if arguments.places.is_empty() {
        let names: BTreeSet<String> = robots.map(str::to_owned).collect();
        (if names.is_empty() { vec!["*"] } else { Vec::new() }, names)
    } else {
        let (patterns, names): (Vec<&str>, Vec<&str>) = places.partition(|name| name.contains('*'));
        (patterns, names.into_iter().map(str::to_owned).collect())
    };
    if !patterns.is_empty() {
        let known = of_manifests()?;
        names.extend(
            known
                .into_iter()
                .filter(|name| patterns.iter().any(|glob| matches_glob(glob, name))),
        );
    }
    if names.is_empty() {
        return Err(Failure::new("no organization is meant")
            .certain("nothing was read or changed")
            .help("name one, such as `quayform access acme`: these manifests name none"));
    }
    Ok(names)
}

/// What is not there has no rows, which must not look like "nobody may".
fn exist(organizations: &BTreeSet<String>, world: &World) -> Result<(), Failure> {
    let is_absent = |name: &&String| {
        let address = organization::address(name);
        world.is_complete(&kinds::collection(&address)) && world.get(&address).is_none()
    };
    match organizations.iter().find(is_absent) {
        None => Ok(()),
        Some(name) => Err(Failure::new(format!("there is no organization {name}"))
            .certain("nothing was changed")
            .help(
                "look at its spelling; what is not written down is asked for by name, such as `quayform access acme`",
            )),
    }
}

/// What is of the whole registry stands in no organization.
fn named(desired: &Desired) -> BTreeSet<String> {
    let addresses = desired.objects.iter().map(|declared| declared.address.namespace());
    let organizations = addresses.filter(|name| *name != registry::NAMESPACE);
    organizations.map(str::to_owned).collect()
}

/// What the manifests want of one registry, without asking it; secrets are not resolved.
pub(super) fn desired(settings: &Settings, registry: Option<&str>) -> Result<Desired, Failure> {
    let known = settings.named();
    let target = Target {
        name: registry.filter(|name| *name != "all"),
        known: Some(&known),
    };
    let loaded = manifest::load_for(&settings.root, &settings.manifest_patterns, target);
    match &loaded.project {
        Some(project) => Ok(wishes::desired(project, &wishes::Secrets::new())),
        None => Err(unusable(loaded, "nothing was read or changed")),
    }
}

/// Everything that bears on access in these organizations: the lists, then what they name.
async fn live(
    settings: &Settings,
    organizations: &BTreeSet<String>,
    context: &Context,
) -> Result<(String, World), Failure> {
    let secrets = context.secrets(settings);
    let mut choices = context.choices(settings)?;
    if choices.len() > 1 {
        return Err(Failure::new("access is told of one registry, and several are chosen")
            .certain("nothing was read or changed")
            .help("choose one with --registry NAME"));
    }
    let choice = choices.remove(0);
    let connection = context.connect(settings, &choice, &secrets)?;
    context.ui.begins(&format!("Reading {}.", connection.identity));
    let progress = context.ui.progress("reading");
    let mut reader = Reader::new(connection.reader());
    let mut world = World::default();
    for _ in ["the lists", "what they name"] {
        let interest = survey::interest(organizations.iter().map(String::as_str), &world);
        world = read_world(&mut reader, &interest)
            .await
            .map_err(|error| Failure::of_reading(&error, &connection.identity))?;
    }
    drop(progress);
    Ok((connection.identity, world))
}

fn show(rows: &[Row], registry: Option<&str>, gaps: &[Gap], format: Format, context: &Context) -> Result<(), Failure> {
    match format {
        Format::Json => context.ui.json(&json::access(rows, registry, gaps))?,
        Format::Csv => {
            let table =
                csv::access(rows).map_err(|error| Failure::new("the table cannot be written").because(error))?;
            context.ui.data(&table);
        }
        _ => context.ui.data(&text::access(rows, style(context))),
    }
    if format != Format::Json {
        for gap in gaps {
            context
                .ui
                .warning(&format!("GET {} could not be read: {}", gap.target, gap.reason));
        }
        if !gaps.is_empty() {
            context.ui.message("Somebody may do more than is shown.");
        }
    }
    Ok(())
}
