//! Finds and reads the manifest files of a project.
//!
//! Whatever cannot be found or read is an error: an empty answer would look like "delete everything".

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::glob::Glob;
use crate::model::{Diagnostic, Diagnostics, Severity};

/// The largest file that is read; 50,000 entries take about 5 MB.
const MAXIMUM_BYTES: u64 = 256 << 20;

/// The files of a project with their texts, by their path below its root, and what could not be read.
pub fn read(root: &Path, patterns: &[String]) -> (Vec<(PathBuf, String)>, Diagnostics) {
    let mut search = Search {
        root,
        found: BTreeMap::new(),
        real: HashSet::new(),
        diagnostics: Diagnostics::default(),
    };
    match fs::canonicalize(root) {
        Ok(canonical) if canonical.is_dir() => search.patterns(&canonical, patterns),
        Ok(_) => search.report("unreadable", format!("{} is not a directory", root.display()), None),
        Err(error) => search.report("unreadable", format!("cannot open {}: {error}", root.display()), None),
    }
    search.texts()
}

struct Search<'r> {
    root: &'r Path,
    /// The files by their path relative to the root, with the path behind all links.
    found: BTreeMap<PathBuf, PathBuf>,
    /// The same files behind all links, so that none is read twice.
    real: HashSet<PathBuf>,
    diagnostics: Diagnostics,
}

impl Search<'_> {
    fn report(&mut self, code: &'static str, message: String, help: Option<&str>) {
        let diagnostic = Diagnostic::without_place(code, Severity::Error, message);
        self.diagnostics.push(match help {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        });
    }

    fn patterns(&mut self, canonical: &Path, patterns: &[String]) {
        if patterns.is_empty() {
            self.chosen(canonical, Path::new(""), &[Path::new("target")], is_yaml);
            if self.found.is_empty() && self.diagnostics.is_empty() {
                self.report(
                    "no-manifests",
                    format!("there is no manifest below {}", self.root.display()),
                    Some("write one, or name the files with `manifests` in quayform.toml"),
                );
            }
        }
        for pattern in patterns {
            self.pattern(canonical, pattern);
        }
    }

    fn pattern(&mut self, canonical: &Path, pattern: &str) {
        let glob = match Glob::parse(pattern) {
            Ok(glob) => glob,
            Err(problem) => return self.report("bad-pattern", format!("`{pattern}` {problem}"), None),
        };
        let (before, problems) = (self.found.len(), self.diagnostics.len());
        let start = glob.literal_start();
        let mut matched = false;
        if canonical.join(&start).is_dir() {
            let whole_directory = glob.is_literal();
            self.chosen(canonical, &start, &[], |path| {
                let chosen = if whole_directory {
                    is_yaml(path)
                } else {
                    glob.matches(path)
                };
                matched |= chosen;
                chosen
            });
        } else if glob.is_literal() && fs::symlink_metadata(canonical.join(&start)).is_ok() {
            matched = true;
            self.file(canonical, start);
        }
        if !matched && self.found.len() == before && self.diagnostics.len() == problems {
            let help = "correct `manifests` in quayform.toml; what is not found is never taken for deleted";
            self.report(
                "no-manifests",
                format!("`{pattern}` matches no file below {}", self.root.display()),
                Some(help),
            );
        }
    }

    /// Adds the files below a directory that are chosen by their path relative to the root.
    fn chosen(&mut self, canonical: &Path, start: &Path, skipped: &[&Path], mut choose: impl FnMut(&Path) -> bool) {
        let mut visited = HashSet::new();
        let mut directories = vec![start.to_owned()];
        while let Some(directory) = directories.pop() {
            // A link may lead back up; every directory is visited once.
            if !fs::canonicalize(canonical.join(&directory)).is_ok_and(|real| visited.insert(real)) {
                continue;
            }
            match entries(&canonical.join(&directory)) {
                Err(error) => self.unreadable(&directory, &error),
                Ok(entries) => {
                    for entry in entries {
                        let path = directory.join(&entry);
                        let is_hidden = entry.to_string_lossy().starts_with('.');
                        if !canonical.join(&path).is_dir() {
                            if choose(&path) {
                                self.file(canonical, path);
                            }
                        } else if !is_hidden && !skipped.contains(&path.as_path()) && self.is_inside(canonical, &path) {
                            directories.push(path);
                        }
                    }
                }
            }
        }
    }

    /// Adds one file; a link must not lead out of the project, since excerpts of files are shown.
    fn file(&mut self, canonical: &Path, path: PathBuf) {
        match fs::canonicalize(canonical.join(&path)) {
            Err(error) => self.unreadable(&path, &error),
            Ok(real) if !real.starts_with(canonical) => self.outside(&path),
            Ok(real) => {
                if self.real.insert(real.clone()) {
                    self.found.insert(path, real);
                }
            }
        }
    }

    fn is_inside(&mut self, canonical: &Path, path: &Path) -> bool {
        let inside = fs::canonicalize(canonical.join(path)).is_ok_and(|real| real.starts_with(canonical));
        if !inside {
            self.outside(path);
        }
        inside
    }

    fn outside(&mut self, path: &Path) {
        let help = "copy it into the project, or leave it out with `manifests` in quayform.toml";
        self.report(
            "outside-project",
            format!("{} is a link that leads out of the project", path.display()),
            Some(help),
        );
    }

    fn unreadable(&mut self, path: &Path, error: &io::Error) {
        self.report("unreadable", format!("cannot read {}: {error}", path.display()), None);
    }

    fn texts(mut self) -> (Vec<(PathBuf, String)>, Diagnostics) {
        let mut texts = Vec::new();
        for (path, real) in std::mem::take(&mut self.found) {
            match text(&real) {
                Ok(text) => texts.push((path, text)),
                Err(error) => self.unreadable(&path, &error),
            }
        }
        (texts, self.diagnostics)
    }
}

fn is_yaml(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "yaml" || extension == "yml")
}

fn entries(directory: &Path) -> io::Result<Vec<std::ffi::OsString>> {
    let mut names = fs::read_dir(directory)?
        .map(|entry| Ok(entry?.file_name()))
        .collect::<io::Result<Vec<_>>>()?;
    names.sort();
    Ok(names)
}

fn text(path: &Path) -> io::Result<String> {
    if fs::metadata(path)?.len() > MAXIMUM_BYTES {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            "the file is larger than 256 MiB",
        ));
    }
    String::from_utf8(fs::read(path)?).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = good.iter().filter(|byte| **byte == b'\n').count() + 1;
        io::Error::new(io::ErrorKind::InvalidData, format!("line {line} is not UTF-8"))
    })
}
