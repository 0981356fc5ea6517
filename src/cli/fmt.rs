//! `quayform fmt`: the canonical order and layout of manifests.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value as Json, json};

use super::context::Context;
use super::exit::Exit;
use super::failure::Failure;
use super::findings::Findings;
use super::globals::Format;
use crate::manifest;
use crate::manifest::format::{Formatted, format};
use crate::model::{Diagnostic, Diagnostics, Sources};
use crate::report::patch::patch;
use crate::state::{Readers, beside, replace};

/// The arguments of `fmt`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Manifests, or directories of them [default: those of the project]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Write nothing; list the files that would change, and end with exit code 2 if there is one
    #[arg(long)]
    check: bool,

    /// Write nothing; show what would change as a patch, and end with exit code 2 if there is something
    #[arg(long, conflicts_with = "check")]
    diff: bool,

    /// Read one manifest from stdin and write it to stdout, for editors
    #[arg(long, conflicts_with_all = ["paths", "check", "diff"])]
    stdin: bool,
}

/// Lays out the files, each for itself: one that cannot be laid out does not keep the others from it.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    if arguments.stdin {
        return from_stdin(context);
    }
    let shape = context.only_formats(&[Format::Text, Format::Json])?;
    let mut outcome = Outcome::default();
    for (path, text) in chosen(arguments, context)? {
        outcome.file(&path, &shown(&path, context), text, arguments)?;
    }
    outcome.tell(shape, arguments, context)
}

fn from_stdin(context: &Context) -> Result<Exit, Failure> {
    context.only_formats(&[Format::Text])?;
    let mut text = String::new();
    io::stdin()
        .read_to_string(&mut text)
        .map_err(|error| Failure::new("stdin cannot be read as text").because(error))?;
    match format(0, &text) {
        Ok(Formatted::Text(formatted)) => context.ui.data(&formatted),
        Ok(Formatted::NoManifest) => context.ui.data(&text),
        Err(diagnostic) => {
            let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
            sources.add("stdin".into(), text);
            diagnostics.push(diagnostic);
            let findings = Findings::new(diagnostics, sources, Vec::new());
            return Err(Failure::new("the manifest cannot be laid out").with_findings(findings));
        }
    }
    Ok(Exit::Done)
}

/// The files that the PATHs mean, each once, with their texts.
fn chosen(arguments: &Arguments, context: &Context) -> Result<Vec<(PathBuf, String)>, Failure> {
    let mut wanted: Vec<&[PathBuf]> = arguments.paths.chunks(1).collect();
    if wanted.is_empty() {
        wanted.push(&[]);
    }
    let (mut files, mut seen) = (Vec::new(), BTreeSet::new());
    for paths in wanted {
        let settings = context.settings(paths)?;
        let (found, problems) = manifest::files(&settings.root, &settings.manifest_patterns);
        if problems.has_errors() {
            let findings = Findings::new(problems, Sources::default(), Vec::new());
            return Err(Failure::new("the manifests cannot be found")
                .with_findings(findings)
                .certain("nothing was changed"));
        }
        let is_meant = |path: &Path| {
            settings.narrowed_to.is_empty() || settings.narrowed_to.iter().any(|part| path.starts_with(part))
        };
        let mut meant = found.into_iter().filter(|(path, _)| is_meant(path)).peekable();
        if meant.peek().is_none() {
            let path = paths.first().map(|path| path.display().to_string()).unwrap_or_default();
            return Err(Failure::new(format!("{path} is no manifest of the project"))
                .certain("nothing was changed")
                .help("name another PATH, or let `manifests` in quayform.toml choose the file"));
        }
        let whole = meant.map(|(path, text)| (settings.root.join(path), text));
        files.extend(whole.filter(|(path, _)| seen.insert(path.clone())));
    }
    Ok(files)
}

/// The path as the person would write it.
fn shown(path: &Path, context: &Context) -> PathBuf {
    let here = context.working_directory.canonicalize();
    let relative = here
        .ok()
        .and_then(|here| path.strip_prefix(here).ok().map(Path::to_owned));
    relative.unwrap_or_else(|| path.to_owned())
}

/// What became of the files.
#[derive(Default)]
struct Outcome {
    files: usize,
    changed: Vec<PathBuf>,
    patches: String,
    diagnostics: Diagnostics,
    sources: Sources,
}

impl Outcome {
    fn file(&mut self, path: &Path, shown: &Path, text: String, arguments: &Arguments) -> Result<(), Failure> {
        match format(self.sources.len() as u32, &text) {
            Ok(Formatted::NoManifest) => return Ok(()),
            Ok(Formatted::Text(formatted)) if formatted == text => {}
            Ok(Formatted::Text(formatted)) => {
                self.patches.push_str(&patch(shown, &text, &formatted));
                self.changed.push(shown.to_owned());
                if !arguments.check && !arguments.diff {
                    write(path, &formatted).map_err(|error| {
                        Failure::new(format!("{} cannot be written", shown.display()))
                            .because(error)
                            .certain("the file is as it was; files before it are laid out")
                    })?;
                }
            }
            Err(diagnostic) => self.problem(diagnostic, shown, text),
        }
        self.files += 1;
        Ok(())
    }

    fn problem(&mut self, diagnostic: Diagnostic, shown: &Path, text: String) {
        self.sources.add(shown.to_owned(), text);
        self.diagnostics.push(diagnostic);
    }

    fn tell(self, shape: Format, arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
        let only_looks = arguments.check || arguments.diff;
        let found = if only_looks && !self.changed.is_empty() {
            Exit::Changes
        } else {
            Exit::Done
        };
        let exit = if self.diagnostics.is_empty() {
            found
        } else {
            found.worst(Exit::Error)
        };
        let (files, changed, left) = (self.files, self.changed.len(), self.diagnostics.len());
        let findings = Findings::new(self.diagnostics, self.sources, Vec::new());
        if shape == Format::Json {
            let paths = self.changed.iter().map(|path| path.display().to_string());
            context.ui.json(&json!({
                "format_version": 1,
                "registry": null,
                "written": !only_looks,
                "files": files,
                "changed": paths.map(Json::from).collect::<Vec<_>>(),
                "diagnostics": findings.json(),
            }))?;
            return Ok(exit);
        }
        context.ui.findings(&findings);
        match () {
            () if arguments.diff && changed > 0 => context.ui.data(self.patches.trim_end_matches('\n')),
            () if changed > 0 => {
                let lines: Vec<String> = self.changed.iter().map(|path| path.display().to_string()).collect();
                context.ui.data(&lines.join("\n"));
            }
            () => {}
        }
        let count = format!("{changed} of {files} file{}", if files == 1 { "" } else { "s" });
        let did = match (only_looks, changed) {
            (_, 0) => format!("{count} to lay out"),
            (true, _) => format!("{count} to lay out: run quayform fmt"),
            (false, _) => format!("{count} laid out anew"),
        };
        let rest = match left {
            0 => String::new(),
            left => format!("; {left} left as it is"),
        };
        context.ui.message(&format!("{did}{rest}."));
        Ok(exit)
    }
}

/// Replaces the file behind all links; who may read it stays.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let real = path.canonicalize()?;
    let permissions = fs::metadata(&real)?.permissions();
    replace(&real, &beside(&real), text.as_bytes(), Readers::Owner)?;
    fs::set_permissions(&real, permissions)
}
