//! A plan, grouped by organization.

use std::collections::BTreeMap;
use std::fmt::Write;

use jiff::Timestamp;

use crate::model::{Action, Address, Change, Plan, Reversibility, Sources};

use super::super::Cost;

use super::fields::fields;
use super::fold::{Line, fold, summary};
use super::shifts::shifts;
use super::style::Style;
use super::{counted, first_of, printable};

/// How many names are listed where the list is no change by itself.
const NAMES: usize = 10;

/// How many of a kind are named within a line.
const FEW: usize = 5;

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
                Line::Many(many) => folded(&mut text, &many, style),
            }
        }
        text.push('\n');
    }
    text.push_str(&shifts(plan, sources, style, expand));
    unmanaged(&mut text, plan, style);
    gaps(&mut text, plan, style);
    refusals(&mut text, plan, style);
    narrowed(&mut text, plan, style);
    if let Some(verdict) = verdict(plan) {
        write(&mut text, format_args!("{verdict}\n"));
    }
    write(&mut text, format_args!("{}\n", last_line(plan, cost)));
    text
}

/// Writing to a String cannot fail.
fn write(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    let _ = text.write_fmt(arguments);
}

fn change(text: &mut String, change: &Change, sources: &Sources, style: Style) {
    let place = change.origin.and_then(|origin| sources.locate(origin.place));
    let layer = change.origin.and_then(|origin| sources.layer(origin.place));
    let layer = layer
        .map(|matches| format!(", for {}", printable(matches)))
        .unwrap_or_default();
    let place = place
        .map(|(path, line, _)| format!("  {}:{line}{layer}", path.display()))
        .unwrap_or_default();
    let (sign, address) = (style.sign(change.action), printable(&change.address.to_string()));
    write(text, format_args!("  {sign} {address}{}\n", style.faint(&place)));
    let stands_still = !change.action.writes();
    if let Some(reason) = &change.reason {
        let reason = printable(reason);
        let reason = if stands_still { reason } else { style.faint(&reason) };
        write(text, format_args!("      {reason}\n"));
    }
    if change.action != Action::Delete {
        fields(text, change);
    }
    losses(text, change, style);
}

/// What cannot be brought back, and what goes besides.
fn losses(text: &mut String, change: &Change, style: Style) {
    let lost = match change.reversibility {
        Reversibility::Reversible => None,
        Reversibility::Lossy(lost) => Some(format!("loses {lost}")),
        Reversibility::Irreversible(lost) => Some(format!("irreversible: loses {lost}")),
    };
    if let Some(lost) = lost {
        write(text, format_args!("      {}\n", style.alarm(&lost)));
    }
    if !change.takes_along.is_empty() {
        let names = printable(&by_kind(&change.takes_along));
        write(text, format_args!("      takes along: {names}\n"));
    }
}

/// The objects, kind by kind, the first few of each by name.
fn by_kind(addresses: &[Address]) -> String {
    let mut kinds: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for address in addresses {
        kinds.entry(address.kind).or_default().push(&address.identity);
    }
    let kinds = kinds.into_iter();
    let parts: Vec<String> = kinds
        .map(|(kind, names)| format!("{kind} {}", first_of(&names, FEW)))
        .collect();
    parts.join("; ")
}

fn folded(text: &mut String, many: &[&Change], style: Style) {
    let sign = many.first().map(|change| style.sign(change.action)).unwrap_or_default();
    let summary = printable(&summary(many));
    let hint = style.faint("  (plan --expand lists them)");
    write(text, format_args!("  {sign} {summary}{hint}\n"));
}

pub(super) fn unmanaged(text: &mut String, plan: &Plan, style: Style) {
    let mut kinds: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for address in &plan.unmanaged {
        kinds
            .entry((address.namespace(), address.kind))
            .or_default()
            .push(&address.identity);
    }
    for ((namespace, kind), names) in kinds {
        let line = format!("unmanaged in {namespace}: {kind} {}", first_of(&names, FEW));
        write(text, format_args!("{}\n", style.faint(&printable(&line))));
    }
    if !plan.unmanaged.is_empty() {
        text.push('\n');
    }
}

