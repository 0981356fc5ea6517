//! Runs one row against the registries that are meant, and shows what came back.

use std::sync::Arc;

use clap::ArgMatches;
use serde_json::{Value as Json, json};

use super::Chosen;
use super::handout::Destination;
use crate::cli::connect::Connection;
use crate::cli::context::Context;
use crate::cli::everywhere::everywhere;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::globals::Format;
use crate::cli::prepare::style;
use crate::http::{Clock, SystemClock};
use crate::model::Target;
use crate::operations::findings::{FINDING, findings, is_scanned, reaches};
use crate::operations::read::Waited;
use crate::operations::run::{Done, Surroundings, Told, Wishes, ready, run as send};
use crate::operations::secrets::{Handed, handed_out, hide};
use crate::operations::{Answer, Inputs, Operation, Problem};
use crate::report::text::answer;

/// Reads from every registry that is meant; acts on one only.
pub(super) async fn run(chosen: &Chosen, context: &Context) -> Result<Exit, Failure> {
    let (operation, matches) = (chosen.operation, &chosen.matches);
    let format = context.only_formats(&[Format::Text, Format::Json])?;
    let settings = context.settings(&[])?;
    let (inputs, wishes) = (chosen.inputs(SystemClock.now())?, chosen.wishes()?);
    let only_one = (!operation.only_reads()).then_some("done at");
    let one =
        async |connection: &Connection| one(operation, inputs.clone(), wishes, matches, connection, context).await;
    if operation.target() == Target::Registry {
        return everywhere(&settings, only_one, format, context, one).await;
    }
    let connection = context.cocktail(&settings, &context.secrets(&settings));
    let connection = connection.map_err(|failure| failure.certain("nothing was sent"))?;
    let (exit, document) = one(&connection).await?;
    if format == Format::Json {
        context.ui.json(&document)?;
    }
    Ok(exit)
}

async fn one(
    operation: &'static Operation,
    mut inputs: Inputs,
    wishes: Wishes,
    matches: &ArgMatches,
    connection: &Connection,
    context: &Context,
) -> Result<(Exit, Json), Failure> {
    let destination = match &operation.handout {
        Some(handout) => Destination::of(handout, matches, connection, context)?,
        None => Destination::none(),
    };
    let surroundings = Surroundings {
        reader: connection.reader(),
        writer: connection.writer(),
        token: connection.token.clone(),
        clock: Arc::new(SystemClock),
        stop: context.stop.clone(),
    };
    let prepared = ready(operation, &mut inputs, &surroundings).await?;
    if !is_approved(operation, matches, connection, context)? {
        context.ui.message("Nothing was changed.");
        return Ok((Exit::Error, Json::Null));
    }
    let tell = |told: Told<'_>| match told {
        Told::State(state) => context.ui.message(&format!("{state} …")),
        Told::Entries(entries) if context.ui.format() == Format::Text && !entries.is_empty() => {
            context.ui.data(&answer::log(entries));
        }
        Told::Entries(_) => {}
    };
    let mut done = send(operation, &prepared, &mut inputs, wishes, &surroundings, tell).await?;
    let handed = operation
        .handout
        .as_ref()
        .and_then(|handout| handed_out(handout, &done.found.body));
    let mut kept = None;
    if let (Some(handout), Some(handed)) = (&operation.handout, &handed) {
        kept = destination.keep(handout, handed)?;
    }
    if !destination.is_shown {
        hide(&mut done.found.body);
    }
    let exit = exit_of(operation, &done, matches);
    if context.ui.format() == Format::Text {
        show(operation, &inputs, &done, context);
        if let (Some(handed), true) = (&handed, destination.is_shown) {
            context.ui.data(&handed.shown());
        }
        if let (Some(handout), Some(path)) = (&operation.handout, &kept) {
            context
                .ui
                .message(&format!("{} is in {}.", capitalized(handout.what), path.display()));
        }
    }
    Ok((exit, document(operation, done, handed, kept, connection)))
}

