//! `quayform schema`: the JSON Schema that editors complete and check from.

use clap::Args;

use super::context::Context;
use super::exit::Exit;
use super::failure::Failure;
use super::globals::Format;
use crate::manifest;

/// The arguments of `schema`.
#[derive(Debug, Args)]
pub struct Arguments {}

/// Prints the schema of one manifest document.
pub fn run(_: &Arguments, context: &Context) -> Result<Exit, Failure> {
    context.only_formats(&[Format::Text, Format::Json])?;
    context.ui.json(&manifest::schema())?;
    Ok(Exit::Done)
}
