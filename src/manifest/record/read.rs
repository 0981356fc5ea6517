//! Maps to records: unknown fields, missing fields, marks that stand alone.

use super::{Check, Read, Record, first_sentence};
use crate::manifest::decode::Decoder;
use crate::manifest::suggest::{all_of, alternatives, closest, renamed};
use crate::manifest::tree::{MapEntry, Node};
use crate::model::{Diagnostic, Place};

/// Reads a record; where it is not a map, an empty one stands for it, so that its name is still declared.
pub fn decode<'t, R: Record>(node: &'t Node<'t>, decoder: &mut Decoder<'t>) -> R {
    let mut record = R::default();
    match decoder.entries(node, "a map") {
        Some(entries) => fill(&mut record, node.place, entries, decoder, false),
        None if R::fields().iter().any(|field| field.secret) => decoder.hide(node),
        None => {}
    }
    record
}

/// Reads a whole document, in which keys that start with `x-` are ignored.
pub fn decode_document<'t, R: Record>(place: Place, entries: &'t [MapEntry<'t>], decoder: &mut Decoder<'t>) -> R {
    let mut record = R::default();
    fill(&mut record, place, entries, decoder, true);
    record
}

fn fill<'t, R: Record>(
    record: &mut R,
    place: Place,
    entries: &'t [MapEntry<'t>],
    decoder: &mut Decoder<'t>,
    is_document: bool,
) {
    let may_be_part = decoder.takes_parts && !is_document;
    let mut is_complete = !may_be_part;
    let mut unknown: Vec<&str> = Vec::new();
    for entry in entries
        .iter()
        .filter(|entry| !(is_document && entry.name.starts_with("x-")))
    {
        match record.read(entry, decoder) {
            Read::Done => {}
            Read::Failed => is_complete = false,
            Read::Unknown => {
                unknown.push(&entry.name);
                if R::fields().iter().any(|field| field.secret) {
                    decoder.hide(decoder.node(entry.value));
                }
                decoder.diagnostics.push(unknown_field::<R>(entry));
            }
        }
    }
    is_complete &= unknown.is_empty();
    for field in R::fields().iter().filter(|field| field.required) {
        let is_written = entries.iter().any(|entry| entry.name == field.name);
        let is_misspelt = || unknown.iter().any(|name| closest(name, [field.name]).is_some());
        if !is_written && !may_be_part && !is_misspelt() {
            is_complete = false;
            let help = format!("add `{}`: {}", field.name, first_sentence(field.doc));
            let message = format!("`{}` is missing", field.name);
            decoder
                .diagnostics
                .push(Diagnostic::error("missing-field", message, place).help(help));
        }
    }
    match record.mark() {
        Some(mark) => decoder.diagnostics.extend(beside_mark(mark, entries)),
        None => record.check(&mut Check {
            place,
            is_complete,
            diagnostics: &mut decoder.diagnostics,
        }),
    }
}

fn unknown_field<R: Record>(entry: &MapEntry<'_>) -> Diagnostic {
    let names = || R::fields().iter().map(|field| field.name);
    let help = match (renamed(&entry.name), closest(&entry.name, names())) {
        (Some(meant), _) if R::fields().iter().any(|field| meant.starts_with(field.name)) => {
            format!("manifests call it `{meant}`")
        }
        (_, Some(meant)) => format!("did you mean `{meant}`?"),
        _ if R::fields().len() == 1 => format!("the only field here is {}", alternatives(names())),
        _ => format!("the fields here are {}", all_of(names())),
    };
    Diagnostic::error("unknown-field", format!("unknown field `{}`", entry.name), entry.place).help(help)
}

/// `absent` and `external` stand alone: what else is written would have no effect.
fn beside_mark(mark: &'static str, entries: &[MapEntry<'_>]) -> Option<Diagnostic> {
    let place = entries.iter().find(|entry| entry.name == mark)?.place;
    let stands_beside = |entry: &&MapEntry<'_>| {
        entry.name != mark && !matches!(entry.name.as_ref(), "kind" | "name") && !entry.name.starts_with("x-")
    };
    let other = entries.iter().find(stands_beside)?;
    let message = format!("`{}` has no effect beside `{mark}: true`", other.name);
    Some(
        Diagnostic::error("stands-alone", message, other.place)
            .also(place, format!("`{mark}` stands alone"))
            .help(format!("delete either `{mark}` or everything else")),
    )
}
