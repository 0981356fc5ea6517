//! `quayform NOUN VERB`: every row of the table of operations is a command.

mod arguments;
mod file;
mod handout;
mod run;

use clap::{ArgMatches, Command, Error, FromArgMatches, Subcommand};
use jiff::Timestamp;

use super::context::Context;
use super::exit::Exit;
use super::failure::Failure;
use crate::operations::nouns::NOUNS;
use crate::operations::run::Wishes;
use crate::operations::{Inputs, Operation, find};

/// A row of the table, with what was given on the command line.
#[derive(Debug, Clone)]
pub struct Chosen {
    operation: &'static Operation,
    matches: ArgMatches,
}

impl Chosen {
    /// The row.
    pub fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// What was given to it; lengths of time count from `now`.
    pub fn inputs(&self, now: Timestamp) -> Result<Inputs, Failure> {
        arguments::inputs(self.operation, &self.matches, now)
    }

    /// How much of the answer is wanted, and for how long it is waited.
    pub fn wishes(&self) -> Result<Wishes, Failure> {
        arguments::wishes(self.operation, &self.matches)
    }
}

/// Carries out the row.
pub async fn run(chosen: &Chosen, context: &Context) -> Result<Exit, Failure> {
    run::run(chosen, context).await
}

impl Subcommand for Chosen {
    fn augment_subcommands(command: Command) -> Command {
        command.subcommands(NOUNS.iter().map(arguments::command))
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        NOUNS.iter().any(|noun| noun.name == name)
    }
}

impl FromArgMatches for Chosen {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let missing = || Error::new(clap::error::ErrorKind::MissingSubcommand);
        let (noun, matches) = matches.subcommand().ok_or_else(missing)?;
        let (first, mut matches) = matches.subcommand().ok_or_else(missing)?;
        let mut verb = first.to_owned();
        while let Some((word, inner)) = matches.subcommand() {
            verb = format!("{verb} {word}");
            matches = inner;
        }
        Ok(Chosen {
            operation: find(noun, &verb).ok_or_else(missing)?,
            matches: matches.clone(),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
