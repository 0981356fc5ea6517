//! Which registry a run talks to, and as whom.

use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::Settings;
use super::environment::Environment;
use super::registry_section::{RegistrySection, parse_url, variable};
use super::secret_problem::SecretProblem;
use super::secrets::Secrets;
use super::section::closest;
use crate::model::Reference;

/// What the command line says about the registry.
#[derive(Debug, Clone, Default)]
pub struct RegistryChoice {
    /// `--registry`: one of `[registries.NAME]`; `None` for `[registry]`.
    pub name: Option<String>,
    /// `--url`.
    pub url: Option<String>,
}

/// How a run proves who it is.
#[derive(Debug, Clone)]
pub enum Login {
    /// With an OAuth token on every request.
    Token(SecretString),
    /// By signing in once; see [`Session`](crate::http::Session).
    Password {
        /// The user.
        username: String,
        /// The user's password.
        password: SecretString,
    },
}

/// One registry, ready to be talked to.
#[derive(Debug, Clone)]
pub struct RegistrySettings {
    /// Its name in `[registries.NAME]`; `None` for `[registry]`.
    pub name: Option<String>,
    /// Its origin.
    pub url: Url,
    /// Token or password; `None` where nothing says where to take one from.
    pub login: Option<Login>,
    /// Certificates of authorities that are trusted besides those of the system, in PEM form.
    pub ca_file: Option<PathBuf>,
    /// The files of the certificate that proves to the server who is calling, and of its key, in PEM form.
    pub client_certificate: Option<(PathBuf, PathBuf)>,
    /// Whether any certificate is accepted. Whoever connects warns the user.
    pub insecure: bool,
    /// How many requests may be in flight at most, where the file says so.
    pub max_in_flight: Option<u32>,
}

impl RegistrySettings {
    /// What plans and caches know the registry by: its normalized origin.
    pub fn identity(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// What images name it by: host, and port where it is not the usual one.
    pub fn host(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        match self.url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }

    /// Token or password, for a command that cannot do without.
    pub fn required_login(&self) -> Result<&Login, RegistryProblem> {
        let missing = || RegistryProblem::NoToken {
            variable: variable(self.name.as_deref(), "TOKEN"),
        };
        self.login.as_ref().ok_or_else(missing)
    }
}

/// Why it is not known which registry is meant, or with which token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegistryProblem {
    /// No URL is set anywhere.
    #[error("no registry is chosen")]
    NoUrl {
        /// The environment variable that would name it.
        variable: String,
        /// The registries that could be chosen.
        named: Vec<String>,
    },
    /// `--registry` names one that the file does not know.
    #[error("no registry is named `{name}`")]
    Unknown {
        /// The name as it was written.
        name: String,
        /// The registries that the file knows.
        named: Vec<String>,
    },
    /// The URL of a flag or variable is none.
    #[error("{origin}: {reason}")]
    Url {
        /// Where it was written: `--url` or a variable.
        origin: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The token cannot be read.
    #[error("no token: {0}")]
    Token(SecretProblem),
    /// The password cannot be read.
    #[error("no password: {0}")]
    Password(SecretProblem),
    /// A password without the user whose it is.
    #[error("a password is set, and no user name")]
    NoUsername {
        /// The environment variable that would hold it.
        variable: String,
    },
    /// The environment has both.
    #[error("{of_token} and {of_password} are both set, two ways to prove one user")]
    TwoLogins {
        /// The variable of the token.
        of_token: String,
        /// The variable of the password.
        of_password: String,
    },
    /// Nothing says where the token is.
    #[error("no token is set")]
    NoToken {
        /// The environment variable that would hold it.
        variable: String,
    },
    /// The token belongs to another origin.
    #[error("{variable} is not sent to {url}: it belongs to {owner}")]
    ForeignToken {
        /// The variable that holds the token.
        variable: String,
        /// The origin it would have gone to.
        url: String,
        /// The origin it belongs to.
        owner: String,
    },
}

impl RegistryProblem {
    /// What to do about it.
    pub fn help(&self) -> String {
        match self {
            RegistryProblem::NoUrl { variable, named } if named.is_empty() => {
                format!("set url in [registry] of quayform.toml, {variable}, or --url; --emulator needs none")
            }
            RegistryProblem::NoUrl { named, .. } => format!("choose one with --registry: {}", named.join(", ")),
            RegistryProblem::Unknown { name, named } => {
                let known: Vec<&str> = named.iter().map(String::as_str).collect();
                match closest(name, &known) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None if known.is_empty() => format!("add [registries.{name}] to quayform.toml"),
                    None => format!("choose one of {}, or all", known.join(", ")),
                }
            }
            RegistryProblem::Url { .. } => "write the registry's address, such as https://quay.example.com".to_owned(),
            RegistryProblem::Token(SecretProblem::NotSet(name)) => {
                format!(
                    "set {name} to an OAuth token; in Quay's web page an application of an organization makes one: Generate Token"
                )
            }
            RegistryProblem::Token(problem) | RegistryProblem::Password(problem) => problem.help(),
            RegistryProblem::NoUsername { variable } => format!("set {variable}, or username in quayform.toml"),
            RegistryProblem::TwoLogins { .. } => "unset one of them".to_owned(),
            RegistryProblem::NoToken { variable } => {
                format!(
                    "set {variable}, or token = {{ env = \"NAME\" }} in quayform.toml; or username and password to sign in"
                )
            }
            RegistryProblem::ForeignToken { .. } => "set the token of that registry, or drop the other URL".to_owned(),
        }
    }
}

