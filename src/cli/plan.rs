//! `quayform plan`: what an apply would do, without doing it.

use clap::Args;

use super::context::Context;
use super::exit::Exit;
use super::failure::Failure;
use super::globals::Format;
use super::interrupts::Interrupts;
use super::prepare::{self, Purpose, choices, prepare};
use crate::report::json;

/// The arguments of `plan`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    what: prepare::What,

    /// Exit with 2 if there is anything to do or blocked
    #[arg(long)]
    detailed_exitcode: bool,

    /// Write every change by itself instead of folding many like ones
    #[arg(long)]
    expand: bool,
}

/// Shows the plan. A gap in what could be read is an error, whatever else there is to do.
pub async fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let format = context.only_formats(&[Format::Text, Format::Json])?;
    let _interrupts = Interrupts::watch(context)?;
    let mut exit = Exit::Done;
    let mut documents = Vec::new();
    for choice in choices(&arguments.what, context)? {
        let prepared = match prepare(&arguments.what, Purpose::Plan, choice, context).await {
            Ok(prepared) => prepared,
            Err(failure) => {
                let (ended, document) = context.told(failure)?;
                documents.push(document);
                exit = exit.worst(ended);
                continue;
            }
        };
        match format {
            Format::Text => prepared.show(arguments.expand, context),
            Format::Json => documents.push(prepared.json()),
        }
        let summary = &prepared.plan.summary;
        if arguments.detailed_exitcode && (!prepared.plan.is_empty() || summary.blocked > 0) {
            exit = exit.worst(Exit::Changes);
        }
        exit = exit.worst(prepared.exit());
    }
    if format == Format::Json {
        context.ui.json(&json::registries(documents))?;
    }
    Ok(exit)
}
