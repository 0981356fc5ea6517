//! A command that takes one credential at a time on its standard input.

use std::io::Write;
use std::path::PathBuf;
use std::process::{self, Stdio};
use std::sync::{Mutex, PoisonError};

use secrecy::ExposeSecret;

use super::Form;
use crate::apply::{Kept, Sink, SinkProblem};
use crate::model::{Credential, CredentialSort};

/// The variable that names the robot or the user to the command.
const ROBOT: &str = "QUAYFORM_ROBOT";
/// The variable that names the service key to the command.
const SERVICE_KEY: &str = "QUAYFORM_SERVICE_KEY";
/// The variable that names the registry's host to the command.
const HOST: &str = "QUAYFORM_REGISTRY_HOST";

/// Runs a program for each credential, one at a time. It cannot be asked what it has, so it gets every credential in
/// every apply, and must be one that may be told the same twice.
#[derive(Debug)]
pub struct Command {
    words: Vec<String>,
    directory: PathBuf,
    form: Form,
    running: Mutex<()>,
}

impl Command {
    /// A program with its arguments, run in this directory.
    pub fn new(words: Vec<String>, directory: PathBuf, form: Form) -> Self {
        let running = Mutex::default();
        Command {
            words,
            directory,
            form,
            running,
        }
    }

    fn run(&self, credential: &Credential) -> Result<(), String> {
        let owner = match credential.sort {
            CredentialSort::Login => ROBOT,
            CredentialSort::Key => SERVICE_KEY,
        };
        let (program, arguments) = self.words.split_first().ok_or("it names no program")?;
        // Its messages go to the user's terminal, what it prints nowhere: stdout is for the result of the run.
        let mut child = process::Command::new(program)
            .args(arguments)
            .current_dir(&self.directory)
            .env(owner, &credential.robot)
            .env(HOST, &self.form.host)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .spawn()
            .map_err(|error| error.to_string())?;
        let text = self.form.render(credential);
        // Taken, so that it is closed before the end is waited for.
        let told = child
            .stdin
            .take()
            .map_or(Ok(()), |mut input| input.write_all(text.expose_secret().as_bytes()));
        let status = child.wait().map_err(|error| error.to_string())?;
        if !status.success() {
            return Err(status.to_string());
        }
        told.map_err(|error| format!("it did not read its standard input: {error}"))
    }
}

impl Sink for Command {
    fn name(&self) -> String {
        format!("the command {}", self.words.first().map_or("", String::as_str))
    }

    fn prepare(&self) -> Result<(), SinkProblem> {
        Ok(())
    }

    fn keep(&self, credential: &Credential) -> Result<Kept, SinkProblem> {
        let _alone = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let failed = |cause: String| SinkProblem(format!("{} failed: {cause}", self.name()));
        self.run(credential).map_err(failed)?;
        Ok(Kept::Written)
    }

    fn holds(&self, _: &str) -> bool {
        false
    }

    fn forget(&self, _: &str) -> Result<(), SinkProblem> {
        Ok(())
    }
}
