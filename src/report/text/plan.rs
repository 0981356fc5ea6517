//! A plan, grouped by organization.

use std::collections::BTreeMap;
use std::fmt::Write;

use similar::{ChangeTag, TextDiff};

use crate::kinds::quota;
use crate::model::units::{Bytes, Duration};
use crate::model::{Action, Change, FieldChange, Plan, Sources, Value};

use super::super::Cost;
use super::fold::{Line, fold, summary};
use super::style::Style;

/// The whole plan with its last line; ends with a line break. `expand` writes every change by itself.
pub fn plan(plan: &Plan, sources: &Sources, cost: Cost, style: Style, expand: bool) -> String {
    let mut text = String::new();
    let mut groups: BTreeMap<&str, Vec<&Change>> = BTreeMap::new();
    for change in &plan.changes {
        groups.entry(change.address.namespace()).or_default().push(change);
    }
    for (namespace, changes) in groups {
        write(&mut text, format_args!("{}\n", style.bold(namespace)));
        let lines = if expand {
            changes.into_iter().map(Line::One).collect()
        } else {
            fold(&changes)
        };
        for line in lines {
            match line {
                Line::One(one) => change(&mut text, one, sources, style),
                Line::Many(many) => {
                    let sign = many.first().map(|change| style.sign(change.action)).unwrap_or_default();
                    write(&mut text, format_args!("  {sign} {}\n", summary(&many)));
                }
            }
        }
        text.push('\n');
    }
    unmanaged(&mut text, plan, style);
    gaps(&mut text, plan, style);
    refusals(&mut text, plan, style);
    write(&mut text, format_args!("{}\n", last_line(plan, cost)));
    text
}

/// Writing to a String cannot fail.
fn write(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    let _ = text.write_fmt(arguments);
}

fn change(text: &mut String, change: &Change, sources: &Sources, style: Style) {
    let place = change.origin.and_then(|origin| sources.locate(origin.place));
    let place = place
        .map(|(path, line, _)| format!("  {}:{line}", path.display()))
        .unwrap_or_default();
    write(
        text,
        format_args!(
            "  {} {}{}\n",
            style.sign(change.action),
            change.address,
            style.faint(&place)
        ),
    );
    if change.action != Action::Delete {
        for changed in &change.fields {
            field(text, change, changed);
        }
    }
    if let Some(reason) = &change.reason {
        write(text, format_args!("      {}\n", style.faint(reason)));
    }
    if let (Action::Delete, Some(loss)) = (change.action, change.loss) {
        write(
            text,
            format_args!("      {}\n", style.alarm(&format!("lost for good: {loss}"))),
        );
    }
}

fn field(text: &mut String, change: &Change, field: &FieldChange) {
    let shown = |value: &Option<Value>| value.as_ref().map(|value| shown(change, field.name, value));
    let note = field.note.map(|note| format!("  ({note})")).unwrap_or_default();
    match (shown(&field.before), shown(&field.after)) {
        (Some(before), Some(after)) if before.contains('\n') || after.contains('\n') => {
            write(text, format_args!("      {}:{note}\n", field.name));
            difference(text, &before, &after);
        }
        (Some(before), Some(after)) => {
            write(text, format_args!("      {}: {before} -> {after}{note}\n", field.name));
        }
        (None, Some(after)) if after.contains('\n') => {
            write(text, format_args!("      {}:{note}\n", field.name));
            difference(text, "", &after);
        }
        (None, Some(after)) => write(text, format_args!("      {}: {after}{note}\n", field.name)),
        (Some(before), None) => write(text, format_args!("      {}: {before}{note}\n", field.name)),
        (None, None) => {}
    }
}

/// Only the lines that differ, each with its sign.
fn difference(text: &mut String, before: &str, after: &str) {
    for line in TextDiff::from_lines(before, after).iter_all_changes() {
        let sign = match line.tag() {
            ChangeTag::Delete => '-',
            ChangeTag::Insert => '+',
            ChangeTag::Equal => ' ',
        };
        write(
            text,
            format_args!("        {sign} {}\n", line.value().trim_end_matches('\n')),
        );
    }
}

/// A value in the unit that manifests use.
fn shown(change: &Change, field: &str, value: &Value) -> String {
    match (change.address.kind, field, value) {
        (quota::NAME, "limit", Value::Integer(bytes)) => Bytes::new(*bytes as u64).to_string(),
        (_, "tag_expiration" | "sync_interval" | "skopeo_timeout", Value::Integer(seconds)) => {
            Duration::from_seconds(*seconds as u64).to_string()
        }
        _ => value.to_string(),
    }
}

fn unmanaged(text: &mut String, plan: &Plan, style: Style) {
    let mut kinds: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for address in &plan.unmanaged {
        kinds
            .entry((address.namespace(), address.kind))
            .or_default()
            .push(&address.identity);
    }
    for ((namespace, kind), names) in kinds {
        let (shown, rest) = names.split_at(names.len().min(5));
        let more = if rest.is_empty() {
            String::new()
        } else {
            format!(" and {} more", rest.len())
        };
        let line = format!("unmanaged in {namespace}: {kind} {}{more}", shown.join(", "));
        write(text, format_args!("{}\n", style.faint(&line)));
    }
    if !plan.unmanaged.is_empty() {
        text.push('\n');
    }
}

fn gaps(text: &mut String, plan: &Plan, style: Style) {
    for gap in &plan.gaps {
        write(
            text,
            format_args!(
                "{} GET {}: {}\n",
                style.alarm("cannot be read:"),
                gap.target,
                gap.reason
            ),
        );
    }
    for namespace in &plan.unreadable {
        let line = format!("nothing in {namespace} is written, since not all of it could be read");
        write(text, format_args!("{}\n", style.alarm(&line)));
    }
    if !plan.gaps.is_empty() {
        text.push('\n');
    }
}

fn refusals(text: &mut String, plan: &Plan, style: Style) {
    for refusal in &plan.refusals {
        write(
            text,
            format_args!(
                "{} {}\n",
                style.alarm(&format!("refused by {}:", refusal.guard)),
                refusal.message
            ),
        );
        for address in &refusal.addresses {
            write(text, format_args!("    {address}\n"));
        }
        write(text, format_args!("  {}\n\n", refusal.way_out));
    }
}

fn last_line(plan: &Plan, cost: Cost) -> String {
    let summary = &plan.summary;
    let figures = [
        (summary.create, "to create"),
        (summary.update, "to update"),
        (summary.replace, "to replace"),
        (summary.delete, "to delete"),
        (summary.blocked, "blocked"),
        (summary.deferred, "deferred"),
        (summary.unchanged, "unchanged"),
        (summary.unmanaged, "unmanaged"),
    ];
    let parts: Vec<String> = figures
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| format!("{number} {what}"))
        .collect();
    let what = if parts.is_empty() {
        "nothing declared".to_owned()
    } else {
        parts.join(", ")
    };
    format!("Plan: {what}. Read {} requests in {:.1} s.", cost.read, cost.seconds)
}