pub(super) fn gaps(text: &mut String, plan: &Plan, style: Style) {
    if plan.gaps.is_empty() {
        return;
    }
    for gap in &plan.gaps {
        let (label, target) = (style.alarm("cannot be read:"), printable(&gap.target));
        write(text, format_args!("{label} GET {target}\n"));
        write(text, format_args!("    {}\n", printable(&gap.reason)));
    }
    let names: Vec<&str> = plan.unreadable.iter().map(String::as_str).collect();
    if !names.is_empty() {
        let names = printable(&names.join(", "));
        let line = format!("Nothing in {names} is planned or written until all of it can be read.");
        write(text, format_args!("{}\n", style.alarm(&line)));
    }
    write(text, format_args!("  {}\n\n", way_out_of_gaps(plan)));
}

fn way_out_of_gaps(plan: &Plan) -> &'static str {
    let about_rights = |reason: &str| reason.contains("token") || reason.contains("administrator");
    if plan.gaps.iter().any(|gap| about_rights(&gap.reason)) {
        "use the token of an administrator of the organization, with the scopes org:admin, repo:admin and user:admin"
    } else {
        "try again; if it stays so, look at the server's log"
    }
}

pub(super) fn refusals(text: &mut String, plan: &Plan, style: Style) {
    for refusal in &plan.refusals {
        let label = style.alarm(&format!("refused by {}:", refusal.guard));
        write(text, format_args!("{label} {}\n", printable(&refusal.message)));
        let (shown, rest) = refusal.addresses.split_at(refusal.addresses.len().min(NAMES));
        for address in shown {
            write(text, format_args!("    {}\n", printable(&address.to_string())));
        }
        if !rest.is_empty() {
            write(text, format_args!("    and {} more\n", rest.len()));
        }
        for remark in &refusal.remarks {
            write(text, format_args!("    note: {}\n", printable(remark)));
        }
        write(text, format_args!("  {}\n\n", printable(&refusal.way_out)));
    }
}

/// What was chosen, what came along, and what could not.
pub(super) fn narrowed(text: &mut String, plan: &Plan, style: Style) {
    let Some(narrowed) = &plan.narrowed else { return };
    let chosen: Vec<&str> = narrowed
        .targets
        .iter()
        .chain(&narrowed.paths)
        .map(String::as_str)
        .collect();
    let mut parts = Vec::new();
    parts.extend((!chosen.is_empty()).then(|| format!("narrowed to {}", chosen.join(", "))));
    parts.extend((!narrowed.exclude.is_empty()).then(|| format!("without {}", narrowed.exclude.join(", "))));
    let line = printable(&format!("This plan is {}.", parts.join(", ")));
    write(text, format_args!("{}\n", style.bold(&line)));
    if !narrowed.pulled_in.is_empty() {
        let names = printable(&by_kind(&narrowed.pulled_in));
        write(text, format_args!("  also, since it must come before: {names}\n"));
    }
    for (address, cause) in narrowed.left_out.iter().take(NAMES) {
        let line = printable(&format!("{address}, because of {cause}, which stays as it is"));
        write(text, format_args!("  left out: {line}\n"));
    }
    if let Some(more) = narrowed.left_out.len().checked_sub(NAMES + 1) {
        write(text, format_args!("  left out: {} more\n", more + 1));
    }
    text.push('\n');
}

/// In words, where the figures alone would leave a doubt.
fn verdict(plan: &Plan) -> Option<&'static str> {
    if !plan.gaps.is_empty() || plan.summary.writes() > 0 {
        return None;
    }
    Some(match (plan.summary.blocked, plan.summary.deferred) {
        (0, 0) if plan.narrowed.is_some() => "Nothing to do here; the rest was not looked at.",
        (0, 0) => "Nothing to do: the registry is as the manifests say.",
        (_, 0) => "Nothing can be done: all that differs is blocked.",
        _ => "Nothing can be done now: what differs waits for the server, or is blocked.",
    })
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
    let what = match (parts.is_empty(), plan.gaps.is_empty()) {
        (false, _) => parts.join(", "),
        (true, true) => "nothing declared".to_owned(),
        (true, false) => "nothing could be compared".to_owned(),
    };
    let requests = counted(cost.read, "request");
    let saved = cost.recalled.map_or(String::new(), |recalled| {
        format!(
            "; {} more came from the cache of {}",
            recalled.requests,
            minute(recalled.since)
        )
    });
    format!(
        "Plan: {what}. Read {requests} in {:.1} s{saved}. Estimated: {} in {:.1} s.",
        cost.seconds, cost.estimated_read, cost.estimated_seconds
    )
}

/// An instant to the minute.
fn minute(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M UTC").to_string()
}
