//! One look at one registry: plan, take out what is to be expected, and ask the usage logs about the rest.

use std::time::Duration;

use jiff::SignedDuration;

use super::rules::Limits;
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::prepare::{Prepared, Purpose, What, prepare};
use crate::drift::{self, Own, OwnWrites, Report, Sieve, Standing, Surroundings, settled};
use crate::http::{Clock, SystemClock};
use crate::model::Action;
use crate::report::metrics::Figures;
use crate::settings::RegistryChoice;

/// What one registry was found to be like.
pub(super) struct Looked {
    pub(super) prepared: Prepared,
    pub(super) report: Report,
}

impl Looked {
    /// A gap is graver than drift; guards are only said.
    pub(super) fn exit(&self) -> Exit {
        let plan = &self.prepared.plan;
        if !plan.breaches.is_empty() {
            return Exit::Bug;
        }
        if !plan.gaps.is_empty() || self.prepared.findings.diagnostics.has_errors() {
            return Exit::Error;
        }
        match self.report.drifted.is_empty() {
            true => Exit::Done,
            false => Exit::Changes,
        }
    }

    /// Whether all that is declared was looked at.
    pub(super) fn is_whole(&self) -> bool {
        self.prepared.plan.narrowed.is_none() && self.prepared.shard.is_none() && self.prepared.plan.gaps.is_empty()
    }

    pub(super) fn figures(&self) -> Figures {
        let prepared = &self.prepared;
        Figures::of_drift(
            &prepared.connection.identity,
            prepared.requests(),
            &self.report,
            &prepared.plan,
            &prepared.desired,
        )
    }
}

/// Looks, and looks again where an apply may be under way. The embedded registry ends with whoever asks it.
pub(super) async fn look(
    what: &What,
    limits: &Limits,
    choice: RegistryChoice,
    sieve: &mut Sieve,
    context: &Context,
) -> Result<Looked, Failure> {
    let settle = match context.globals.emulator {
        true => Duration::ZERO,
        false => limits.settle,
    };
    let tell = |wait: Duration| {
        let seconds = wait.as_secs_f64().ceil();
        let text = format!("An apply may be under way: looking again in {seconds:.0} s (--settle).");
        context.ui.message(&text);
    };
    let (looked, settling) = settled((&SystemClock, &context.stop), settle, tell, async || {
        once(what, limits, choice.clone(), sieve, context).await
    })
    .await?;
    let report = looked.report.settled(settling);
    Ok(Looked { report, ..looked })
}

async fn once(
    what: &What,
    limits: &Limits,
    choice: RegistryChoice,
    sieve: &mut Sieve,
    context: &Context,
) -> Result<(Looked, Standing), Failure> {
    let mut prepared = prepare(what, Purpose::Drift, choice, context).await?;
    // How an apply would go is not asked for.
    prepared
        .findings
        .diagnostics
        .retain(|told| told.code != "interrupted-access");
    let (plan, live) = (&prepared.plan, &prepared.live);
    let (mut counting, mut ignored) = (Vec::new(), Vec::new());
    for change in plan.changes.iter().filter(|change| change.action != Action::Deferred) {
        let (rest, covered) = sieve.sift(change.clone(), drift::sort(change, live));
        counting.extend(rest);
        ignored.extend(covered);
    }
    let own = Own {
        journal: journal(&prepared, context),
        operators: prepared.options.operators(&live.caller.name),
    };
    let surroundings = Surroundings {
        client: &prepared.connection.reader(),
        own: &own,
        bounds: limits.bounds(SystemClock.now()),
        now: SystemClock.now(),
    };
    let investigation = drift::investigate(counting, live, &surroundings).await;
    let standing = Standing {
        // What is blocked is so before an apply and after it.
        differs: investigation
            .drifted
            .iter()
            .any(|drifted| drifted.change.action != Action::Blocked),
        youngest_own: youngest(investigation.youngest_own, &own, context),
        applying: prepared.records.holder().is_some(),
    };
    let is_whole = plan.narrowed.is_none();
    let coverage = is_whole.then(|| drift::coverage(&prepared.desired, live, plan));
    let report = Report::new(investigation, ignored, coverage);
    Ok((Looked { prepared, report }, standing))
}

/// How long ago the newest own write was: by the logs, or by the journal's clock for what no log tells.
fn youngest(by_logs: Option<SignedDuration>, own: &Own, context: &Context) -> Option<SignedDuration> {
    if context.globals.emulator {
        return by_logs;
    }
    let last = own.journal.writes.last();
    let by_journal = last.map(|write| SystemClock.now().duration_since(write.ended.unwrap_or(write.begun)));
    [by_logs, by_journal].into_iter().flatten().min()
}

fn journal(prepared: &Prepared, context: &Context) -> OwnWrites {
    prepared.records.own_writes().unwrap_or_else(|error| {
        let text = format!("the journal cannot be read, so that own writes are known by the account alone: {error}");
        context.ui.warning(&text);
        OwnWrites::default()
    })
}
