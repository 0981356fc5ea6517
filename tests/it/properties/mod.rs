//! Properties that hold for every project and every registry.
//!
//! The cases are the same in every run; `QUAYFORM_CASES` asks for more of them, `QUAYFORM_SEED` for others.

mod access;
mod blocks;
mod cached;
mod case;
mod comment;
mod converges;
mod exported;
mod exported_onto;
mod guarded;
mod hands;
mod images;
mod large;
mod moments;
mod naive;
mod narrowed;
mod normal;
mod orders;
mod predicts;
mod project;
mod reads;
mod registry_wide;
mod repair;
mod shapes;
mod verdicts;
mod views;
mod weather;

use proptest::test_runner::{Config, RngSeed};

/// How many cases, of which seed; failures are not written to files.
pub(crate) fn config(cases: u32) -> Config {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    Config {
        cases: number("QUAYFORM_CASES").map_or(cases, |cases| cases as u32),
        rng_seed: RngSeed::Fixed(number("QUAYFORM_SEED").unwrap_or(3)),
        failure_persistence: None,
        max_shrink_iters: 4_000,
        // In milliseconds: a failure is told within minutes, however large its case is.
        max_shrink_time: 60_000,
        ..Config::default()
    }
}
