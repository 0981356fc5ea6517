//! `quayform drift`: what is not as the manifests say, and who made it so.

mod adopt;
mod look;
mod page;
mod rules;
mod webhook;

use clap::Args;
use serde_json::Value as Json;

use super::context::Context;
use super::exit::Exit;
use super::failure::Failure;
use super::figures;
use super::globals::Format;
use super::interrupts::Interrupts;
use super::output::Output;
use super::prepare::{self, choices, style};
use super::saved_plan;
use crate::drift::Sieve;
use crate::report::json;
use crate::report::metrics::Figures;
use crate::report::text;
use crate::settings::Settings;
use adopt::Adopt;
use look::{Looked, look};
use rules::Limits;

/// The arguments of `drift`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    what: prepare::What,

    /// How far back the usage logs are read at most: a length (12h, 30d) or a day (2026-01-31)
    #[arg(long, value_name = "WHEN", default_value = "30d")]
    since: String,

    /// How many pages of 20 entries are read at most of each organization's usage log; 0 to ask nobody
    #[arg(long, value_name = "N", default_value_t = 10)]
    max_log_pages: usize,

    /// How old own writes must be: while they are younger, an apply may be under way, and drift waits and looks again
    #[arg(long, value_name = "LENGTH", default_value = "2m")]
    settle: String,

    /// Do not count this, by address and perhaps field: --ignore 'team[acme/dev]', --ignore 'team[acme/*].description'
    #[arg(long, value_name = "ADDRESS[.FIELD]")]
    ignore: Vec<String>,

    /// Write what is live back into the manifests: as a patch on stdout, or with --adopt=write in place
    #[arg(long, value_enum, value_name = "HOW", num_args = 0..=1, default_missing_value = "patch", require_equals = true)]
    adopt: Option<Adopt>,

    /// List every object instead of the first ones of each cause
    #[arg(long)]
    expand: bool,

    /// Send nothing to [drift.webhook]
    #[arg(long)]
    no_webhook: bool,

    #[command(flatten)]
    figures: figures::Destinations,
}

/// The formats that drift is written in.
const FORMATS: [Format; 5] = [
    Format::Text,
    Format::Json,
    Format::Markdown,
    Format::Html,
    Format::Junit,
];

/// Looks at every registry that is meant. Drift ends with 2, a gap in what could be read with 1.
pub async fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let run = async |found: &mut Vec<Figures>| {
        let mut output = Output::new("drift", &FORMATS, &arguments.what.paths, context)?;
        let ended = at_all(arguments, context, found, &mut output).await;
        output.finish(ended)
    };
    arguments.figures.of("drift", context, run).await
}

async fn at_all(
    arguments: &Arguments,
    context: &Context,
    found: &mut Vec<Figures>,
    output: &mut Output<'_>,
) -> Result<Exit, Failure> {
    if saved_plan::open(&arguments.what.paths, context)?.is_some() {
        return Err(
            Failure::new("PATH is a saved plan, and drift is looked for by manifests")
                .certain("nothing was read or changed")
                .help("name the manifests"),
        );
    }
    let limits = Limits::of(arguments)?;
    let settings = context.settings(&arguments.what.paths)?;
    let mut sieve = rules::sieve(&arguments.ignore, &settings, context)?;
    let choices = choices(&arguments.what, context)?;
    let several = choices.len() > 1;
    if arguments.adopt.is_some() {
        context.only_formats(&[Format::Text, Format::Json])?;
    }
    if several && arguments.adopt.is_some() {
        return Err(
            Failure::new("--adopt takes over what is live in one registry, and several are chosen")
                .certain("nothing was read or changed")
                .help("adopt from one after the other with --registry NAME"),
        );
    }
    let _interrupts = Interrupts::watch(context)?;
    let (number, mut whole) = (choices.len(), 0);
    let of_one = async |output: &mut Output<'_>, choice| {
        let looked = look(&arguments.what, &limits, choice, &mut sieve, context).await?;
        told(&looked, arguments, &settings, several, &sieve, output, context)?;
        found.push(looked.figures());
        if !arguments.no_webhook {
            webhook::tell(&looked, &settings, context).await;
        }
        whole += usize::from(looked.is_whole());
        Ok(looked.exit())
    };
    let exit = output.each(choices, || false, of_one).await?;
    if whole == number {
        rules::say_unused(&sieve, context);
    }
    Ok(exit)
}

/// Prints what was found, or what comes of it in the manifests; documents and pages are printed in the end.
fn told(
    looked: &Looked,
    arguments: &Arguments,
    settings: &Settings,
    several: bool,
    sieve: &Sieve,
    output: &mut Output<'_>,
    context: &Context,
) -> Result<(), Failure> {
    let adopted = arguments.adopt.map(|how| adopt::run(how, looked, settings));
    let adopted = adopted.transpose()?;
    match (context.ui.format(), &adopted) {
        (Format::Json, adopted) => {
            let mut document = document(looked, sieve);
            if let Some(adopted) = adopted {
                document["adoption"] = adopted.json();
            }
            output.document(document);
        }
        // A patch is all that stdout holds.
        (_, Some(adopted)) => adopted.show(context),
        (Format::Text, None) => {
            looked.prepared.head(several, context);
            show(looked, arguments.expand, context);
        }
        _ => page::add(looked, output),
    }
    Ok(())
}

fn show(looked: &Looked, expand: bool, context: &Context) {
    let prepared = &looked.prepared;
    context.ui.findings(&prepared.findings);
    let (plan, sources) = (&prepared.plan, &prepared.sources);
    let shown = text::drift(&looked.report, plan, sources, prepared.cost, style(context), expand);
    context.ui.data(&shown);
}

/// What plans say of a registry as well, and what drift adds to it.
fn document(looked: &Looked, sieve: &Sieve) -> Json {
    let mut document = looked.prepared.json();
    if let (Json::Object(entries), Json::Object(more)) = (
        &mut document,
        json::drift(&looked.report, &looked.prepared.sources, sieve.expired()),
    ) {
        // What an apply would do is the plan's to say.
        for key in ["changes", "access"] {
            entries.shift_remove(key);
        }
        entries.extend(more);
    }
    document
}
