//! Why something live is not written back, and what to do instead.

use super::Ground;
use super::edits::Edit;
use crate::model::{Address, Change, Diagnostic, Place, Severity};

/// A reason, and the way out.
pub(super) struct Why {
    pub(super) why: String,
    pub(super) help: String,
}

impl Why {
    pub(super) fn new(why: impl Into<String>, help: impl Into<String>) -> Self {
        Why {
            why: why.into(),
            help: help.into(),
        }
    }

    /// What only somebody who knows more can write.
    pub(super) fn by_hand(why: impl Into<String>) -> Self {
        Why::new(why, "change it by hand")
    }

    /// A value that is not to be written out.
    pub(super) fn secret(field: &str) -> Self {
        Why::by_hand(format!("the live value of `{field}` is none, or a secret"))
    }

    /// The diagnostic about an object, at the place that speaks of it.
    pub(super) fn about(self, address: &Address, place: Place) -> Diagnostic {
        let message = format!("{address} is not adopted: {}", self.why);
        Diagnostic::warning("not-adopted", message, place).help(self.help)
    }
}

/// What was merged, and would be given up.
pub(super) fn not_applied(change: &Change) -> Diagnostic {
    let address = &change.address;
    let why = Why::new(
        "nobody else has touched it: what the manifests say is not applied yet, and would be given up",
        format!("apply it; or name it to give it up: drift --adopt --target '{address}'"),
    );
    match change.origin {
        Some(origin) => why.about(address, origin.place),
        None => without_line(address),
    }
}

/// An object of which no manifest speaks.
pub(super) fn without_line(address: &Address) -> Diagnostic {
    let message = format!("{address} is not adopted: no line of a manifest speaks of it");
    Diagnostic::without_place("not-adopted", Severity::Warning, message)
}

/// An edit that does not make the manifests say what is live.
pub(super) fn not_so(edit: &Edit, ground: &Ground<'_>) -> Diagnostic {
    let why = match ground.target.name {
        Some(name) => {
            format!("the manifests would not say it for the registry `{name}` afterwards, or say more than that")
        }
        None => "the manifests would not say it afterwards, or say more than that".to_owned(),
    };
    let help = "something else refers to it, or decides it: a layer, another field, `registries`; change it by hand";
    Why::new(why, help).about(&edit.address, edit.place)
}

/// The editor's own refusal, said of the object.
pub(super) fn because(edit: &Edit, refusal: Diagnostic) -> Diagnostic {
    Diagnostic {
        code: "not-adopted",
        severity: Severity::Warning,
        message: format!("{} is not adopted: {}", edit.address, refusal.message),
        ..refusal
    }
}
