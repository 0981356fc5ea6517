//! A plan, grouped by organization.

use std::collections::BTreeMap;
use std::fmt::Write;

use jiff::Timestamp;

use crate::model::{Action, Address, Change, Plan, Reversibility, Sources};
use crate::report::fold::{self, Depth, Group, Section};
use crate::report::words::{by_kind, figures};
use crate::report::{Cost, Report};

use super::fields::{fields, shared_fields, written};
use super::shifts::shifts;
use super::style::Style;
use super::{counted, first_of, printable};

/// How many names are listed where the list is no change by itself.
const NAMES: usize = 10;

/// How many of a kind are named within a line.
const FEW: usize = 5;

/// The whole plan with its last line; ends with a line break. `expand` writes every change by itself.
pub fn plan(report: &Report<'_>, style: Style, expand: bool) -> String {
    let (plan, sources) = (report.plan, report.sources);
    let mut text = String::new();
    let sections = if expand {
        fold::fold(&plan.changes, Depth::Nothing, &[])
    } else {
        fold::readable(&plan.changes, report.declared)
    };
    for section in &sections {
        write(
            &mut text,
            format_args!("{}\n", style.bold(&printable(&section.title()))),
        );
        text.push_str(&self::section(section, sources, style, true));
        text.push('\n');
    }
    text.push_str(&shifts(report, style, expand));
    unmanaged(&mut text, plan, style, expand);
    gaps(&mut text, plan, style, expand);
    refusals(&mut text, plan, style, expand);
    narrowed(&mut text, plan, style);
    if let Some(verdict) = verdict(plan) {
        write(&mut text, format_args!("{verdict}\n"));
    }
    write(&mut text, format_args!("{}\n", last_line(plan, report.cost)));
    text
}

/// The changes of one organization; `hints` says at folded ones how they are unfolded.
pub(crate) fn section(section: &Section<'_>, sources: &Sources, style: Style, hints: bool) -> String {
    let mut text = String::new();
    for group in &section.groups {
        match group.only() {
            Some(one) => change(&mut text, one, sources, style),
            None => folded(&mut text, group, sources, style, hints),
        }
    }
    text
}

/// One change by itself.
pub(crate) fn alone(one: &Change, sources: &Sources, style: Style) -> String {
    let mut text = String::new();
    change(&mut text, one, sources, style);
    text
}

/// Writing to a String cannot fail.
fn write(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    let _ = text.write_fmt(arguments);
}

fn change(text: &mut String, change: &Change, sources: &Sources, style: Style) {
    let place = change.origin.and_then(|origin| written(origin.place, sources));
    let place = place.map(|place| format!("  {place}")).unwrap_or_default();
    let (sign, address) = (style.sign(change.action), printable(&change.address.to_string()));
    write(text, format_args!("  {sign} {address}{}\n", style.faint(&place)));
    let stands_still = !change.action.writes();
    if let Some(reason) = &change.reason {
        let reason = printable(reason);
        let reason = if stands_still { reason } else { style.faint(&reason) };
        write(text, format_args!("      {reason}\n"));
    }
    if change.action != Action::Delete {
        fields(text, change, sources, style);
    }
    losses(text, change.reversibility, change.takes_along.iter(), style);
}

/// What cannot be brought back, and what goes besides.
fn losses<'a>(
    text: &mut String,
    reversibility: Reversibility,
    takes_along: impl Iterator<Item = &'a Address>,
    style: Style,
) {
    let lost = match reversibility {
        Reversibility::Reversible => None,
        Reversibility::Lossy(lost) => Some(format!("loses {lost}")),
        Reversibility::Irreversible(lost) => Some(format!("irreversible: loses {lost}")),
    };
    if let Some(lost) = lost {
        write(text, format_args!("      {}\n", style.alarm(&lost)));
    }
    let names = printable(&by_kind(takes_along));
    if !names.is_empty() {
        write(text, format_args!("      takes along: {names}\n"));
    }
}

