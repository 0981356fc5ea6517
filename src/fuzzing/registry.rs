//! A whole run against a registry that answers anything: read, plan, report, apply, verify.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::runtime;
use super::texts::reports;
use crate::apply::journal::{Event, Journal, Recording, Work};
use crate::apply::{self, Progress};
use crate::cocktail::Cocktail;
use crate::http::clock::Sleeping;
use crate::http::{Clock, Method, ReadOnly, Request, Response, Sending, Stop, Transport};
use crate::kinds::{self, wishes};
use crate::manifest;
use crate::model::{Change, Outcome};
use crate::plan::{Options, plan};
use crate::read::{Reader, read_world};
use crate::report::{json, text};

/// More than this is only more of the same.
const MOST_BYTES: usize = 1 << 20;

/// A manifest, and a registry's answers to what is asked because of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Case {
    /// The manifest.
    pub manifest: String,
    /// The answers to reads, by target; "not found" to everything else.
    pub answers: BTreeMap<String, CannedAnswer>,
    /// The answers to writes, over and over; success where there are none.
    pub writes: Vec<CannedAnswer>,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CannedAnswer {
    /// The status code.
    pub status: u16,
    /// The body.
    #[serde(default)]
    pub body: Json,
}

impl CannedAnswer {
    fn response(&self) -> Response {
        Response {
            status: self.status,
            content_type: "application/json".to_owned(),
            retry_after: None,
            body: self.body.to_string().into_bytes(),
        }
    }
}

/// A server that has its answers ready.
#[derive(Debug, Default)]
pub struct Canned {
    case: Case,
    written: AtomicUsize,
}

impl Canned {
    /// A server that answers as the case says.
    pub fn new(case: Case) -> Self {
        Canned {
            case,
            written: AtomicUsize::new(0),
        }
    }

    fn answer(&self, request: &Request) -> Response {
        if request.method == Method::Get {
            let known = self.case.answers.get(&request.target);
            return known.map_or_else(|| not_found().response(), CannedAnswer::response);
        }
        let at = self.written.fetch_add(1, Ordering::Relaxed) % self.case.writes.len().max(1);
        let done = CannedAnswer {
            status: 200,
            body: Json::Null,
        };
        self.case.writes.get(at).unwrap_or(&done).response()
    }
}

fn not_found() -> CannedAnswer {
    CannedAnswer {
        status: 404,
        body: serde_json::json!({ "error_type": "not_found", "detail": "Not Found" }),
    }
}

impl Transport for Canned {
    fn send(&self, request: Request) -> Sending<'_> {
        Box::pin(std::future::ready(Ok(self.answer(&request))))
    }
}

/// A [`Case`] as JSON.
pub(super) fn registry(bytes: &[u8]) {
    if bytes.len() > MOST_BYTES {
        return;
    }
    if let (Ok(case), Some(runtime)) = (serde_json::from_slice(bytes), runtime()) {
        let _ = runtime.block_on(run(case));
    }
}

/// The whole way; `None` where it ends early.
async fn run(case: Case) -> Option<()> {
    let loaded = manifest::parse_sources([("manifest.yaml".into(), case.manifest.clone())]);
    let desired = wishes::desired(&loaded.project?, &wishes::Secrets::new());
    let transport: Arc<dyn Transport> = Arc::new(Canned::new(case));
    let mut reader = Reader::new(ReadOnly::new(Arc::clone(&transport), None));
    let live = read_world(&mut reader, &desired.interest(kinds::collection))
        .await
        .ok()?;
    let options = Options::default();
    let plan = plan(&desired, &live, &options);
    reports(&plan, &loaded.sources);
    let context = apply::Context {
        cocktail: Some(Cocktail::new(Arc::clone(&transport), None)),
        work: Work::new(),
        transport,
        token: None,
        clock: Arc::new(Hurry),
        desired: &desired,
        options: &options,
        sink: None,
        journal: Arc::new(Nowhere),
        settle_time: apply::settle::TIME,
        build_patience: apply::builds::PATIENCE,
        stop: Stop::default(),
    };
    let applied = apply::apply(&plan, &live, &context, &Unseen).await.ok()?;
    let _ = text::applied(&applied, 0, 0.0, text::Style::default());
    let _ = json::applied(&applied, &plan, &loaded.sources, "registry", 0.0, Vec::new());
    Some(())
}

/// A journal that keeps nothing.
struct Nowhere;

impl Journal for Nowhere {
    fn record(&self, _: Event) -> Recording<'_> {
        Box::pin(std::future::ready(Ok(())))
    }
}

/// A clock that stands still and does not wait.
struct Hurry;

impl Clock for Hurry {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    fn sleep(&self, _: Duration) -> Sleeping<'_> {
        Box::pin(std::future::ready(()))
    }
}

struct Unseen;

impl Progress for Unseen {
    fn started(&self, _: &Change) {}
    fn ended(&self, _: &Outcome) {}
    fn verifying(&self) {}
}
