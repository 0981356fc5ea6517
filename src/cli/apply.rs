//! `quayform apply`: plan, ask, write, prove.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use clap::Args;

use super::context::Context;
use super::credentials;
use super::exit::Exit;
use super::failure::Failure;
use super::figures;
use super::globals::Format;
use super::interrupts::Interrupts;
use super::output::Output;
use super::prepare::{self, Prepared, Purpose, choices, prepare};
use super::{cocktail, saved_plan, ui, within};
use crate::apply::{self, Applied, ApplyError, Delivered, Progress, Sink};
use crate::cocktail::Cocktail;
use crate::http::SystemClock;
use crate::model::{Address, Change, Outcome, State};
use crate::report::metrics::Figures;
use crate::report::text;
use crate::saved::SavedPlan;
use crate::settings::RegistryChoice;

/// The arguments of `apply`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    what: prepare::What,

    /// Do not ask
    #[arg(long)]
    auto_approve: bool,

    /// Apply only if the saved plan, or that of --within, has this digest, as shown where it was reviewed
    #[arg(long, value_name = "sha256:…")]
    digest: Option<String>,

    /// Apply only if every change stands in this saved plan
    #[arg(long, value_name = "FILE")]
    within: Option<PathBuf>,

    /// Send passwords that the registry never shows again, although nothing else of their objects changes
    #[arg(long)]
    resend_secrets: bool,

    /// Do not wait for the end of builds that are started: the next apply does
    #[arg(long)]
    no_wait: bool,

    #[command(flatten)]
    credentials: credentials::Credentials,

    #[command(flatten)]
    figures: figures::Destinations,
}

/// The formats that the result is written in.
const FORMATS: [Format; 3] = [Format::Text, Format::Json, Format::Markdown];

/// Applies the plan if it is approved, and reads everything again that it touched; one registry after the other.
pub async fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let run = async |found: &mut Vec<Figures>| {
        let mut output = Output::new("apply", &FORMATS, &arguments.what.paths, context)?;
        let ended = all(arguments, found, &mut output, context).await;
        output.finish(ended)
    };
    arguments.figures.of("apply", context, run).await
}

async fn all(
    arguments: &Arguments,
    found: &mut Vec<Figures>,
    output: &mut Output<'_>,
    context: &Context,
) -> Result<Exit, Failure> {
    let interrupts = Interrupts::watch(context)?;
    let saved = saved_plan::open(&arguments.what.paths, context)?;
    check_flags(arguments, saved.as_ref())?;
    let choices = match &saved {
        Some(saved) => vec![saved_plan::choice(saved, context)],
        None => choices(&arguments.what, context)?,
    };
    let several = choices.len() > 1;
    let of_one = async |output: &mut Output<'_>, choice| {
        interrupts.reading();
        let told = (output, &mut *found);
        registry(choice, several, saved.as_ref(), arguments, &interrupts, told, context).await
    };
    output.each(choices, || interrupts.stopped(), of_one).await
}

/// Refuses flags that have no meaning for what is applied.
fn check_flags(arguments: &Arguments, saved: Option<&SavedPlan>) -> Result<(), Failure> {
    let refuse = |message: String, help: &str| {
        let failure = Failure::new(message).certain("nothing was read from the registry or changed");
        Err(failure.help(help))
    };
    match (saved, &arguments.digest) {
        (None, Some(_)) if arguments.within.is_none() => refuse(
            "--digest is the digest of a saved plan, and none is given".to_owned(),
            "name the file: quayform apply FILE --digest sha256:…, or apply PATH --within FILE --digest sha256:…",
        ),
        (Some(saved), Some(digest)) if saved.digest != *digest => Err(within::another_plan(saved, digest)),
        (Some(_), _) if arguments.within.is_some() => refuse(
            "--within compares a fresh plan with a saved one, and PATH is a saved plan itself".to_owned(),
            "name the manifests, or leave --within away",
        ),
        (Some(_), _) if arguments.what.shard.is_some() => refuse(
            "--shard chooses what is planned, and a saved plan stays as it is".to_owned(),
            "save a plan of that shard: quayform plan --shard I/N --out FILE",
        ),
        (Some(_), _) if arguments.what.narrow.is_given() => refuse(
            "--target and --exclude choose what is planned, and a saved plan stays as it is".to_owned(),
            "save a plan of that: quayform plan --target ADDRESS --out FILE",
        ),
        (Some(_), _) if arguments.resend_secrets => refuse(
            "--resend-secrets changes what is planned, and a saved plan stays as it is".to_owned(),
            "apply the manifests with --resend-secrets",
        ),
        _ => Ok(()),
    }
}

