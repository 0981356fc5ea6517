//! Whatever goes wrong during applies, and wherever one is killed: once it is over, one more apply is enough, and it
//! ends as if nothing had gone wrong. Meanwhile nothing is written that is not planned, nobody may do more than they
//! should, nobody's change is written over, and no secret is told.

mod bounds;
mod coverage;
mod observer;
mod round;
mod saved;
mod secrets;
mod story;

use std::sync::Mutex;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, TestRunner};

use super::blocks::{asked_for, seeded, share};
use super::config;
use coverage::Coverage;
use story::{Story, stories};

/// How many cases where `QUAYFORM_CASES` asks for no other number.
const CASES: u32 = 2_000;

/// Cases of one seed: more of them are large than small.
const LARGE: u32 = 12;
const SMALL: u32 = 8;

#[test]
fn one_more_apply_is_enough_after_any_weather() {
    let config = config(CASES);
    let all = u64::from(config.cases.div_ceil(LARGE + SMALL));
    let blocks = asked_for(all);
    let is_whole = blocks == (0..all);
    let mut coverage = Coverage::default();
    for seen in share(blocks, |block| live_through(&config, block)) {
        coverage.add(&seen);
    }
    coverage.print();
    if is_whole {
        coverage.reaches_its_floors();
    }
}

/// All cases of one block.
fn live_through(config: &Config, block: u64) -> Result<Coverage, String> {
    let mut coverage = Coverage::default();
    for (is_large, cases) in [(true, LARGE), (false, SMALL)] {
        let config = Config {
            cases,
            ..seeded(config, 2 * block + u64::from(is_large))
        };
        let seen = Mutex::new(Coverage::default());
        let lived = TestRunner::new(config).run(&stories(is_large).prop_map(Box::new), |story: Box<Story>| {
            let mut of_this = Coverage::default();
            story.happens(&mut of_this);
            seen.lock().unwrap().add(&of_this);
            Ok(())
        });
        lived.map_err(|failure| failure.to_string())?;
        coverage.add(&seen.into_inner().unwrap());
    }
    Ok(coverage)
}
