//! The command line: one command per file; [`ui`] is the only place that prints, [`exit`] the table of exit codes.
//!
//! A new command is a file with `Arguments` (clap) and `run`, and one line in each half of [`Command`].

pub mod access;
pub mod api;
pub mod apply;
pub mod cocktail;
mod complete;
pub mod completions;
pub mod connect;
pub mod context;
pub mod credentials;
pub mod drift;
pub mod emulator;
mod everywhere;
pub mod exit;
pub mod explain;
pub mod export;
pub mod failure;
pub mod figures;
pub mod findings;
pub mod fmt;
pub mod globals;
pub mod graph;
pub mod import;
pub mod init;
pub mod interrupts;
mod kept;
pub mod man;
pub mod narrow;
pub mod operation;
mod others;
mod output;
pub mod patterns;
pub mod plan;
pub mod prepare;
mod reach;
pub mod records;
pub mod reference;
pub mod salt;
pub mod saved_plan;
pub mod schema;
pub mod ui;
pub mod validate;
mod whereabouts;
pub mod within;

use std::ffi::OsString;

use clap::{Parser, Subcommand};

use context::Context;
use exit::Exit;
use failure::Failure;
use globals::Globals;
use ui::Ui;

/// What `--version` says, for whoever asks which program that was.
const BUILD: &str = concat!(
    env!("CARGO_PKG_VERSION"),
    "\ncommit: ",
    env!("QUAYFORM_COMMIT"),
    "\nbuilt for: ",
    env!("QUAYFORM_TARGET"),
    "\nrust: ",
    env!("CARGO_PKG_RUST_VERSION"),
    " or later"
);

/// The whole command line.
#[derive(Debug, Parser)]
#[command(
    name = "quayform",
    version,
    long_version = BUILD,
    about = "Config-as-code for Red Hat Quay and quay.io: an exact plan, an apply that proves itself",
    disable_help_subcommand = true,
    after_help = "Exit codes: 0 done or nothing to do, 1 error, 2 changes found, 3 refused by a guard, \
                  4 the plan is stale, 5 applied in part, 6 applied but not converged, 70 a bug in quayform, 130 interrupted."
)]
pub struct Cli {
    /// The flags that every command knows.
    #[command(flatten)]
    pub globals: Globals,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands, in the order in which `--help` lists them.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Begin: a project with manifests of what is in a registry, editor settings and a pipeline
    Init(init::Arguments),
    /// Check manifests offline: all problems in one run, each with its place
    Validate(validate::Arguments),
    /// Show what an apply would do, and change nothing
    Plan(plan::Arguments),
    /// Plan, ask, write, and prove that it converged
    Apply(apply::Arguments),
    /// Show what is not as the manifests say, and who made it so
    Drift(drift::Arguments),
    /// Show who may do what, and by which ways
    Access(access::Arguments),
    /// Write manifests of what is in a registry: then there is nothing to plan
    Export(export::Arguments),
    /// Convert a file of another tool to manifests, and say what is not in them
    Import(import::Arguments),
    /// Draw what must come before what, of manifests or of a plan
    Graph(graph::Arguments),
    /// Explain a code, a kind, a field, or an object: where it is written, what is live, who touched it
    Explain(explain::Arguments),
    /// Lay out manifests in one way: order of names, indentation, quotes
    Fmt(fmt::Arguments),
    /// Print the JSON Schema of manifests, plans or applies
    Schema(schema::Arguments),
    /// Print a generated page of the documentation
    #[command(hide = true)]
    Reference(reference::Arguments),
    /// Print the completion script of a shell
    Completions(completions::Arguments),
    /// Print the manual page, or write those of all commands
    Man(man::Arguments),
    /// Run the embedded registry, to try everything without a server
    Emulator(emulator::Arguments),
    /// Send any request to the registry's API: the way out for what has no command
    Api(api::Arguments),
    /// One row of the table of operations
    #[command(flatten)]
    Operation(operation::Chosen),
}

impl Command {
    async fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self {
            Command::Init(arguments) => init::run(&arguments, context).await,
            Command::Validate(arguments) => validate::run(&arguments, context),
            Command::Plan(arguments) => plan::run(&arguments, context).await,
            Command::Apply(arguments) => apply::run(&arguments, context).await,
            Command::Drift(arguments) => drift::run(&arguments, context).await,
            Command::Access(arguments) => access::run(&arguments, context).await,
            Command::Export(arguments) => export::run(&arguments, context).await,
            Command::Import(arguments) => import::run(&arguments, context),
            Command::Graph(arguments) => graph::run(&arguments, context),
            Command::Explain(arguments) => explain::run(&arguments, context).await,
            Command::Fmt(arguments) => fmt::run(&arguments, context),
            Command::Schema(arguments) => schema::run(&arguments, context),
            Command::Reference(arguments) => reference::run(&arguments, context),
            Command::Completions(arguments) => completions::run(&arguments, context),
            Command::Man(arguments) => man::run(&arguments, context),
            Command::Emulator(arguments) => emulator::run(arguments, context).await,
            Command::Api(arguments) => api::run(&arguments, context).await,
            Command::Operation(chosen) => operation::run(&chosen, context).await,
        }
    }
}

/// Parses the arguments (the first is the program's name), runs the command and says what went wrong.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    ui::report_panics_as_bugs();
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    if let Some(exit) = complete::answer(&arguments) {
        return exit;
    }
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(answer) => return ui::usage(&answer),
    };
    let ui = Ui::new(cli.globals.format, cli.globals.color, cli.globals.verbose);
    let outcome = execute(cli, ui.clone());
    let exit = match outcome {
        Ok(exit) => exit,
        Err(failure) => {
            ui.failure(&failure);
            failure.exit()
        }
    };
    ui.finish(exit)
}

fn execute(cli: Cli, ui: Ui) -> Result<Exit, Failure> {
    let context = Context::of_process(cli.globals, ui)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new("the program cannot start").because(error))?;
    runtime.block_on(cli.command.run(&context))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
