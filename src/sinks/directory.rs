//! A directory with one file per robot, readable by its owner alone.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};

use super::{Form, file_name};
use crate::apply::{Kept, Sink, SinkProblem};
use crate::model::{Credential, CredentialFormat, CredentialSort};
use crate::state::{Readers, beside, create, replace};

/// Writes files with mode 0600, below a directory that gets mode 0700 where it is made.
#[derive(Debug)]
pub struct Directory {
    path: PathBuf,
    form: Form,
}

impl Directory {
    /// A directory that need not exist yet.
    pub fn new(path: PathBuf, form: Form) -> Self {
        Directory { path, form }
    }

    fn file(&self, credential: &Credential) -> PathBuf {
        self.path.join(match credential.sort {
            CredentialSort::Login => file_name::of(&credential.robot, self.form.format),
            CredentialSort::Key => file_name::of_key(&credential.robot),
        })
    }

    /// Holds a login in the file of another name than the user's: several tokens of one user are no one login.
    pub fn keep_as(&self, name: &str, credential: &Credential) -> Result<PathBuf, SinkProblem> {
        let text = self.form.render(credential);
        self.write(self.path.join(file_name::of(name, self.form.format)), &text)
    }

    /// Holds a secret that nobody logs in with, as it is, in `NAME.txt`.
    pub fn keep_text(&self, name: &str, text: &SecretString) -> Result<PathBuf, SinkProblem> {
        let path = self.path.join(file_name::of(name, CredentialFormat::Plain));
        self.write(path, text)
    }

    fn write(&self, path: PathBuf, text: &SecretString) -> Result<PathBuf, SinkProblem> {
        make(&self.path)
            .and_then(|()| replace(&path, &beside(&path), text.expose_secret().as_bytes(), Readers::Owner))
            .map_err(|error| problem("written", &path, &error))?;
        sync_directory(&self.path);
        Ok(path)
    }
}

impl Sink for Directory {
    fn name(&self) -> String {
        self.path.display().to_string()
    }

    fn prepare(&self) -> Result<(), SinkProblem> {
        make(&self.path).map_err(|error| problem("made", &self.path, &error))?;
        let probe = self.path.join(".probe.new");
        let probed = create(&probe, Readers::Owner).and_then(|_| fs::remove_file(&probe));
        probed.map_err(|error| problem("written to", &self.path, &error))
    }

    fn keep(&self, credential: &Credential) -> Result<Kept, SinkProblem> {
        let (path, text) = (self.file(credential), self.form.render(credential));
        if holds_privately(&path, text.expose_secret().as_bytes()) {
            return Ok(Kept::Unchanged);
        }
        self.write(path, &text).map(|_| Kept::Written)
    }

    fn holds(&self, robot: &str) -> bool {
        files(&self.path, robot).next().is_some()
    }

    /// In every format: what an earlier run wrote in another one is as dead.
    fn forget(&self, robot: &str) -> Result<(), SinkProblem> {
        files(&self.path, robot)
            .try_for_each(|path| fs::remove_file(&path).map_err(|error| problem("removed", &path, &error)))
    }
}

/// The files that may hold a robot's credential and are there; links count as themselves.
fn files<'a>(directory: &'a Path, robot: &'a str) -> impl Iterator<Item = PathBuf> + 'a {
    CredentialFormat::ALL
        .into_iter()
        .map(move |format| directory.join(file_name::of(robot, format)))
        .filter(|path| fs::symlink_metadata(path).is_ok())
}

/// Whether a regular file, no link, has this content and is closed to others.
fn holds_privately(path: &Path, text: &[u8]) -> bool {
    let private = fs::symlink_metadata(path).is_ok_and(|found| found.is_file() && is_private(&found));
    private && fs::read(path).is_ok_and(|held| held == text)
}

fn make(directory: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}

#[cfg(unix)]
fn is_private(found: &fs::Metadata) -> bool {
    std::os::unix::fs::MetadataExt::mode(found) & 0o077 == 0
}

#[cfg(not(unix))]
fn is_private(_: &fs::Metadata) -> bool {
    true
}

/// Without this a crash of the machine could take back the rename. Some file systems cannot do it; the next apply finds
/// what they lost.
#[cfg(unix)]
fn sync_directory(directory: &Path) {
    let _ = File::open(directory).and_then(|opened| opened.sync_all());
}

#[cfg(not(unix))]
fn sync_directory(_: &Path) {}

fn problem(what: &str, path: &Path, error: &io::Error) -> SinkProblem {
    SinkProblem(format!("{} cannot be {what}: {error}", path.display()))
}
