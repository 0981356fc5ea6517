//! The registry as a transport: requests reach it by a function call, without a socket.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};

use super::answer::Answer;
use super::faults::{self, Delivery, Faults, Reply, Schedule, Write, Writes};
use super::registry::Registry;
use super::request::IncomingRequest;
use crate::http;

/// A registry that several holders share, with the file that keeps its state.
#[derive(Debug, Clone)]
pub struct Emulator {
    shared: Arc<Mutex<Shared>>,
    state_file: Option<PathBuf>,
    /// Held so that no other run works on the same file; the last holder lets it go.
    _lock: Option<Arc<File>>,
}

/// The registry and what goes wrong on the way to it: under one lock, so that a fault lies between the same two
/// requests for everybody.
#[derive(Debug)]
struct Shared {
    registry: Registry,
    schedule: Schedule,
    writes: Writes,
    patience: Duration,
    waited: Duration,
}

/// What the network client has for a whole exchange.
const PATIENCE: Duration = Duration::from_secs(120);

impl Shared {
    fn new(registry: Registry) -> Arc<Mutex<Self>> {
        Arc::new(Mutex::new(Shared {
            registry,
            schedule: Schedule::default(),
            writes: Writes::default(),
            patience: PATIENCE,
            waited: Duration::ZERO,
        }))
    }
}

impl Emulator {
    /// A registry that lives as long as its holders.
    pub fn new(registry: Registry) -> Self {
        Emulator {
            shared: Shared::new(registry),
            state_file: None,
            _lock: None,
        }
    }

    /// A registry that is loaded from a file, or made by `fresh` where there is none, and saved to that file after
    /// each request that may have changed it. While it is held nobody else can take the file: they get
    /// [`io::ErrorKind::WouldBlock`].
    pub fn with_state_file(path: &Path, fresh: impl FnOnce() -> Registry) -> io::Result<Self> {
        let lock = lock(path)?;
        let registry = match std::fs::read(path) {
            Ok(bytes) => Registry::from_json(serde_json::from_slice(&bytes)?)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => fresh(),
            Err(error) => return Err(error),
        };
        Ok(Emulator {
            shared: Shared::new(registry),
            state_file: Some(path.to_owned()),
            _lock: Some(Arc::new(lock)),
        })
    }

    /// The same registry, for all of its holders, with faults on the way to it.
    #[must_use]
    pub fn with_faults(self, faults: Faults) -> Self {
        self.set_faults(faults);
        self
    }

    /// Begins another schedule in place of the one under way; an empty one ends all faults. Counts go on.
    pub fn set_faults(&self, faults: Faults) {
        self.lock().schedule.begin(faults);
    }

