//! Whether changes may still be carried out, from what was read again.

use std::collections::{BTreeMap, BTreeSet};

use crate::kinds::{self, Kind};
use crate::model::{Action, Address, Change, Expected, Fields, Object, Precondition, Value, Way, World};
use crate::plan::compare::same;
use crate::plan::matching::label;

use super::items;

/// What reading a change's preconditions again says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// Everything is as it was.
    Go,
    /// It is already as the change would make it.
    Already,
    /// Something moved; the text says what, from what to what.
    Moved(String),
    /// It could not be read; the text says why.
    Unreadable(String),
}

/// The findings about some changes, in their order.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    /// One finding for each change.
    pub each: Vec<Finding>,
    /// The server's ids as they are now, by the addresses that the plan uses.
    pub handles: BTreeMap<Address, String>,
}

/// Compares what `changes` were decided on with `fresh`. `done` are the changes that this run has carried out before:
/// what they did to the same collections has not moved behind anybody's back.
pub fn check(changes: &[&Change], done: &[&Change], fresh: &World) -> Findings {
    let mut findings = Findings::default();
    let named = fresh.objects.values().filter(|object| is_named(&object.address));
    findings.handles = named
        .filter_map(|object| Some((object.address.clone(), object.handle.clone()?)))
        .collect();
    let mut turns = Turns::default();
    // Only these are counted, and a long run has done much else.
    let alike = |change: &Change| (change.address.kind, label(&change.address).to_owned());
    let asked: BTreeSet<_> = changes.iter().map(|change| alike(change)).collect();
    let done: Vec<&Change> = done
        .iter()
        .copied()
        .filter(|change| asked.contains(&alike(change)))
        .collect();
    let updates = changes.iter().filter(|change| change.action == Action::Update);
    let kept: BTreeSet<&Address> = updates.map(|change| &change.address).collect();
    for change in changes {
        let mut look = Look {
            change,
            kept: &kept,
            done: &done,
            fresh,
            turns: &mut turns,
            handles: &mut findings.handles,
        };
        let finding = look.finding();
        findings.each.push(finding);
    }
    findings
}

fn is_named(address: &Address) -> bool {
    kinds::find(address.kind).is_some_and(|kind| kind.identity() == kinds::Identity::Path)
}

/// What changes have in common that mean one of the same items: whether they make one, kind and label. Replacements and
/// deletions both take one away.
type Sort = (bool, &'static str, String);

/// Which of several equal items comes next, for changes that each mean one of them.
#[derive(Default)]
struct Turns(BTreeMap<Sort, Vec<(Fields, usize)>>);

impl Turns {
    /// How many changes of this sort came before this one.
    fn take(&mut self, kind: &dyn Kind, change: &Change, fields: &Fields) -> usize {
        let makes = change.action == Action::Create;
        let sort = (makes, change.address.kind, label(&change.address).to_owned());
        let counted = self.0.entry(sort).or_default();
        match counted
            .iter_mut()
            .find(|(theirs, _)| items::are_equal(kind, fields, theirs))
        {
            Some((_, turn)) => {
                *turn += 1;
                *turn
            }
            None => {
                counted.push((fields.clone(), 0));
                0
            }
        }
    }
}

struct Look<'a> {
    change: &'a Change,
    /// Objects that changes asked about together are to keep and change.
    kept: &'a BTreeSet<&'a Address>,
    done: &'a [&'a Change],
    fresh: &'a World,
    turns: &'a mut Turns,
    handles: &'a mut BTreeMap<Address, String>,
}

