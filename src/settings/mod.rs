//! What a run works with: the project, its registry, its guards. A flag wins over the environment, and that over `quayform.toml`.

pub mod cocktail;
mod cocktail_section;
mod credential_rules;
pub mod discovery;
mod drift_rules;
pub mod environment;
mod file;
mod guards;
mod policy;
mod read_rules;
pub mod registry;
mod registry_section;
mod secret_problem;
mod secret_rules;
pub mod secrets;
mod section;

use std::path::{Path, PathBuf};

pub use cocktail::{CocktailProblem, CocktailSettings};
pub use credential_rules::CredentialRules;
pub use discovery::DiscoveryProblem;
pub use drift_rules::{DriftRules, IgnoreRule, Webhook, WebhookFormat};
pub use environment::{Environment, ProcessEnvironment};
pub use guards::{Guards, MaxDeletes};
pub use policy::Denial;
pub use read_rules::ReadRules;
pub use registry::{Login, RegistryChoice, RegistryProblem, RegistrySettings};
pub use secret_problem::SecretProblem;
pub use secret_rules::SecretRules;
pub use secrets::Secrets;

use crate::model::{Diagnostic, Diagnostics, Place, Severity, Sources};
use file::ProjectFile;
use registry_section::Registries;

/// The name of the file at a project's root.
pub const FILE_NAME: &str = "quayform.toml";

/// Everything that the project's file and its place decide.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The directory that holds the manifests, with symbolic links resolved.
    pub root: PathBuf,
    /// The `quayform.toml` in force; a project can do without.
    pub file: Option<PathBuf>,
    /// Where emulator state, journal, lock and cache lie: `.quayform` beside the file in force, else in the working directory.
    pub state_directory: PathBuf,
    /// Which files below the root are manifests, as globs; empty for every `*.yaml` and `*.yml`.
    pub manifest_patterns: Vec<String>,
    /// What is planned, relative to the root; empty for everything. References are resolved over the whole project all the same.
    pub narrowed_to: Vec<PathBuf>,
    /// What a plan may not do.
    pub guards: Guards,
    /// Which secrets manifests may name.
    pub secrets: SecretRules,
    /// Where robots' tokens go without `--credentials-out`.
    pub credentials: CredentialRules,
    /// How the registry is read.
    pub read: ReadRules,
    /// What drift does not count, and where it is told.
    pub drift: DriftRules,
    registries: Registries,
}

/// Why there are no settings.
#[derive(Debug)]
pub enum SettingsProblem {
    /// The PATHs of the command line do not make one project.
    Discovery(DiscoveryProblem),
    /// The file is wrong.
    File {
        /// The file.
        sources: Sources,
        /// Every problem, with its place in the file.
        diagnostics: Diagnostics,
        /// Where the file holds secrets: nothing there may be shown.
        secrets: Vec<Place>,
    },
}

/// Finds the project that the PATHs mean and reads its `quayform.toml`.
///
/// Without a PATH the project is the nearest one from the working directory upwards. `kinds` are those that exist: the
/// patterns of the guards may name no others.
pub fn load(paths: &[PathBuf], working_directory: &Path, kinds: &[&str]) -> Result<Settings, SettingsProblem> {
    let found = discovery::discover(paths, working_directory).map_err(SettingsProblem::Discovery)?;
    let file = match &found.file {
        Some(path) => read_file(path, path.file_name().map(Path::new).unwrap_or(path), kinds)?,
        None => ProjectFile::default(),
    };
    let state_directory = match &found.file {
        Some(_) => found.root.join(".quayform"),
        None => working_directory.join(".quayform"),
    };
    Ok(Settings {
        manifest_patterns: found.loose_files.unwrap_or(file.manifests),
        root: found.root,
        file: found.file,
        state_directory,
        narrowed_to: found.narrowed_to,
        guards: file.guards.unwrap_or_default(),
        secrets: file.secrets,
        credentials: file.credentials,
        read: file.read,
        drift: file.drift,
        registries: file.registries,
    })
}

/// Reads only `[guards]` of another `quayform.toml`: that of the base branch, which a pull request cannot change.
///
/// A file without that section is refused: it may be empty because getting it from the base branch went wrong, and then
/// nothing would be protected any more.
pub fn load_guards(file: &Path, working_directory: &Path, kinds: &[&str]) -> Result<Guards, SettingsProblem> {
    read_file(&working_directory.join(file), file, kinds)?
        .guards
        .ok_or_else(|| {
            let message = format!("{} has no [guards]", file.display());
            let help = "name the quayform.toml of the base branch; an empty [guards] in it stands for the defaults";
            without_place(Diagnostic::without_place("no-guards", Severity::Error, message).help(help))
        })
}

/// Whether the text of a `quayform.toml` is right in itself, where these kinds exist.
pub fn check(text: &str, kinds: &[&str]) -> Result<(), SettingsProblem> {
    decode(Path::new(FILE_NAME), text, kinds).map(|_| ())
}

fn read_file(path: &Path, shown: &Path, kinds: &[&str]) -> Result<ProjectFile, SettingsProblem> {
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(shown, &error))?;
    decode(shown, &text, kinds)
}

fn decode(shown: &Path, text: &str, kinds: &[&str]) -> Result<ProjectFile, SettingsProblem> {
    let mut sources = Sources::default();
    let source = sources.add(shown.to_owned(), text.to_owned());
    file::decode(text, source, kinds).map_err(|found| SettingsProblem::File {
        sources,
        diagnostics: found.diagnostics,
        secrets: found.secrets,
    })
}

fn unreadable(path: &Path, error: &std::io::Error) -> SettingsProblem {
    let message = format!("{} cannot be read: {error}", path.display());
    without_place(Diagnostic::without_place("unreadable-file", Severity::Error, message))
}

fn without_place(diagnostic: Diagnostic) -> SettingsProblem {
    let mut diagnostics = Diagnostics::default();
    diagnostics.push(diagnostic);
    SettingsProblem::File {
        sources: Sources::default(),
        diagnostics,
        secrets: Vec::new(),
    }
}
