//! `quayform apply`: plan, ask, write, prove.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use clap::Args;
use serde_json::Value as Json;

use super::context::Context;
use super::exit::Exit;
use super::failure::Failure;
use super::globals::Format;
use super::interrupts::Interrupts;
use super::prepare::{self, Prepared, Purpose, choices, prepare};
use super::ui;
use crate::apply::{self, Applied, ApplyError, Progress};
use crate::http::SystemClock;
use crate::model::{Change, Outcome, State};
use crate::report::{json, text};
use crate::settings::RegistryChoice;

/// The arguments of `apply`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    what: prepare::What,

    /// Do not ask
    #[arg(long)]
    auto_approve: bool,

    /// Send passwords that the registry never shows again, although nothing else of their objects changes
    #[arg(long)]
    resend_secrets: bool,
}

/// Applies the plan if it is approved, and reads everything again that it touched; one registry after the other.
pub async fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let format = context.only_formats(&[Format::Text, Format::Json])?;
    let interrupts = Interrupts::watch(context)?;
    let mut exit = Exit::Done;
    let mut documents = Vec::new();
    for choice in choices(&arguments.what, context)? {
        interrupts.reading();
        // What became of the others must be said, whatever happens to this one.
        let (ended, document) = match registry(choice, arguments, &interrupts, context).await {
            Ok(ended) => ended,
            Err(failure) => context.told(failure)?,
        };
        documents.push(document);
        exit = exit.worst(ended);
        if interrupts.stopped() {
            exit = exit.worst(Exit::Interrupted);
            break;
        }
    }
    if format == Format::Json {
        context.ui.json(&json::registries(documents))?;
    }
    Ok(exit)
}

/// Plans one registry, and goes on from there.
async fn registry(
    choice: RegistryChoice,
    arguments: &Arguments,
    interrupts: &Interrupts,
    context: &Context,
) -> Result<(Exit, Json), Failure> {
    let purpose = Purpose::Apply {
        resend_secrets: arguments.resend_secrets,
    };
    let prepared = prepare(&arguments.what, purpose, choice, context).await?;
    one(&prepared, arguments, interrupts, context).await
}

/// Shows and applies one plan. The document is the plan where nothing is written, and otherwise the result.
async fn one(
    prepared: &Prepared,
    arguments: &Arguments,
    interrupts: &Interrupts,
    context: &Context,
) -> Result<(Exit, Json), Failure> {
    let shows = context.ui.format() == Format::Text;
    if shows {
        prepared.show(false, context);
    }
    if let Some(exit) = stop_before_writing(prepared, arguments, context)? {
        return Ok((exit, prepared.json()));
    }
    if prepared.plan.is_empty() && prepared.plan.gaps.is_empty() {
        prepared.records.nothing_to_do(context).await;
    }
    if shows && prepared.plan.is_empty() {
        // The plan has said it all.
        return Ok((prepared.exit(), Json::Null));
    }
    let started = Instant::now();
    let applied = if prepared.plan.is_empty() {
        Applied::default()
    } else {
        write(prepared, interrupts, context).await?
    };
    let seconds = started.elapsed().as_secs_f64();
    if shows {
        let style = prepare::style(context);
        let blocked = prepared.plan.summary.blocked;
        context.ui.data(&text::applied(&applied, blocked, seconds, style));
    }
    let mut document = json::applied(
        &applied,
        &prepared.plan,
        &prepared.sources,
        &prepared.connection.identity,
        seconds,
        prepared.findings.json(),
    );
    prepared.records.add_to(&mut document);
    Ok((prepared.exit().worst(exit_of(&applied)), document))
}

/// Refusals, errors in the manifests, and a person who says no.
fn stop_before_writing(prepared: &Prepared, arguments: &Arguments, context: &Context) -> Result<Option<Exit>, Failure> {
    let exit = prepared.exit();
    if !prepared.plan.refusals.is_empty() || prepared.findings.diagnostics.has_errors() {
        context.ui.message("Nothing was changed.");
        return Ok(Some(exit));
    }
    if prepared.plan.is_empty() && !prepared.plan.gaps.is_empty() {
        context.ui.message("Nothing was changed.");
    }
    if prepared.plan.is_empty() || arguments.auto_approve {
        return Ok(None);
    }
    let question = format!("Apply these changes to {}?", prepared.connection.identity);
    if context.ui.confirm(&question)? {
        return Ok(None);
    }
    context.ui.message("Nothing was changed.");
    Ok(Some(exit.worst(Exit::Error)))
}

async fn write(prepared: &Prepared, interrupts: &Interrupts, context: &Context) -> Result<Applied, Failure> {
    let total = prepared.plan.summary.writes() as u64;
    let progress = Bar {
        bar: context.ui.progress("applying"),
        ended: AtomicU64::new(0),
        total,
    };
    let surroundings = apply::Context {
        transport: prepared.connection.writer(),
        token: Some(prepared.connection.token.clone()),
        clock: Arc::new(SystemClock),
        desired: &prepared.desired,
        options: &prepared.options,
        journal: prepared.records.journal()?,
        settle_time: context.settle_time()?,
        stop: interrupts.writing(),
    };
    let applied = apply::apply(&prepared.plan, &prepared.live, &surroundings, &progress).await;
    applied.map_err(|error| {
        let help = match &error {
            ApplyError::UnresolvedSecrets(_) => "set the variables or files where quayform runs, and apply again",
            ApplyError::Journal(_) => "an apply notes each write before it leaves; make room for its journal",
        };
        Failure::new(error.to_string())
            .certain("nothing was changed")
            .help(help)
    })
}

fn exit_of(applied: &Applied) -> Exit {
    let some = |fits: fn(&State) -> bool| applied.count(fits) > 0;
    let mut exit = Exit::Done;
    if some(|state| *state == State::Cancelled) {
        exit = exit.worst(Exit::Interrupted);
    }
    if some(|state| state.word() == "failed") {
        exit = exit.worst(Exit::Partial);
    }
    if applied.verified.as_ref().is_some_and(|verified| !verified.converged()) {
        exit = exit.worst(Exit::Unconverged);
    }
    exit
}

struct Bar {
    bar: ui::Progress,
    ended: AtomicU64,
    total: u64,
}

impl Progress for Bar {
    fn started(&self, change: &Change) {
        tracing::debug!(action = change.action.word(), address = %change.address, "begins");
    }

    fn ended(&self, outcome: &Outcome) {
        tracing::debug!(state = outcome.state.word(), address = %outcome.address, "ended");
        self.bar
            .set_of(self.ended.fetch_add(1, Ordering::Relaxed) + 1, self.total);
    }

    fn verifying(&self) {
        tracing::debug!("reading again what was written");
    }
}
