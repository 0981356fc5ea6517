//! The embedded registry and a way to it: in process, or over a port to a process of its own.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use quayform::emulator::{self, Emulator, Fault, Faults, Registry, Requests, Rule, Seed};
use quayform::http::{Client, ClientOptions, Request, Sending, Transport};
use tokio::net::TcpListener;

use crate::figures::peak;

/// The token of the embedded registry's first user.
pub const TOKEN: &str = "emulator-token";

fn registry() -> Registry {
    let people =
        ["alice", "bob", "carol"].map(|name| format!(r#"{{"name": "{name}", "email": "{name}@example.com"}}"#));
    let seed = Seed::from_json(&format!(r#"{{"users": [{}]}}"#, people.join(",")));
    Registry::with_seed(&seed.expect("the seed is one")).expect("the people are three")
}

/// An empty registry, and how it is reached.
pub enum Way {
    /// By a call, after so long.
    Process(Emulator, Duration),
    /// Over a port.
    Port(Child, Arc<dyn Transport>),
}

impl Way {
    /// Makes a registry that answers after so many milliseconds.
    pub fn open(way: &str, milliseconds: u64) -> Self {
        if way == "process" {
            return Way::Process(Emulator::new(registry()), Duration::from_millis(milliseconds));
        }
        let program = std::env::current_exe().expect("this program has a path");
        let mut server = Command::new(program)
            .args(["serve", &milliseconds.to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .expect("this program starts");
        let said = server.stdout.take().expect("its output is piped");
        let mut origin = String::new();
        BufReader::new(said)
            .read_line(&mut origin)
            .expect("it says its address");
        let origin = origin.trim().parse().expect("it is an address");
        let client = Client::new(&ClientOptions::new(origin)).expect("it is one that can be asked");
        Way::Port(server, Arc::new(client))
    }

    /// What carries requests.
    pub fn transport(&self) -> Arc<dyn Transport> {
        match self {
            Way::Process(emulator, latency) => Arc::new(Late(emulator.clone(), *latency)),
            Way::Port(_, client) => Arc::clone(client),
        }
    }

    /// What the table calls it.
    pub fn name(&self) -> &'static str {
        match self {
            Way::Process(..) => "in process",
            Way::Port(..) => "port",
        }
    }

    /// The most memory that the registry had, in MiB, where it is another process.
    pub fn peak(&self) -> Option<u64> {
        match self {
            Way::Process(..) => None,
            Way::Port(server, _) => Some(peak(&server.id().to_string())),
        }
    }
}

impl Drop for Way {
    fn drop(&mut self) {
        if let Way::Port(server, _) = self {
            server.kill().and_then(|()| server.wait()).expect("the server ends");
        }
    }
}

/// Serves an empty registry until it is killed, and says where.
pub fn serve(milliseconds: u64) {
    let late = Rule::new(Requests::Any, Fault::Latency { milliseconds });
    let faults = Faults::new((milliseconds > 0).then_some(late));
    let emulator = Emulator::new(registry()).with_faults(faults);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.expect("a runtime starts").block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        println!("http://{}", listener.local_addr().expect("it is bound"));
        emulator::serve_on(emulator, listener).await.expect("it serves");
    });
}

/// Answers from the registry, after a while.
struct Late(Emulator, Duration);

impl Transport for Late {
    fn send(&self, request: Request) -> Sending<'_> {
        Box::pin(async move {
            if !self.1.is_zero() {
                tokio::time::sleep(self.1).await;
            }
            self.0.send(request).await
        })
    }
}