/// Plans one registry or takes the saved plan, and goes on from there.
async fn registry(
    choice: RegistryChoice,
    is_one_of_several: bool,
    saved: Option<&SavedPlan>,
    arguments: &Arguments,
    interrupts: &Interrupts,
    (output, found): (&mut Output<'_>, &mut Vec<Figures>),
    context: &Context,
) -> Result<Exit, Failure> {
    let prepared = match saved {
        Some(saved) => saved_plan::prepare(saved, choice, &arguments.what, context).await?,
        None => {
            let purpose = Purpose::Apply {
                resend_secrets: arguments.resend_secrets,
            };
            let what = arguments.what.refreshed_if(arguments.within.is_some());
            prepare(&what, purpose, choice, context).await?
        }
    };
    if context.ui.format() == Format::Text {
        prepared.head(is_one_of_several, context);
    }
    // What is in force for a saved plan does not follow from where its file lies.
    let paths = if saved.is_some() {
        &[]
    } else {
        &arguments.what.paths[..]
    };
    let mut applied = Applied::default();
    let ended = one(&prepared, &mut applied, paths, arguments, interrupts, output, context).await;
    found.push(prepared.figures().with_outcomes(&applied.outcomes));
    ended
}

/// Shows and applies one plan. The document is the plan where nothing is written, and otherwise the result.
async fn one(
    prepared: &Prepared,
    applied: &mut Applied,
    paths: &[PathBuf],
    arguments: &Arguments,
    interrupts: &Interrupts,
    output: &mut Output<'_>,
    context: &Context,
) -> Result<Exit, Failure> {
    let shows = context.ui.format() == Format::Text;
    if shows {
        prepared.show(false, context);
    } else {
        context.ui.findings(&prepared.findings);
    }
    let sink = credentials::sink(&arguments.credentials, prepared, context)?;
    let cocktail = cocktail::needed(prepared, paths, context)?;
    if let Some(exit) = stop_before_writing(prepared, arguments, context)? {
        output.plan(prepared, None)?;
        return Ok(exit);
    }
    if prepared.plan.is_empty() && prepared.plan.gaps.is_empty() {
        prepared.records.nothing_to_do(context).await;
    }
    if shows && prepared.plan.is_empty() && sink.is_none() {
        // The plan has said it all.
        return Ok(prepared.exit());
    }
    let started = Instant::now();
    if !prepared.plan.is_empty() || sink.is_some() {
        *applied = write(prepared, (sink, cocktail), arguments.no_wait, interrupts, context).await?;
    }
    let seconds = started.elapsed().as_secs_f64();
    if shows {
        let style = prepare::style(context);
        let blocked = prepared.plan.summary.blocked;
        context.ui.data(&text::applied(applied, blocked, seconds, style));
    }
    output.applied(prepared, applied, seconds);
    Ok(prepared.exit().worst(exit_of(applied)))
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
    if let Some(reviewed) = &arguments.within {
        within::check(prepared, reviewed, arguments.digest.as_deref(), context)?;
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

async fn write(
    prepared: &Prepared,
    (sink, cocktail): (Option<Arc<dyn Sink>>, Option<Cocktail>),
    no_wait: bool,
    interrupts: &Interrupts,
    context: &Context,
) -> Result<Applied, Failure> {
    let total = prepared.plan.summary.writes() as u64;
    let progress = Bar {
        ui: context.ui.clone(),
        bar: context.ui.progress("applying"),
        ended: AtomicU64::new(0),
        total,
    };
    let surroundings = apply::Context {
        transport: prepared.connection.writer(),
        token: prepared.connection.token.clone(),
        clock: Arc::new(SystemClock),
        desired: &prepared.desired,
        options: &prepared.options,
        sink,
        journal: prepared.records.journal()?,
        settle_time: context.settle_time()?,
        build_patience: if no_wait {
            Duration::ZERO
        } else {
            apply::builds::PATIENCE
        },
        cocktail,
        work: prepared.records.work(),
        stop: interrupts.writing(),
    };
    let applied = apply::apply(&prepared.plan, &prepared.live, &surroundings, &progress).await;
    applied.map_err(|error| {
        let help = match &error {
            ApplyError::UnresolvedSecrets(_) => "set the variables or files where quayform runs, and apply again",
            ApplyError::Sink(_) => "name another --credentials-out DIR, or make this one writable, and apply again",
            ApplyError::NoCocktail(_) => "set url and token in [cocktail] of quayform.toml",
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
    if some(|state| state.word() == "stale") {
        exit = exit.worst(Exit::Stale);
    }
    if exit == Exit::Done && some(|state| state.word() == "skipped") && !some(|state| state.word() == "deferred") {
        // Something could not be read again: a gap, as at planning.
        exit = Exit::Error;
    }
    if applied.verified.as_ref().is_some_and(|verified| !verified.converged()) {
        exit = exit.worst(Exit::Unconverged);
    }
    let undelivered = |delivered: &Delivered| !delivered.problems.is_empty();
    if applied.credentials.as_ref().is_some_and(undelivered) {
        exit = exit.worst(Exit::Error);
    }
    exit
}

struct Bar {
    ui: ui::Ui,
    bar: ui::Progress,
    ended: AtomicU64,
    total: u64,
}

impl Progress for Bar {
    fn started(&self, change: &Change) {
        tracing::debug!(action = change.action.word(), address = %change.address, "begins");
    }

    fn goes_on(&self, address: &Address, what: &str) {
        self.ui.message(&format!("{address}: {what}"));
    }

    fn ended(&self, outcome: &Outcome) {
        tracing::debug!(state = outcome.state.word(), address = %outcome.address, "ended");
        self.bar
            .set_of(self.ended.fetch_add(1, Ordering::Relaxed) + 1, self.total);
    }

    fn verifying(&self) {
        tracing::debug!("reading again what was written");
    }

    fn delivering(&self) {
        tracing::debug!("bringing the tokens of robots to their sink");
    }
}
