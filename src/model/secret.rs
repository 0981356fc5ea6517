//! Secrets: values that can be compared and sent, but neither printed nor serialized.

use std::fmt;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::hexadecimal::hexadecimal;

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

/// The digest of a secret under a salt: tells whether a text is the same one, and nothing else about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaltedDigest {
    salt: String,
    hexadecimal: String,
}

impl SaltedDigest {
    /// The digest of a text; salts differ from plan to plan.
    pub fn of(text: &str, salt: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update((salt.len() as u64).to_be_bytes());
        hash.update(salt.as_bytes());
        hash.update(text.as_bytes());
        let hexadecimal = hexadecimal(&hash.finalize());
        SaltedDigest {
            salt: salt.to_owned(),
            hexadecimal,
        }
    }

    /// A digest that was written down.
    pub fn written(salt: &str, hexadecimal: &str) -> Self {
        SaltedDigest {
            salt: salt.to_owned(),
            hexadecimal: hexadecimal.to_owned(),
        }
    }

    /// Whether this is the text.
    pub fn is_of(&self, text: &str) -> bool {
        *self == SaltedDigest::of(text, &self.salt)
    }

    /// The digest as it is written down.
    pub fn hexadecimal(&self) -> &str {
        &self.hexadecimal
    }
}

/// A secret text: where it comes from, and its value where that could be resolved.
///
/// Its copies share it: every value is as large as the largest, and one secret is in an object, its change and its call.
#[derive(Clone, Default)]
pub struct Secret(Arc<Content>);

#[derive(Clone, Default)]
struct Content {
    reference: Option<Reference>,
    text: Option<SecretString>,
    digest: Option<SaltedDigest>,
}

impl Secret {
    /// A secret whose text is known.
    pub fn known(text: impl Into<String>) -> Self {
        Secret(Arc::new(Content {
            text: Some(SecretString::from(text.into())),
            ..Content::default()
        }))
    }

    /// A secret that a reference names, resolved or not.
    pub fn referenced(reference: Reference, text: Option<SecretString>) -> Self {
        Secret(Arc::new(Content {
            reference: Some(reference),
            text,
            digest: None,
        }))
    }

    /// A secret of which a saved plan only knows the digest, if even that.
    pub fn digested(reference: Option<Reference>, digest: Option<SaltedDigest>) -> Self {
        Secret(Arc::new(Content {
            reference,
            text: None,
            digest,
        }))
    }

    /// Where it comes from; `None` for a value written in the manifest or echoed by the server.
    pub fn reference(&self) -> Option<&Reference> {
        self.0.reference.as_ref()
    }

    /// The same secret with its text.
    #[must_use]
    pub fn resolved(mut self, text: SecretString) -> Self {
        Arc::make_mut(&mut self.0).text = Some(text);
        self
    }

    /// The text, only for comparing it or sending it to the registry.
    pub fn expose(&self) -> Option<&str> {
        self.0.text.as_ref().map(|text| text.expose_secret())
    }

    /// The text as it is kept: to be handed on, not to be opened.
    pub fn text(&self) -> Option<&SecretString> {
        self.0.text.as_ref()
    }

    /// Whether it can be compared: its text or its digest is known.
    pub fn is_comparable(&self) -> bool {
        self.0.text.is_some() || self.0.digest.is_some()
    }

    /// Whether a text is what a saved plan was made with; `None` where the plan does not know it.
    pub fn was_planned_with(&self, text: &SecretString) -> Option<bool> {
        let digest = self.0.digest.as_ref();
        digest.map(|digest| digest.is_of(text.expose_secret()))
    }

    /// The digest for a saved plan; `None` where the text is not known.
    pub fn digest(&self, salt: &str) -> Option<SaltedDigest> {
        match self.expose() {
            Some(text) => Some(SaltedDigest::of(text, salt)),
            None => self.0.digest.clone(),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("(secret)")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0.text, &other.0.text) {
            (Some(ours), Some(theirs)) => ours.expose_secret() == theirs.expose_secret(),
            (Some(ours), None) => other.was_planned_with(ours) == Some(true),
            (None, Some(theirs)) => self.was_planned_with(theirs) == Some(true),
            (None, None) => {
                self.0.digest == other.0.digest && (self.0.digest.is_some() || self.0.reference == other.0.reference)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_stands_for_its_text_and_for_no_other() {
        let known = Secret::known("one");
        let digest = known.digest("salt");
        let written = Secret::digested(None, digest.clone());
        assert_eq!(written, known);
        assert_ne!(written, Secret::known("two"));
        assert_eq!(written.digest("another salt"), digest);
        assert_ne!(known.digest("another salt"), digest);
        assert_eq!(format!("{known:?} {written:?}"), "(secret) (secret)");
        assert_ne!(Secret::digested(None, None), known);
    }
}
