//! Credentials that the registry hands out.

use secrecy::SecretString;

/// What a robot or a user logs in with, or a service proves itself with. Its `Debug` form does not show the token.
#[derive(Debug, Clone)]
pub struct Credential {
    /// The robot's full name, `acme+ci`, or the user's name: the user name of a login; for a key, its name.
    pub robot: String,
    /// The token: the password of a login, or a private key.
    pub token: SecretString,
    /// What it is for.
    pub sort: CredentialSort,
}

/// What a credential is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CredentialSort {
    /// To log in with, under a user name.
    #[default]
    Login,
    /// The private key of a service, which has one form only: PEM.
    Key,
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
