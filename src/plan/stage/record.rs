//! Takes up changes: gives them their calls, or blocks them, and moves the registry on.

use std::collections::BTreeSet;

use super::Stage;
use crate::kinds::{self, Kind, permission};
use crate::model::{Action, Address, Change, Effect};
use crate::plan::step;

impl Stage<'_> {
    pub(super) fn block(&mut self, mut change: Change, reason: String) {
        change.action = Action::Blocked;
        self.blocked.insert(change.address.clone());
        change.reason = Some(reason);
        self.plan.summary.count(Action::Blocked);
        self.plan.changes.push(change);
    }

    /// Takes up a change: gives it its calls, or blocks it, and moves the registry on.
    pub(super) fn record(&mut self, kind: &'static dyn Kind, mut change: Change) {
        let impossible = || kind.impossible(&change, &self.world);
        if let Some(reason) = self.renamed(&change).or_else(impossible) {
            return self.block(change, reason);
        }
        if let Some(reason) = kind.postponed(&change, &self.world, self.desired) {
            change.action = Action::Deferred;
            change.reason = Some(reason);
            self.plan.summary.count(Action::Deferred);
            return self.plan.changes.push(change);
        }
        change.calls = kind.calls(&change, &self.world);
        change.reversibility = kind.reversibility(&change);
        change.takes_along = self.taken_along(kind, &change);
        if kind.waits_for_births(&change) {
            self.waiting.push(change.clone());
        } else {
            self.advance(&change);
        }
        self.plan.summary.count(change.action);
        self.plan.changes.push(change);
    }

    /// Why an object is not made that was called something else before and is there under that name: the registry gives
    /// nothing another name but organizations, and whoever makes it anew loses what is in it.
    fn renamed(&self, change: &Change) -> Option<String> {
        let previous = self.desired.previous.get(&change.address)?;
        let is_there = change.action == Action::Create && self.live.get(previous).is_some();
        is_there.then(|| {
            format!(
                "it is {previous}, which the registry cannot give another name: keep the old name; or delete `previously` to \
                 make a new one beside it, move what uses the old one, and delete that with a tombstone"
            )
        })
    }

    /// The live objects that go with a deletion.
    fn taken_along(&self, kind: &dyn Kind, change: &Change) -> Vec<Address> {
        if change.action != Action::Delete {
            return Vec::new();
        }
        let mut gone = BTreeSet::new();
        for effect in kind.effects(change, &self.world) {
            match effect {
                Effect::Remove(address) => drop(gone.insert(address)),
                Effect::RemoveAll(collection) => {
                    gone.extend(self.world.of(&collection).map(|object| object.address.clone()));
                }
                Effect::Put(_) => {}
            }
        }
        let is_live = |address: &Address| self.world.get(address).is_some() && self.live.get(address).is_some();
        // The dormant mirror of a repository is nothing that anybody knows by its address.
        let is_known = |address: &Address| kinds::find(address.kind).is_some();
        gone.retain(|address| *address != change.address && is_live(address) && is_known(address));
        gone.into_iter().collect()
    }

    /// Moves the registry as the change and the server's own doing would.
    pub(super) fn advance(&mut self, change: &Change) {
        let effects = step::effects(change, &self.world);
        for effect in &effects {
            let Effect::Put(object) = effect else { continue };
            let causes = match self.world.get(&object.address) {
                None => &mut self.causes.born_by,
                Some(_) if object.address.kind == permission::NAME => &mut self.causes.moved_by,
                Some(_) => continue,
            };
            causes.insert(object.address.clone(), change.address.clone());
        }
        step::carry_out(change, effects, &mut self.world);
    }
}
