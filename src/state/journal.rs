//! The journal as a file of JSON lines beside the project.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::file_name;
use super::history::History;
use crate::apply::journal::{Event, Journal, Recording};
use crate::http::Clock;

/// A file that has grown beyond this is set aside when the next run begins; the one set aside before it goes.
const LARGEST: u64 = 4 * 1024 * 1024;

/// An event with its time and its run.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Line {
    pub(super) time: Timestamp,
    pub(super) run: String,
    /// The registry, where a run begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    registry: Option<String>,
    #[serde(flatten)]
    pub(super) event: Event,
}

/// The journal of one registry, open for one run.
pub struct FileJournal {
    shared: Arc<Shared>,
    clock: Arc<dyn Clock>,
    run: String,
    registry: String,
}

struct Shared {
    file: Mutex<Lines>,
    /// How many lines are on the disk for certain.
    kept: Mutex<u64>,
}

struct Lines {
    file: File,
    written: u64,
}

impl FileJournal {
    /// Where the journal of a registry lies.
    pub fn path(directory: &Path, identity: &str) -> PathBuf {
        directory.join(format!("journal-{}.jsonl", file_name(identity)))
    }

    /// What the journal says about earlier runs; a journal that is not there says nothing.
    pub fn history(directory: &Path, identity: &str) -> io::Result<History> {
        match fs::read(FileJournal::path(directory, identity)) {
            Ok(bytes) => Ok(History::of(&bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(History::default()),
            Err(error) => Err(error),
        }
    }

    /// Opens the journal for a run that begins now.
    pub fn open(directory: &Path, identity: &str, clock: Arc<dyn Clock>) -> io::Result<Self> {
        fs::create_dir_all(directory)?;
        let path = FileJournal::path(directory, identity);
        if fs::metadata(&path).is_ok_and(|metadata| metadata.len() > LARGEST) {
            fs::rename(&path, path.with_extension("old.jsonl"))?;
        }
        let mut options = OpenOptions::new();
        options.create(true).read(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path)?;
        end_broken_line(&mut file)?;
        keep_name(directory)?;
        let lines = Lines { file, written: 0 };
        Ok(FileJournal {
            shared: Arc::new(Shared {
                file: Mutex::new(lines),
                kept: Mutex::new(0),
            }),
            run: format!("{}-{}", clock.now(), std::process::id()),
            clock,
            registry: identity.to_owned(),
        })
    }

    fn line(&self, event: Event) -> io::Result<Vec<u8>> {
        let begins = matches!(event, Event::RunBegins { .. });
        let mut line = serde_json::to_vec(&Line {
            time: self.clock.now(),
            run: self.run.clone(),
            registry: begins.then(|| self.registry.clone()),
            event,
        })?;
        line.push(b'\n');
        Ok(line)
    }
}

impl Journal for FileJournal {
    /// What is only a report is handed to the system, which outlives this process; only what must outlive the machine
    /// is waited for.
    fn record(&self, event: Event) -> Recording<'_> {
        Box::pin(async move {
            let must_be_kept = event.must_be_kept();
            let number = self.shared.append(&self.line(event)?)?;
            if !must_be_kept {
                return Ok(());
            }
            let shared = Arc::clone(&self.shared);
            let kept = tokio::task::spawn_blocking(move || shared.keep(number)).await;
            kept.map_err(io::Error::other)?
        })
    }
}

impl Shared {
    /// Writes a line; returns how many there are now.
    fn append(&self, line: &[u8]) -> io::Result<u64> {
        let mut lines = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        lines.file.write_all(line)?;
        lines.written += 1;
        Ok(lines.written)
    }

    /// Forces so many lines to the disk. Those who wait for the same disk are served by one of them.
    fn keep(&self, number: u64) -> io::Result<()> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if *kept >= number {
            return Ok(());
        }
        let (file, written) = {
            let lines = self.file.lock().unwrap_or_else(PoisonError::into_inner);
            (lines.file.try_clone()?, lines.written)
        };
        file.sync_data()?;
        *kept = written;
        Ok(())
    }
}

/// A line that a crash cut off must not swallow the next one.
fn end_broken_line(file: &mut File) -> io::Result<()> {
    if file.metadata()?.len() == 0 {
        return Ok(());
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    if last != *b"\n" {
        file.write_all(b"\n")?;
    }
    Ok(())
}

/// A new file is found after a crash of the machine only if its directory is on the disk, too.
fn keep_name(directory: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(directory)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
