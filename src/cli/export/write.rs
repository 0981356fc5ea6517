//! The directory that an export is written into.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::Taken;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::findings::Findings;
use crate::export::{File, Variable};
use crate::manifest;
use crate::model::Sources;
use crate::settings::{FILE_NAME, Settings};
use crate::sinks;
use crate::state::{Readers, beside, replace};

/// Where the schema lies that the manifests' first lines name.
pub(crate) const SCHEMA: &str = "manifest.schema.json";

/// A directory with a project, or where one is to be.
pub(crate) struct Project {
    root: PathBuf,
    /// As it was named.
    shown: PathBuf,
    overwrites: bool,
}

impl Project {
    /// Looks at the directory; refused if it holds something that is no project.
    pub(crate) fn at(root: PathBuf, shown: &Path, overwrites: bool) -> Result<Self, Failure> {
        let project = Project {
            root,
            shown: shown.to_owned(),
            overwrites,
        };
        let refused = |message: String| Failure::new(message).certain("nothing was read or changed");
        match project.strangers() {
            Ok(strangers) if strangers.is_empty() || overwrites => Ok(project),
            Ok(strangers) => Err(refused(format!("{} is not empty, and no project", shown.display()))
                .because(format!("it holds {}", strangers.join(", ")))
                .help("name a new directory, or one with a quayform.toml; --overwrite writes beside what is there")),
            Err(error) => Err(refused(format!("{} cannot be written into", shown.display()))
                .because(error)
                .help("name a directory that is there and yours, or one that does not exist yet")),
        }
    }

    /// What is in a directory without a project; hidden files and texts about it are in nobody's way.
    fn strangers(&self) -> io::Result<Vec<String>> {
        let entries = match fs::read_dir(&self.root) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let names: io::Result<Vec<String>> = entries
            .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
            .collect();
        let mut names = names?;
        if names.iter().any(|name| name == FILE_NAME) {
            return Ok(Vec::new());
        }
        let is_harmless = |name: &str| name.starts_with('.') || name.ends_with(".md") || name == "seed.json";
        names.retain(|name| !is_harmless(name) && name != "LICENSE");
        names.sort();
        Ok(names)
    }

    /// Whether the directory is there.
    pub(crate) fn exists(&self) -> bool {
        self.root.is_dir()
    }

    /// The directory.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The manifests of the project that is there, unless they are to be written anew or there are none.
    pub(super) fn manifests(&self, settings: &Settings) -> Result<Option<Vec<(PathBuf, String)>>, Failure> {
        if self.overwrites || !self.root.join(FILE_NAME).is_file() {
            return Ok(None);
        }
        let (files, problems) = manifest::files(&settings.root, &settings.manifest_patterns);
        if files.is_empty() && problems.iter().all(|problem| problem.code == "no-manifests") {
            return Ok(None);
        }
        if problems.has_errors() {
            let findings = Findings::new(problems, Sources::default(), Vec::new());
            return Err(Failure::new("the manifests that are there cannot be read")
                .with_findings(findings)
                .certain("nothing was read from the registry or written"));
        }
        Ok(Some(files))
    }

    /// Writes all of it; returns which files are new or different.
    pub(super) fn write(&self, taken: &Taken, context: &Context) -> Result<Vec<String>, Failure> {
        let written = self.put_onto(&self.files(taken, context), taken.updated.is_some())?;
        for path in taken.updated.iter().flat_map(|updated| &updated.emptied) {
            fs::remove_file(self.root.join(path)).map_err(|error| {
                Failure::new(format!("{} cannot be removed", self.shown.join(path).display()))
                    .because(error)
                    .certain("the other files are written; the registry was only read")
                    .help("remove it by hand: nothing that it describes is there any more")
            })?;
        }
        Ok(written)
    }

    /// The export with whatever makes a project of it.
    pub(crate) fn files(&self, taken: &Taken, context: &Context) -> Vec<File> {
        let mut files = taken.files.clone();
        // Manifests that were there may have another schema, or none.
        let is_named = |file: &File| file.text.contains(SCHEMA);
        if taken.updated.is_none() || self.root.join(SCHEMA).exists() || files.iter().any(is_named) {
            files.push(File {
                path: SCHEMA.to_owned(),
                text: format!("{:#}\n", manifest::schema()),
            });
        }
        if !self.root.join(FILE_NAME).exists() {
            let url = (!context.globals.emulator).then_some(taken.connection.identity.as_str());
            files.push(File {
                path: FILE_NAME.to_owned(),
                text: settings_file(url),
            });
        }
        files
    }

    /// Writes files that are not there, or are to be written over; returns which are new or different.
    pub(crate) fn put(&self, files: &[File]) -> Result<Vec<String>, Failure> {
        self.put_onto(files, false)
    }

    /// The same; files that were brought up to date are written over.
    fn put_onto(&self, files: &[File], is_update: bool) -> Result<Vec<String>, Failure> {
        let differs = |file: &&File| fs::read_to_string(self.root.join(&file.path)).ok().as_deref() != Some(&file.text);
        let open: Vec<&File> = files.iter().filter(differs).collect();
        // The schema is as generated as it was before.
        let in_the_way = |file: &&&File| file.path != SCHEMA && self.root.join(&file.path).exists();
        let taken: Vec<&str> = open.iter().filter(in_the_way).map(|file| file.path.as_str()).collect();
        if !taken.is_empty() && !self.overwrites && !is_update {
            return Err(Failure::new("files are there that would be written over")
                .because(taken.join(", "))
                .certain("nothing was written")
                .help("make a project of the directory (quayform.toml), so that its manifests are brought up to date, export into another one and compare, or let them be written over: --overwrite"));
        }
        for file in &open {
            self.put_one(file).map_err(|error| {
                Failure::new(format!("{} cannot be written", self.shown.join(&file.path).display()))
                    .because(error)
                    .certain("the registry was only read; files before this one in the list are written")
                    .help("make room or take another directory, and run the command again")
            })?;
        }
        Ok(open.into_iter().map(|file| file.path.clone()).collect())
    }

    fn put_one(&self, file: &File) -> io::Result<()> {
        let path = self.root.join(&file.path);
        // A link stays one: what it names is replaced.
        let path = path.canonicalize().unwrap_or(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        replace(&path, &beside(&path), file.text.as_bytes(), Readers::Anybody)
    }
}

/// The project's file; the embedded registry has no address.
fn settings_file(url: Option<&str>) -> String {
    let url = match url {
        Some(url) => format!("url = {url:?}\n"),
        None => "# url = \"https://quay.example.com\"\n".to_owned(),
    };
    format!("format = 1\n\n[registry]\n{url}token = {{ env = \"QUAYFORM_TOKEN\" }}\n")
}

/// Writes the variables with their texts, for their owner only.
pub(super) fn secrets(variables: &[Variable], path: &Path, shown: &Path) -> Result<(), Failure> {
    let all = variables.iter().map(|variable| {
        let text = variable.secret.as_ref().and_then(|secret| secret.text());
        (variable.name.as_str(), text)
    });
    let text = sinks::variables(all);
    replace(path, &beside(path), sinks::bytes(&text), Readers::Owner).map_err(|error| {
        Failure::new(format!("{} cannot be written", shown.display()))
            .because(error)
            .certain("the manifests are written; the registry was only read")
            .help("name a file in a directory that is there and yours")
    })
}
