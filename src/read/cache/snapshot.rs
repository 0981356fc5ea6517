//! What is kept of one organization between runs, as a document that cannot be changed unnoticed.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::counts::Counts;
use crate::model::Secret;

/// For how long a snapshot may be used. The server counts over a month at most, and moves entries away after 30 days.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(28 * 24);

/// The first line of the document, before its seal.
const TITLE: &str = "quayform-cache-1 ";

/// Answers about one organization, with the counts that were read before them. No secret is in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    /// The version of quayform that wrote it: another one may look at more of an answer.
    pub(super) quayform: String,
    /// What the registry is known by.
    pub(super) registry: String,
    /// Who may see what is in it.
    pub(super) user: String,
    /// The organization.
    pub(super) organization: String,
    /// When its oldest answer was read, by the own clock.
    pub(super) taken: Timestamp,
    /// When the first day was chosen, by the own clock.
    pub(super) begun: Timestamp,
    /// The day from which on events are counted, by the server's clock, as `MM/DD/YYYY`.
    pub(super) first_day: String,
    /// What a new organization of the same name would not have.
    pub(super) marks: Vec<String>,
    /// The events before the answers.
    pub(super) counts: Counts,
    /// What was kept of the answers, by target.
    pub(super) answers: BTreeMap<String, Json>,
}

impl Snapshot {
    /// The user and the organization, for a file name.
    pub fn name(&self) -> String {
        format!("{}/{}", self.user, self.organization)
    }

    /// The document, sealed with a secret that whoever changes the file does not have: the registry's token.
    pub fn written(&self, key: &Secret) -> Option<String> {
        let text = serde_json::to_string(self).ok()?;
        let seal = key.digest(&text)?;
        Some(format!("{TITLE}{}\n{text}\n", seal.hexadecimal()))
    }

    /// Reads a document; `None` where it is not exactly as it was written with this secret by this program.
    pub fn read(document: &str, key: &Secret) -> Option<Self> {
        let (seal, text) = document.strip_prefix(TITLE)?.split_once('\n')?;
        let text = text.strip_suffix('\n')?;
        if key.digest(text)?.hexadecimal() != seal {
            return None;
        }
        let snapshot: Snapshot = serde_json::from_str(text).ok()?;
        (snapshot.quayform == env!("CARGO_PKG_VERSION")).then_some(snapshot)
    }

    /// Whether it may be used now: it is neither too old nor from the future.
    pub(super) fn is_fresh(&self, now: Timestamp) -> bool {
        let age = now.duration_since(self.begun);
        !age.is_negative() && age <= LONGEST && self.taken <= now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot() -> Snapshot {
        Snapshot {
            quayform: env!("CARGO_PKG_VERSION").to_owned(),
            registry: "https://quay.example".to_owned(),
            user: "robotnik".to_owned(),
            organization: "acme".to_owned(),
            taken: Timestamp::from_second(2_000_000).unwrap(),
            begun: Timestamp::from_second(1_000_000).unwrap(),
            first_day: "01/12/1970".to_owned(),
            marks: Vec::new(),
            counts: Counts::default(),
            answers: BTreeMap::new(),
        }
    }

    #[test]
    fn a_document_that_was_touched_is_none() {
        let key = Secret::known("one");
        let written = snapshot().written(&key).unwrap();
        assert_eq!(Snapshot::read(&written, &key), Some(snapshot()));
        assert_eq!(Snapshot::read(&written, &Secret::known("two")), None);
        for end in 0..written.len() {
            assert_eq!(Snapshot::read(&written[..end], &key), None, "{end}");
        }
        for (place, _) in written.char_indices() {
            let mut changed = written.clone().into_bytes();
            changed[place] ^= 1;
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(Snapshot::read(&changed, &key), None, "{place}");
        }
        let other = Snapshot {
            quayform: "0.0.0".to_owned(),
            ..snapshot()
        };
        assert_eq!(Snapshot::read(&other.written(&key).unwrap(), &key), None);
    }

    #[test]
    fn it_lasts_28_days_and_begins_when_it_was_taken() {
        let snapshot = snapshot();
        let at = |seconds: i64| snapshot.is_fresh(Timestamp::from_second(seconds).unwrap());
        let last = 1_000_000 + 28 * 86_400;
        assert!(at(2_000_000) && at(last));
        assert!(!at(1_999_999) && !at(last + 1) && !at(0));
    }
}
