//! `quayform completions SHELL`.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::Cli;
use super::context::Context;
use super::exit::Exit;
use super::failure::Failure;
use super::globals::Format;

/// The arguments of `completions`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The shell that is to complete commands
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints the script.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    context.only_formats(&[Format::Text])?;
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "quayform", &mut script);
    context.ui.data(&String::from_utf8_lossy(&script));
    Ok(Exit::Done)
}
