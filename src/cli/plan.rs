//! `quayform plan`: what an apply would do, without doing it.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::Value as Json;

use super::context::Context;
use super::exit::Exit;
use super::failure::Failure;
use super::figures;
use super::globals::Format;
use super::interrupts::Interrupts;
use super::output::Output;
use super::prepare::{self, Prepared, Purpose, choices, prepare};
use super::saved_plan;
use crate::drift::{self, Sieve};
use crate::http::{Clock, SystemClock};
use crate::model::Action;
use crate::report::metrics::Figures;

/// The arguments of `plan`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    what: prepare::What,

    /// Save the plan, for `apply FILE` and `apply --within FILE`
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Plan for another user, whose token will apply it
    #[arg(long = "as", value_name = "USER")]
    actor: Option<String>,

    /// Exit with 2 if there is anything to do or blocked
    #[arg(long)]
    detailed_exitcode: bool,

    /// List every request that planning sent, by reason
    #[arg(long)]
    explain_reads: bool,

    /// Write every change by itself instead of folding many like ones
    #[arg(long)]
    expand: bool,

    #[command(flatten)]
    figures: figures::Destinations,
}

/// The formats that a plan is written in.
const FORMATS: [Format; 5] = [
    Format::Text,
    Format::Json,
    Format::Markdown,
    Format::Html,
    Format::Junit,
];

/// Shows the plan. A gap in what could be read is an error, whatever else there is to do.
pub async fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let run = async |found: &mut Vec<Figures>| {
        let mut output = Output::new("plan", &FORMATS, &arguments.what.paths, context)?;
        let ended = all(arguments, found, &mut output, context).await;
        output.finish(ended)
    };
    arguments.figures.of("plan", context, run).await
}

/// One registry after the other.
async fn all(
    arguments: &Arguments,
    found: &mut Vec<Figures>,
    output: &mut Output<'_>,
    context: &Context,
) -> Result<Exit, Failure> {
    if saved_plan::open(&arguments.what.paths, context)?.is_some() {
        return Err(Failure::new("PATH is a saved plan, and plans are made of manifests")
            .certain("nothing was read or changed")
            .help("carry it out with `quayform apply FILE`, or name the manifests"));
    }
    let choices = choices(&arguments.what, context)?;
    let several = choices.len() > 1;
    if arguments.out.is_some() && several {
        return Err(
            Failure::new("--out saves the plan of one registry, and several are chosen")
                .certain("nothing was read or changed")
                .help("plan them one after the other with --registry NAME"),
        );
    }
    let what = arguments.what.refreshed_if(arguments.out.is_some());
    let _interrupts = Interrupts::watch(context)?;
    let of_one = async |output: &mut Output<'_>, choice| {
        let actor = arguments.actor.clone();
        let prepared = prepare(&what, Purpose::Plan { actor }, choice, context).await?;
        found.push(prepared.figures());
        one(prepared, several, arguments, output, context)
    };
    output.each(choices, || false, of_one).await
}

fn one(
    mut prepared: Prepared,
    is_one_of_several: bool,
    arguments: &Arguments,
    output: &mut Output<'_>,
    context: &Context,
) -> Result<Exit, Failure> {
    prepared.explains_reads = arguments.explain_reads;
    if context.ui.format() == Format::Text {
        prepared.head(is_one_of_several, context);
        prepared.show(arguments.expand, context);
    } else {
        context.ui.findings(&prepared.findings);
    }
    let saved = match &arguments.out {
        Some(file) => Some(save(&prepared, file, context)?),
        None => None,
    };
    output.plan(&prepared, saved)?;
    let differs = !prepared.plan.is_empty() || is_blocked(&prepared, arguments, context)?;
    let asked = if arguments.detailed_exitcode && differs {
        Exit::Changes
    } else {
        Exit::Done
    };
    Ok(asked.worst(prepared.exit()))
}

/// Whether something is blocked that no rule says is to be expected.
fn is_blocked(prepared: &Prepared, arguments: &Arguments, context: &Context) -> Result<bool, Failure> {
    if !arguments.detailed_exitcode || prepared.plan.summary.blocked == 0 {
        return Ok(false);
    }
    let rules = context.settings(&arguments.what.paths)?.drift.ignore;
    let mut sieve = Sieve::new(rules, drift::day(SystemClock.now()));
    let changes = prepared.plan.changes.iter();
    let mut blocked = changes.filter(|change| change.action == Action::Blocked);
    Ok(blocked.any(|change| {
        let sort = drift::sort(change, &prepared.live);
        sieve.sift(change.clone(), sort).0.is_some()
    }))
}

/// Saves a plan that could be applied, and returns it as it was saved.
fn save(prepared: &Prepared, file: &Path, context: &Context) -> Result<Json, Failure> {
    if prepared.findings.diagnostics.has_errors() {
        context.ui.message("The plan is not saved: it has errors.");
        return Ok(prepared.json());
    }
    let document = saved_plan::save(prepared, file, context)?;
    let digest = document["digest"].as_str().unwrap_or_default();
    if context.ui.format() == Format::Text {
        context.ui.data(&format!("Saved to {}: {digest}\n", file.display()));
        if prepared.plan.refusals.iter().any(|refusal| refusal.overridable) {
            context.ui.data(&format!(
                "To allow all of exactly this plan that can be allowed: quayform apply {} --allow {digest}\n",
                file.display()
            ));
        }
    }
    Ok(document)
}
