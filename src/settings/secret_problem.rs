//! Why a secret is not known, and what to do about it.

use crate::model::Reference;

/// Why a secret is not known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretProblem {
    /// The environment variable is not set.
    #[error("the environment variable {0} is not set")]
    NotSet(String),
    /// The variable, file or output holds nothing.
    #[error("{0} is empty")]
    Empty(Reference),
    /// `[secrets]` does not allow the source.
    #[error("{0} is not allowed as a source of secrets")]
    NotAllowed(Reference),
    /// A registry's own token comes from there.
    #[error("{0} holds the token of a registry")]
    Reserved(Reference),
    /// The file cannot be read.
    #[error("the file {0} cannot be read: {1}")]
    Unreadable(String, String),
    /// The file or the output is not text.
    #[error("{0} is not text")]
    NotText(Reference),
    /// No command of this name is defined.
    #[error("no command is named {0}")]
    UnknownCommand(String),
    /// Commands run only when the user says so.
    #[error("the command {0} was not run")]
    CommandsOff(String),
    /// The command could not be started or failed.
    #[error("the command {0} failed: {1}")]
    CommandFailed(String, String),
}

impl SecretProblem {
    /// Whether the manifest itself is wrong, wherever quayform runs: what is only missing here is another matter.
    pub fn is_forbidden(&self) -> bool {
        use SecretProblem::{NotAllowed, Reserved, UnknownCommand};
        matches!(self, NotAllowed(_) | Reserved(_) | UnknownCommand(_))
    }

    /// What to do about it.
    pub fn help(&self) -> String {
        match self {
            SecretProblem::NotSet(name) => format!("set {name}"),
            SecretProblem::Empty(_) => {
                "give it a value; pipelines pass a secret that they lack as an empty one".to_owned()
            }
            SecretProblem::NotAllowed(Reference::Env(_)) => {
                "list the variable in `env` of [secrets] in quayform.toml".to_owned()
            }
            SecretProblem::NotAllowed(_) => "list the path in `files` of [secrets] in quayform.toml".to_owned(),
            SecretProblem::Reserved(_) => "take the secret from somewhere else".to_owned(),
            SecretProblem::Unreadable(..) | SecretProblem::NotText(_) => "check the path and the file".to_owned(),
            SecretProblem::UnknownCommand(name) => {
                format!("define it: [secrets.commands] {name} = [\"program\", \"argument\"]")
            }
            SecretProblem::CommandsOff(_) => "allow it with --allow-commands".to_owned(),
            SecretProblem::CommandFailed(..) => "run it by hand to see what it says".to_owned(),
        }
    }
}
