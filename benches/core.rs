//! The pure core: parse, resolve, plan, render; 10,000 addresses against 100,000 shows whether the cost is in proportion.

#![allow(
    missing_docs,
    clippy::expect_used,
    unreachable_pub,
    reason = "a bench is no API, and its manifests are valid"
)]

#[path = "support/company.rs"]
mod company;

use company::{Company, desired, empty};
use divan::{AllocProfiler, Bencher, black_box};
use quayform::manifest;
use quayform::model::{Desired, Plan, World};
use quayform::plan::{Options, plan};
use quayform::report::{Report, text};
use quayform::saved::{self, Rest};

/// Counts allocations; the largest sum at any time is the peak.
#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

const ADDRESSES: [usize; 2] = [10_000, 100_000];

fn main() {
    divan::main();
}

#[divan::bench(args = ADDRESSES, sample_count = 3, sample_size = 1)]
fn parse(bencher: Bencher<'_, '_>, addresses: usize) {
    let company = Company::of_addresses(addresses);
    bencher
        .with_inputs(|| company.files())
        .bench_values(manifest::parse_sources);
}

#[divan::bench(args = ADDRESSES, sample_count = 3, sample_size = 1)]
fn resolve(bencher: Bencher<'_, '_>, addresses: usize) {
    let loaded = Company::of_addresses(addresses).load();
    bencher.bench_local(|| desired(black_box(&loaded)));
}

#[divan::bench(args = ADDRESSES, sample_count = 3, sample_size = 1)]
fn plan_of_nothing_to_do(bencher: Bencher<'_, '_>, addresses: usize) {
    let company = Company::of_addresses(addresses);
    planned(bencher, &company.desired(), &company.live());
}

#[divan::bench(args = ADDRESSES, sample_count = 3, sample_size = 1)]
fn plan_of_everything(bencher: Bencher<'_, '_>, addresses: usize) {
    let desired = Company::of_addresses(addresses).desired();
    planned(bencher, &desired, &empty(&desired));
}

#[divan::bench(args = ADDRESSES, sample_count = 3, sample_size = 1)]
fn plan_of_one_field_of_each_repository(bencher: Bencher<'_, '_>, addresses: usize) {
    let company = Company::of_addresses(addresses);
    let changed = Company {
        description: "Another service.",
        ..company
    };
    planned(bencher, &changed.desired(), &company.live());
}

#[divan::bench(args = ADDRESSES, sample_count = 3, sample_size = 1)]
fn plan_without_a_team_with_grants_everywhere(bencher: Bencher<'_, '_>, addresses: usize) {
    let company = Company::of_addresses(addresses);
    let with_guests = Company {
        guests: true,
        ..company
    };
    planned(bencher, &company.desired(), &with_guests.live());
}

fn planned(bencher: Bencher<'_, '_>, desired: &Desired, live: &World) {
    bencher.bench_local(|| plan(black_box(desired), black_box(live), &Options::default()));
}

#[divan::bench(args = ADDRESSES, sample_count = 3, sample_size = 1)]
fn text_of_everything(bencher: Bencher<'_, '_>, addresses: usize) {
    let loaded = Company::of_addresses(addresses).load();
    let plan = everything(&desired(&loaded));
    let style = text::Style { color: false };
    bencher.bench_local(|| text::plan(&Report::of(black_box(&plan), &loaded.sources), style, false));
}

#[divan::bench(args = ADDRESSES, sample_count = 3, sample_size = 1)]
fn json_of_everything(bencher: Bencher<'_, '_>, addresses: usize) {
    let loaded = Company::of_addresses(addresses).load();
    let plan = everything(&desired(&loaded));
    bencher.bench_local(|| {
        let document = saved::Document::new(black_box(&plan), &loaded.sources, Rest::default(), None);
        serde_json::to_writer(std::io::sink(), &document)
    });
}

fn everything(desired: &Desired) -> Plan {
    plan(desired, &empty(desired), &Options::default())
}
