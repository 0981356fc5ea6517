//! Everything that one look for drift showed.

use super::coverage::Coverage;
use super::found::{Drifted, Verdict};
use super::ignore::Ignored;
use super::investigate::{Investigation, LogRead};
use super::settle::Settling;
use crate::model::{Action, Address};

/// What differs, why, and what does not count.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// The differences that count.
    pub drifted: Vec<Drifted>,
    /// Those that rules cover.
    pub ignored: Vec<Ignored>,
    /// The usage logs that were read.
    pub logs: Vec<LogRead>,
    /// How many requests went to them.
    pub log_requests: usize,
    /// How much of what is live is managed; `None` where only a part was looked at.
    pub coverage: Option<Coverage>,
    /// Whether it was waited for an apply.
    pub settling: Settling,
}

/// How many differences there are, by what is known about them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Tally {
    /// All that count.
    pub drifted: usize,
    /// Somebody else did it.
    pub changed: usize,
    /// Nobody tells who it was.
    pub untold: usize,
    /// The manifests have changed since the last apply.
    pub unapplied: usize,
    /// An apply is under way.
    pub applying: usize,
    /// How many of all that count no apply can put right.
    pub blocked: usize,
    /// What rules cover.
    pub ignored: usize,
}

impl Report {
    /// What was found out about these differences.
    pub fn new(investigation: Investigation, ignored: Vec<Ignored>, coverage: Option<Coverage>) -> Self {
        Report {
            drifted: investigation.drifted,
            ignored,
            logs: investigation.logs,
            log_requests: investigation.requests,
            coverage,
            settling: Settling::default(),
        }
    }

    /// The same after it was waited. What nobody else has touched while an apply goes on is that apply's business.
    #[must_use]
    pub fn settled(mut self, settling: Settling) -> Self {
        self.settling = settling;
        if settling.goes_on {
            let verdicts = self.drifted.iter_mut().flat_map(|drifted| &mut drifted.verdicts);
            for (_, verdict) in verdicts.filter(|(_, verdict)| matches!(verdict, Verdict::Unapplied { .. })) {
                *verdict = Verdict::Applying;
            }
        }
        self
    }

    /// The figures.
    pub fn tally(&self) -> Tally {
        let mut tally = Tally {
            drifted: self.drifted.len(),
            ignored: self.ignored.len(),
            ..Tally::default()
        };
        for drifted in &self.drifted {
            *match drifted.verdict() {
                Verdict::Changed(_) => &mut tally.changed,
                Verdict::Untold(_) => &mut tally.untold,
                Verdict::Unapplied { .. } => &mut tally.unapplied,
                Verdict::Applying => &mut tally.applying,
            } += 1;
            tally.blocked += usize::from(drifted.change.action == Action::Blocked);
        }
        tally
    }

    /// The objects that differ.
    pub fn addresses(&self) -> impl Iterator<Item = &Address> {
        self.drifted.iter().map(|drifted| &drifted.change.address)
    }
}
