//! What reading will take, known once the lists are there and before the expensive part is paid.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::model::{Asked, Query};

/// After how many looks the lists of each organization are there: its own view, then what is listed in it. What is read
/// after that is one request for each team, robot or repository.
pub(super) const LISTS: usize = 2;

/// What planning takes in all, as far as it can be known. What only shows later, such as accounts to look up, comes on
/// top.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Estimate {
    /// Requests, those included that were sent already.
    pub requests: usize,
    /// Seconds, at the pace so far.
    pub seconds: f64,
    /// How many requests for which reason, the most first.
    pub reasons: Vec<(String, usize)>,
}

/// Planning would take more requests than are allowed; those over the limit were not sent.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("planning takes at least {} requests, and {most} are allowed", .estimate.requests)]
pub struct TooMany {
    /// What it would take.
    pub estimate: Estimate,
    /// How many are allowed.
    pub most: usize,
    /// How many were sent.
    pub sent: usize,
}

type Told = Arc<dyn Fn(&Estimate) + Send + Sync>;
type SigningIn = Arc<dyn Fn() -> Vec<Asked> + Send + Sync>;

/// How many requests planning may take, and who hears what it will take. Without either nothing is limited.
#[derive(Clone, Default)]
pub struct Budget {
    most: Option<usize>,
    told: Option<Told>,
    signing_in: Option<SigningIn>,
    estimate: Option<Estimate>,
}

impl fmt::Debug for Budget {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Budget({:?}, {:?})", self.most, self.estimate)
    }
}

impl Budget {
    /// At most so many requests; `None` for any number.
    pub fn new(most: Option<usize>) -> Self {
        Budget {
            most,
            ..Budget::default()
        }
    }

    /// Tells the estimate as soon as there is one.
    #[must_use]
    pub fn telling(mut self, told: impl Fn(&Estimate) + Send + Sync + 'static) -> Self {
        self.told = Some(Arc::new(told));
        self
    }

    /// Counts what signing in takes: told before the first request, it is foreseen, and afterwards it was sent.
    #[must_use]
    pub fn signing_in(mut self, asked: impl Fn() -> Vec<Asked> + Send + Sync + 'static) -> Self {
        self.signing_in = Some(Arc::new(asked));
        self
    }

    pub(super) fn estimate(&self) -> Option<&Estimate> {
        self.estimate.as_ref()
    }

    /// Looks at the next round before it is sent. Further pages of a list are not foreseen: they count once they came.
    pub(super) fn allows(&mut self, asked: &[Asked], looks: usize, next: &[Query], pace: &Pace) -> Result<(), TooMany> {
        if next.is_empty() {
            return Ok(());
        }
        let signing_in = self.signing_in.as_ref().map_or(Vec::new(), |signing_in| signing_in());
        let all = || asked.iter().chain(&signing_in);
        let sent = if asked.is_empty() { 0 } else { sum(all()) };
        let estimate = estimate(all(), next, pace);
        if let Some(most) = self.most.filter(|most| estimate.requests > *most) {
            return Err(TooMany { estimate, most, sent });
        }
        if looks >= LISTS && self.estimate.is_none() {
            if let Some(tell) = &self.told {
                tell(&estimate);
            }
            self.estimate = Some(estimate);
        }
        Ok(())
    }
}

fn sum<'a>(asked: impl Iterator<Item = &'a Asked>) -> usize {
    asked.map(|asked| asked.requests).sum()
}

fn estimate<'a>(asked: impl Iterator<Item = &'a Asked> + Clone, next: &[Query], pace: &Pace) -> Estimate {
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    let answered = asked.clone().map(|asked| (&asked.query, asked.requests));
    for (query, requests) in answered.chain(next.iter().map(|query| (query, 1))) {
        *reasons.entry(&query.reason).or_default() += requests;
    }
    let mut reasons: Vec<(String, usize)> = reasons
        .into_iter()
        .map(|(reason, number)| (reason.to_owned(), number))
        .collect();
    reasons.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
    Estimate {
        requests: sum(asked) + next.len(),
        seconds: pace.seconds(next.len()),
        reasons,
    }
}

/// How fast the registry answers.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Pace {
    elapsed: Duration,
    /// The shortest time that a whole round took.
    round_trip: Option<Duration>,
    /// The most requests that were answered in a second.
    per_second: f64,
}

impl Pace {
    /// Notes how long a round of so many requests took.
    pub(super) fn round(&mut self, requests: usize, took: Duration) {
        self.elapsed += took;
        self.round_trip = Some(self.round_trip.map_or(took, |shortest| shortest.min(took)));
        let per_second = requests as f64 / took.as_secs_f64().max(1e-6);
        self.per_second = self.per_second.max(per_second);
    }

    /// What has passed, and one more round of so many: as fast as the fastest so far, but no faster than a round trip.
    fn seconds(&self, requests: usize) -> f64 {
        let Some(round_trip) = self.round_trip else {
            return 0.0;
        };
        self.elapsed.as_secs_f64() + (requests as f64 / self.per_second).max(round_trip.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fastest_round_says_how_long_the_rest_takes() {
        let mut pace = Pace::default();
        assert_eq!(pace.seconds(100), 0.0);
        pace.round(2, Duration::from_millis(500));
        pace.round(8, Duration::from_millis(800));
        assert!((pace.seconds(100) - 11.3).abs() < 1e-9, "{}", pace.seconds(100));
        assert!((pace.seconds(1) - 1.8).abs() < 1e-9, "{}", pace.seconds(1));
    }
}