/// Asks before something is lost.
fn is_approved(
    operation: &Operation,
    matches: &ArgMatches,
    connection: &Connection,
    context: &Context,
) -> Result<bool, Failure> {
    let Some(lost) = operation.reversibility.lost() else {
        return Ok(true);
    };
    if matches.get_flag("auto-approve") {
        return Ok(true);
    }
    context
        .ui
        .confirm(&format!("At {} this loses {lost}. Do it?", connection.identity))
}

fn show(operation: &Operation, inputs: &Inputs, done: &Done, context: &Context) {
    let (body, style) = (&done.found.body, style(context));
    let place = |at: &'static str| body.pointer(at).unwrap_or(&Json::Null);
    match operation.answer {
        Answer::Said(sentence) => context.ui.message(&inputs.fill(sentence)),
        Answer::List { at, columns, .. } => {
            context.ui.data(&answer::list(place(at), columns, style));
            if done.found.has_more {
                context
                    .ui
                    .message(&answer::more(place(at).as_array().map_or(0, Vec::len)));
            }
        }
        Answer::Object { at, columns } => context.ui.data(&answer::object(place(at), columns, style)),
        Answer::Whole => context.ui.data(&format!("{body:#}")),
        Answer::Findings if !is_scanned(body) => {
            let status = body.get("status").and_then(Json::as_str).unwrap_or("unknown");
            context
                .ui
                .message(&format!("The scanner has not looked at it: {status}."));
        }
        Answer::Findings => context.ui.data(&answer::list(&json!(findings(body)), FINDING, style)),
        // Its lines were printed as they came.
        Answer::Log | Answer::Steps => {}
    }
    match &done.waited {
        Some(Waited::Good(state)) => context.ui.message(&format!("It has ended: {state}.")),
        Some(Waited::Bad(state)) => {
            let hint = operation.wait.and_then(|wait| wait.hint);
            let hint = hint.map_or_else(String::new, |hint| format!(" {}.", inputs.fill(hint)));
            context.ui.message(&format!("It has failed: {state}.{hint}"));
        }
        Some(Waited::Unfinished(state)) => {
            context
                .ui
                .message(&format!("It still goes on ({state}); nobody waits any longer."));
        }
        None => {}
    }
}

/// What did not end well is an error; a scan that has not ended says nothing, so that a gate must not let it pass.
fn exit_of(operation: &Operation, done: &Done, matches: &ArgMatches) -> Exit {
    let waited = match &done.waited {
        Some(Waited::Bad(_) | Waited::Unfinished(_)) => Exit::Error,
        Some(Waited::Good(_)) | None => Exit::Done,
    };
    let Some(threshold) = &operation.threshold else {
        return waited;
    };
    let Some(grade) = matches.get_one::<String>("fail-on") else {
        return waited;
    };
    match is_scanned(&done.found.body) {
        false => Exit::Error,
        true if reaches(&done.found.body, threshold, grade) => Exit::Changes,
        true => waited,
    }
}

fn document(
    operation: &Operation,
    done: Done,
    handed: Option<Handed>,
    kept: Option<std::path::PathBuf>,
    connection: &Connection,
) -> Json {
    let mut document = json!({
        "format_version": 1,
        "registry": connection.identity,
        "operation": operation.command(),
        "has_more": done.found.has_more,
        "answer": done.found.body,
    });
    if let Some(waited) = &done.waited {
        let (ended, state) = match waited {
            Waited::Good(state) => ("good", state),
            Waited::Bad(state) => ("bad", state),
            Waited::Unfinished(state) => ("unfinished", state),
        };
        document["waited"] = json!({ "ended": ended, "state": state });
    }
    if let (Some(_), Some(path)) = (handed, kept) {
        document["credential"] = json!(path);
    }
    document
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        let failure = Failure::new(problem.message)
            .certain(problem.certain)
            .help(problem.help);
        match problem.cause {
            Some(cause) => failure.because(cause),
            None => failure,
        }
    }
}
