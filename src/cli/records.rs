//! What this machine remembers about a registry: who is at work on it, and how the last apply ended.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value as Json;

use super::context::Context;
use super::failure::Failure;
use super::prepare::Purpose;
use crate::apply::journal::{Event, Journal, Work};
use crate::apply::settle;
use crate::drift::OwnWrites;
use crate::http::{Clock, SystemClock};
use crate::report::{json, text};
use crate::settings::Settings;
use crate::state::{FileJournal, History, Holder, Lock, LockProblem, own_writes};

/// The variable that says how many seconds a request without an answer may still be at work.
const SETTLE_VARIABLE: &str = "QUAYFORM_SETTLE_SECONDS";

/// The lock and the journal of one registry.
pub struct Records {
    /// Held until the command has ended with this registry; plans hold none.
    _lock: Option<Lock>,
    history: History,
    directory: PathBuf,
    identity: String,
}

impl Records {
    /// Looks them up before anything is read. An apply takes the lock, and waits until nothing of an earlier run can
    /// still be at work.
    pub async fn look_up(
        purpose: &Purpose,
        settings: &Settings,
        identity: &str,
        context: &Context,
    ) -> Result<Self, Failure> {
        let applies = matches!(purpose, Purpose::Apply { .. });
        let lock = applies.then(|| Lock::take(identity, SystemClock.now())).transpose();
        let mut records = Records {
            _lock: lock.map_err(|problem| locked(&problem, identity))?,
            history: History::default(),
            directory: settings.state_directory.clone(),
            identity: identity.to_owned(),
        };
        match FileJournal::history(&records.directory, identity) {
            Ok(history) => records.history = history,
            Err(error) => context.ui.warning(&format!(
                "{} cannot be read: {error}",
                FileJournal::path(&records.directory, identity).display()
            )),
        }
        records.tell(applies, context);
        records.settle(applies, context).await?;
        Ok(records)
    }

    /// Says how the last apply ended, if that is worth telling.
    fn tell(&mut self, applies: bool, context: &Context) {
        if self.history.is_silent() {
            return;
        }
        // What looks unfinished may be under way right now.
        let holder = if applies { None } else { Lock::holder(&self.identity) };
        if let Some(holder) = holder {
            self.history = History::default();
            context.ui.message(&format!(
                "An apply to {} is under way ({holder}): what is shown may be changing.\n",
                self.identity
            ));
        } else if let Some(told) = text::previous_run(&self.history, &self.identity) {
            context.ui.message(&told);
        }
    }

    /// Waits until nothing can still be at work, where something is to be written afterwards; otherwise says so. The
    /// embedded registry ends with the process that asks it.
    async fn settle(&self, waits: bool, context: &Context) -> Result<(), Failure> {
        let left = self.history.settle_time_left(SystemClock.now(), context.settle_time()?);
        if left.is_zero() || context.globals.emulator {
            return Ok(());
        }
        if !waits {
            context
                .ui
                .message("A request of that run may still be at work: what is shown may be changing.\n");
            return Ok(());
        }
        context.ui.message(&format!(
            "Waiting {:.0} s, since a request of that run may still be at work.\n",
            left.as_secs_f64().ceil()
        ));
        SystemClock.sleep(left).await;
        Ok(())
    }

    /// The journal for an apply that is about to write.
    pub fn journal(&self) -> Result<Arc<dyn Journal>, Failure> {
        let journal = FileJournal::open(&self.directory, &self.identity, Arc::new(SystemClock));
        Ok(Arc::new(journal.map_err(|error| unwritable(self, &error))?))
    }

    /// What the journal tells of the writes from this machine.
    pub fn own_writes(&self) -> io::Result<OwnWrites> {
        own_writes(&self.directory, &self.identity)
    }

    /// Who applies to this registry right now, on this machine.
    pub fn holder(&self) -> Option<Holder> {
        Lock::holder(&self.identity)
    }

    /// What earlier runs have started and have not seen the end of.
    pub fn work(&self) -> Work {
        self.history.work.clone()
    }

    /// Everything was read and nothing is to do, so that there is nothing left to tell about earlier runs.
    pub async fn nothing_to_do(&self, context: &Context) {
        if self.history.is_silent() {
            return;
        }
        let close = async || {
            let journal = FileJournal::open(&self.directory, &self.identity, Arc::new(SystemClock))?;
            journal.record(Event::nothing_to_do()).await?;
            journal.record(Event::RunEnds { done: 0, settled: true }).await
        };
        if let Err(error) = close().await {
            context.ui.warning(&format!("the journal cannot be written: {error}"));
        }
    }

    /// The earlier run for programs, where there is something to tell.
    pub fn previous_run(&self) -> Option<Json> {
        json::previous_run(&self.history)
    }

    /// Adds the earlier run to a document.
    pub fn add_to(&self, document: &mut Json) {
        if let (Some(told), Json::Object(entries)) = (self.previous_run(), document) {
            entries.insert("previous_run".to_owned(), told);
        }
    }
}

impl Context {
    /// How long a request without an answer may still be at work in the server.
    pub fn settle_time(&self) -> Result<Duration, Failure> {
        let Some(text) = self.environment.filled_variable(SETTLE_VARIABLE) else {
            return Ok(settle::TIME);
        };
        let seconds = text.trim().parse().map_err(|_| {
            Failure::new(format!("{SETTLE_VARIABLE} is not a number of seconds"))
                .certain("nothing was changed")
                .help(format!("write {SETTLE_VARIABLE}=60, or leave it out"))
        })?;
        Ok(Duration::from_secs(seconds))
    }
}

fn locked(problem: &LockProblem, identity: &str) -> Failure {
    let certain = "nothing was read or changed";
    match problem {
        LockProblem::Held(holder) => {
            let failure = Failure::new(format!("another apply to {identity} is under way")).certain(certain);
            let failure = failure.help("run it again when that one has ended");
            match holder {
                Some(holder) => failure.because(format!("it is {holder}")),
                None => failure,
            }
        }
        LockProblem::Directory(path) => Failure::new(problem.to_string())
            .because("somebody else made it, or others may write to it")
            .certain(certain)
            .help(format!(
                "remove {}, or name another directory with TMPDIR",
                path.display()
            )),
        LockProblem::File { .. } => Failure::new(problem.to_string())
            .certain(certain)
            .help("quayform keeps its locks in the temporary directory; name another one with TMPDIR"),
    }
}

fn unwritable(records: &Records, cause: &dyn std::fmt::Display) -> Failure {
    let path = FileJournal::path(&records.directory, &records.identity);
    Failure::new(format!("the journal {} cannot be written", path.display()))
        .because(cause)
        .certain("nothing was changed")
        .help(format!(
            "an apply notes each write before it leaves; let it write to {}",
            records.directory.display()
        ))
}
