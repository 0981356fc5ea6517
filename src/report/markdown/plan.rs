//! A plan as Markdown.

use std::collections::HashMap;

use crate::model::{Action, Change, Plan, Refusal, Reversibility, Severity, Shift, Subject};
use crate::report::Report;
use crate::report::access::{Causes, NAMED, TOLD, Told, gainers, told};
use crate::report::fold::{self, Depth, Section};
use crate::report::text::{self, Style};
use crate::report::words::{by_kind, counted, figures, first_of};

use super::escape::{self, block, code, fitting, html, prose};
use super::page::{List, Page};

/// How many changes are told one by one among those that must not be overlooked.
const ONE_BY_ONE: usize = 50;

/// How many addresses of a refusal or of a fold are named.
const ADDRESSES: usize = 10;

/// How many people and repositories a line about access names where there are few such lines: a pattern leaves a
/// reviewer to guess.
const NAMED_WHERE_FEW: usize = 12;

/// How many lines of changes are open from the start.
const OPEN: usize = 60;

/// What is left for the last sentences.
const ENDING: usize = 700;

/// Where everything is.
const REST: &str = "\nLike changes are folded in here, and what does not fit is left out: `quayform plan --format json` has each of \
                    them, and `--format html` shows them.\n";

/// The document of one plan, of at most `limit` bytes: the answers first, then what must not be overlooked, and then all
/// changes by organization, folded as much as it takes.
pub fn plan(report: &Report<'_>, limit: usize) -> String {
    let mut page = Page::new(limit);
    page.push(&heading(report));
    page.push(&answers(report));
    page.lists(lists(report), ENDING + limit / 4);
    changes(&mut page, report);
    page.push(&ending(report));
    page.finish(REST)
}

fn heading(report: &Report<'_>) -> String {
    let name = report.name.map(|name| format!(" ({})", code(name))).unwrap_or_default();
    let summary = &report.plan.summary;
    let what = match figures(summary) {
        none if none.is_empty() => "nothing declared".to_owned(),
        figures => figures,
    };
    let lead = match report.lead {
        "" => String::new(),
        lead => format!("{}\n\n", prose(lead)),
    };
    format!(
        "### {} for {}{name}\n\n{lead}**{what}**\n\n",
        report.title,
        code(report.registry)
    )
}

/// What everybody asks first.
fn answers(report: &Report<'_>) -> String {
    let plan = report.plan;
    let mut lines = vec![losses(plan), gains(plan)];
    if !plan.refusals.is_empty() {
        let mut guards: Vec<&str> = plan.refusals.iter().map(|refusal| refusal.guard).collect();
        guards.dedup();
        let guards: Vec<String> = guards.into_iter().map(code).collect();
        lines.push(format!(
            "**Refused** by {}: nothing is applied while this stands.",
            first_of(&guards, NAMED)
        ));
    }
    if !plan.gaps.is_empty() {
        let names: Vec<String> = plan.unreadable.iter().map(|name| code(name)).collect();
        let what = match names.len() {
            0 => "the rest of the plan is of what could".to_owned(),
            _ => format!("nothing in {} is planned", first_of(&names, NAMED)),
        };
        lines.push(format!("**Not all could be read**: {what}."));
    }
    if report.diagnostics.has_errors() {
        lines.push("**There are errors**: nothing is applied while they stand.".to_owned());
    }
    if !plan.breaches.is_empty() {
        lines.push("**The order is not safe**, which is a mistake of quayform's: nothing is applied.".to_owned());
    }
    if plan.summary.blocked > 0 {
        lines.push(format!("**{}** blocked: it stays as it is.", plan.summary.blocked));
    }
    if plan.narrowed.is_some() {
        lines.push("This is a **part** of what the manifests say: it was narrowed.".to_owned());
    }
    lines.iter().map(|line| format!("- {line}\n")).collect()
}

/// The changes that take something away for good, the gravest first.
fn lossy(plan: &Plan) -> Vec<&Change> {
    let is_lossy = |change: &&Change| change.action.writes() && change.reversibility != Reversibility::Reversible;
    let mut lossy: Vec<&Change> = plan.changes.iter().filter(is_lossy).collect();
    lossy.sort_by_key(|change| std::cmp::Reverse(change.reversibility));
    lossy
}

