//! From settings to a registry that answers.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::SecretString;
use url::Url;

use super::context::Context;
use super::emulator;
use super::failure::Failure;
use crate::http::{Client, ClientOptions, Counts, Paced, Pacing, ReadOnly, Session, Transport};
use crate::kinds::{shapes, targets};
use crate::model::Asked;
use crate::settings::{Login, RegistryChoice, RegistrySettings, Secrets, Settings};

/// No images can be pulled from the embedded registry, so that its credentials name no host that exists.
const EMBEDDED_HOST: &str = "emulator.invalid";

/// One registry to talk to, by the network or in process.
pub struct Connection {
    /// What plans and caches know the registry by: its normalized URL, or the state file of the embedded one.
    pub identity: String,
    /// Its name in `[registries.NAME]`.
    pub name: Option<String>,
    /// The registry as images name it: host, and port where it is not the usual one.
    pub host: String,
    /// The OAuth token; `None` where the transport itself has signed in.
    pub token: Option<SecretString>,
    /// What only whoever may use the registry knows: the token or the password. Kept answers are sealed with it.
    pub credential: SecretString,
    transport: Way,
    session: Option<Arc<Session<Client>>>,
}

/// A way to somebody, with its pace.
pub(super) type Way = Arc<Paced<Arc<dyn Transport>>>;

impl Connection {
    /// To whatever is at an address and takes a token.
    pub(super) fn new(url: &Url, token: SecretString, transport: Way) -> Self {
        Connection {
            identity: url.origin().ascii_serialization(),
            name: None,
            host: url.host_str().unwrap_or_default().to_owned(),
            credential: token.clone(),
            token: Some(token),
            transport,
            session: None,
        }
    }

    /// The same over another way.
    pub(super) fn over(self, transport: Way) -> Self {
        Connection { transport, ..self }
    }

    /// A client that can only GET: all that planning gets.
    pub fn reader(&self) -> ReadOnly {
        ReadOnly::new(self.transport.clone(), self.token.clone())
    }

    /// The client that can write, for `apply` alone.
    pub fn writer(&self) -> Arc<dyn Transport> {
        self.transport.clone()
    }

    /// Tells what signing in took so far, or will take.
    pub fn signing_in(&self) -> impl Fn() -> Vec<Asked> + Send + Sync + use<> {
        let session = self.session.clone();
        move || {
            let steps = session.as_ref().map_or(Vec::new(), |session| session.steps());
            let asked = |(method, target)| Asked {
                method,
                query: targets::ask(target, &shapes::ANYTHING, "signing in", Vec::new()),
                requests: 1,
            };
            steps.into_iter().map(asked).collect()
        }
    }

    /// How many requests went out so far.
    pub fn counts(&self) -> Counts {
        self.transport.counts()
    }
}

impl Context {
    /// Prepares the registry that the flags, the environment and the project mean; nothing is sent yet.
    pub fn connect(
        &self,
        settings: &Settings,
        choice: &RegistryChoice,
        secrets: &Secrets,
    ) -> Result<Connection, Failure> {
        if self.globals.emulator {
            return self.embedded(settings);
        }
        let mut registry = settings.registry(choice, self.environment.as_ref(), secrets)?;
        registry.insecure |= self.globals.insecure;
        let login = registry.required_login()?.clone();
        self.warn(&registry);
        let client = Client::new(&options(&registry)?)?;
        let mut session = None;
        let (credential, token, transport): (_, _, Arc<dyn Transport>) = match login {
            Login::Token(token) => (token.clone(), Some(token), Arc::new(client)),
            Login::Password { username, password } => {
                let credential = password.clone();
                let signed_in = session.insert(Arc::new(Session::new(client, username, password)));
                (credential, None, signed_in.clone())
            }
        };
        let mut pacing = Pacing::default();
        if let Some(most) = registry.max_in_flight {
            pacing.in_flight = most as usize;
        }
        Ok(Connection {
            identity: registry.identity(),
            host: registry.host(),
            name: registry.name,
            token,
            credential,
            transport: self.paced(transport, pacing),
            session,
        })
    }

    /// The embedded registry, which plays CocktailCloud too.
    pub(super) fn embedded(&self, settings: &Settings) -> Result<Connection, Failure> {
        let state = settings.state_directory.join("emulator.json");
        let seed = Some(settings.root.join("seed.json")).filter(|path| path.is_file());
        let registry = emulator::open(Some(&state), seed.as_deref())?;
        Ok(Connection {
            identity: state.display().to_string(),
            host: EMBEDDED_HOST.to_owned(),
            name: None,
            token: Some(SecretString::from(emulator::TOKEN)),
            credential: SecretString::from(emulator::TOKEN),
            transport: self.paced(Arc::new(registry), Pacing::default()),
            session: None,
        })
    }

    pub(super) fn paced(&self, transport: Arc<dyn Transport>, pacing: Pacing) -> Way {
        Arc::new(Paced::new(transport, pacing).until(self.stop.clone()))
    }

    fn warn(&self, registry: &RegistrySettings) {
        let secret = match registry.login {
            Some(Login::Password { .. }) => "password",
            _ => "token",
        };
        self.warn_of(&registry.url, secret, registry.insecure);
    }

    /// Warns where others can read what is sent to an address.
    pub(super) fn warn_of(&self, url: &Url, secret: &str, insecure: bool) {
        let shown = url.origin().ascii_serialization();
        if insecure {
            self.ui.warning(&format!(
                "INSECURE: the certificate of {shown} is not checked: anybody between here and the registry can read the \
                 {secret} and change what is read and written; set `ca_file` instead"
            ));
        }
        let loopback = url
            .host_str()
            .is_some_and(|host| matches!(host, "localhost" | "127.0.0.1" | "[::1]"));
        if url.scheme() == "http" && !loopback {
            self.ui.warning(&format!("the {secret} is sent unencrypted: {shown}"));
        }
    }
}

fn options(registry: &RegistrySettings) -> Result<ClientOptions, Failure> {
    Ok(ClientOptions {
        authorities: registry.ca_file.as_deref().map(authorities).transpose()?,
        identity: registry.client_certificate.as_ref().map(identity).transpose()?,
        insecure: registry.insecure,
        ..ClientOptions::new(registry.url.clone())
    })
}

/// The certificates of a CA file.
pub(super) fn authorities(path: &Path) -> Result<Vec<u8>, Failure> {
    read("CA file", path, "ca_file")
}

/// The certificate and its key in one text.
pub(super) fn identity((certificate, key): &(PathBuf, PathBuf)) -> Result<SecretString, Failure> {
    let mut pem = read("client certificate", certificate, "client_certificate")?;
    pem.push(b'\n');
    pem.extend(read("client key", key, "client_key")?);
    // What is no text is no PEM, and is refused as such.
    Ok(SecretString::from(String::from_utf8_lossy(&pem).into_owned()))
}

fn read(what: &str, path: &Path, setting: &str) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| {
        Failure::new(format!("the {what} {} cannot be read", path.display()))
            .because(error)
            .help(format!("check `{setting}` in quayform.toml"))
    })
}
