//! Interrupts: Ctrl-C, and the SIGTERM of a pipeline that is cancelled.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::task::JoinHandle;

use super::context::Context;
use super::exit::Exit;
use super::failure::Failure;
use crate::http::Stop;

#[derive(Default)]
struct Phase {
    /// Something may be under way that changes the registry.
    writing: AtomicBool,
    /// Something was written in this run.
    wrote: AtomicBool,
}

/// Watches until it is dropped. While nothing is written an interrupt ends the process at once; otherwise the first
/// one lets what is under way end, waits cut short, and the second ends the process.
pub struct Interrupts {
    phase: Arc<Phase>,
    stop: Stop,
    watcher: JoinHandle<()>,
}

impl Interrupts {
    /// Begins to watch.
    pub fn watch(context: &Context) -> Result<Self, Failure> {
        let mut signals = Signals::new().map_err(|error| Failure::new("the program cannot start").because(error))?;
        let (phase, stop) = (Arc::new(Phase::default()), context.stop.clone());
        let (ui, now, shall_stop) = (context.ui.clone(), Arc::clone(&phase), stop.clone());
        let watcher = tokio::spawn(async move {
            loop {
                signals.next().await;
                if !now.writing.load(Ordering::SeqCst) {
                    let more = if now.wrote.load(Ordering::SeqCst) { " more" } else { "" };
                    ui.message(&format!("\nInterrupted: nothing{more} was changed."));
                    end();
                }
                if shall_stop.ask() {
                    ui.message(
                        "Stopped: what was under way may or may not have been done. The next run reads what is there.",
                    );
                    end();
                }
                ui.message("Interrupted: what is under way is finished, nothing new begins. Once more to stop now.");
            }
        });
        Ok(Interrupts { phase, stop, watcher })
    }

    /// Says that from now on something may be written; the switch tells when to begin nothing new.
    pub fn writing(&self) -> Stop {
        self.phase.wrote.store(true, Ordering::SeqCst);
        self.phase.writing.store(true, Ordering::SeqCst);
        self.stop.clone()
    }

    /// Says that nothing is under way that changes anything: a registry is read, or a person asked.
    pub fn reading(&self) {
        self.phase.writing.store(false, Ordering::SeqCst);
    }

    /// Whether nothing new shall begin.
    pub fn stopped(&self) -> bool {
        self.stop.is_asked()
    }
}

impl Drop for Interrupts {
    fn drop(&mut self) {
        self.watcher.abort();
    }
}

fn end() -> ! {
    std::process::exit(i32::from(Exit::Interrupted.code()))
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Signals {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Signals)
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            // Nothing can be watched here, so that the system's own way remains.
            std::future::pending().await
        }
    }
}
