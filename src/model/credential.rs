//! Credentials that the registry hands out.

use secrecy::SecretString;

/// What a robot logs in with. Its `Debug` form does not show the token.
#[derive(Debug, Clone)]
pub struct Credential {
    /// The robot's full name, `acme+ci`: the user name of a login.
    pub robot: String,
    /// The token: the password of a login.
    pub token: SecretString,
}

/// How a credential is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CredentialFormat {
    /// A configuration of Docker, Podman or Skopeo.
    #[default]
    Docker,
    /// A Kubernetes Secret to pull images with.
    Kubernetes,
    /// User name and token, a line each.
    Plain,
}

impl CredentialFormat {
    /// Every format.
    pub const ALL: [CredentialFormat; 3] = [
        CredentialFormat::Docker,
        CredentialFormat::Kubernetes,
        CredentialFormat::Plain,
    ];

    /// The word in flags and in `quayform.toml`.
    pub fn word(self) -> &'static str {
        match self {
            CredentialFormat::Docker => "docker",
            CredentialFormat::Kubernetes => "kubernetes",
            CredentialFormat::Plain => "plain",
        }
    }

    /// The format that a word means.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.word() == word)
    }
}
