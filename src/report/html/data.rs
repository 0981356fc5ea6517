//! What the page's script shows: short keys, since there may be thousands of entries.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value as Json, json};

use crate::model::{Address, Change, FieldChange, Reversibility, Value};
use crate::report::Report;
use crate::report::access::{Causes, told};
use crate::report::text::written;
use crate::report::values;

/// How many people and repositories a cell names; all of them are there to be searched and unfolded.
const IN_A_CELL: usize = 12;

/// The changes by organization, and who gains and loses what.
pub(super) fn data(report: &Report<'_>) -> Json {
    let mut organizations: BTreeMap<&str, Vec<Json>> = BTreeMap::new();
    let mut remarks: HashMap<&Address, Vec<&str>> = HashMap::new();
    for (address, said) in report.remarks {
        remarks.entry(address).or_default().push(said);
    }
    for each in &report.plan.changes {
        let remarks = remarks.get(&each.address).map_or(&[][..], Vec::as_slice);
        let namespace = each.address.namespace();
        organizations
            .entry(namespace)
            .or_default()
            .push(change(each, remarks, report));
    }
    let organizations = organizations.into_iter();
    let organizations = organizations.map(|(name, changes)| json!({ "name": name, "changes": changes }));
    json!({
        "registry": report.name.unwrap_or(report.registry),
        "organizations": organizations.collect::<Vec<_>>(),
        "gained": shifts(report, true),
        "lost": shifts(report, false),
        "unmanaged": report.plan.unmanaged,
    })
}

fn change(change: &Change, remarks: &[&str], report: &Report<'_>) -> Json {
    let origin = change.origin;
    let place = origin.and_then(|origin| report.sources.locate(origin.place));
    let layer = origin.and_then(|origin| report.sources.layer(origin.place));
    json!({
        "address": change.address,
        "kind": change.address.kind,
        "action": change.action.word(),
        "place": place.map(|(path, line, _)| format!("{}:{line}", path.display())),
        "layer": layer,
        "reason": change.reason,
        "fields": change.fields.iter().map(|field| self::field(change, field, report)).collect::<Vec<_>>(),
        "lost": change.reversibility.lost(),
        "irreversible": matches!(change.reversibility, Reversibility::Irreversible(_)),
        "along": change.takes_along,
        "after": change.after,
        "remarks": remarks,
    })
}

/// Name, before, after, note with the place of what is written elsewhere.
fn field(change: &Change, field: &FieldChange, report: &Report<'_>) -> Json {
    let shown = |value: &Option<Value>| {
        let value = value.as_ref();
        value.map(|value| values::shown(change.address.kind, field.name, value))
    };
    let place = change.place_of(field.name);
    let place = place.and_then(|place| written(place, report.sources));
    let note: Vec<String> = field.note.iter().map(ToString::to_string).chain(place).collect();
    let note = (!note.is_empty()).then(|| note.join("; "));
    json!([field.name, shown(&field.before), shown(&field.after), note])
}

/// Who, what, where, the line that causes it, and all names where not all are in the first three.
fn shifts(report: &Report<'_>, gains: bool) -> Vec<Json> {
    let causes = Causes::new(report.plan, report.declared, report.sources);
    let access = &report.plan.access;
    let shifts = if gains { &access.gained } else { &access.lost };
    let lines = told(shifts, gains, &causes, IN_A_CELL);
    let line = lines
        .into_iter()
        .map(|told| json!([told.who, told.what, told.place, told.cause, told.all()]));
    line.collect()
}
