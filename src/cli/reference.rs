//! `quayform reference PAGE`: the generated pages of the documentation.

use clap::{Args, ValueEnum};

use super::context::Context;
use super::exit::Exit;
use super::failure::Failure;
use super::globals::Format;
use crate::operations::nouns;
use crate::report::reference;
use crate::{kinds, manifest};

/// The arguments of `reference`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The page to print
    #[arg(value_enum)]
    page: Page,
}

/// The pages that are generated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Page {
    /// How a difference in each field of each kind is dealt with
    Fields,
    /// Every document of manifests with its fields
    Manifests,
    /// Every code of a problem, with an example and the way out
    Errors,
    /// The commands for one-shot actions, and what each sends
    Commands,
}

/// Prints the page as Markdown.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    context.only_formats(&[Format::Text])?;
    let page = match arguments.page {
        Page::Fields => reference::fields(kinds::ALL),
        Page::Manifests => reference::manifests(&manifest::schema()),
        Page::Errors => reference::errors(),
        Page::Commands => reference::commands(nouns::NOUNS),
    };
    context.ui.data(&page);
    Ok(Exit::Done)
}