impl Look<'_> {
    fn finding(&mut self) -> Finding {
        let mut worst = Finding::Go;
        for precondition in &self.change.preconditions {
            let finding = self.one(precondition);
            worst = match (worst, finding) {
                (Finding::Moved(one), Finding::Moved(other)) => Finding::Moved(format!("{one}; {other}")),
                (unreadable @ Finding::Unreadable(_), _) | (_, unreadable @ Finding::Unreadable(_)) => unreadable,
                (moved @ Finding::Moved(_), _) | (_, moved @ Finding::Moved(_)) => moved,
                (Finding::Already, _) | (_, Finding::Already) => Finding::Already,
                (Finding::Go, Finding::Go) => Finding::Go,
            };
        }
        worst
    }

    fn one(&mut self, precondition: &Precondition) -> Finding {
        let address = &precondition.address;
        let collection = kinds::collection(address);
        if !self.fresh.is_complete(&collection) {
            let gap = self.fresh.gaps.get(&collection);
            let why = gap.map_or("the registry does not show it".to_owned(), |gap| {
                format!("GET {}: {}", gap.target, gap.reason)
            });
            return Finding::Unreadable(format!("{address} could not be read again: {why}"));
        }
        let object = self.fresh.get(address);
        match (&precondition.expected, object) {
            (Expected::Absent, None) | (Expected::Present, Some(_)) => Finding::Go,
            (Expected::Absent, Some(object)) if self.is_as_wanted(object) => Finding::Already,
            (Expected::Absent, Some(_)) => {
                Finding::Moved(format!("{address} exists, and did not when this was planned"))
            }
            (Expected::Present, None) => gone(address),
            (Expected::Fields(_), None) if self.is_own_deletion(address) => Finding::Already,
            (Expected::Fields(_), None) => gone(address),
            (Expected::Fields(fields), Some(object)) => self.fields(fields, object),
            (Expected::Equal { fields, number }, _) => self.items(address, fields, *number),
        }
    }

    fn is_own_deletion(&self, address: &Address) -> bool {
        self.change.action == Action::Delete && self.change.address == *address
    }

    /// Whether every value that the change writes and the server shows is there.
    fn is_as_wanted(&self, object: &Object) -> bool {
        let Some(kind) = kinds::find(object.address.kind) else {
            return false;
        };
        let is_shown = |name: &str| {
            let field = kind.fields().iter().find(|field| field.name == name);
            !field.is_some_and(|field| matches!(field.way, Way::WriteOnly(_)))
        };
        let mut shown = self.change.fields.iter().filter(|field| is_shown(field.name));
        shown.all(|field| match &field.after {
            None | Some(Value::Now) => true,
            Some(after) => {
                let wanted = &self.change.wanted;
                same(after, object.fields.get(field.name)) || kind.moved_by_server(field.name, wanted, object)
            }
        })
    }

    fn fields(&self, expected: &Fields, object: &Object) -> Finding {
        let moved: Vec<String> = expected
            .iter()
            .filter(|(name, value)| !same(value, object.fields.get(name)))
            .map(|(name, before)| {
                let now = object.fields.get(name).map_or("not shown".to_owned(), Value::to_string);
                format!("{name} was {before} when this was planned, and is {now}")
            })
            .collect();
        if moved.is_empty() {
            return Finding::Go;
        }
        let is_own = object.address == self.change.address;
        if is_own && self.change.action == Action::Update && self.is_as_wanted(object) {
            return Finding::Already;
        }
        Finding::Moved(format!("{}: {}", object.address, moved.join("; ")))
    }

    /// Items are counted: those that are equal are as good as each other.
    fn items(&mut self, address: &Address, fields: &Fields, planned: usize) -> Finding {
        let Some(kind) = kinds::find(address.kind) else {
            return Finding::Go;
        };
        let (came, went) = self.done_to(kind, fields);
        let expected = (planned + came).saturating_sub(went);
        let now = self.free_first(items::equal(kind, address, fields, self.fresh).collect());
        let turn = self.turns.take(kind, self.change, fields);
        let moved = || {
            let (kind, label) = (address.kind, label(address));
            Finding::Moved(format!(
                "{expected} of {kind}[{label}] with these values were there when this was planned, and {} are",
                now.len()
            ))
        };
        if self.change.action == Action::Create {
            return match now.len().checked_sub(expected) {
                Some(more) if turn < more => Finding::Already,
                Some(_) => Finding::Go,
                None => moved(),
            };
        }
        match expected.checked_sub(now.len()) {
            // Somebody else, or a run that did not come to its end, has taken these away.
            Some(fewer) if turn < fewer && self.change.action == Action::Delete => Finding::Already,
            Some(fewer) if turn < fewer && self.has_replacement(kind) => Finding::Already,
            Some(fewer) if turn >= fewer => {
                if let Some(handle) = now.get(turn - fewer).and_then(|object| object.handle.clone()) {
                    self.handles.insert(self.change.address.clone(), handle);
                }
                Finding::Go
            }
            _ => moved(),
        }
    }

    /// Of equal items, those that another change is to keep and change come last: they are not to be taken away.
    fn free_first<'o>(&self, mut items: Vec<&'o Object>) -> Vec<&'o Object> {
        items.sort_by_key(|item| self.kept.contains(&item.address));
        items
    }

    /// Whether what the replacement makes is there already.
    fn has_replacement(&self, kind: &dyn Kind) -> bool {
        let collection = kind.collection(&self.change.address);
        self.fresh.of(&collection).any(|object| self.is_as_wanted(object))
    }

    /// How many items with these values this run has made and taken away so far, by changing others too.
    fn done_to(&self, kind: &dyn Kind, fields: &Fields) -> (usize, usize) {
        let ours = &self.change.address;
        let is_like = |done: &&&Change| done.address.kind == ours.kind && label(&done.address) == label(ours);
        let here = self.done.iter().filter(is_like);
        let (mut came, mut went) = (0, 0);
        for done in here {
            let (before, after) = match done.action {
                Action::Create => (None, Some(&done.wanted)),
                Action::Update => (Some(as_before(done)), Some(&done.wanted)),
                Action::Replace => (counted_on(done), Some(&done.wanted)),
                Action::Delete => (counted_on(done), None),
                Action::Blocked | Action::Deferred => (None, None),
            };
            came += usize::from(after.is_some_and(|after| items::are_equal(kind, fields, after)));
            went += usize::from(before.is_some_and(|before| items::are_equal(kind, fields, &before)));
        }
        (came, went)
    }
}

/// The values of the items that a change was to find so many of.
fn counted_on(change: &Change) -> Option<Fields> {
    let mut preconditions = change.preconditions.iter();
    preconditions.find_map(|precondition| match &precondition.expected {
        Expected::Equal { fields, .. } => Some(fields.clone()),
        _ => None,
    })
}

/// What the object of an update was like.
fn as_before(change: &Change) -> Fields {
    let mut fields = change.wanted.clone();
    for field in &change.fields {
        match &field.before {
            Some(before) => fields.insert(field.name, before.clone()),
            None => drop(fields.remove(field.name)),
        }
    }
    fields
}

fn gone(address: &Address) -> Finding {
    Finding::Moved(format!("{address} is gone"))
}