    /// How often each fault took effect so far, by its name in [`Fault::NAMES`](super::Fault::NAMES).
    pub fn fired(&self) -> BTreeMap<&'static str, u64> {
        self.lock().schedule.fired().clone()
    }

    /// The share of [`Emulator::fired`] that struck requests that write.
    pub fn fired_on_writes(&self) -> BTreeMap<&'static str, u64> {
        self.lock().schedule.fired_on_writes().clone()
    }

    /// How long a client in process waits for an answer: two minutes where nothing else is said, as over the network.
    pub fn set_patience(&self, patience: Duration) {
        self.lock().patience = patience;
    }

    /// How long clients in process would have waited so far for answers that came late.
    pub fn waited(&self) -> Duration {
        self.lock().waited
    }

    /// Tells a test of every write, before and after the registry commits it. Nobody else reaches the registry
    /// meanwhile: a hook that asks this emulator for anything waits forever, and looks at [`Write::registry`] instead.
    ///
    /// A hook that breaks ends it all, as if the client had been killed: before the commit the write is not carried
    /// out, after it the answer is lost, and nothing is answered any more until [`Emulator::unwatch`]. In process such
    /// a request never ends, so that a test can drop the client in the middle of it.
    pub fn watch(&self, hook: impl FnMut(Write<'_>) -> ControlFlow<()> + Send + 'static) {
        self.lock().writes = Writes::told_to(hook);
    }

    /// Tells nobody any more, and answers again.
    pub fn unwatch(&self) {
        self.lock().writes = Writes::default();
    }

    /// Works on the registry while nobody else does.
    pub fn with<R>(&self, work: impl FnOnce(&mut Registry) -> R) -> R {
        work(&mut self.lock().registry)
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        // A panic of another holder leaves a registry that answered all requests but its last one.
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers one request, and saves the state where it may have changed. No fault fires on it.
    pub fn handle(&self, request: &IncomingRequest) -> io::Result<Answer> {
        let shared = &mut *self.lock();
        if request.is_write() {
            shared.schedule.remember(&shared.registry.store);
        }
        let builds = shared.registry.store.is_building();
        let answer = shared.registry.handle(request);
        if request.is_write() || builds {
            self.save(&shared.registry)?;
        }
        Ok(answer)
    }

    /// Answers one request of a client, with the fault that is due on it.
    pub(super) fn deliver(&self, request: &IncomingRequest) -> io::Result<Delivery> {
        let shared = &mut *self.lock();
        let (fired, builds) = (shared.schedule.total(), shared.registry.store.is_building());
        let delivery = faults::deliver(&mut shared.registry, &mut shared.schedule, &mut shared.writes, request);
        // A fault may change the registry on a read too, and so may a look at a build.
        if request.is_write() || builds || shared.schedule.total() != fired {
            self.save(&shared.registry)?;
        }
        Ok(delivery)
    }

    fn save(&self, registry: &Registry) -> io::Result<()> {
        match &self.state_file {
            Some(path) => save(registry, path),
            None => Ok(()),
        }
    }

    /// Counts the time until a late answer; whether the client is still there when it comes.
    fn waits_for(&self, delivery: &Delivery) -> Result<(), http::TransportError> {
        let mut shared = self.lock();
        let patience = shared.patience;
        shared.waited += delivery.after.min(patience);
        if delivery.after < patience {
            Ok(())
        } else {
            Err(http::TransportError::Timeout(patience.as_secs()))
        }
    }
}

/// Two runs that each write their own state over the other's would lose one of them.
fn lock(path: &Path) -> io::Result<File> {
    let lock = File::create(beside(path, ".lock"))?;
    lock.try_lock()?;
    Ok(lock)
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    path.with_file_name(name)
}

/// Replaces the file at once: a reader sees the old state or the new one. It is not forced to the disk, since a state
/// that outlives a crash of the machine is worth less than quick answers.
fn save(registry: &Registry, path: &Path) -> io::Result<()> {
    let beside = beside(path, ".new");
    let mut text = registry.to_bytes()?;
    text.push(b'\n');
    std::fs::write(&beside, text)?;
    std::fs::rename(&beside, path)
}

impl http::Transport for Emulator {
    fn send(&self, request: http::Request) -> http::Sending<'_> {
        Box::pin(async move {
            Ok(http::Door::exchange(self, request, http::Ticket::default())
                .await?
                .response)
        })
    }
}

impl http::Door for Emulator {
    fn exchange(&self, request: http::Request, ticket: http::Ticket) -> http::Exchanging<'_> {
        Box::pin(async move {
            let opened = |secret: &Option<SecretString>| secret.as_ref().map(|text| text.expose_secret().to_owned());
            let mut incoming = IncomingRequest::new(&request.method.to_string(), &request.target);
            incoming.token = opened(&request.token);
            incoming.cookie = opened(&ticket.cookie);
            incoming.csrf_token = opened(&ticket.csrf_token);
            if let Some(body) = &request.body {
                incoming = incoming.with_json(body);
            }
            let delivery = self
                .deliver(&incoming)
                .map_err(|error| http::TransportError::Cut(error.to_string()))?;
            self.waits_for(&delivery)?;
            match delivery.reply {
                Reply::Answer(answer) => Ok(exchanged(answer)),
                Reply::Cut => Err(http::TransportError::Cut(
                    "the embedded registry's faults end the connection here".to_owned(),
                )),
                Reply::Nothing => std::future::pending().await,
            }
        })
    }
}

fn exchanged(answer: Answer) -> http::Exchanged {
    let content_type = answer.content_type.split(';').next().unwrap_or_default().to_owned();
    let cookie = answer.header("set-cookie").and_then(|set| set.split(';').next());
    let ticket = http::Ticket {
        cookie: cookie.map(SecretString::from),
        csrf_token: answer.header("x-next-csrf-token").map(SecretString::from),
    };
    let response = http::Response {
        status: answer.status,
        content_type,
        retry_after: answer.header("retry-after").map(str::to_owned),
        body: answer.body,
    };
    http::Exchanged { response, ticket }
}
