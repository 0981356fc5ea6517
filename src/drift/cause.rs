//! What became of a written value that reads otherwise, and who may have been at it.

use jiff::{SignedDuration, Timestamp};

use super::log::{Entry, Log};
use crate::kinds;
use crate::model::{Action, Address, Change, Value};

/// Entries that are older by no more than this still count: they tell seconds only, and the log is read a moment after
/// the age was taken.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(5);

/// Whose entries are foreign, and since when.
#[derive(Debug, Clone)]
pub struct Window {
    /// The user whose token was used: entries of the same user by other means cannot be told from own ones.
    pub caller: String,
    /// How long ago the own writes began.
    pub age: SignedDuration,
}

impl Window {
    /// How old an entry may be to count.
    pub fn reach(&self) -> SignedDuration {
        self.age.saturating_add(TOLERANCE)
    }
}

/// Something that reads otherwise than it was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Residual {
    /// The change that would still be needed.
    pub change: Change,
    /// What differs, each with its likely cause; never empty.
    pub differences: Vec<Difference>,
}

impl Residual {
    /// Whether all of it is what the server is known to pass over: another apply would come to the same end.
    pub fn is_stuck(&self) -> bool {
        let mut differences = self.differences.iter();
        differences.all(|difference| matches!(difference.cause, Cause::Stuck(_)))
    }
}

/// One field, or the existence of a whole object.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The field; `None` where it is the object itself that is not there, or still there.
    pub field: Option<&'static str>,
    /// What was written; `None` where there should be nothing.
    pub wanted: Option<Value>,
    /// What was read; `None` where nothing is shown.
    pub found: Option<Value>,
    /// Why, as far as can be told.
    pub cause: Cause,
}

/// Why something is not as it was written: always only the likely cause.
#[derive(Debug, Clone, PartialEq)]
pub enum Cause {
    /// The newest entry about it in the usage log is of somebody else.
    Somebody(Entry),
    /// The value is the one from before the apply.
    Kept,
    /// The same, and it is known that the server passes over such changes: why, and the way out.
    Stuck(&'static str),
    /// The value is neither the old one nor the wanted one.
    Normalized,
    /// What was made is not there.
    Vanished,
    /// What was deleted is still there, or again.
    Stayed,
    /// The plan did not touch it: it has changed since.
    Moved,
}

impl Cause {
    /// The word in JSON.
    pub fn word(&self) -> &'static str {
        match self {
            Cause::Somebody(_) => "somebody",
            Cause::Kept => "kept",
            Cause::Stuck(_) => "stuck",
            Cause::Normalized => "normalized",
            Cause::Vanished => "vanished",
            Cause::Stayed => "stayed",
            Cause::Moved => "moved",
        }
    }
}

impl std::fmt::Display for Cause {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Cause::Somebody(entry) => {
                let who = entry.performer.as_deref().unwrap_or("somebody");
                write!(formatter, "{who} did {} at {}", entry.event, entry.time)?;
                return match entry.ip.as_str() {
                    "" => Ok(()),
                    ip => write!(formatter, " from {ip}"),
                };
            }
            Cause::Stuck(why) => why,
            Cause::Kept => "the server took the request and kept the old value, or somebody put it back",
            Cause::Normalized => "the server took the request and made another value of it",
            Cause::Vanished => "the server took the request and shows nothing of it, or somebody removed it again",
            Cause::Stayed => "the server took the request and kept it, or somebody made it again",
            Cause::Moved => "it has changed since it was planned, by the server itself or by somebody else",
        })
    }
}

/// What differs in `residual`, and why. `planned` is the change that was carried out on the same object, if there was
/// one, and `log` the log of its organization, if it could be read.
pub fn explain(residual: Change, planned: Option<&Change>, log: Option<&Log>, window: &Window) -> Residual {
    let cause = |field: Option<&'static str>, otherwise: Cause| {
        let foreign = log.and_then(|log| foreign(&residual.address, field, log, window));
        match (foreign, planned) {
            (Some(entry), _) => Cause::Somebody(entry.clone()),
            (None, Some(_)) => otherwise,
            (None, None) => Cause::Moved,
        }
    };
    let whole = |otherwise| Difference {
        field: None,
        wanted: None,
        found: None,
        cause: cause(None, otherwise),
    };
    let kept = |field: &str| {
        let kind = kinds::find(residual.address.kind);
        kind.and_then(|kind| kind.stuck(field))
            .map_or(Cause::Kept, Cause::Stuck)
    };
    let differences = match residual.action {
        Action::Create => vec![whole(Cause::Vanished)],
        Action::Delete => vec![whole(Cause::Stayed)],
        _ => {
            let before = |name| planned.and_then(|change| change.field(name)?.before.as_ref());
            let differences = residual.fields.iter().map(|field| Difference {
                field: Some(field.name),
                wanted: field.after.clone(),
                found: field.before.clone(),
                cause: match (before(field.name), field.before.as_ref()) {
                    (Some(old), Some(found)) if old == found => cause(Some(field.name), kept(field.name)),
                    _ => cause(Some(field.name), Cause::Normalized),
                },
            });
            differences.collect()
        }
    };
    Residual {
        change: residual,
        differences,
    }
}

/// The newest entry about the object and, where it is about one field, this one; unless it is an own one: what was
/// written last is what is read.
fn foreign<'a>(address: &Address, field: Option<&str>, log: &'a Log, window: &Window) -> Option<&'a Entry> {
    let since = log.now.and_then(|now| now.checked_sub(window.reach()).ok());
    let since = since.unwrap_or(Timestamp::MIN);
    let about = |entry: &&Entry| {
        let subject = entry.subject.as_ref();
        let is_other_field = entry
            .field
            .is_some_and(|other| field.is_some_and(|field| field != other));
        subject.is_some_and(|subject| subject.concerns(address)) && !is_other_field
    };
    let newest = log.entries.iter().filter(|entry| entry.time >= since).find(about)?;
    let performer = newest.performer.as_ref()?;
    (*performer != window.caller).then_some(newest)
}
