//! `quayform plan`: what an apply would do, without doing it.

use clap::Args;

use super::context::Context;
use super::exit::Exit;
use super::failure::Failure;
use super::globals::Format;
use super::interrupts::Interrupts;
use super::prepare::{self, prepare};
use crate::report::{json, text};

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
    let _interrupts = Interrupts::watch(&context.ui)?;
    let prepared = prepare(&arguments.what, false, context).await?;
    if format == Format::Json {
        let diagnostics = prepared.findings.json();
        let registry = &prepared.connection.identity;
        context.ui.json(&json::plan(
            &prepared.plan,
            &prepared.sources,
            registry,
            prepared.cost,
            diagnostics,
        ))?;
    } else {
        let style = text::Style {
            color: context.ui.appearance().color,
        };
        context.ui.findings(&prepared.findings);
        context.ui.data(&text::plan(
            &prepared.plan,
            &prepared.sources,
            prepared.cost,
            style,
            arguments.expand,
        ));
    }
    let summary = &prepared.plan.summary;
    let differs = !prepared.plan.is_empty() || summary.blocked > 0;
    let found = if arguments.detailed_exitcode && differs {
        Exit::Changes
    } else {
        Exit::Done
    };
    Ok(prepared.exit().worst(found))
}
