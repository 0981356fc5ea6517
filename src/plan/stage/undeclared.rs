//! What becomes of live objects that no manifest declares.

use super::{Stage, deletion};
use crate::kinds::{Keep, Kind};
use crate::model::{Address, Diagnostic, Manage, Object, Owned};

impl Stage<'_> {
    /// There is to be one of its label only, and that is another one.
    pub(super) fn surplus(&mut self, kind: &'static dyn Kind, object: &Object, owned: &Owned) {
        let mut change = deletion(object);
        change.origin = Some(owned.origin);
        change.reason = Some("the manifest says what there is to be under this name".to_owned());
        self.record(kind, change);
    }

    pub(super) fn undeclared(&mut self, kind: &'static dyn Kind, object: Object, owned: &Owned) {
        let is_renamed = self
            .desired
            .previous
            .values()
            .any(|previous| *previous == object.address);
        let keep = match kind.keeps(&object, &self.world) {
            Keep::Nothing if is_renamed => {
                Keep::Because("it is to have another name, which the registry cannot give".to_owned())
            }
            Keep::Nothing if kind.is_managed_elsewhere(&object, self.desired) => Keep::Quietly,
            keep => keep,
        };
        match owned.manage {
            _ if keep == Keep::Quietly => {}
            Manage::Exact => match keep {
                Keep::Because(reason) => self.note_kept(&object.address, &reason, owned),
                Keep::Nothing | Keep::Quietly => {
                    let mut change = deletion(&object);
                    change.origin = Some(owned.origin);
                    change.reason = Some(self.why_undeclared(&object.address));
                    self.record(kind, change);
                }
            },
            Manage::Declared if self.live.get(&object.address).is_some() => {
                if self.is_meant(&object.address, owned.origin) {
                    self.plan.summary.unmanaged += 1;
                    self.plan.unmanaged.push(object.address);
                }
            }
            Manage::Declared | Manage::Additive => {}
        }
    }

    fn why_undeclared(&self, address: &Address) -> String {
        match self.causes.born_by.get(address) {
            Some(cause) => format!("the server adds it with {cause}, and the manifest does not list it"),
            None => "not listed, and the list is exact".to_owned(),
        }
    }

    fn note_kept(&mut self, address: &Address, reason: &str, owned: &Owned) {
        let message = format!("{address} stays although it is not listed: {reason}");
        self.plan
            .diagnostics
            .push(Diagnostic::warning("kept", message, owned.origin.place));
    }
}