fn folded(text: &mut String, group: &Group<'_>, sources: &Sources, style: Style, hints: bool) {
    let sign = group.changes.first().map(|change| style.sign(change.action));
    let (sign, title) = (sign.unwrap_or_default(), printable(&group.title));
    let hint = if hints {
        style.faint("  (plan --expand lists them)")
    } else {
        String::new()
    };
    write(text, format_args!("  {sign} {title}{hint}\n"));
    if group.is_told_by_its_title() {
        return;
    }
    if let Some(reason) = group.reason() {
        write(text, format_args!("      {}\n", style.faint(&printable(&reason))));
    }
    if group.changes.iter().any(|change| change.action != Action::Delete) {
        shared_fields(text, group, sources, style);
    }
    let lost = group.changes.first().map(|change| change.reversibility);
    losses(
        text,
        lost.unwrap_or(Reversibility::Reversible),
        group.changes.iter().flat_map(|change| &change.takes_along),
        style,
    );
}

pub(super) fn unmanaged(text: &mut String, plan: &Plan, style: Style, expand: bool) {
    let mut kinds: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    let (organizations, others): (Vec<&Address>, Vec<&Address>) = plan
        .unmanaged
        .iter()
        .partition(|address| address.kind == "organization");
    for address in others {
        kinds
            .entry((address.namespace(), address.kind))
            .or_default()
            .push(&address.identity);
    }
    let names: Vec<&str> = organizations.iter().map(|address| address.identity.as_str()).collect();
    let unnamed = (!names.is_empty()).then(|| format!("unmanaged: organization {}", first_of(&names, FEW)));
    let lines = kinds
        .into_iter()
        .map(|((namespace, kind), names)| format!("unmanaged in {namespace}: {kind} {}", first_of(&names, FEW)));
    let lines: Vec<String> = unnamed.into_iter().chain(lines).collect();
    let shown = if expand || lines.len() <= NAMES {
        lines.as_slice()
    } else {
        &[]
    };
    for line in shown {
        write(text, format_args!("{}\n", style.faint(&printable(line))));
    }
    if shown.len() < lines.len() {
        let line = format!("unmanaged: {}", by_kind(&plan.unmanaged));
        write(text, format_args!("{}\n", style.faint(&printable(&line))));
    }
    if !plan.unmanaged.is_empty() {
        text.push('\n');
    }
}

pub(super) fn gaps(text: &mut String, plan: &Plan, style: Style, expand: bool) {
    if plan.gaps.is_empty() {
        return;
    }
    let shown = if expand { plan.gaps.len() } else { NAMES };
    for gap in plan.gaps.iter().take(shown) {
        let (label, target) = (style.alarm("cannot be read:"), printable(&gap.target));
        write(text, format_args!("{label} GET {target}\n"));
        write(text, format_args!("    {}\n", printable(&gap.reason)));
    }
    more(text, "cannot be read:", plan.gaps.len(), shown);
    let names: Vec<&str> = plan.unreadable.iter().map(String::as_str).collect();
    if !names.is_empty() {
        let names = printable(&first_of(&names, if expand { usize::MAX } else { NAMES }));
        let line = format!("Nothing in {names} is planned or written until all of it can be read.");
        write(text, format_args!("{}\n", style.alarm(&line)));
    }
    write(text, format_args!("  {}\n\n", way_out_of_gaps(plan)));
}

/// How many there are besides those that are shown.
fn more(text: &mut String, what: &str, all: usize, shown: usize) {
    if let Some(rest @ 1..) = all.checked_sub(shown) {
        write(text, format_args!("{what} {rest} more  (plan --expand lists them)\n"));
    }
}

fn way_out_of_gaps(plan: &Plan) -> &'static str {
    let about_rights = |reason: &str| reason.contains("token") || reason.contains("administrator");
    if plan.gaps.iter().any(|gap| about_rights(&gap.reason)) {
        "use the token of an administrator of the organization, with the scopes org:admin, repo:admin and user:admin"
    } else {
        "try again; if it stays so, look at the server's log"
    }
}

pub(super) fn refusals(text: &mut String, plan: &Plan, style: Style, expand: bool) {
    let limit = if expand { plan.refusals.len() } else { NAMES };
    for refusal in plan.refusals.iter().take(limit) {
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
    more(text, "refused:", plan.refusals.len(), limit);
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
    let figures = figures(&plan.summary);
    let what = match (figures.is_empty(), plan.gaps.is_empty()) {
        (false, _) => figures,
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
