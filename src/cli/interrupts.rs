//! Interrupts: Ctrl-C, and the SIGTERM of a pipeline that is cancelled.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::task::JoinHandle;

use super::exit::Exit;
use super::failure::Failure;
use super::ui::Ui;

/// Watches until it is dropped. Before the first write an interrupt ends the process at once; from then on the first
/// one lets what is under way end, and the second ends the process.
pub struct Interrupts {
    writing: Arc<AtomicBool>,
    stop: Arc<AtomicBool>,
    watcher: JoinHandle<()>,
}

impl Interrupts {
    /// Begins to watch.
    pub fn watch(ui: &Ui) -> Result<Self, Failure> {
        let mut signals = Signals::new().map_err(|error| Failure::new("the program cannot start").because(error))?;
        let (writing, stop) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let (ui, is_writing, shall_stop) = (ui.clone(), Arc::clone(&writing), Arc::clone(&stop));
        let watcher = tokio::spawn(async move {
            loop {
                signals.next().await;
                if !is_writing.load(Ordering::SeqCst) {
                    ui.message("\nInterrupted: nothing was changed.");
                    end();
                }
                if shall_stop.swap(true, Ordering::SeqCst) {
                    ui.message(
                        "Stopped: what was under way may or may not have been done. The next run reads what is there.",
                    );
                    end();
                }
                ui.message("Interrupted: what is under way is finished, nothing new begins. Once more to stop now.");
            }
        });
        Ok(Interrupts { writing, stop, watcher })
    }

    /// Says that from now on something may be written; the switch tells when to begin nothing new.
    pub fn writing(&self) -> Arc<AtomicBool> {
        self.writing.store(true, Ordering::SeqCst);
        Arc::clone(&self.stop)
    }
}

impl Interrupts {
    /// Whether nothing new shall begin.
    pub fn stopped(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
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