impl Settings {
    /// Every registry that the file names: the unnamed one first, as `None`. This is what `--registry all` stands for.
    pub fn registry_names(&self) -> Vec<Option<String>> {
        let unnamed = self.registries.unnamed.iter().map(|_| None);
        unnamed.chain(self.registries.named.keys().cloned().map(Some)).collect()
    }

    /// Settles the registry that is meant: flag before environment before file. Commands run here where the token needs one.
    pub fn registry(
        &self,
        choice: &RegistryChoice,
        environment: &dyn Environment,
        secrets: &Secrets,
    ) -> Result<RegistrySettings, RegistryProblem> {
        let name = choice.name.as_deref();
        let section = self.section(name)?;
        let url_variable = variable(name, "URL");
        let pinned = environment.filled_variable(&url_variable);
        let pinned = pinned.map(|text| named_url(&url_variable, &text)).transpose()?;
        let flag = choice.url.as_deref().map(|text| named_url("--url", text)).transpose()?;
        let no_url = || RegistryProblem::NoUrl {
            variable: url_variable.clone(),
            named: self.named(),
        };
        let url = flag
            .or_else(|| pinned.clone())
            .or_else(|| section.url.clone())
            .ok_or_else(no_url)?;

        let login = login(name, &section, environment)?;
        if let (Some(Reference::Env(holder)), Some(owner)) = (login.reference(), &pinned) {
            check_owner(name, holder, owner, &url)?;
        }
        Ok(RegistrySettings {
            name: choice.name.clone(),
            url,
            login: login.resolved(secrets)?,
            ca_file: section.ca_file.map(|path| self.root.join(path)),
            client_certificate: section
                .client_certificate
                .map(|(certificate, key)| (self.root.join(certificate), self.root.join(key))),
            insecure: section.insecure,
            max_in_flight: section.max_in_flight,
        })
    }

    fn section(&self, name: Option<&str>) -> Result<RegistrySection, RegistryProblem> {
        let Some(name) = name else {
            return Ok(self.registries.unnamed.clone().unwrap_or_default());
        };
        let unknown = || RegistryProblem::Unknown {
            name: name.to_owned(),
            named: self.named(),
        };
        self.registries.named.get(name).cloned().ok_or_else(unknown)
    }

    /// The names of `[registries.NAME]`.
    pub fn named(&self) -> Vec<String> {
        self.registries.named.keys().cloned().collect()
    }
}

fn named_url(origin: &str, text: &str) -> Result<Url, RegistryProblem> {
    parse_url(text.trim()).map_err(|reason| RegistryProblem::Url {
        origin: origin.to_owned(),
        reason,
    })
}

/// A login before anything secret is read.
enum Source {
    None,
    Token(Reference),
    Password(String, Reference),
}

impl Source {
    fn reference(&self) -> Option<&Reference> {
        match self {
            Source::None => None,
            Source::Token(reference) | Source::Password(_, reference) => Some(reference),
        }
    }

    fn resolved(self, secrets: &Secrets) -> Result<Option<Login>, RegistryProblem> {
        let read = |reference: &Reference| trimmed(secrets, reference);
        Ok(match self {
            Source::None => None,
            Source::Token(reference) => Some(Login::Token(read(&reference).map_err(RegistryProblem::Token)?)),
            Source::Password(username, reference) => Some(Login::Password {
                username,
                password: read(&reference).map_err(RegistryProblem::Password)?,
            }),
        })
    }
}

/// A token or password. Neither holds white space at its ends, but pipelines add line breaks to variables.
pub(super) fn trimmed(secrets: &Secrets, reference: &Reference) -> Result<SecretString, SecretProblem> {
    let secret = secrets.resolve_trusted(reference)?;
    Ok(SecretString::from(secret.expose_secret().trim()))
}

/// The token or the password that is meant: what the environment holds before what the file says.
fn login(
    name: Option<&str>,
    section: &RegistrySection,
    environment: &dyn Environment,
) -> Result<Source, RegistryProblem> {
    let [token, username, password] = ["TOKEN", "USERNAME", "PASSWORD"].map(|setting| variable(name, setting));
    let held = |variable: &str| environment.filled_variable(variable).is_some();
    let of_password = |reference: Reference| {
        let text = environment
            .filled_variable(&username)
            .map(|text| text.trim().to_owned());
        let missing = || RegistryProblem::NoUsername {
            variable: username.clone(),
        };
        let user = text.or_else(|| section.username.clone()).ok_or_else(missing)?;
        Ok(Source::Password(user, reference))
    };
    match (held(&token), held(&password)) {
        (true, true) => Err(RegistryProblem::TwoLogins {
            of_token: token,
            of_password: password,
        }),
        (true, false) => Ok(Source::Token(Reference::Env(token))),
        (false, true) => of_password(Reference::Env(password)),
        (false, false) => match (&section.token, &section.password) {
            (Some(reference), _) => Ok(Source::Token(reference.clone())),
            (None, Some(reference)) => of_password(reference.clone()),
            (None, None) => Ok(Source::None),
        },
    }
}

/// Where the environment names both URL and token (or password), that goes to that origin only: a flag or file must not
/// redirect it.
fn check_owner(name: Option<&str>, holder: &str, owner: &Url, url: &Url) -> Result<(), RegistryProblem> {
    let is_own = ["TOKEN", "PASSWORD"]
        .iter()
        .any(|setting| holder == variable(name, setting));
    if !is_own || owner.origin() == url.origin() {
        return Ok(());
    }
    Err(RegistryProblem::ForeignToken {
        variable: holder.to_owned(),
        url: url.origin().ascii_serialization(),
        owner: owner.origin().ascii_serialization(),
    })
}
