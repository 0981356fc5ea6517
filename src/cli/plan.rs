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
use super::prepare::{self, Prepared, Purpose, choices, prepare};
use super::saved_plan;
use crate::report::json;
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

/// Shows the plan. A gap in what could be read is an error, whatever else there is to do.
pub async fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let run = async |found: &mut Vec<Figures>| at_all(arguments, context, found).await;
    arguments.figures.of("plan", context, run).await
}

async fn at_all(arguments: &Arguments, context: &Context, found: &mut Vec<Figures>) -> Result<Exit, Failure> {
    let format = context.only_formats(&[Format::Text, Format::Json])?;
    if saved_plan::open(&arguments.what.paths, context)?.is_some() {
        return Err(Failure::new("PATH is a saved plan, and plans are made of manifests")
            .certain("nothing was read or changed")
            .help("carry it out with `quayform apply FILE`, or name the manifests"));
    }
    let choices = choices(&arguments.what, context)?;
    if arguments.out.is_some() && choices.len() > 1 {
        return Err(
            Failure::new("--out saves the plan of one registry, and several are chosen")
                .certain("nothing was read or changed")
                .help("plan them one after the other with --registry NAME"),
        );
    }
    let is_only_one = choices.len() == 1;
    let what = arguments.what.refreshed_if(arguments.out.is_some());
    let _interrupts = Interrupts::watch(context)?;
    let mut exit = Exit::Done;
    let mut documents = Vec::new();
    let several = choices.len() > 1;
    for choice in choices {
        let actor = arguments.actor.clone();
        let mut prepared = match prepare(&what, Purpose::Plan { actor }, choice, context).await {
            Ok(prepared) => prepared,
            Err(failure) => {
                let (ended, document) = context.told(failure)?;
                documents.push(document);
                exit = exit.worst(ended);
                continue;
            }
        };
        found.push(prepared.figures());
        prepared.explains_reads = arguments.explain_reads;
        if format == Format::Text {
            prepared.head(several, context);
            prepared.show(arguments.expand, context);
        }
        match (&arguments.out, format) {
            (Some(file), _) => documents.push(save(&prepared, file, context)?),
            (None, Format::Json) if is_only_one => context.ui.json(&prepared.document(None))?,
            (None, Format::Json) => documents.push(prepared.json()),
            _ => {}
        }
        let summary = &prepared.plan.summary;
        if arguments.detailed_exitcode && (!prepared.plan.is_empty() || summary.blocked > 0) {
            exit = exit.worst(Exit::Changes);
        }
        exit = exit.worst(prepared.exit());
    }
    if format == Format::Json && !documents.is_empty() {
        context.ui.json(&json::registries(documents))?;
    }
    Ok(exit)
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
