//! `docs/fields.md`: how a difference in each field of each kind is dealt with.

use super::{catalog, generated, row};
use crate::kinds::{Identity, Kind};
use crate::model::{Action, Address, Change, Reversibility};

const INTRODUCTION: &str = "\
# Fields

What happens when a manifest and the registry differ in a field. Only fields that are written are compared;
[manifests.md](manifests.md) says how they are written, [ownership.md](ownership.md) what becomes of what is not.

| word | what happens |
|---|---|
| update | The registry changes the field in place. |
| replace | The registry has no update: the object is deleted and made anew. |
| blocked | The registry cannot change it. The plan says so with `!` and a way out, and does nothing. |
| create-only | It counts when the object is created, and is not compared afterwards. |
| write-only | It is sent but never comes back, so that it cannot be compared. |
| moved by the server | The registry moves it by itself; what it moves is no difference, anything else is updated. |

";

/// The page for these kinds.
pub fn fields(kinds: &[&dyn Kind]) -> String {
    let mut page = generated() + INTRODUCTION;
    for kind in kinds {
        page.push_str(&section(*kind));
    }
    page.trim_end().to_owned() + "\n"
}

fn section(kind: &dyn Kind) -> String {
    let mut text = format!("## {}\n\n", kind.name());
    if let Some(entry) = catalog::entry(kind.name()) {
        text.push_str(&format!("{} Its address looks like `{}`.\n", entry.what, entry.address));
        if !entry.names.is_empty() {
            text.push_str(&format!("{}\n", entry.names));
        }
        text.push('\n');
    }
    if kind.identity() == Identity::Content {
        text.push_str(
            "Objects have no name that is theirs alone: they are matched by content, equal in all fields first, and\n\
             equal ones are numbered (`#2`).\n\n",
        );
    }
    text.push_str(&lost_with_a_deletion(kind));
    if kind.fields().is_empty() {
        text.push_str("It has no fields: it is there or it is not, and its address says all of it.\n\n");
        return text;
    }
    text.push_str("| field | a difference leads to | why |\n|---|---|---|\n");
    for field in kind.fields() {
        text.push_str(&row(&[&format!("`{}`", field.name), field.way.word(), field.way.why()]));
    }
    text.push('\n');
    text
}

/// Nothing where a deletion can be undone.
fn lost_with_a_deletion(kind: &dyn Kind) -> String {
    let deletion = Change::new(Address::new(kind.name(), ""), Action::Delete);
    let (class, lost) = match kind.reversibility(&deletion) {
        Reversibility::Reversible => return String::new(),
        Reversibility::Lossy(lost) => ("cannot be undone wholly", lost),
        Reversibility::Irreversible(lost) => ("is irreversible", lost),
    };
    format!(
        "A deletion {class}: it loses {lost}.\nA plan that deletes one is refused unless that is allowed \
         (`allow_destroy`, `--allow`): [guards.md](guards.md).\n\n"
    )
}
