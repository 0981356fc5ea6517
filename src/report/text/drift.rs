//! Drift for whoever is woken by it: what differs, grouped by who did what.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write;

use jiff::Timestamp;

use crate::drift::{Coverage, Drifted, Entry, Ignored, Report, Sort, Untold, Verdict};
use crate::model::{Action, FieldChange, Plan, Sources, Value};
use crate::report::values::shown;

use super::super::Cost;

use super::plan::{gaps, narrowed, refusals, unmanaged};
use super::style::Style;
use super::{counted, printable};

/// How many objects are listed below one cause.
const FEW: usize = 20;

/// How many characters of a value are shown.
const LONGEST: usize = 160;

/// The whole report with its last line; ends with a line break. `expand` lists every object.
pub fn drift(report: &Report, plan: &Plan, sources: &Sources, cost: Cost, style: Style, expand: bool) -> String {
    let mut text = String::new();
    let mut organizations: BTreeMap<&str, Vec<&Drifted>> = BTreeMap::new();
    for drifted in &report.drifted {
        let organization = drifted.change.address.namespace();
        organizations.entry(organization).or_default().push(drifted);
    }
    for (organization, drifted) in organizations {
        let _ = writeln!(text, "{}", style.bold(&printable(organization)));
        for (cause, items) in by_cause(&drifted) {
            let _ = writeln!(text, "  {}", printable(&cause.headline));
            let (few, rest) = items.split_at(if expand { items.len() } else { items.len().min(FEW) });
            few.iter().for_each(|each| item(&mut text, each, sources, style));
            if !rest.is_empty() {
                let hint = style.faint("  (--expand lists them)");
                let _ = writeln!(text, "    and {} more{hint}", rest.len());
            }
        }
        text.push('\n');
    }
    ignored(&mut text, &report.ignored, style);
    unmanaged(&mut text, plan, style, expand);
    gaps(&mut text, plan, style, expand);
    refusals(&mut text, plan, style, expand);
    narrowed(&mut text, plan, style);
    if let Some(line) = report.coverage.as_ref().and_then(covered) {
        let _ = writeln!(text, "{line}");
    }
    if report.drifted.is_empty() && plan.gaps.is_empty() {
        text.push_str("No drift: what is declared is as it should be.\n");
    }
    let _ = writeln!(text, "{}", last_line(report, plan, cost));
    text
}

/// What came of one entry of the log, or is explained by none.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Cause {
    rank: u8,
    newest: Reverse<Option<Timestamp>>,
    headline: String,
}

/// An object, or some of its fields.
struct Item<'a> {
    drifted: &'a Drifted,
    fields: Vec<&'a FieldChange>,
    verdict: &'a Verdict,
}

/// What others did comes first, the newest of it before the rest.
fn by_cause<'a>(all: &[&'a Drifted]) -> BTreeMap<Cause, Vec<Item<'a>>> {
    let mut causes: BTreeMap<Cause, Vec<Item<'a>>> = BTreeMap::new();
    for drifted in all {
        for (field, verdict) in &drifted.verdicts {
            let change = field.and_then(|field| drifted.change.field(field));
            let items = causes.entry(cause(verdict)).or_default();
            match items.last_mut().filter(|item| item.drifted.change == drifted.change) {
                Some(item) => item.fields.extend(change),
                None => items.push(Item {
                    drifted,
                    fields: change.into_iter().collect(),
                    verdict,
                }),
            }
        }
    }
    causes
}

fn cause(verdict: &Verdict) -> Cause {
    let (rank, newest) = match verdict {
        Verdict::Changed(entry) => (0, Some(entry.time)),
        Verdict::Untold(_) => (1, None),
        Verdict::Unapplied { .. } => (2, None),
        Verdict::Applying => (3, None),
    };
    Cause {
        rank,
        newest: Reverse(newest),
        headline: told(verdict),
    }
}

/// A verdict as a sentence without a full stop.
pub fn told(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Changed(entry) => did(entry),
        Verdict::Untold(why) => untold(why),
        Verdict::Unapplied { since, .. } => format!(
            "not applied yet: nobody else has touched it since quayform last wrote here, at {}",
            second(*since)
        ),
        Verdict::Applying => "an apply is under way, and has not done this yet".to_owned(),
    }
}

fn untold(why: &Untold) -> String {
    let why = match why {
        Untold::NoEntrySince(since) => format!("the usage log has no entry about it since {}", second(*since)),
        Untold::NoEntryIn(pages) => format!(
            "the newest {} of the usage log have no entry about it (--max-log-pages reads more)",
            counted(*pages, "page")
        ),
        Untold::NotLogged(entry) => format!("it came after {}, and left no entry", did(entry)),
        Untold::NoLog => "it stands in no organization's usage log".to_owned(),
        Untold::NoOrganization => "the registry has no such organization, and so no usage log of it".to_owned(),
        Untold::Unreadable(reason) => format!("the usage log cannot be read ({reason})"),
    };
    format!("nobody is named: {why}")
}

