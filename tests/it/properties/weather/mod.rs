//! Whatever goes wrong during applies, and wherever one is killed: once it is over, one more apply is enough, and it
//! ends as if nothing had gone wrong. Meanwhile nothing is written that is not planned, nobody may do more than they
//! should, nobody's change is written over, and no secret is told.
//!
//! Cases come in blocks, each with a seed of its own, so that as many threads as there are processors share them and
//! the cases stay the same everywhere.

mod bounds;
mod coverage;
mod observer;
mod round;
mod saved;
mod secrets;
mod story;

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngSeed, TestRunner};

use super::config;
use coverage::Coverage;
use story::{Story, stories};

/// How many cases where `QUAYFORM_CASES` asks for no other number.
const CASES: u32 = 160;

/// Cases of one seed: more of them are large than small.
const LARGE: u32 = 12;
const SMALL: u32 = 8;

#[test]
fn one_more_apply_is_enough_after_any_weather() {
    let config = config(CASES);
    let blocks = u64::from(config.cases.div_ceil(LARGE + SMALL));
    let coverage = Mutex::new(Coverage::default());
    let failures = Mutex::new(Vec::new());
    let next = AtomicU64::new(0);
    let work = || {
        while failures.lock().unwrap().is_empty() {
            let block = next.fetch_add(1, Ordering::Relaxed);
            if block >= blocks {
                return;
            }
            match live_through(&config, block) {
                Ok(seen) => coverage.lock().unwrap().add(&seen),
                Err(failure) => failures.lock().unwrap().push(failure),
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
    let coverage = coverage.into_inner().unwrap();
    coverage.print();
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    coverage.reaches_its_floors();
}

/// All cases of one block.
fn live_through(config: &Config, block: u64) -> Result<Coverage, String> {
    let RngSeed::Fixed(seed) = config.rng_seed else {
        return Ok(Coverage::default());
    };
    let mut coverage = Coverage::default();
    for (is_large, cases) in [(true, LARGE), (false, SMALL)] {
        let config = Config {
            cases,
            rng_seed: RngSeed::Fixed(seed.wrapping_mul(1_000_003) + 2 * block + u64::from(is_large)),
            ..config.clone()
        };
        let seen = Mutex::new(Coverage::default());
        let lived = TestRunner::new(config).run(&stories(is_large).prop_map(Box::new), |story: Box<Story>| {
            let mut of_this = Coverage::default();
            story.happens(&mut of_this);
            seen.lock().unwrap().add(&of_this);
            Ok(())
        });
        lived.map_err(|failure| format!("block {block}: {failure}"))?;
        coverage.add(&seen.into_inner().unwrap());
    }
    Ok(coverage)
}
