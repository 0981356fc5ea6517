//! Requests, seconds and peak memory of a first plan, a first apply and a plan with nothing to do, against the embedded
//! registry.
//!
//! `cargo bench --bench registry` prints the table of the README, each line from processes of their own;
//! `cargo bench --bench registry -- 500 20 port` one line: repositories, milliseconds until each answer, and the way to
//! the registry: `process` for calls in process, `port` for a registry in a process of its own.

#![allow(
    missing_docs,
    dead_code,
    unreachable_pub,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a bench is no API, its manifests are valid, and it prints its result"
)]

#[path = "support/company.rs"]
mod company;
#[path = "support/figures.rs"]
mod figures;
#[path = "support/way.rs"]
mod way;

use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use company::Company;
use figures::{cpu_of_process, peak};
use quayform::apply::journal::{Event, Journal, Recording};
use quayform::apply::{self, Applied, Progress};
use quayform::http::{Counts, Paced, Pacing, ReadOnly, Stop, SystemClock, Transport};
use quayform::model::{Change, Desired, Outcome, Plan, World};
use quayform::plan::{Options, plan};
use quayform::read::{Reader, read_world};
use quayform::{kinds, manifest};
use secrecy::SecretString;
use way::{TOKEN, Way};

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["serve", milliseconds] => way::serve(number(milliseconds)),
        [repositories, milliseconds, way] => line(number(repositories), number(milliseconds), way),
        _ => table(),
    }
}

fn number(word: &str) -> u64 {
    word.parse().expect("a number")
}

const HEAD: &str = "\
| repositories | latency | way | no-op plan: requests | rounds | wall | CPU | first apply: reads | writes | wall | client at most | registry at most |
|---|---|---|---|---|---|---|---|---|---|---|---|";

fn table() {
    println!("{HEAD}");
    let program = std::env::current_exe().expect("this program has a path");
    for repositories in ["50", "500", "5000"] {
        for (milliseconds, way) in [("0", "process"), ("0", "port"), ("20", "process"), ("20", "port")] {
            let ended = Command::new(&program).args([repositories, milliseconds, way]).status();
            assert!(
                ended.expect("this program starts").success(),
                "{repositories} {milliseconds} {way}"
            );
        }
    }
}

/// One case, from an empty registry to a plan with nothing to do.
fn line(repositories: u64, milliseconds: u64, way: &str) {
    let company = Company {
        notifications: false,
        ..Company::of_repositories(repositories as usize)
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.expect("a runtime starts");
    let way = Way::open(way, milliseconds);
    let (first, reads_of_first, _, _) = runtime.block_on(planned(&company, way.transport()));
    let began = Instant::now();
    let (applied, counts) = runtime.block_on(applied(&first, way.transport()));
    let seconds = began.elapsed().as_secs_f64();
    let verified = applied.verified.as_ref().expect("everything was attempted");
    assert!(verified.converged(), "{} are left", verified.residual.len());
    drop((first, applied));
    let (began, busy) = (Instant::now(), cpu_of_process());
    let (again, requests, rounds, _) = runtime.block_on(planned(&company, way.transport()));
    let (elapsed, busy) = (began.elapsed().as_secs_f64(), cpu_of_process() - busy);
    assert!(again.plan.is_empty(), "{} changes are left", again.plan.changes.len());
    let registry = way
        .peak()
        .map_or("in the client's".to_owned(), |peak| format!("{peak} MiB"));
    println!(
        "| {repositories} | {milliseconds} ms | {} | {requests} | {rounds} | {elapsed:.2} s | {busy:.2} s | {} | {} | {seconds:.1} s | {} MiB | {registry} |",
        way.name(),
        counts.reads + reads_of_first as u64,
        counts.writes,
        peak("self"),
    );
}

struct Planned {
    plan: Plan,
    live: World,
    desired: Desired,
}

type Over = Arc<Paced<Arc<dyn Transport>>>;

fn paced(transport: Arc<dyn Transport>) -> Over {
    Arc::new(Paced::new(transport, Pacing::default()))
}

/// Parses, reads and plans; with the requests, the rounds of them and what was counted.
async fn planned(company: &Company, transport: Arc<dyn Transport>) -> (Planned, usize, usize, Counts) {
    let paced = paced(transport);
    let desired = company::desired(&manifest::parse_sources(company.files()));
    let client = ReadOnly::new(paced.clone(), Some(SecretString::from(TOKEN)));
    let mut reader = Reader::new(client);
    let interest = desired.interest(kinds::collection);
    let live = read_world(&mut reader, &interest)
        .await
        .expect("the registry can be read");
    let plan = plan(&desired, &live, &Options::default());
    assert!(plan.gaps.is_empty(), "{:?}", plan.gaps);
    (
        Planned { plan, live, desired },
        reader.requests(),
        reader.rounds(),
        paced.counts(),
    )
}

async fn applied(planned: &Planned, transport: Arc<dyn Transport>) -> (Applied, Counts) {
    let paced = paced(transport);
    let options = Options::default();
    let context = apply::Context {
        transport: paced.clone(),
        token: Some(SecretString::from(TOKEN)),
        clock: Arc::new(SystemClock),
        desired: &planned.desired,
        options: &options,
        sink: None,
        journal: Arc::new(Nothing),
        settle_time: apply::settle::TIME,
        build_patience: std::time::Duration::ZERO,
        cocktail: None,
        work: std::collections::BTreeMap::new(),
        stop: Stop::default(),
    };
    let applied = apply::apply(&planned.plan, &planned.live, &context, &Nothing).await;
    (applied.expect("nothing refuses"), paced.counts())
}

/// Notes nothing and shows nothing.
struct Nothing;

impl Journal for Nothing {
    fn record(&self, _: Event) -> Recording<'_> {
        Box::pin(std::future::ready(Ok(())))
    }
}

impl Progress for Nothing {
    fn started(&self, _: &Change) {}
    fn ended(&self, _: &Outcome) {}
    fn verifying(&self) {}
}
