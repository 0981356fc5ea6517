//! CPU seconds and peak memory of one run of the core, as a process: `cargo bench --bench scale -- nothing 100000`, where
//! the first word is `nothing`, `everything` or `fields`, for what there is to do.

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

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let (Some(case), Some(addresses)) = (words.first(), words.get(1).and_then(|word| word.parse().ok())) else {
        return;
    };
    let company = Company::of_addresses(addresses);
    let (files, live) = match case.as_str() {
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
    println!(
        "{case} of {addresses} addresses: parse {:.2} s, resolve {:.2} s, plan {:.2} s, text {:.2} s; {:.2} s of CPU, {} MiB at most, {} changes, {} bytes of text",
        parsed - began,
        resolved - parsed,
        planned - resolved,
        ended - planned,
        ended - began,
        peak("self"),
        plan.changes.len(),
        text.len()
    );
}
