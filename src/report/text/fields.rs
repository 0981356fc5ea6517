//! The fields of one change: values in a column, texts of several lines as a difference.

use std::fmt::Write;

use similar::{ChangeTag, TextDiff};

use crate::model::{Change, FieldChange, Place, Sources, Value};
use crate::report::values;

use super::printable;
use super::style::Style;
use crate::report::fold::{Group, Shared};

/// How many equal lines are shown around those that differ.
const CONTEXT: usize = 2;

/// Every field that changes, old -> new; those that are inherited with the layer's line.
pub(super) fn fields(text: &mut String, change: &Change, sources: &Sources, style: Style) {
    let width = change.fields.iter().map(|field| field.name.len()).max().unwrap_or(0) + 1;
    for changed in &change.fields {
        let place = change.place_of(changed.name);
        field(text, change, changed, width, &remark(changed, place, sources, style));
    }
}

/// What is said behind the values of a field.
fn remark(field: &FieldChange, place: Option<Place>, sources: &Sources, style: Style) -> String {
    let note = field.note.as_ref().map(|note| format!("  ({note})"));
    let place = place.and_then(|place| written(place, sources));
    let place = place.map(|place| style.faint(&format!("  {place}")));
    [note, place].into_iter().flatten().collect()
}

/// Where something is written, and for what, if that is a layer: `defaults.yaml:5, for acme/*`.
pub(crate) fn written(place: Place, sources: &Sources) -> Option<String> {
    let (path, line, _) = sources.locate(place)?;
    let layer = sources.layer(place);
    let layer = layer.map(|matches| format!(", for {}", printable(matches)));
    Some(format!("{}:{line}{}", path.display(), layer.unwrap_or_default()))
}

/// The fields of several like changes: what all have in common, or how many different values there are.
pub(super) fn shared_fields(text: &mut String, group: &Group<'_>, sources: &Sources, style: Style) {
    let fields = group.fields();
    let name = |shared: &Shared<'_>| match shared {
        Shared::Same(field) => field.name,
        Shared::Different(name, _) => name,
    };
    let width = fields.iter().map(|shared| name(shared).len()).max().unwrap_or(0) + 1;
    for shared in &fields {
        match (shared, group.changes.first()) {
            (Shared::Same(changed), Some(change)) => {
                let place = change.place_of(changed.name);
                let is_one = group.changes.iter().all(|each| each.place_of(changed.name) == place);
                let remark = remark(changed, place.filter(|_| is_one), sources, style);
                field(text, change, changed, width, &remark);
            }
            _ => {
                let Shared::Different(name, number) = shared else {
                    continue;
                };
                // Writing to a String cannot fail.
                let _ = writeln!(text, "      {:width$} ({number} different ones)", format!("{name}:"));
            }
        }
    }
}

fn field(text: &mut String, change: &Change, field: &FieldChange, width: usize, note: &str) {
    let shown = |value: &Option<Value>| {
        value
            .as_ref()
            .map(|value| values::shown(change.address.kind, field.name, value))
    };
    let (before, after) = (shown(&field.before), shown(&field.after));
    let name = format!("{}:", field.name);
    let has_lines = |value: &Option<String>| value.as_ref().is_some_and(|value| value.trim_end().contains('\n'));
    // Writing to a String cannot fail.
    let _ = if has_lines(&before) || has_lines(&after) {
        writeln!(text, "      {name}{note}")
            .map(|()| difference(text, &before.unwrap_or_default(), &after.unwrap_or_default()))
    } else {
        let one_line = |value: String| printable(value.trim_end_matches('\n'));
        match (before.map(one_line), after.map(one_line)) {
            (Some(before), Some(after)) if before == after => {
                writeln!(
                    text,
                    "      {name:width$} {after}  (only the line break at its end differs){note}"
                )
            }
            (Some(before), Some(after)) => writeln!(text, "      {name:width$} {before} -> {after}{note}"),
            (Some(value), None) | (None, Some(value)) => writeln!(text, "      {name:width$} {value}{note}"),
            (None, None) => Ok(()),
        }
    };
}

/// The lines that differ, each with its sign, and some around them.
fn difference(text: &mut String, before: &str, after: &str) {
    let difference = TextDiff::from_lines(before, after);
    for (index, group) in difference.grouped_ops(CONTEXT).iter().enumerate() {
        if index > 0 {
            text.push_str("          …\n");
        }
        for line in group.iter().flat_map(|operation| difference.iter_changes(operation)) {
            let sign = match line.tag() {
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
                ChangeTag::Equal => ' ',
            };
            let line = format!("        {sign} {}", printable(line.value().trim_end_matches('\n')));
            text.push_str(line.trim_end());
            text.push('\n');
        }
    }
}
