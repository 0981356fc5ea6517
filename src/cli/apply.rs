//! `quayform apply`: plan, ask, write, prove.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use clap::Args;

use super::context::Context;
use super::exit::Exit;
use super::failure::Failure;
use super::globals::Format;
use super::interrupts::Interrupts;
use super::prepare::{self, Prepared, prepare};
use super::ui;
use crate::apply::{self, Applied, ApplyError, Progress};
use crate::http::SystemClock;
use crate::model::{Change, Outcome, State};
use crate::report::{json, text};

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

/// Applies the plan if it is approved, and reads everything again that it touched.
pub async fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let format = context.only_formats(&[Format::Text, Format::Json])?;
    let interrupts = Interrupts::watch(&context.ui)?;
    let prepared = prepare(&arguments.what, arguments.resend_secrets, context).await?;
    let style = text::Style {
        color: context.ui.appearance().color,
    };
    let show = format == Format::Text;
    if show {
        context.ui.findings(&prepared.findings);
        context.ui.data(&text::plan(
            &prepared.plan,
            &prepared.sources,
            prepared.cost,
            style,
            false,
        ));
    }
    if let Some(exit) = stop_before_writing(&prepared, arguments, context)? {
        if !show {
            let diagnostics = prepared.findings.json();
            let registry = &prepared.connection.identity;
            context.ui.json(&json::plan(
                &prepared.plan,
                &prepared.sources,
                registry,
                prepared.cost,
                diagnostics,
            ))?;
        }
        return Ok(exit);
    }
    if show && prepared.plan.is_empty() {
        // The plan has said it all.
        return Ok(prepared.exit());
    }
    let started = Instant::now();
    let applied = write(&prepared, &interrupts, context).await?;
    let seconds = started.elapsed().as_secs_f64();
    if show {
        context
            .ui
            .data(&text::applied(&applied, prepared.plan.summary.blocked, seconds, style));
    } else {
        let registry = &prepared.connection.identity;
        context.ui.json(&json::applied(
            &applied,
            &prepared.plan,
            &prepared.sources,
            registry,
            seconds,
            prepared.findings.json(),
        ))?;
    }
    Ok(prepared.exit().worst(exit_of(&applied)))
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
        stop: interrupts.writing(),
    };
    let applied = apply::apply(&prepared.plan, &prepared.live, &surroundings, &progress).await;
    applied.map_err(|error| {
        let ApplyError::UnresolvedSecrets(_) = &error;
        Failure::new(error.to_string())
            .certain("nothing was changed")
            .help("set the variables or files where quayform runs, and apply again")
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
