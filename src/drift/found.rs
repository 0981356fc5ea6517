//! What drifted, and what is known about how.

use jiff::Timestamp;

use super::log::Entry;
use crate::model::Change;

/// How the registry differs from the manifests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    /// It is declared, and not there.
    Missing,
    /// It is there in a list that is owned exactly, or under a tombstone, and not declared.
    Extra,
    /// It is there, and something of it is otherwise than declared.
    Differs,
}

impl Sort {
    /// The word in reports.
    pub fn word(self) -> &'static str {
        match self {
            Sort::Missing => "missing",
            Sort::Extra => "extra",
            Sort::Differs => "differs",
        }
    }
}

/// Why no entry of the usage log tells who it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Untold {
    /// The log was read back to this moment, by the server's clock, and nothing in it is about the object.
    NoEntrySince(Timestamp),
    /// So many pages were read, and there are more.
    NoEntryIn(usize),
    /// The newest entry about it leaves the opposite of what is there: what came after it left no entry.
    NotLogged(Entry),
    /// What it belongs to has no log that could be read.
    NoLog,
    /// The registry has no such organization, and so no log of it.
    NoOrganization,
    /// The log could not be read; why.
    Unreadable(String),
}

/// How something came to differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Somebody else did it: the newest entry about it.
    Changed(Entry),
    /// Nobody tells who it was.
    Untold(Untold),
    /// Nobody else has touched it since quayform last wrote there: the manifests have changed and are not applied.
    Unapplied {
        /// When quayform last wrote to the organization, by the server's clock.
        since: Timestamp,
        /// The newest entry about it, from before.
        last: Option<Entry>,
    },
    /// An apply is under way that has not come to it yet, or has failed to.
    Applying,
}

impl Verdict {
    /// The word in reports.
    pub fn word(&self) -> &'static str {
        match self {
            Verdict::Changed(_) => "changed",
            Verdict::Untold(_) => "untold",
            Verdict::Unapplied { .. } => "unapplied",
            Verdict::Applying => "applying",
        }
    }

    /// The entry of the log that says who it was.
    pub fn entry(&self) -> Option<&Entry> {
        match self {
            Verdict::Changed(entry) => Some(entry),
            _ => None,
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Verdict::Changed(_) => 0,
            Verdict::Untold(_) => 1,
            Verdict::Unapplied { .. } => 2,
            Verdict::Applying => 3,
        }
    }
}

/// A difference between manifests and registry.
#[derive(Debug, Clone, PartialEq)]
pub struct Drifted {
    /// What an apply would do about it, with the declared and the live values.
    pub change: Change,
    /// How it differs.
    pub sort: Sort,
    /// How each field came to differ; one verdict without a field where it is about the whole object.
    pub verdicts: Vec<(Option<&'static str>, Verdict)>,
}

impl Drifted {
    /// The verdict about the object: of several the gravest, and what somebody else did is graver than the rest.
    pub fn verdict(&self) -> &Verdict {
        let gravest = self
            .verdicts
            .iter()
            .map(|(_, verdict)| verdict)
            .min_by_key(|it| it.rank());
        gravest.unwrap_or(&Verdict::Untold(Untold::NoLog))
    }

    /// Whether all fields have one verdict.
    pub fn is_of_one_mind(&self) -> bool {
        self.verdicts.windows(2).all(|pair| pair[0].1 == pair[1].1)
    }
}
