//! Which entries of a usage log are quayform's own writes.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::log::Entry;
use crate::model::Address;

/// By how much two clocks may differ after they were set against each other: the log tells seconds only.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(5);

/// Clocks that are further apart than this were not set to the same time, and do not keep step either.
const APART: SignedDuration = SignedDuration::from_hours(1);

/// How long a write without a known end may have been at work.
const LONGEST_WRITE: SignedDuration = SignedDuration::from_secs(120);

/// A write that a journal tells of, by the own clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnWrite {
    /// The object.
    pub address: Address,
    /// When it was about to leave.
    pub begun: Timestamp,
    /// When it was answered; `None` where that is not known.
    pub ended: Option<Timestamp>,
}

/// What a journal tells of the writes from this machine.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnWrites {
    /// The writes that were not refused, the oldest first.
    pub writes: Vec<OwnWrite>,
    /// Since when there is a journal; `None` where there is none.
    pub since: Option<Timestamp>,
    /// The accounts that wrote.
    pub actors: BTreeSet<String>,
}

/// Tells own writes from those of others.
#[derive(Debug, Clone, Default)]
pub struct Own {
    /// What the journal tells.
    pub journal: OwnWrites,
    /// The accounts that quayform runs as, here or elsewhere.
    pub operators: BTreeSet<String>,
}

impl Own {
    /// Whether an entry is an own write: by the journal for accounts and times that it covers, otherwise by the account.
    /// `ahead` is how far the server's clock is before the own one.
    pub fn wrote(&self, entry: &Entry, ahead: SignedDuration) -> bool {
        let Some(performer) = entry.performer.as_ref().filter(|name| self.operators.contains(*name)) else {
            return false;
        };
        let time = entry.time.saturating_sub(ahead).unwrap_or(entry.time);
        let is_covered = ahead.abs() <= APART && self.journal.since.is_some_and(|since| since <= time);
        if !is_covered || !self.journal.actors.contains(performer) {
            return true;
        }
        let subject = entry.subject.as_ref();
        self.journal.writes.iter().any(|write| {
            let end = write.ended.unwrap_or(later(write.begun, LONGEST_WRITE));
            let span = later(write.begun, -TOLERANCE)..=later(end, TOLERANCE);
            span.contains(&time) && subject.is_none_or(|subject| subject.concerns(&write.address))
        })
    }

    /// When quayform last wrote to an organization from this machine, by the server's clock: rather too early than too
    /// late, since somebody may have been there right after.
    pub fn last(&self, organization: &str, ahead: SignedDuration) -> Option<Timestamp> {
        if ahead.abs() > APART {
            return None;
        }
        let writes = self.journal.writes.iter().rev();
        let mut of_organization = writes.filter(|write| write.address.namespace() == organization);
        of_organization
            .next()
            .map(|write| later(write.ended.unwrap_or(write.begun), ahead - TOLERANCE))
    }
}

fn later(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.saturating_add(by).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drift::Subject;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    fn entry(performer: &str, seconds: i64, team: &str) -> Entry {
        Entry {
            event: "org_set_team_role".to_owned(),
            time: at(seconds),
            performer: Some(performer.to_owned()),
            ip: String::new(),
            application: None,
            subject: Some(Subject::Object(Address::new("team", team))),
            field: None,
        }
    }

    fn own() -> Own {
        let write = OwnWrite {
            address: Address::new("team", "acme/developers"),
            begun: at(1_000),
            ended: Some(at(1_001)),
        };
        Own {
            journal: OwnWrites {
                writes: vec![write],
                since: Some(at(900)),
                actors: ["robotnik".to_owned()].into(),
            },
            operators: ["robotnik".to_owned(), "other".to_owned()].into(),
        }
    }

    #[test]
    fn the_journal_tells_what_the_same_account_did_by_hand() {
        let own = own();
        // The server's clock is an hour ahead.
        let ahead = SignedDuration::from_hours(1);
        for (performer, seconds, team, expected) in [
            ("robotnik", 4_600, "acme/developers", true),
            ("robotnik", 4_600, "acme/operators", false),
            ("robotnik", 4_700, "acme/developers", false),
            ("carol", 4_600, "acme/developers", false),
            // Before the journal, and for accounts that it knows nothing of, the name decides.
            ("robotnik", 4_400, "acme/operators", true),
            ("other", 4_700, "acme/operators", true),
        ] {
            let entry = entry(performer, seconds, team);
            assert_eq!(own.wrote(&entry, ahead), expected, "{entry:?}");
        }
        assert_eq!(own.last("acme", ahead), Some(at(4_596)));
        assert_eq!(own.last("other", ahead), None);
        // A clock that was never set says nothing about times, so that the name decides.
        let day = SignedDuration::from_hours(24);
        assert!(own.wrote(&entry("robotnik", 90_000, "acme/operators"), day));
        assert_eq!(own.last("acme", day), None);
    }
}
