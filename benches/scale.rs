//! CPU seconds and peak memory of one run of the core, as a process: `cargo bench --bench scale -- nothing 100000`, where
//! the first word is `nothing`, `everything` or `fields`, for what there is to do. `-- growth nothing` runs it for 10,000 and
//! 100,000 addresses several times, and says how the cost grows.

#![allow(
    missing_docs,
    dead_code,
    unreachable_pub,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench is no API, its manifests are valid, and it prints its result"
)]

#[path = "support/company.rs"]
mod company;
#[path = "support/figures.rs"]
mod figures;

use company::{Company, desired, empty};
use figures::{cpu, peak};
use quayform::manifest;
use quayform::plan::{Options, plan};
use quayform::report::{Report, text};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["growth", case] => growth(case),
        [case, addresses] => {
            if let Ok(addresses) = addresses.parse() {
                println!("{}", run(case, addresses));
            }
        }
        _ => {}
    }
}

/// What one run took, in words that start with the seconds.
fn run(case: &str, addresses: usize) -> String {
    let company = Company::of_addresses(addresses);
    let (files, live) = match case {
        "everything" => (company.files(), None),
        "fields" => {
            let description = "Another service.";
            (Company { description, ..company }.files(), Some(company.live()))
        }
        _ => (company.files(), Some(company.live())),
    };
    let began = cpu();
    let mut loaded = manifest::parse_sources(files);
    let parsed = cpu();
    let desired = desired(&loaded);
    // As the program does.
    loaded.project = None;
    let live = live.unwrap_or_else(|| empty(&desired));
    let resolved = cpu();
    let plan = plan(&desired, &live, &Options::default());
    let planned = cpu();
    let style = text::Style { color: false };
    let text = text::plan(&Report::of(&plan, &loaded.sources), style, false);
    let ended = cpu();
    format!(
        "{:.3} s of CPU for {case} of {addresses} addresses: parse {:.3}, resolve {:.3}, plan {:.3}, text {:.3}; {} MiB at most, {} changes, {} bytes of text",
        ended - began,
        parsed - began,
        resolved - parsed,
        planned - resolved,
        ended - planned,
        peak("self"),
        plan.changes.len(),
        text.len()
    )
}

/// How many times the CPU of 10,000 addresses 100,000 take: the medians of processes of their own, one at a time.
fn growth(case: &str) {
    let median = |addresses: &str, runs: usize| {
        let mut seconds: Vec<f64> = (0..runs).map(|_| seconds_of_process(case, addresses)).collect();
        seconds.sort_by(f64::total_cmp);
        seconds[runs / 2]
    };
    let (small, large) = (median("10000", 11), median("100000", 5));
    println!(
        "{case}: {small:.3} s of 10000 addresses, {large:.3} s of 100000, {:.1} times",
        large / small
    );
}

fn seconds_of_process(case: &str, addresses: &str) -> f64 {
    let program = std::env::current_exe().expect("this program");
    let output = std::process::Command::new(program)
        .args([case, addresses])
        .output()
        .expect("it starts");
    let text = String::from_utf8_lossy(&output.stdout);
    let first = text.split(' ').next().and_then(|word| word.parse().ok());
    first.expect("the seconds come first")
}
