//! What every command runs in: flags, terminal, environment, working directory.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value as Json;

use super::exit::Exit;
use super::failure::Failure;
use super::findings::Findings;
use super::globals::{Format, Globals};
use super::ui::Ui;
use crate::http::Stop;
use crate::kinds;
use crate::settings::{
    self, Environment, Guards, ProcessEnvironment, RegistryChoice, Secrets, Settings, SettingsProblem,
};

/// The surroundings of one run.
#[derive(Clone)]
pub struct Context {
    /// The flags that every command knows.
    pub globals: Globals,
    /// Where everything is printed.
    pub ui: Ui,
    /// Where variables are read.
    pub environment: Arc<dyn Environment>,
    /// Where relative paths of the command line start.
    pub working_directory: PathBuf,
    /// Ends every wait once the person wants to stop.
    pub stop: Stop,
}

impl Context {
    /// The surroundings of this process.
    pub fn of_process(globals: Globals, ui: Ui) -> Result<Self, Failure> {
        let working_directory = std::env::current_dir()
            .map_err(|error| Failure::new("the working directory cannot be read").because(error))?;
        Ok(Context {
            globals,
            ui,
            environment: Arc::new(ProcessEnvironment),
            working_directory,
            stop: Stop::default(),
        })
    }

    /// The settings of the project that the PATHs mean.
    pub fn settings(&self, paths: &[PathBuf]) -> Result<Settings, Failure> {
        Ok(settings::load(paths, &self.working_directory, &kinds::names())?)
    }

    /// The guards of another `quayform.toml` than the project's: of the base branch, which a pull request cannot change.
    pub fn guards(&self, file: &Path) -> Result<Guards, Failure> {
        settings::load_guards(file, &self.working_directory, &kinds::names()).map_err(|problem| match problem {
            SettingsProblem::Discovery(problem) => problem.into(),
            SettingsProblem::File {
                sources,
                diagnostics,
                secrets,
            } => Failure::new(format!("--guards-from: {} cannot be used", file.display()))
                .with_findings(Findings::new(diagnostics, sources, secrets))
                .certain("nothing was read or changed"),
        })
    }

    /// Resolves the secrets of a project; its commands run only with `--allow-commands`.
    pub fn secrets(&self, settings: &Settings) -> Secrets {
        Secrets::new(
            settings.secrets.clone(),
            settings.root.clone(),
            Arc::clone(&self.environment),
            self.globals.allow_commands,
        )
    }

    /// The registries that `--registry` chooses: one, or all that the project names.
    pub fn choices(&self, settings: &Settings) -> Result<Vec<RegistryChoice>, Failure> {
        let url = self.globals.url.clone();
        let name = self.globals.registry.clone();
        if self.globals.emulator || name.as_deref() != Some("all") {
            return Ok(vec![RegistryChoice { name, url }]);
        }
        if url.is_some() {
            return Err(Failure::new("--url names one registry, --registry all means several").help("drop one of them"));
        }
        let mut names = settings.registry_names();
        if names.is_empty() {
            // The environment may name one; where it does not, asking for it says so.
            names.push(None);
        }
        Ok(names
            .into_iter()
            .map(|name| RegistryChoice { name, url: None })
            .collect())
    }

    /// Takes the failure of one registry among several, so that the others can go on: how it ends, and its document.
    /// What is wrong with the files is wrong for all of them and ends the run.
    pub fn told(&self, failure: Failure) -> Result<(Exit, Json), Failure> {
        let failure = self.survivable(failure)?;
        let document = failure.json();
        if self.ui.format() != Format::Json {
            self.ui.failure(&failure);
        }
        Ok((failure.exit(), document))
    }

    /// The same failure, if it is of one registry among several.
    pub fn survivable(&self, failure: Failure) -> Result<Failure, Failure> {
        if failure.is_about_files() || self.globals.registry.as_deref() != Some("all") {
            return Err(failure);
        }
        Ok(failure)
    }

    /// A path of the command line.
    pub fn path(&self, path: &Path) -> PathBuf {
        self.working_directory.join(path)
    }

    /// Refuses the formats that a command does not write.
    pub fn only_formats(&self, formats: &[Format]) -> Result<Format, Failure> {
        let format = self.globals.format;
        if formats.contains(&format) {
            return Ok(format);
        }
        let known: Vec<String> = formats.iter().map(Format::to_string).collect();
        Err(Failure::new(format!("this command does not write {format}"))
            .help(format!("use --format {}", known.join(" or --format "))))
    }
}
