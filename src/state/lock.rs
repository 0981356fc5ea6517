//! One apply at a time per registry on this machine.
//!
//! The lock is the system's own on an open file: whatever ends the process lets it go, `kill -9` too. The files lie in
//! the temporary directory, since runtime directories exist only for users who are logged in: a run from cron and one
//! from a shell would not meet.

use std::fmt;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Seek, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::file_name;

/// Who holds a lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The process.
    pub process: u32,
    /// Since when.
    pub since: Timestamp,
}

impl fmt::Display for Holder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let since = self.since.strftime("%Y-%m-%d %H:%M:%S UTC");
        write!(formatter, "process {}, since {since}", self.process)
    }
}

/// Why a lock is not to be had.
#[derive(Debug, thiserror::Error)]
pub enum LockProblem {
    /// Somebody else holds it; who is not always known.
    #[error("another apply to the same registry is under way on this machine")]
    Held(Option<Holder>),
    /// The directory is not this user's own.
    #[error("{0} is not a directory of this user alone")]
    Directory(PathBuf),
    /// The file cannot be used.
    #[error("the lock file {} cannot be used: {cause}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
}

/// A lock that is held until it is dropped, or the process ends.
#[derive(Debug)]
pub struct Lock {
    /// Open as long as the lock is held.
    _file: File,
    path: PathBuf,
}

impl Lock {
    /// Takes the lock of a registry, or says at once who holds it.
    pub fn take(identity: &str, now: Timestamp) -> Result<Self, LockProblem> {
        let directory = directory()?;
        let path = directory.join(format!("{}.lock", file_name(identity)));
        Lock::at(&path, now)
    }

    /// Who holds the lock of a registry. Looking is not taking, but for the moment of the look.
    pub fn holder(identity: &str) -> Option<Holder> {
        let path = directory().ok()?.join(format!("{}.lock", file_name(identity)));
        let mut file = File::open(path).ok()?;
        match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => read(&mut file),
            Ok(()) | Err(TryLockError::Error(_)) => None,
        }
    }

    fn at(path: &Path, now: Timestamp) -> Result<Self, LockProblem> {
        let unusable = |cause| LockProblem::File {
            path: path.to_owned(),
            cause,
        };
        loop {
            let mut file = open(path).map_err(unusable)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(LockProblem::Held(read(&mut file))),
                Err(TryLockError::Error(cause)) => return Err(unusable(cause)),
            }
            // Its last holder may have removed the file between our opening and locking it: then it keeps nobody out.
            if is_still_at(&file, path).map_err(unusable)? {
                let process = std::process::id();
                write(&mut file, &Holder { process, since: now }).map_err(unusable)?;
                return Ok(Lock {
                    _file: file,
                    path: path.to_owned(),
                });
            }
        }
    }
}

impl Drop for Lock {
    /// Goes with its file, so that registries of one test or one day leave nothing behind.
    fn drop(&mut self) {
        if cfg!(unix) {
            // What stays is taken over by the next run.
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).read(true).write(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn read(file: &mut File) -> Option<Holder> {
    let mut text = String::new();
    file.read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

fn write(file: &mut File, holder: &Holder) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(&serde_json::to_vec(holder)?)
}

#[cfg(unix)]
fn is_still_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let ours = file.metadata()?;
    match fs::symlink_metadata(path) {
        Ok(there) => Ok((there.dev(), there.ino()) == (ours.dev(), ours.ino())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Nothing is removed here.
#[cfg(not(unix))]
fn is_still_at(_file: &File, _path: &Path) -> io::Result<bool> {
    Ok(true)
}

/// The directory of this user's locks. Everybody can write to the temporary directory, so that one which somebody else
/// has put there, also as a link, is not used: nobody may make this user write elsewhere or keep them from applying
/// unseen.
fn directory() -> Result<PathBuf, LockProblem> {
    let path = std::env::temp_dir().join(directory_name());
    let unusable = |cause| LockProblem::File {
        path: path.clone(),
        cause,
    };
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(&path) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(unusable(error)),
    }
    let metadata = fs::symlink_metadata(&path).map_err(unusable)?;
    if is_our_own(&metadata) {
        Ok(path)
    } else {
        Err(LockProblem::Directory(path))
    }
}

#[cfg(unix)]
fn directory_name() -> String {
    format!("quayform-{}", rustix::process::geteuid().as_raw())
}

/// The temporary directory is the user's own there.
#[cfg(not(unix))]
fn directory_name() -> String {
    "quayform".to_owned()
}

#[cfg(unix)]
fn is_our_own(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    let owner = rustix::process::geteuid().as_raw();
    metadata.is_dir() && metadata.uid() == owner && metadata.mode() & 0o022 == 0
}

#[cfg(not(unix))]
fn is_our_own(metadata: &fs::Metadata) -> bool {
    metadata.is_dir()
}

#[cfg(test)]
mod tests;
