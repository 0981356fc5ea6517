//! `quayform schema`: the JSON Schemas that editors complete and check from, and programs can rely on.

use clap::{Args, ValueEnum};

use super::context::Context;
use super::exit::Exit;
use super::failure::Failure;
use super::globals::Format;
use crate::manifest;
use crate::report::schema;

/// The arguments of `schema`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Of which documents
    #[arg(value_enum, default_value_t, value_name = "DOCUMENT")]
    document: Document,
}

/// The documents that have a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Document {
    /// What manifests may say
    #[default]
    Manifest,
    /// What `plan --format json` prints and `plan --out` saves
    Plan,
    /// What `apply --format json` prints
    Apply,
}

/// Prints the schema of one document.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    context.only_formats(&[Format::Text, Format::Json])?;
    context.ui.json(&match arguments.document {
        Document::Manifest => manifest::schema(),
        Document::Plan => schema::plan(),
        Document::Apply => schema::applied(),
    })?;
    Ok(Exit::Done)
}
