//! Which project the PATHs of the command line mean.

use std::io;
use std::path::{Path, PathBuf};

use super::FILE_NAME;

/// A project and what of it is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) root: PathBuf,
    pub(super) file: Option<PathBuf>,
    /// Relative to the root; empty for all of it.
    pub(super) narrowed_to: Vec<PathBuf>,
    /// The names of single files that stand outside any project and so are one.
    pub(super) loose_files: Option<Vec<String>>,
}

/// Why the PATHs do not make one project.
#[derive(Debug, thiserror::Error)]
pub enum DiscoveryProblem {
    /// A PATH that cannot be looked at.
    #[error("{} cannot be read: {cause}", path.display())]
    Unreadable {
        /// The PATH as it was written.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// Two PATHs lead to different projects.
    #[error("{} and {} belong to different projects", first.display(), second.display())]
    TwoProjects {
        /// The root that the first PATH leads to.
        first: PathBuf,
        /// The root that a later PATH leads to.
        second: PathBuf,
    },
}

/// What one PATH means.
enum Meaning {
    Everything,
    Part(PathBuf),
    LooseFile(String),
}

pub(super) fn discover(paths: &[PathBuf], working_directory: &Path) -> Result<Found, DiscoveryProblem> {
    if paths.is_empty() {
        let start = resolve(working_directory, Path::new("."))?;
        let root = project_above(&start).unwrap_or(&start);
        return Ok(found(root.to_owned(), vec![Meaning::Everything]));
    }
    let mut meanings = Vec::new();
    let mut root: Option<PathBuf> = None;
    for path in paths {
        let (this, meaning) = look_at(&resolve(working_directory, path)?);
        match &root {
            Some(first) if *first != this => {
                return Err(DiscoveryProblem::TwoProjects {
                    first: first.clone(),
                    second: this,
                });
            }
            _ => root = Some(this),
        }
        meanings.push(meaning);
    }
    Ok(found(root.unwrap_or_default(), meanings))
}

fn resolve(working_directory: &Path, path: &Path) -> Result<PathBuf, DiscoveryProblem> {
    let unreadable = |cause| DiscoveryProblem::Unreadable {
        path: path.to_owned(),
        cause,
    };
    working_directory.join(path).canonicalize().map_err(unreadable)
}

/// The root of the project that the path leads to, and what of it is meant.
fn look_at(path: &Path) -> (PathBuf, Meaning) {
    let is_file = path.is_file();
    let directory = if is_file { path.parent().unwrap_or(path) } else { path };
    let file_name = path.file_name().unwrap_or_default();
    match project_above(directory) {
        Some(root) if path == root || (is_file && file_name == FILE_NAME) => (root.to_owned(), Meaning::Everything),
        Some(root) => {
            let part = path.strip_prefix(root).unwrap_or(path).to_owned();
            (root.to_owned(), Meaning::Part(part))
        }
        None if is_file => (
            directory.to_owned(),
            Meaning::LooseFile(file_name.to_string_lossy().into_owned()),
        ),
        None => (path.to_owned(), Meaning::Everything),
    }
}

fn project_above(directory: &Path) -> Option<&Path> {
    directory
        .ancestors()
        .find(|ancestor| ancestor.join(FILE_NAME).is_file())
}

fn found(root: PathBuf, meanings: Vec<Meaning>) -> Found {
    let file = Some(root.join(FILE_NAME)).filter(|path| path.is_file());
    let everything = meanings.iter().any(|meaning| matches!(meaning, Meaning::Everything));
    let (mut narrowed_to, mut loose_files) = (Vec::new(), Vec::new());
    for meaning in meanings.into_iter().filter(|_| !everything) {
        match meaning {
            Meaning::Part(path) => narrowed_to.push(path),
            Meaning::LooseFile(name) => loose_files.push(name),
            Meaning::Everything => {}
        }
    }
    Found {
        root,
        file,
        narrowed_to,
        loose_files: Some(loose_files).filter(|names| !names.is_empty()),
    }
}
