//! Who gains and who loses what by a plan.

use std::collections::HashMap;
use std::fmt::Write;

use crate::model::{Address, Ground, Origin, Plan, Shift, Sources, Subject};

use super::style::Style;
use super::{first_of, printable};

/// How many people, repositories and places a line names before it counts them.
const NAMED: usize = 5;

/// Both lists, or nothing where nobody may do more or less. `expand` names everybody and everything.
pub(super) fn shifts(plan: &Plan, sources: &Sources, style: Style, expand: bool) -> String {
    let mut text = String::new();
    let origins = plan
        .changes
        .iter()
        .filter_map(|change| Some((&change.address, change.origin?)));
    let origins: HashMap<&Address, Origin> = origins.collect();
    for (heading, all, gains) in [
        ("Access gained", &plan.access.gained, true),
        ("Access lost", &plan.access.lost, false),
    ] {
        if all.is_empty() {
            continue;
        }
        let is_cut = |shift: &Shift| !expand && (shift.subjects.len() > NAMED || is_many(&shift.on, NAMED));
        let hint = if all.iter().any(is_cut) {
            "  (plan --expand names all)"
        } else {
            ""
        };
        let _ = writeln!(text, "{}{}", style.bold(heading), style.faint(hint));
        for shift in all {
            let cause = style.faint(&cause(shift, &origins, sources));
            let _ = writeln!(text, "  {}{cause}", printable(&line(shift, gains, expand)));
        }
        text.push('\n');
    }
    text
}

fn line(shift: &Shift, gains: bool, expand: bool) -> String {
    let limit = if expand { usize::MAX } else { NAMED };
    let who = first_of(&shift.subjects.iter().map(name).collect::<Vec<_>>(), limit);
    let what = match (gains, shift.before, shift.after) {
        (true, "none", after) => after.to_owned(),
        (true, before, after) => format!("{after} instead of {before}"),
        (false, before, "none") => format!("no more {before}"),
        (false, before, after) => format!("only {after} instead of {before}"),
    };
    let later = if shift.once_accepted {
        ", once the invitation is accepted"
    } else {
        ""
    };
    format!("{who}: {what} {}{later}", place(&shift.on, limit))
}

fn name(subject: &Subject) -> String {
    match subject {
        Subject::Team(team) => format!("members of team {team}"),
        other => other.to_string(),
    }
}

fn place(on: &Ground, limit: usize) -> String {
    match on {
        Ground::Organization(name) => format!("in organization {name}"),
        Ground::NextRepositories {
            organization,
            created_by,
        } => {
            let creator = created_by
                .as_ref()
                .map(|name| format!(" by {name}"))
                .unwrap_or_default();
            format!("on what is created later in {organization}{creator}")
        }
        Ground::Repositories(names) if is_many(on, limit) => {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            format!(
                "on {} repositories matching {}*",
                names.len(),
                super::fold::common_prefix(&names)
            )
        }
        Ground::Repositories(names) => format!("on {}", names.join(", ")),
    }
}

fn is_many(on: &Ground, limit: usize) -> bool {
    matches!(on, Ground::Repositories(names) if names.len() > limit)
}

/// The first line of a manifest that causes it, and how many other changes do.
fn cause(shift: &Shift, origins: &HashMap<&Address, Origin>, sources: &Sources) -> String {
    let place = |address: &Address| {
        let (path, line, _) = sources.locate(origins.get(address)?.place)?;
        Some(format!("{}:{line}", path.display()))
    };
    let first = shift.because.iter().find_map(place);
    match (first, shift.because.len()) {
        (None, _) => String::new(),
        (Some(place), 0 | 1) => format!("  {place}"),
        (Some(place), number) => format!("  {place} and {} more", number - 1),
    }
}