/// `carol did org_set_team_role at 2026-01-31 12:00:00 UTC from 192.0.2.7, by the application ansible`.
fn did(entry: &Entry) -> String {
    let who = entry.performer.as_deref().unwrap_or("somebody who is not named");
    let from = match entry.ip.as_str() {
        "" => String::new(),
        ip => format!(" from {ip}"),
    };
    let by = entry
        .application
        .as_ref()
        .map(|name| format!(", by the application {name}"));
    let (event, time) = (&entry.event, second(entry.time));
    format!("{who} did {event} at {time}{from}{}", by.unwrap_or_default())
}

fn second(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

fn item(text: &mut String, item: &Item<'_>, sources: &Sources, style: Style) {
    let change = &item.drifted.change;
    let place = change.origin.and_then(|origin| sources.locate(origin.place));
    let place = place.map(|(path, line, _)| format!("  {}:{line}", path.display()));
    let (word, address) = (item.drifted.sort.word(), printable(&change.address.to_string()));
    let place = style.faint(&place.unwrap_or_default());
    let _ = writeln!(text, "    {word:<8} {address}{place}");
    if change.action == Action::Blocked {
        let reason = printable(change.reason.as_deref().unwrap_or_default());
        let _ = writeln!(text, "        {}", style.alarm(&format!("blocked: {reason}")));
    }
    if item.drifted.sort == Sort::Differs {
        for field in &item.fields {
            let value = |value: &Option<Value>| {
                value.as_ref().map_or("nothing".to_owned(), |it| {
                    short(&shown(change.address.kind, field.name, it))
                })
            };
            let (live, declared) = (value(&field.before), value(&field.after));
            let _ = writeln!(text, "        {}: {live}, declared {declared}", field.name);
        }
    }
    if let Verdict::Unapplied { last: Some(entry), .. } = item.verdict {
        let line = format!("before that, {}", did(entry));
        let _ = writeln!(text, "        {}", style.faint(&printable(&line)));
    }
}

/// A value on one line.
fn short(value: &str) -> String {
    let line = printable(&value.trim_end().replace('\n', "⏎"));
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None if line.is_empty() => "''".to_owned(),
        None => line,
    }
}

fn ignored(text: &mut String, all: &[Ignored], style: Style) {
    for ignored in all.iter().take(FEW) {
        let fields: Vec<&str> = ignored.change.fields.iter().map(|field| field.name).collect();
        let fields = match (&ignored.rule.field, ignored.sort) {
            (Some(_), _) => format!(" ({})", fields.join(", ")),
            _ => String::new(),
        };
        let until = ignored
            .rule
            .until
            .map_or(String::new(), |until| format!(" until {until}"));
        let line = format!(
            "ignored{until}: {} {}{fields}: {}",
            ignored.change.address,
            ignored.sort.word(),
            ignored.rule.reason
        );
        let _ = writeln!(text, "{}", style.faint(&printable(&line)));
    }
    if let Some(more) = all.len().checked_sub(FEW + 1) {
        let _ = writeln!(text, "{}", style.faint(&format!("ignored: {} more", more + 1)));
    }
    if !all.is_empty() {
        text.push('\n');
    }
}

/// `Coverage: 9 of 12 live objects are managed (75 %): repository 3 of 5, robot 2 of 3.`
fn covered(coverage: &Coverage) -> Option<String> {
    let total = coverage.total();
    let percent = (total.managed * 100).checked_div(total.live)?;
    let partly = coverage
        .kinds
        .iter()
        .filter(|(_, covered)| covered.managed < covered.live);
    let partly: Vec<String> = partly
        .map(|(kind, covered)| format!("{kind} {} of {}", covered.managed, covered.live))
        .collect();
    let partly = if partly.is_empty() {
        String::new()
    } else {
        format!(": {}", partly.join(", "))
    };
    let (managed, live) = (total.managed, total.live);
    Some(format!(
        "Coverage: {managed} of {live} live objects are managed ({percent} %){partly}."
    ))
}

fn last_line(report: &Report, plan: &Plan, cost: Cost) -> String {
    let tally = report.tally();
    let figures = [
        (tally.changed, "changed by others"),
        (tally.untold, "with nobody named"),
        (tally.unapplied, "not applied yet"),
        (tally.applying, "being applied"),
        (tally.blocked, "of them blocked"),
        (tally.ignored, "ignored"),
        (plan.summary.deferred, "deferred"),
        (plan.summary.unchanged, "unchanged"),
        (plan.summary.unmanaged, "unmanaged"),
    ];
    let parts = figures.iter().filter(|(number, _)| *number > 0);
    let parts: Vec<String> = parts.map(|(number, what)| format!("{number} {what}")).collect();
    let what = match (parts.is_empty(), plan.gaps.is_empty()) {
        (false, _) => parts.join(", "),
        (true, true) => "nothing declared".to_owned(),
        (true, false) => "nothing could be compared".to_owned(),
    };
    let requests = counted(cost.read + report.log_requests, "request");
    let logs = match report.log_requests {
        0 => String::new(),
        number => format!(" Usage logs took {number} of them."),
    };
    format!("Drift: {what}. Read {requests} in {:.1} s.{logs}", cost.seconds)
}
