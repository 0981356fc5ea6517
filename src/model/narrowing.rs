//! What of a project is planned, where it is not all of it.

use std::collections::BTreeSet;

use super::address::{Address, Collection, Pattern};
use super::desired::{Declared, Manage, Origin, Owned};

/// What is chosen and what is left out, by address and by file. Nothing chosen means everything.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Narrowing {
    /// `--target`.
    pub targets: Vec<Pattern>,
    /// `--exclude`; it wins over whatever chooses.
    pub exclude: Vec<Pattern>,
    /// The files of the PATHs, as in [`Place::source`](super::Place); `None` where no PATH narrows.
    pub files: Option<BTreeSet<u32>>,
    /// The PATHs, relative to the project's root, for reports.
    pub paths: Vec<String>,
}

impl Narrowing {
    /// Whether anything is chosen: otherwise all is, but for what is excluded.
    pub fn selects(&self) -> bool {
        !self.targets.is_empty() || self.files.is_some()
    }

    /// Whether a change or wish is meant: it must be what every kind of choice asks for.
    pub fn chooses(&self, address: &Address, origin: Option<&Origin>) -> bool {
        let is_target = self.targets.is_empty() || self.targets.iter().any(|target| target.matches(address));
        is_target && self.is_in_files(origin)
    }

    /// Whether the change or wish must stay as it is.
    pub fn excludes(&self, address: &Address) -> bool {
        self.exclude.iter().any(|pattern| pattern.matches(address))
    }

    /// Whether a wish is meant.
    pub fn chooses_wish(&self, wish: &Declared) -> bool {
        self.chooses(&wish.address, Some(&wish.origin))
    }

    /// Whether something in an owned collection that nobody declares could be meant. Where that would only be reported
    /// as unmanaged, it must be asked for by its kind.
    pub fn may_choose_in(&self, collection: &Collection, owned: &Owned) -> bool {
        let is_asked_for = |target: &&Pattern| owned.manage == Manage::Exact || !target.spans_kinds();
        let mut targets = self.targets.iter().filter(is_asked_for);
        let may_hold = self.targets.is_empty() || targets.any(|target| target.may_mean_one_of(collection));
        may_hold && self.is_in_files(Some(&owned.origin))
    }

    fn is_in_files(&self, origin: Option<&Origin>) -> bool {
        match (&self.files, origin) {
            (None, _) => true,
            (Some(files), Some(origin)) => files.contains(&origin.place.source),
            (Some(_), None) => false,
        }
    }
}

/// How a plan was narrowed, and what that led to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Narrowed {
    /// The patterns of `--target`.
    pub targets: Vec<String>,
    /// The patterns of `--exclude`.
    pub exclude: Vec<String>,
    /// The PATHs, relative to the project's root.
    pub paths: Vec<String>,
    /// Changes that nobody chose: what is chosen comes after them.
    pub pulled_in: Vec<Address>,
    /// Changes that would be meant, each with what holds it up: it is excluded, and comes before, would go along
    /// or is called alike but for a number.
    pub left_out: Vec<(Address, Address)>,
}
