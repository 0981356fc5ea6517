//! Where robots' tokens go, and how they are written there.
//!
//! [`Directory`] and [`Command`] are the two sinks; the formats are pure, one per file.

mod command;
mod directory;
mod docker;
mod file_name;
mod kubernetes;
mod plain;
mod variables;

use secrecy::SecretString;

pub use command::Command;
pub use directory::Directory;
pub use variables::{bytes, variables};

use crate::model::{Credential, CredentialFormat, CredentialSort};

/// How credentials for one registry are written down.
#[derive(Debug, Clone)]
pub struct Form {
    /// The registry as images name it: host, and port where it is not the usual one.
    pub host: String,
    /// The format.
    pub format: CredentialFormat,
}

impl Form {
    /// The whole text; it holds the token.
    fn render(&self, credential: &Credential) -> SecretString {
        if credential.sort == CredentialSort::Key {
            return credential.token.clone();
        }
        let text = match self.format {
            CredentialFormat::Docker => docker::render(&self.host, credential),
            CredentialFormat::Kubernetes => kubernetes::render(&self.host, credential),
            CredentialFormat::Plain => plain::render(credential),
        };
        SecretString::from(text)
    }
}

#[cfg(test)]
fn example() -> Credential {
    Credential {
        robot: "acme+ci".to_owned(),
        token: SecretString::from("CANARY"),
        sort: CredentialSort::Login,
    }
}
