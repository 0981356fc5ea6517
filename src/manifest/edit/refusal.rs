//! Why a file is not edited.

use crate::model::{Diagnostic, Place};

fn refused(message: impl Into<String>, place: Place) -> Diagnostic {
    Diagnostic::error("not-edited", message, place)
}

/// The value stands for others too.
pub(super) fn shared(anchor: &str, place: Place, alias: Place) -> Diagnostic {
    let message = format!("`&{anchor}` is used in other places too, which would change with it");
    refused(message, place)
        .remark("to be changed here")
        .also(alias, "used again here")
        .help("change the anchor by hand, or write the value out in one of the places")
}

/// The value is written somewhere else.
pub(super) fn alias(anchor: &str, place: Place) -> Diagnostic {
    let message = format!("this is the value of the anchor `&{anchor}`, which may stand in other places too");
    refused(message, place).help("write the value out here, or change the anchor by hand")
}

/// The value comes out of a merge.
pub(super) fn merged(name: &str, place: Place) -> Diagnostic {
    let message = format!("`{name}` comes from the map that `<<` takes in here");
    refused(message, place).help("write the key out beside `<<`, or change the map that it names by hand")
}

/// Nothing is there.
pub(super) fn nothing_there(step: &str, place: Place) -> Diagnostic {
    refused(format!("there is no {step} here"), place).help("read the file again: it was changed meanwhile")
}

/// The way of writing is one that cannot be edited.
pub(super) fn unusual(what: &str, place: Place) -> Diagnostic {
    refused(format!("{what} cannot be edited in place"), place).help("change it by hand")
}

/// Our reader reads something else than was meant.
pub(super) fn not_read_back(place: Place) -> Diagnostic {
    let message = "after the edit, the file would not say what was meant";
    refused(message, place).help("change it by hand; nothing was written")
}
