//! Reads again what changes were decided on, shortly before they are carried out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::http::{Clock, ReadOnly};
use crate::kinds;
use crate::model::{Action, Address, Caller, Change, Expected, Features, Interest, World};
use crate::plan::preconditions::{Finding, check};
use crate::read::{Reader, look};

use super::Context;

/// How long what was read counts: a server of this sort has no way to make a write conditional.
const VALID: SignedDuration = SignedDuration::from_secs(60);

/// How many of the next changes are looked at together, at first and at most: their lists are shared, and few of them
/// should wait until what was read does not count any more.
const TOGETHER: (usize, usize) = (200, 3_200);

/// What the server is doing with the object of a change, where it would lose parts of it meanwhile.
pub(super) fn busy(change: &Change, fresh: &World) -> Option<&'static str> {
    let object = fresh.get(&change.address)?;
    kinds::find(change.address.kind)?.busy(object)
}

/// What is there although the changes were decided on its absence: where a list leaves out the organization, it may be
/// another's.
fn unexpected(changes: &[&Change], fresh: &World) -> BTreeSet<Address> {
    let preconditions = changes.iter().flat_map(|change| &change.preconditions);
    let absent = preconditions.filter(|precondition| precondition.expected == Expected::Absent);
    let there = absent.filter(|precondition| fresh.get(&precondition.address).is_some());
    there.map(|precondition| precondition.address.clone()).collect()
}

/// Asks whether changes may still be carried out.
pub(super) struct Precheck {
    client: ReadOnly,
    clock: Arc<dyn Clock>,
    features: Features,
    caller: Caller,
    detailed: BTreeSet<Address>,
    seen: BTreeMap<usize, Timestamp>,
    together: usize,
    asked: Option<Timestamp>,
    reads: usize,
}

/// What was found about one change, by its index.
pub(super) type Found = Vec<(usize, Finding)>;

/// What the look at several changes has shown.
pub(super) struct Asked {
    pub(super) found: Found,
    /// The server's ids, as they are now.
    pub(super) handles: BTreeMap<Address, String>,
    /// Changes whose objects the server is at work on, by their index.
    pub(super) busy: BTreeSet<usize>,
}

impl Precheck {
    pub(super) fn new(context: &Context<'_>, live: &World) -> Self {
        Precheck {
            client: ReadOnly::new(Arc::clone(&context.transport), context.token.clone()),
            clock: Arc::clone(&context.clock),
            features: live.features.clone(),
            caller: live.caller.clone(),
            detailed: context.desired.detailed.clone(),
            seen: BTreeMap::new(),
            together: TOGETHER.0,
            asked: None,
            reads: 0,
        }
    }

    /// How many requests it took so far.
    pub(super) fn reads(&self) -> usize {
        self.reads
    }

    /// How many changes to ask about next: more where the last ones were carried out soon.
    pub(super) fn together(&self) -> usize {
        self.together
    }

    /// Whether the change was asked about a moment ago.
    pub(super) fn is_fresh(&self, index: usize) -> bool {
        let now = self.clock.now();
        let seen = self.seen.get(&index);
        seen.is_some_and(|seen| now.duration_since(*seen) < VALID)
    }

    /// Asks about several changes at once. `done` are those that this run has carried out; nothing else of it may be
    /// under way.
    pub(super) async fn ask(&mut self, changes: &[(usize, Arc<Change>)], done: &[Arc<Change>]) -> Asked {
        let asked: Vec<&Change> = changes.iter().map(|(_, change)| &**change).collect();
        let done: Vec<&Change> = done.iter().map(|change| &**change).collect();
        let mut reader = Reader::new(self.client.clone());
        let began = self.clock.now();
        if self.asked.is_some_and(|last| began.duration_since(last) < VALID / 4) {
            self.together = (self.together * 2).min(TOGETHER.1);
        } else {
            self.together = TOGETHER.0;
        }
        self.asked = Some(began);
        let mut interest = self.interest(&asked);
        let mut fresh = self.look(&mut reader, &interest).await;
        interest.doubted = unexpected(&asked, &fresh);
        if !interest.doubted.is_empty() {
            fresh = self.look(&mut reader, &interest).await;
        }
        self.reads += reader.requests();
        let findings = check(&asked, &done, &fresh);
        self.seen.extend(changes.iter().map(|(index, _)| (*index, began)));
        let indexes = changes.iter().map(|(index, _)| *index);
        let busy = changes.iter().filter(|(_, change)| busy(change, &fresh).is_some());
        Asked {
            found: indexes.zip(findings.each).collect(),
            handles: findings.handles,
            busy: busy.map(|(index, _)| *index).collect(),
        }
    }

    async fn look(&self, reader: &mut Reader, interest: &Interest) -> World {
        look(reader, interest, self.features.clone(), self.caller.clone()).await
    }

    fn interest(&self, changes: &[&Change]) -> Interest {
        let mut interest = Interest {
            subjects_are_known: true,
            ..Interest::default()
        };
        for change in changes {
            for precondition in &change.preconditions {
                let address = &precondition.address;
                interest.collections.insert(kinds::collection(address));
                interest.asked.insert(address.clone());
                // What is to go is read as what no manifest declares, as it was when it was planned.
                if change.action != Action::Delete {
                    interest.addresses.insert(address.clone());
                }
                if self.detailed.contains(address) {
                    interest.detailed.insert(address.clone());
                }
            }
        }
        interest
    }
}
