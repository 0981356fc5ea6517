//! Random cases in blocks, each with a seed of its own, so that as many threads as there are processors share them and the
//! cases stay the same everywhere.

use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use proptest::test_runner::{Config, RngSeed};

/// The seed of one part of the cases.
pub(super) fn seeded(config: &Config, part: u64) -> Config {
    let RngSeed::Fixed(seed) = config.rng_seed else {
        return config.clone();
    };
    Config {
        rng_seed: RngSeed::Fixed(seed.wrapping_mul(1_000_003) + part),
        ..config.clone()
    }
}

/// Which of so many blocks: all of them, or what `QUAYFORM_BLOCKS` asks for (`37`, or `0..500`), so that a long run can be
/// shared between machines, and a block that failed be run alone.
pub(super) fn asked_for(blocks: u64) -> Range<u64> {
    let Ok(text) = std::env::var("QUAYFORM_BLOCKS") else {
        return 0..blocks;
    };
    let number = |text: &str| -> u64 { text.parse().expect("QUAYFORM_BLOCKS is like 37, or like 0..500") };
    match text.split_once("..") {
        Some((first, end)) => number(first)..number(end),
        None => number(&text)..number(&text) + 1,
    }
}

/// How many failures are enough to be going on with: a long run is worth more than its first one.
const ENOUGH: usize = 4;

/// What comes of every block; after a few failures nothing more is begun.
pub(super) fn share<T: Send>(blocks: Range<u64>, live_through: impl Fn(u64) -> Result<T, String> + Sync) -> Vec<T> {
    let (results, failures) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    let next = AtomicU64::new(blocks.start);
    let work = || {
        while failures.lock().unwrap().len() < ENOUGH {
            let block = next.fetch_add(1, Ordering::Relaxed);
            if block >= blocks.end {
                return;
            }
            match live_through(block) {
                Ok(result) => results.lock().unwrap().push(result),
                Err(failure) => failures.lock().unwrap().push(format!("block {block}: {failure}")),
            }
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    results.into_inner().unwrap()
}
