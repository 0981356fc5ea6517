//! The machine on which a step of a pipeline runs: a clone, quayform, and stand-ins for what talks to a service.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use quayform::emulator::Emulator;
use tempfile::TempDir;

use super::{BEFORE, SEED};
use crate::binary::program::Program;
use crate::binary::server;

/// A clone of a project whose main branch is as the registry is.
pub(super) struct Workplace {
    pub(super) emulator: Emulator,
    pub(super) url: String,
    pub(super) program: Program,
    tools: TempDir,
}

/// How a script ended.
pub(super) struct Ended {
    pub(super) code: Option<i32>,
    pub(super) output: String,
}

impl Workplace {
    pub(super) fn new() -> Self {
        let emulator = server::registry(SEED);
        let url = server::serve(emulator.clone());
        let program = Program::new(&[("quayform.toml", "format = 1\n\n[guards]\n"), ("acme.yaml", BEFORE)]);
        let program = program.at(&url, "emulator-token");
        let place = Workplace {
            emulator,
            url,
            program,
            tools: tempfile::tempdir().unwrap(),
        };
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_quayform"), place.tools.path().join("quayform")).unwrap();
        place.ran(
            "git init --quiet --initial-branch main && git add . && \
             git -c user.name=a -c user.email=a@example.com commit --quiet --message before && \
             git remote add origin . && git update-ref refs/remotes/origin/main HEAD",
        );
        place
    }

    /// Puts a stand-in for a program into reach. It adds its arguments to a file, then does what the script says.
    pub(super) fn tool(&self, name: &str, script: &str) {
        let path = self.tools.path().join(name);
        let said = self.said_file(name);
        let text = format!("#!/bin/bash\necho \"$*\" >> '{}'\n{script}\n", said.display());
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
    }

    /// What a stand-in was called with since the last time, a line for each call.
    pub(super) fn said(&self, name: &str) -> Vec<String> {
        let text = fs::read_to_string(self.said_file(name)).unwrap_or_default();
        let _ = fs::remove_file(self.said_file(name));
        text.lines().map(str::to_owned).collect()
    }

    fn said_file(&self, name: &str) -> PathBuf {
        self.tools.path().join(format!("{name}.said"))
    }

    /// Runs a script as the services do: it ends with the first command that fails.
    pub(super) fn run(&self, script: &str, variables: &BTreeMap<String, String>) -> Ended {
        let reach = format!("{}:{}", self.tools.path().display(), std::env::var("PATH").unwrap());
        let output = Command::new("bash")
            .args(["-e", "-o", "pipefail", "-c", script])
            .current_dir(self.program.path(""))
            .env_clear()
            .env("PATH", reach)
            .env("HOME", self.tools.path())
            .env("TMPDIR", env!("CARGO_TARGET_TMPDIR"))
            .env("QUAYFORM_SETTLE_SECONDS", "0")
            .envs(variables)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        Ended {
            code: output.status.code(),
            output: format!("{script}\n{}{}", text(&output.stdout), text(&output.stderr)),
        }
    }

    /// Runs a script that needs nothing and must work.
    pub(super) fn ran(&self, script: &str) {
        let ended = self.run(script, &BTreeMap::new());
        assert_eq!(ended.code, Some(0), "{}", ended.output);
    }

    /// Whether the registry is as the manifests say.
    pub(super) fn is_as_written(&self) -> bool {
        self.program.run(&["plan", "--detailed-exitcode"]).code == Some(0)
    }
}
