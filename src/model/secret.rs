//! Secrets: values that can be compared and sent, but neither printed nor serialized.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

/// Where a manifest says that a secret comes from; safe to print.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reference {
    /// The name of an environment variable.
    Env(String),
    /// A path, relative to the project's root.
    File(String),
    /// The name of a command that `[secrets.commands]` in `quayform.toml` defines.
    Command(String),
}

impl fmt::Display for Reference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reference::Env(name) => write!(formatter, "env {name}"),
            Reference::File(path) => write!(formatter, "file {path}"),
            Reference::Command(name) => write!(formatter, "command {name}"),
        }
    }
}

/// A secret text: where it comes from, and its value where that could be resolved.
#[derive(Clone, Default)]
pub struct Secret {
    /// Where it comes from; `None` for a value written in the manifest or echoed by the server.
    pub reference: Option<Reference>,
    text: Option<SecretString>,
}

impl Secret {
    /// A secret whose text is known.
    pub fn known(text: impl Into<String>) -> Self {
        Secret {
            reference: None,
            text: Some(SecretString::from(text.into())),
        }
    }

    /// A secret that a reference names, resolved or not.
    pub fn referenced(reference: Reference, text: Option<SecretString>) -> Self {
        Secret {
            reference: Some(reference),
            text,
        }
    }

    /// The text, only for comparing it or sending it to the registry.
    pub fn expose(&self) -> Option<&str> {
        self.text.as_ref().map(|text| text.expose_secret())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("(secret)")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose() && (self.text.is_some() || self.reference == other.reference)
    }
}
