//! `quayform graph`: what must come before what, as a picture.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::access::desired;
use super::context::Context;
use super::exit::Exit;
use super::failure::Failure;
use super::globals::Format;
use super::saved_plan;
use crate::report::graph::{Graph, MOST_UNFOLDED};

/// The arguments of `graph`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// A project: what its manifests declare is drawn [default: where you are]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Draw the changes of a saved plan instead: what `plan --out FILE` wrote
    #[arg(long, value_name = "FILE", conflicts_with = "paths")]
    plan: Option<PathBuf>,

    /// The language of the picture
    #[arg(long = "as", value_enum, default_value_t, value_name = "LANGUAGE")]
    language: Language,

    /// Draw every object, however many there are, instead of folding like ones
    #[arg(long)]
    expand: bool,
}

/// Languages for pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Language {
    /// For Graphviz: quayform graph | dot -Tsvg
    #[default]
    Dot,
    /// For Markdown
    Mermaid,
}

/// Draws it; no registry is asked.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    context.only_formats(&[Format::Text])?;
    let whole = match &arguments.plan {
        Some(file) => Graph::of_plan(&saved_plan::read(file, context)?.plan),
        None => {
            let settings = context.settings(&arguments.paths)?;
            Graph::of_desired(&desired(&settings, context.globals.registry.as_deref())?)
        }
    };
    let is_folded = !arguments.expand && whole.len() > MOST_UNFOLDED;
    let graph = if is_folded { whole.folded() } else { whole.clone() };
    context.ui.data(&match arguments.language {
        Language::Dot => graph.dot(),
        Language::Mermaid => graph.mermaid(),
    });
    if is_folded {
        context.ui.message(&format!(
            "{} objects are folded into {}; --expand draws each.",
            whole.len(),
            graph.len()
        ));
    }
    Ok(Exit::Done)
}
