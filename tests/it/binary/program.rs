//! One project in a directory of its own, and runs of the program in it.

use std::fs;
use std::io::{Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use regex::Regex;
use tempfile::TempDir;

use crate::files::copy;
use crate::reports::published;

/// A project that the program is run in; nothing of this process's environment reaches it.
pub(crate) struct Program {
    directory: TempDir,
    variables: Vec<(String, String)>,
}

/// How one run ended, as snapshots show it: paths, ports and times are replaced.
pub(crate) struct Run {
    arguments: String,
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Program {
    /// A project of these files.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let program = Program {
            directory: tempfile::tempdir().unwrap(),
            variables: Vec::new(),
        };
        for (path, text) in files {
            program.write(path, text);
        }
        program
    }

    /// A copy of an example.
    pub(crate) fn example(name: &str) -> Self {
        let program = Program::new(&[]);
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name);
        copy(&example, program.directory.path());
        program
    }

    /// The same project, run with an environment variable more.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same project against a registry at this address.
    pub(crate) fn at(self, url: &str, token: &str) -> Self {
        self.with("QUAYFORM_URL", url).with("QUAYFORM_TOKEN", token)
    }

    /// Where the file is.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.directory.path().join(path)
    }

    /// Writes a file of the project, or writes it anew.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// The program, ready to run.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_quayform"));
        command
            .current_dir(self.directory.path())
            .args(arguments)
            .env_clear()
            // Nobody waits for requests of killed runs, but where a test is about that.
            .env("QUAYFORM_SETTLE_SECONDS", "0")
            // What killed runs leave behind stays with the build.
            .env("TMPDIR", env!("CARGO_TARGET_TMPDIR"))
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        command
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.ended(arguments, &mut self.command(arguments))
    }

    /// Runs the program with this text on stdin.
    pub(crate) fn run_with_input(&self, arguments: &[&str], input: &str) -> Run {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(input.as_bytes()).unwrap();
        file.rewind().unwrap();
        self.ended(arguments, self.command(arguments).stdin(file))
    }

    fn ended(&self, arguments: &[&str], command: &mut Command) -> Run {
        let output = command.output().unwrap();
        let text = |bytes: Vec<u8>| self.filtered(&String::from_utf8(bytes).unwrap());
        fits_its_schema(arguments, &output.stdout);
        Run {
            arguments: arguments.join(" "),
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    /// Applies to the embedded registry of the project, which must work.
    pub(crate) fn converge(&self) {
        let run = self.run(&["apply", "--emulator", "--auto-approve"]);
        assert_eq!(run.code, Some(0), "{}", run.shown());
    }

    /// Without what differs from run to run.
    fn filtered(&self, text: &str) -> String {
        let real = self.directory.path().canonicalize().unwrap();
        let text = text.replace(&real.display().to_string(), "[project]");
        let text = text.replace(&self.directory.path().display().to_string(), "[project]");
        // What reading costs is tested elsewhere, to the request.
        [
            // Said first in every run, which `scars.rs` tests.
            (r"(?m)^Reading .*\.\n", ""),
            (r"Read \d+ requests? in", "Read [n] requests in"),
            (r"Wrote \d+ requests?, read \d+, in", "Wrote [n] requests, read [n], in"),
            (r" Estimated: \d+ in \d+\.\d s\.", ""),
            (r#""estimated_seconds": [0-9.e-]+"#, r#""estimated_seconds": [time]"#),
            (
                r"\d+ requests? and \d+\.\d s to read",
                "[n] requests and [time] s to read",
            ),
            (r"127\.0\.0\.1:\d{2,}", "127.0.0.1:[port]"),
            (r" in \d+\.\d s\.", " in [time] s."),
            (r#""seconds": [0-9.e-]+"#, r#""seconds": [time]"#),
        ]
        .iter()
        .fold(text, |text, (pattern, shown)| {
            Regex::new(pattern).unwrap().replace_all(&text, *shown).into_owned()
        })
    }
}

impl Run {
    /// Everything about it in one text.
    pub(crate) fn shown(&self) -> String {
        let code = self.code.map_or("by a signal".to_owned(), |code| code.to_string());
        let mut text = format!("$ quayform {}\n[exit {code}]\n", self.arguments);
        for (name, stream) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !stream.is_empty() {
                text.push_str(&format!("--- {name}\n{stream}"));
            }
        }
        text
    }

    /// The same, with what differs from run to run replaced.
    pub(crate) fn without(mut self, shown: &str, text: &str) -> Self {
        self.stdout = self.stdout.replace(text, shown);
        self
    }

    /// The one JSON document on stdout.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout.replace("[time]", "0")).unwrap_or_else(|_| panic!("{}", self.shown()))
    }
}

/// What is printed as JSON is what the published schema says. Where nothing is printed, nobody read it.
fn fits_its_schema(arguments: &[&str], stdout: &[u8]) {
    let is_json = arguments.windows(2).any(|pair| pair == ["--format", "json"]);
    if let (Some(command), true, false) = (arguments.first(), is_json, stdout.is_empty()) {
        let document = serde_json::from_slice(stdout).unwrap_or_default();
        published::fits(command, &document);
    }
}

/// Compares runs with the snapshot of this name.
pub(crate) fn check(name: &str, runs: &[Run]) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let _bound = settings.bind_to_scope();
    let texts: Vec<String> = runs.iter().map(Run::shown).collect();
    insta::assert_snapshot!(name, texts.join("\n"));
}