fn losses(plan: &Plan) -> String {
    let lossy = lossy(plan);
    if lossy.is_empty() {
        return "Nothing is lost for good.".to_owned();
    }
    let names: Vec<String> = lossy.iter().map(|change| code(&change.address.to_string())).collect();
    format!(
        "**Lost for good** with {}: {}.",
        counted(lossy.len(), "change"),
        first_of(&names, NAMED)
    )
}

fn gains(plan: &Plan) -> String {
    if plan.access.gained.is_empty() {
        return "Nobody gains access.".to_owned();
    }
    let (subjects, more) = gainers(plan, NAMED);
    let name = |(subject, word): &(&Subject, &str)| match subject {
        Subject::Anyone => format!("**anyone** ({word})"),
        Subject::Account(name) => format!("{} ({word})", code(name)),
        Subject::Team(name) => format!("members of team {} ({word})", code(name)),
    };
    let names: Vec<String> = subjects.iter().map(name).collect();
    let more = match more {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("**Access gained** by {}{more}.", names.join(", "))
}

fn lists(report: &Report<'_>) -> Vec<List> {
    let plan = report.plan;
    let causes = Causes::new(plan, report.declared, report.sources);
    let access = |shifts: &[Shift], gains| {
        let most = if shifts.len() <= TOLD { NAMED_WHERE_FEW } else { NAMED };
        told(shifts, gains, &causes, most).iter().map(shift).collect()
    };
    let list = |heading: &str, entries: Vec<String>| List {
        heading: heading.to_owned(),
        entries,
    };
    let still = |action| plan.changes.iter().filter(move |change| change.action == action);
    let lists = [
        list("Who changed it", remarks(report)),
        list("Lost for good", entries(lossy(plan), report)),
        list("Access gained", access(&plan.access.gained, true)),
        list("Refused by guards", plan.refusals.iter().map(refusal).collect()),
        list(
            "Could not be read",
            plan.gaps
                .iter()
                .map(|gap| format!("{}: {}", code(&format!("GET {}", gap.target)), prose(&gap.reason)))
                .collect(),
        ),
        list("Errors", findings(report, Severity::Error)),
        list("Blocked", entries(still(Action::Blocked).collect(), report)),
        list("Access lost", access(&plan.access.lost, false)),
        list("Deferred", entries(still(Action::Deferred).collect(), report)),
        list("Warnings", findings(report, Severity::Warning)),
    ];
    lists.into_iter().filter(|list| !list.entries.is_empty()).collect()
}

/// Changes one by one, or folded where they are many.
fn entries(changes: Vec<&Change>, report: &Report<'_>) -> Vec<String> {
    let depths = [Depth::Nothing, Depth::Kinds, Depth::Organizations];
    let folded = depths.map(|depth| fold::fold(changes.iter().copied(), depth, report.declared));
    let lines = |sections: &[Section<'_>]| sections.iter().map(|section| section.groups.len()).sum::<usize>();
    let fitting = folded.iter().find(|sections| lines(sections) <= ONE_BY_ONE);
    let sections = fitting.or(folded.last()).map_or(&[][..], Vec::as_slice);
    let mut groups: Vec<_> = sections.iter().flat_map(|section| &section.groups).collect();
    groups.sort_by_key(|group| {
        let worth = group.changes.first().map(|change| change.reversibility);
        std::cmp::Reverse(worth)
    });
    groups
        .into_iter()
        .filter_map(|group| entry(&group.changes, &group.title))
        .collect()
}

fn entry(changes: &[&Change], title: &str) -> Option<String> {
    let first = changes.first()?;
    let what = match changes {
        [one] => code(&one.address.to_string()),
        several => {
            let names: Vec<String> = several.iter().map(|change| code(&change.address.identity)).collect();
            format!("{}: {}", code(title), first_of(&names, ADDRESSES))
        }
    };
    let mut parts = vec![format!("{} {what}", first.action.word())];
    parts.extend(match first.reversibility {
        Reversibility::Reversible => None,
        Reversibility::Lossy(lost) => Some(format!("loses {lost}")),
        Reversibility::Irreversible(lost) => Some(format!("**irreversible**, loses {lost}")),
    });
    let along = by_kind(changes.iter().flat_map(|change| &change.takes_along));
    parts.extend((!along.is_empty()).then(|| format!("takes along {}", prose(&along))));
    let stands_still = !first.action.writes();
    parts.extend(
        first
            .reason
            .as_ref()
            .filter(|_| stands_still)
            .map(|reason| prose(reason)),
    );
    Some(parts.join("; "))
}

fn shift(told: &Told<'_>) -> String {
    let who = match told.who.as_str() {
        "anyone" => "**anyone**".to_owned(),
        who => prose(who),
    };
    let cause = match told.cause.as_str() {
        "" => String::new(),
        cause => format!(" ({})", code(cause)),
    };
    format!("{who}: **{}** {}{cause}", prose(&told.what), prose(&told.place))
}

fn refusal(refusal: &Refusal) -> String {
    let addresses: Vec<String> = refusal
        .addresses
        .iter()
        .map(|address| code(&address.to_string()))
        .collect();
    let objects = match addresses.len() {
        0 => String::new(),
        _ => format!(": {}", first_of(&addresses, ADDRESSES)),
    };
    let remarks: String = refusal
        .remarks
        .iter()
        .map(|remark| format!(". Note: {}", prose(remark)))
        .collect();
    format!(
        "**{}**: {}{objects}{remarks}. The way out: {}",
        code(refusal.guard),
        prose(&refusal.message),
        prose(&refusal.way_out)
    )
}

/// What is known besides, each with all objects that it is known of.
fn remarks(report: &Report<'_>) -> Vec<String> {
    let mut told: Vec<(&str, Vec<String>)> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for (address, said) in report.remarks {
        let place = *places.entry(said).or_insert_with(|| {
            told.push((said, Vec::new()));
            told.len() - 1
        });
        if let Some((_, addresses)) = told.get_mut(place) {
            addresses.push(code(&address.to_string()));
        }
    }
    let told = told.into_iter();
    told.map(|(said, addresses)| format!("{}: {}", prose(said), first_of(&addresses, ADDRESSES)))
        .collect()
}

fn findings(report: &Report<'_>, severity: Severity) -> Vec<String> {
    let meant = report.diagnostics.iter().filter(|found| found.severity == severity);
    meant
        .map(|found| super::failure::finding(found, report.sources))
        .collect()
}

/// All changes, folded no more than it takes.
fn changes(page: &mut Page, report: &Report<'_>) {
    if report.plan.changes.is_empty() {
        return;
    }
    page.push("\n#### All changes, by organization\n\n");
    let room = page.room(ENDING);
    for depth in [Depth::Grants, Depth::Alike, Depth::Subjects, Depth::Kinds] {
        let sections = fold::fold(&report.plan.changes, depth, report.declared);
        // What is longer than that is no text that anybody reads.
        if fold::height(&sections) * 20 > room {
            continue;
        }
        let open = fold::height(&sections) <= OPEN;
        let texts: Vec<String> = sections
            .iter()
            .map(|each| section(each, report, open, usize::MAX))
            .collect();
        if texts.iter().map(String::len).sum::<usize>() <= room {
            page.push(&texts.concat());
            if sections
                .iter()
                .any(|section| section.groups.iter().any(|group| group.only().is_none()))
            {
                page.cut();
            }
            return;
        }
    }
    for each in fold::fold(&report.plan.changes, Depth::Organizations, report.declared) {
        let text = section(&each, report, true, room.saturating_sub(400));
        page.cut();
        page.push(&text);
    }
}

/// One organization, or all of them in one, with as many lines as fit.
fn section(section: &Section<'_>, report: &Report<'_>, open: bool, most: usize) -> String {
    let lines = text::section(section, report.sources, Style::default(), false);
    // A sign at the start of a line gives it its colour.
    let lines = escape::lines(lines.lines().map(|line| line.strip_prefix("  ").unwrap_or(line)));
    let open = if open { " open" } else { "" };
    format!(
        "<details{open}><summary><code>{}</code>: {}</summary>\n\n{}\n</details>\n",
        html(&section.title()),
        counted(section.changes().count(), "change"),
        block("diff", fitting(&lines, most))
    )
}

fn ending(report: &Report<'_>) -> String {
    let mut text = String::new();
    if let Some(digest) = report.digest {
        let digest = code(digest);
        text.push_str(&format!(
            "\nSaved with the digest {digest}: `quayform apply FILE --digest …` with it carries out exactly this.\n"
        ));
    }
    text.push_str(&format!(
        "\n{} and {:.1} s to read.\n",
        counted(report.cost.read, "request"),
        report.cost.seconds
    ));
    text
}
