//! `quayform explain TOPIC`: a code, a kind, a field, or one object.

use std::path::PathBuf;

use clap::Args;
use clap_complete::ArgValueCompleter;
use jiff::SignedDuration;
use serde_json::{Value as Json, json};

use super::complete::addresses_beginning;
use super::context::Context;
use super::exit::Exit;
use super::failure::Failure;
use super::globals::Format;
use super::interrupts::Interrupts;
use super::narrow;
use super::prepare::{Prepared, Purpose, What, choices, prepare};
use crate::drift;
use crate::kinds::{registry, targets};
use crate::manifest;
use crate::manifest::suggest::closest;
use crate::report::explain::{Explained, Story, Topic, code, object, topic};
use crate::report::reference::codes;

/// How far back the log of an object is read.
const LOG_AGE: SignedDuration = SignedDuration::from_hours(24);
/// How many entries of it are told.
const LOG_ENTRIES: usize = 10;

/// The arguments of `explain`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// A code of an error (`unknown-field`), a kind or a field (`repository.visibility`), or an object
    /// (`'team[acme/developers]'`), which is read from the registry
    #[arg(value_name = "TOPIC", add = ArgValueCompleter::new(addresses_beginning))]
    topic: String,

    /// The project that declares the object [default: where you are]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
}

/// Explains what is asked for.
pub async fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let format = context.only_formats(&[Format::Text, Format::Json])?;
    let asked = arguments.topic.as_str();
    let (explained, registry, exit) = if asked.contains('[') {
        about_object(arguments, context).await?
    } else if let Some(found) = codes::find(asked) {
        (code(found), None, Exit::Done)
    } else {
        (about_field(asked)?, None, Exit::Done)
    };
    match format {
        Format::Json => {
            let mut document = json!({ "format_version": 1, "registry": registry });
            if let (Json::Object(document), Json::Object(more)) = (&mut document, explained.json) {
                document.extend(more);
            }
            context.ui.json(&document)?;
        }
        _ => context.ui.data(&explained.text),
    }
    Ok(exit)
}

fn about_field(asked: &str) -> Result<Explained, Failure> {
    match topic(&manifest::schema(), asked) {
        Topic::Known(explained) => Ok(explained),
        Topic::Unknown { part, names, meant } => {
            let near_code = closest(asked, codes::all().map(|code| code.code));
            let help = match (meant, near_code) {
                (Some(meant), _) => format!("did you mean `{meant}`?"),
                (None, Some(code)) => format!("did you mean `{code}`?"),
                (None, None) if asked.contains('+') => format!("an object is named with its kind: robot[{asked}]"),
                (None, None) if asked.contains('/') => format!("an object is named with its kind: repository[{asked}]"),
                (None, None) if names.is_empty() => "nothing is written below it".to_owned(),
                (None, None) => format!("there are: {}", names.join(", ")),
            };
            Err(Failure::new(format!("nothing is called `{part}` here")).help(help))
        }
    }
}

async fn about_object(arguments: &Arguments, context: &Context) -> Result<(Explained, Option<String>, Exit), Failure> {
    let what = What {
        paths: arguments.paths.clone(),
        allow: Vec::new(),
        max_requests: None,
        shard: None,
        narrow: narrow::Flags {
            target: vec![arguments.topic.clone()],
            exclude: Vec::new(),
        },
        guards_from: None,
        refresh: false,
    };
    let mut choices = choices(&what, context)?;
    if choices.len() > 1 {
        return Err(Failure::new("explain tells of one registry, and several are chosen")
            .certain("nothing was read")
            .help("name one of them with --registry NAME"));
    }
    let choice = choices.pop().ok_or_else(|| Failure::new("no registry is chosen"))?;
    let _interrupts = Interrupts::watch(context)?;
    let prepared = prepare(&what, Purpose::Plan { actor: None }, choice, context).await?;
    let of_address = |text: &str| {
        prepared
            .desired
            .objects
            .iter()
            .find(|it| it.address.to_string() == text)
    };
    let Some(declared) = of_address(&arguments.topic) else {
        return Err(
            Failure::new(format!("`{}` names no single object that is declared", arguments.topic))
                .certain("nothing was changed")
                .help("write one whole address as a plan shows it, such as 'team[acme/developers]'"),
        );
    };
    let log = log(&prepared, &declared.address).await;
    let entries = log.as_ref().map(|log| {
        let concerns = |entry: &&drift::Entry| {
            entry
                .subject
                .as_ref()
                .is_some_and(|subject| subject.concerns(&declared.address))
        };
        log.entries.iter().filter(concerns).take(LOG_ENTRIES).collect()
    });
    let explained = object(&Story {
        address: &declared.address,
        declared,
        live: prepared.live.get(&declared.address),
        change: prepared
            .plan
            .changes
            .iter()
            .find(|change| change.address == declared.address),
        log: entries,
        sources: &prepared.sources,
    });
    let exit = if prepared.plan.gaps.is_empty() {
        Exit::Done
    } else {
        Exit::Error
    };
    if prepared.findings.diagnostics.has_errors() {
        context.ui.findings(&prepared.findings);
    }
    Ok((explained, Some(prepared.connection.identity.clone()), exit))
}

/// The usage log of the organization, if the token may read it.
async fn log(prepared: &Prepared, address: &crate::model::Address) -> Option<drift::Log> {
    if registry::owns(address.kind) {
        return None;
    }
    let organization = address.namespace();
    let target = match organization == prepared.live.caller.name {
        true => targets::OWN_USAGE_LOG.to_owned(),
        false => targets::usage_log(organization),
    };
    drift::read(&prepared.connection.reader(), organization, &target, LOG_AGE)
        .await
        .0
        .ok()
}
