//! The registry as a transport: requests reach it by a function call, without a socket.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use secrecy::ExposeSecret as _;

use super::answer::Answer;
use super::registry::Registry;
use super::request::IncomingRequest;
use crate::http;

/// A registry that several holders share, with the file that keeps its state.
#[derive(Debug, Clone)]
pub struct Emulator {
    shared: Arc<Mutex<Registry>>,
    state_file: Option<PathBuf>,
    /// Held so that no other run works on the same file; the last holder lets it go.
    _lock: Option<Arc<File>>,
}

impl Emulator {
    /// A registry that lives as long as its holders.
    pub fn new(registry: Registry) -> Self {
        Emulator {
            shared: Arc::new(Mutex::new(registry)),
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
            shared: Arc::new(Mutex::new(registry)),
            state_file: Some(path.to_owned()),
            _lock: Some(Arc::new(lock)),
        })
    }

    /// Works on the registry while nobody else does.
    pub fn with<R>(&self, work: impl FnOnce(&mut Registry) -> R) -> R {
        // A panic of another holder leaves a registry that answered all requests but its last one.
        work(&mut self.shared.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Answers one request, and saves the state where it may have changed.
    pub fn handle(&self, request: &IncomingRequest) -> io::Result<Answer> {
        self.with(|registry| {
            let answer = registry.handle(request);
            let is_write = !matches!(request.method.as_str(), "GET" | "HEAD" | "OPTIONS");
            if is_write && let Some(path) = &self.state_file {
                save(registry, path)?;
            }
            Ok(answer)
        })
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
            let mut incoming = IncomingRequest::new(&request.method.to_string(), &request.target);
            incoming.token = request.token.as_ref().map(|token| token.expose_secret().to_owned());
            if let Some(body) = &request.body {
                incoming = incoming.with_json(body);
            }
            let answer = self
                .handle(&incoming)
                .map_err(|error| http::TransportError::Cut(error.to_string()))?;
            Ok(response(answer))
        })
    }
}

fn response(answer: Answer) -> http::Response {
    let content_type = answer.content_type.split(';').next().unwrap_or_default().to_owned();
    http::Response {
        status: answer.status,
        content_type,
        retry_after: None,
        body: answer.body,
    }
}
