//! From one value to another by the fewest edits.

use std::collections::HashMap;

use indexmap::IndexMap;
use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::{Data, Editor, Spot, Step};
use crate::model::Diagnostic;

/// Makes a spot mean a value.
pub(super) fn set(editor: &mut Editor, spot: &Spot, value: &Data) -> Result<(), Diagnostic> {
    match (editor.value(spot), value) {
        (Some(old), new) if old == *new => Ok(()),
        (Some(Data::Map(old)), Data::Map(new)) if !old.is_empty() && !new.is_empty() => map(editor, spot, &old, new),
        (Some(Data::List(old)), Data::List(new)) if !old.is_empty() && !new.is_empty() => list(editor, spot, &old, new),
        (None, new) => add(editor, spot, new),
        (Some(_), new) => editor.replace(spot, new),
    }
}

fn add(editor: &mut Editor, spot: &Spot, value: &Data) -> Result<(), Diagnostic> {
    let mut around = spot.clone();
    match around.steps.pop() {
        Some(Step::Key(name)) => editor.add(&around, &name, value, None),
        Some(Step::Item(index)) => editor.insert(&around, index, value),
        None => editor.replace(spot, value),
    }
}

fn map(
    editor: &mut Editor,
    spot: &Spot,
    old: &IndexMap<String, Data>,
    new: &IndexMap<String, Data>,
) -> Result<(), Diagnostic> {
    let mut before: Option<&str> = None;
    for (name, value) in new {
        if old.contains_key(name) {
            set(editor, &spot.key(name), value)?;
        } else {
            editor.add(spot, name, value, before)?;
        }
        before = Some(name);
    }
    // Last, so that the map is never empty in between, which is written in another way.
    for name in old.keys().filter(|name| !new.contains_key(*name)) {
        editor.remove(&spot.key(name))?;
    }
    Ok(())
}

fn list(editor: &mut Editor, spot: &Spot, old: &[Data], new: &[Data]) -> Result<(), Diagnostic> {
    let (before, after) = numbered(old, new);
    let operations = capture_diff_slices(Algorithm::Myers, &before, &after);
    // From the last to the first, so that places do not move. What comes goes in before what goes is taken away, so
    // that the list is never empty in between.
    for operation in operations.iter().rev() {
        let (from, to) = (operation.old_range(), operation.new_range());
        let both = match operation {
            DiffOp::Equal { .. } => continue,
            _ => from.len().min(to.len()),
        };
        for index in (to.start + both..to.end).rev() {
            editor.insert(spot, from.end, &new[index])?;
        }
        for index in (from.start + both..from.end).rev() {
            editor.remove(&spot.item(index))?;
        }
        for offset in (0..both).rev() {
            set(editor, &spot.item(from.start + offset), &new[to.start + offset])?;
        }
    }
    Ok(())
}

/// The same number for equal items, in both lists.
fn numbered(old: &[Data], new: &[Data]) -> (Vec<usize>, Vec<usize>) {
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let mut number = |item: &Data| {
        let next = numbers.len();
        *numbers.entry(item.fingerprint()).or_insert(next)
    };
    (
        old.iter().map(&mut number).collect(),
        new.iter().map(&mut number).collect(),
    )
}
