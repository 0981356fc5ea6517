//! From rows of the table to arguments of commands, and back to what was given.

use std::time::Duration;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use jiff::Timestamp;

use super::file;
use crate::cli::credentials;
use crate::cli::failure::Failure;
use crate::model::units;
use crate::operations::nouns::Noun;
use crate::operations::run::Wishes;
use crate::operations::{Answer, Form, Input, Inputs, Operation, Paging};

/// How many items of a list are shown where nobody says.
const USUAL_LIMIT: &str = "100";
/// How long it is waited where nobody says.
const USUAL_PATIENCE: &str = "30m";

/// A noun with its verbs.
pub(super) fn command(noun: &Noun) -> Command {
    let command = Command::new(noun.name)
        .about(noun.about)
        .subcommand_required(true)
        .arg_required_else_help(true);
    noun.operations
        .iter()
        .fold(command, |command, operation| match operation.verb.split_once(' ') {
            None => command.subcommand(verb(operation, operation.verb)),
            Some((object, word)) => within(command, object, noun.about, verb(operation, word)),
        })
}

/// Puts a verb of two words, `build run`, below the first of them.
fn within(command: Command, object: &'static str, about: &'static str, verb: Command) -> Command {
    if command.find_subcommand(object).is_some() {
        return command.mut_subcommand(object, |object| object.subcommand(verb));
    }
    let object = Command::new(object).about(about).subcommand_required(true);
    command.subcommand(object.arg_required_else_help(true).subcommand(verb))
}

fn verb(operation: &Operation, word: &'static str) -> Command {
    let command = Command::new(word)
        .about(operation.about)
        .args(operation.inputs.iter().map(argument));
    extras(operation).into_iter().fold(command, Command::arg)
}

fn argument(input: &Input) -> Arg {
    let argument = Arg::new(input.name).help(input.help).required(input.is_required);
    let argument = match input.is_positional {
        true => argument.value_name(input.name.to_uppercase()),
        false => argument.long(input.name),
    };
    match input.form {
        Form::Switch => argument.action(ArgAction::SetTrue),
        Form::Texts => argument.action(ArgAction::Append).value_name(value_name(input)),
        Form::OneOf(words) => argument
            .value_parser(PossibleValuesParser::new(words))
            .value_name(value_name(input)),
        _ => argument.value_name(value_name(input)),
    }
}

fn value_name(input: &Input) -> String {
    match input.form {
        _ if input.is_positional => input.name.to_uppercase(),
        Form::Number => "N".to_owned(),
        Form::Day => "YYYY-MM-DD".to_owned(),
        Form::Moment => "WHEN".to_owned(),
        Form::Duration => "LENGTH".to_owned(),
        Form::Json => "JSON".to_owned(),
        Form::MapFile | Form::ListFile => "FILE".to_owned(),
        _ => input.name.to_uppercase(),
    }
}

/// The flags that come with what an operation is.
fn extras(operation: &Operation) -> Vec<Arg> {
    let mut extras = Vec::new();
    let switch =
        |name: &'static str, help: &'static str| Arg::new(name).long(name).help(help).action(ArgAction::SetTrue);
    if is_paged(operation) {
        let limit = Arg::new("limit")
            .long("limit")
            .value_name("N")
            .default_value(USUAL_LIMIT);
        extras.push(limit.value_parser(value_parser!(usize)).help("At most so many lines"));
        extras.push(switch("all", "All lines, however many pages that takes").conflicts_with("limit"));
    }
    if operation.handout.is_some() {
        let directory = Arg::new("credentials-out").long("credentials-out").value_name("DIR");
        extras.push(directory.help("Keep the secret in a file in DIR, readable by you alone"));
        extras.push(credentials::format_argument());
        extras.push(switch(
            "show-secret",
            "Print the secret, for whoever can read the terminal or the log",
        ));
    }
    if operation.reversibility.lost().is_some() {
        extras.push(switch("auto-approve", "Do not ask"));
    }
    if operation.wait.is_some() {
        extras.push(switch("wait", "Wait until it has ended; 1 where it fails"));
        let patience = Arg::new("timeout").long("timeout").value_name("LENGTH");
        extras.push(
            patience
                .default_value(USUAL_PATIENCE)
                .requires("wait")
                .help("Wait no longer than this"),
        );
    }
    if let Some(threshold) = operation.threshold {
        let grade = Arg::new("fail-on").long("fail-on").value_name("SEVERITY");
        let words = PossibleValuesParser::new(threshold.grades);
        extras.push(
            grade
                .value_parser(words)
                .help("End with exit code 2 where anything is as grave as this"),
        );
    }
    if is_log(operation) {
        extras.push(switch("follow", "Go on as long as the build does"));
    }
    extras
}

/// Whether it answers with lines that can be followed.
fn is_log(operation: &Operation) -> bool {
    matches!(operation.answer, Answer::Log | Answer::Steps)
}

/// Whether its list comes in pages.
pub(super) fn is_paged(operation: &Operation) -> bool {
    matches!(operation.answer, Answer::List { paging, .. } if paging != Paging::Whole)
}

/// Reads what was given.
pub(super) fn inputs(operation: &Operation, matches: &ArgMatches, now: Timestamp) -> Result<Inputs, Failure> {
    let mut inputs = Inputs::default();
    for input in operation.inputs {
        if input.form == Form::Switch {
            if matches.get_flag(input.name) {
                inputs.switch(input.name);
            }
            continue;
        }
        for text in matches.get_many::<String>(input.name).into_iter().flatten() {
            let value = &match input.form {
                Form::MapFile | Form::ListFile => file::read(input.name, text)?.to_string(),
                _ => text.clone(),
            };
            inputs.give(input, value, now).map_err(|accepted| {
                Failure::new(format!("`{text}` cannot be used for {}", input.shown()))
                    .because(accepted)
                    .certain("nothing was sent")
            })?;
        }
    }
    Ok(inputs)
}

/// Reads how much of it is wanted, and for how long.
pub(super) fn wishes(operation: &Operation, matches: &ArgMatches) -> Result<Wishes, Failure> {
    let most = match is_paged(operation) && !matches.get_flag("all") {
        true => matches.get_one::<usize>("limit").copied().unwrap_or(usize::MAX),
        false => usize::MAX,
    };
    let waits = operation.wait.is_some() && matches.get_flag("wait");
    let follows = is_log(operation) && matches.get_flag("follow");
    let patience = match waits {
        true => {
            let text = matches
                .get_one::<String>("timeout")
                .map_or(USUAL_PATIENCE, String::as_str);
            let length = units::Duration::parse(text).map_err(|accepted| {
                Failure::new(format!("`{text}` cannot be used for --timeout"))
                    .because(accepted)
                    .certain("nothing was sent")
            })?;
            Some(Duration::from_secs(length.seconds))
        }
        false => None,
    };
    Ok(Wishes {
        most,
        patience,
        follows,
    })
}
