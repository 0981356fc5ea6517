//! From settings to a registry that answers.

use std::sync::Arc;

use secrecy::SecretString;

use super::context::Context;
use super::emulator;
use super::failure::Failure;
use crate::http::{Client, ClientOptions, Counts, Paced, Pacing, ReadOnly, Transport};
use crate::settings::{RegistryChoice, RegistrySettings, Secrets, Settings};

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
    /// The OAuth token.
    pub token: SecretString,
    transport: Arc<Paced<Arc<dyn Transport>>>,
}

impl Connection {
    /// A client that can only GET: all that planning gets.
    pub fn reader(&self) -> ReadOnly {
        ReadOnly::new(self.transport.clone(), Some(self.token.clone()))
    }

    /// The client that can write, for `apply` alone.
    pub fn writer(&self) -> Arc<dyn Transport> {
        self.transport.clone()
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
        let registry = settings.registry(choice, self.environment.as_ref(), secrets)?;
        let token = registry.required_token()?.clone();
        self.warn(&registry);
        let client = Client::new(&options(&registry)?)?;
        Ok(Connection {
            identity: registry.identity(),
            host: registry.host(),
            name: registry.name,
            token,
            transport: self.paced(Arc::new(client)),
        })
    }

    fn embedded(&self, settings: &Settings) -> Result<Connection, Failure> {
        let state = settings.state_directory.join("emulator.json");
        let seed = Some(settings.root.join("seed.json")).filter(|path| path.is_file());
        let registry = emulator::open(Some(&state), seed.as_deref())?;
        Ok(Connection {
            identity: state.display().to_string(),
            host: EMBEDDED_HOST.to_owned(),
            name: None,
            token: SecretString::from(emulator::TOKEN),
            transport: self.paced(Arc::new(registry)),
        })
    }

    fn paced(&self, transport: Arc<dyn Transport>) -> Arc<Paced<Arc<dyn Transport>>> {
        Arc::new(Paced::new(transport, Pacing::default()).until(self.stop.clone()))
    }

    fn warn(&self, registry: &RegistrySettings) {
        if registry.insecure {
            self.ui
                .warning("`insecure` is set: anybody between here and the registry can read the token");
        }
        let loopback = registry
            .url
            .host_str()
            .is_some_and(|host| matches!(host, "localhost" | "127.0.0.1" | "[::1]"));
        if registry.url.scheme() == "http" && !loopback {
            self.ui
                .warning(&format!("the token is sent unencrypted: {}", registry.identity()));
        }
    }
}

fn options(registry: &RegistrySettings) -> Result<ClientOptions, Failure> {
    let read = |path: &std::path::PathBuf| {
        std::fs::read(path).map_err(|error| {
            Failure::new(format!("the CA file {} cannot be read", path.display()))
                .because(error)
                .help("check `ca_file` in quayform.toml")
        })
    };
    Ok(ClientOptions {
        authorities: registry.ca_file.as_ref().map(read).transpose()?,
        insecure: registry.insecure,
        ..ClientOptions::new(registry.url.clone())
    })
}
