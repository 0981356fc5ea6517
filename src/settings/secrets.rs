//! Turns references into secrets, as far as the project allows.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use secrecy::SecretString;

use super::environment::Environment;
use super::secret_problem::SecretProblem;
use super::secret_rules::SecretRules;
use crate::model::Reference;
use crate::model::address::matches_glob;

/// Resolves references. A command runs once, whatever the number of references to it.
pub struct Secrets {
    rules: SecretRules,
    root: PathBuf,
    environment: Arc<dyn Environment>,
    allow_commands: bool,
    outputs: Mutex<BTreeMap<String, Result<SecretString, SecretProblem>>>,
}

impl Secrets {
    /// Resolves by these rules, paths relative to the project's root (with symbolic links resolved).
    pub fn new(rules: SecretRules, root: PathBuf, environment: Arc<dyn Environment>, allow_commands: bool) -> Self {
        Secrets {
            rules,
            root,
            environment,
            allow_commands,
            outputs: Mutex::default(),
        }
    }

    /// The secret that a manifest refers to. One line break at the end of a file or output is not part of it.
    pub fn resolve(&self, reference: &Reference) -> Result<SecretString, SecretProblem> {
        self.check(reference)?;
        self.resolve_trusted(reference)
    }

    /// Whether a manifest may refer to it, without resolving anything: no variable is read and no command runs.
    pub fn check(&self, reference: &Reference) -> Result<(), SecretProblem> {
        if self.is_reserved(reference) {
            return Err(SecretProblem::Reserved(reference.clone()));
        }
        let allowed = match reference {
            Reference::Env(name) => self.allows_variable(name),
            Reference::File(path) => self.allows_file(path)?,
            Reference::Command(name) if self.rules.commands.contains_key(name) => true,
            Reference::Command(name) => return Err(SecretProblem::UnknownCommand(name.clone())),
        };
        if allowed {
            Ok(())
        } else {
            Err(SecretProblem::NotAllowed(reference.clone()))
        }
    }

    /// The secret that `quayform.toml` itself refers to: any variable, any file, and the commands it defines.
    pub fn resolve_trusted(&self, reference: &Reference) -> Result<SecretString, SecretProblem> {
        match reference {
            Reference::Env(name) => {
                let text = self
                    .environment
                    .variable(name)
                    .ok_or_else(|| SecretProblem::NotSet(name.clone()))?;
                filled(reference, text)
            }
            Reference::File(path) => {
                let bytes = std::fs::read(self.root.join(path)).map_err(|error| unreadable(path, &error))?;
                without_line_break(reference, bytes)
            }
            Reference::Command(name) => self.output(name),
        }
    }

    /// Whether a registry's own token comes from there.
    fn is_reserved(&self, reference: &Reference) -> bool {
        let real = |path: &String| self.root.join(path).canonicalize().ok();
        self.rules.reserved.iter().any(|token| match (token, reference) {
            (Reference::File(token), Reference::File(path)) => {
                real(token).is_some_and(|token| Some(token) == real(path))
            }
            _ => token == reference,
        })
    }

    /// Without rules: anything but what quayform itself is run with. With rules: what they name; `*` alone does not reach `QUAYFORM_*`.
    fn allows_variable(&self, name: &str) -> bool {
        let own = |text: &str| text.starts_with("QUAYFORM_");
        match &self.rules.environment {
            None => !own(name),
            Some(patterns) => patterns
                .iter()
                .any(|pattern| matches_glob(pattern, name) && (own(pattern) || !own(name))),
        }
    }

    /// Symbolic links are followed first: a link below the project that leads elsewhere is elsewhere.
    fn allows_file(&self, path: &str) -> Result<bool, SecretProblem> {
        let real = self
            .root
            .join(path)
            .canonicalize()
            .map_err(|error| unreadable(path, &error))?;
        Ok(match &self.rules.files {
            Some(patterns) => patterns
                .iter()
                .any(|pattern| matches_glob(&real_pattern(&self.root, pattern), &real.to_string_lossy())),
            // Git keeps a pipeline's own credentials in `.git`, the emulator its tokens in `.quayform`.
            None => real.strip_prefix(&self.root).is_ok_and(|inside| {
                !inside
                    .components()
                    .any(|part| part.as_os_str() == ".git" || part.as_os_str() == ".quayform")
            }),
        })
    }

    fn output(&self, name: &str) -> Result<SecretString, SecretProblem> {
        let words = self
            .rules
            .commands
            .get(name)
            .ok_or_else(|| SecretProblem::UnknownCommand(name.to_owned()))?;
        if !self.allow_commands {
            return Err(SecretProblem::CommandsOff(name.to_owned()));
        }
        let mut outputs = self.outputs.lock().unwrap_or_else(PoisonError::into_inner);
        outputs
            .entry(name.to_owned())
            .or_insert_with(|| run(name, words, &self.root))
            .clone()
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Secrets")
            .field("rules", &self.rules)
            .finish_non_exhaustive()
    }
}

/// The pattern as an absolute one, with the symbolic links of the directory before its first `*` resolved.
fn real_pattern(root: &Path, pattern: &str) -> String {
    let absolute = root.join(pattern).to_string_lossy().into_owned();
    let fixed = &absolute[..absolute.find('*').unwrap_or(absolute.len())];
    let directory = &fixed[..fixed.rfind('/').unwrap_or(0)];
    match Path::new(directory).canonicalize() {
        Ok(real) => format!(
            "{}{}",
            real.to_string_lossy().trim_end_matches('/'),
            &absolute[directory.len()..]
        ),
        Err(_) => absolute,
    }
}

fn run(name: &str, words: &[String], directory: &Path) -> Result<SecretString, SecretProblem> {
    let failed = |cause: String| SecretProblem::CommandFailed(name.to_owned(), cause);
    let (program, arguments) = words
        .split_first()
        .ok_or_else(|| failed("it names no program".to_owned()))?;
    // Its messages go to the user's terminal: it may ask for a code.
    let output = Command::new(program)
        .args(arguments)
        .current_dir(directory)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| failed(error.to_string()))?;
    if !output.status.success() {
        return Err(failed(output.status.to_string()));
    }
    without_line_break(&Reference::Command(name.to_owned()), output.stdout)
}

fn without_line_break(reference: &Reference, bytes: Vec<u8>) -> Result<SecretString, SecretProblem> {
    let mut text = String::from_utf8(bytes).map_err(|_| SecretProblem::NotText(reference.clone()))?;
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    filled(reference, text)
}

fn filled(reference: &Reference, text: String) -> Result<SecretString, SecretProblem> {
    if text.is_empty() {
        Err(SecretProblem::Empty(reference.clone()))
    } else {
        Ok(SecretString::from(text))
    }
}

fn unreadable(path: &str, error: &std::io::Error) -> SecretProblem {
    SecretProblem::Unreadable(path.to_owned(), error.to_string())
}
