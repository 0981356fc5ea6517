//! The page around the data.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use super::Part;
use crate::model::{Change, Reversibility, Severity};
use crate::report::Report;
use crate::report::access::{NAMED, gainers, name};
use crate::report::words::{counted, figures, first_of, printable};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// How many objects of a refusal are named.
const ADDRESSES: usize = 100;

/// What stands at the top of a plan, without any script.
#[derive(Debug)]
pub(super) struct Head {
    title: String,
    lead: String,
    registry: String,
    figures: String,
    /// What everybody asks first, and whether it is a reason to look twice.
    answers: Vec<(bool, String)>,
    /// What keeps it from being applied, and what else there is to know: a heading and what is said.
    notes: Vec<(&'static str, Vec<String>)>,
    digest: Option<String>,
    cost: String,
}

impl Head {
    pub(super) fn of(report: &Report<'_>) -> Self {
        let name = report.name.map(|name| format!(" ({name})")).unwrap_or_default();
        Head {
            title: report.title.to_owned(),
            lead: printable(report.lead),
            registry: printable(&format!("{}{name}", report.registry)),
            figures: match figures(&report.plan.summary) {
                none if none.is_empty() => "nothing declared".to_owned(),
                figures => figures,
            },
            answers: answers(report),
            notes: notes(report),
            digest: report.digest.map(str::to_owned),
            cost: format!(
                "{} and {:.1} s to read",
                counted(report.cost.read, "request"),
                report.cost.seconds
            ),
        }
    }
}

fn answers(report: &Report<'_>) -> Vec<(bool, String)> {
    let plan = report.plan;
    let is_lossy = |change: &&Change| change.action.writes() && change.reversibility != Reversibility::Reversible;
    let lossy: Vec<String> = plan
        .changes
        .iter()
        .filter(is_lossy)
        .map(|change| change.address.to_string())
        .collect();
    let losses = match lossy.as_slice() {
        [] => (false, "Nothing is lost for good.".to_owned()),
        names => (true, format!("Lost for good: {}.", printable(&first_of(names, NAMED)))),
    };
    let gains = match gainers(plan, NAMED) {
        (names, _) if names.is_empty() => (false, "Nobody gains access.".to_owned()),
        (names, more) => {
            let names: Vec<String> = names
                .into_iter()
                .map(|(who, word)| format!("{} ({word})", name(who)))
                .collect();
            let more = if more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            };
            (
                true,
                printable(&format!("Access gained by {}{more}.", names.join(", "))),
            )
        }
    };
    let mut answers = vec![losses, gains];
    let stops = [
        (
            !plan.refusals.is_empty(),
            "Refused by a guard: nothing is applied while this stands.",
        ),
        (!plan.gaps.is_empty(), "Not all could be read."),
        (
            report.diagnostics.has_errors(),
            "There are errors: nothing is applied while they stand.",
        ),
        (
            !plan.breaches.is_empty(),
            "The order is not safe, which is a mistake of quayform's: nothing is applied.",
        ),
        (
            plan.narrowed.is_some(),
            "This is a part of what the manifests say: it was narrowed.",
        ),
    ];
    let stops = stops.into_iter().filter(|(holds, _)| *holds);
    answers.extend(stops.map(|(_, sentence)| (true, sentence.to_owned())));
    answers
}

fn notes(report: &Report<'_>) -> Vec<(&'static str, Vec<String>)> {
    let plan = report.plan;
    let refusals = plan.refusals.iter().map(|refusal| {
        let addresses: Vec<String> = refusal.addresses.iter().map(ToString::to_string).collect();
        let remarks: String = refusal
            .remarks
            .iter()
            .map(|remark| format!(" Note: {remark}."))
            .collect();
        format!(
            "{}: {}. {}.{remarks} The way out: {}",
            refusal.guard,
            refusal.message,
            first_of(&addresses, ADDRESSES),
            refusal.way_out
        )
    });
    let found = |severity: Severity| {
        let found = report
            .diagnostics
            .iter()
            .filter(move |found| found.severity == severity);
        found.map(|found| {
            let place = found
                .labels
                .first()
                .and_then(|(place, _)| report.sources.locate(*place));
            let place = place.map_or(String::new(), |(path, line, _)| format!("{}:{line}: ", path.display()));
            let help = found.help.as_ref().map_or(String::new(), |help| format!(". {help}"));
            format!("{place}{}: {}{help}", found.code, found.message)
        })
    };
    let notes = [
        ("Refused by guards", refusals.collect::<Vec<_>>()),
        (
            "Could not be read",
            plan.gaps
                .iter()
                .map(|gap| format!("GET {}: {}", gap.target, gap.reason))
                .collect(),
        ),
        ("Errors", found(Severity::Error).collect()),
        ("Warnings", found(Severity::Warning).collect()),
    ];
    notes.into_iter().filter(|(_, said)| !said.is_empty()).collect()
}

/// The whole page about one or several registries.
pub fn page(parts: &[Part]) -> String {
    let data: Vec<&Json> = parts.iter().map(|part| &part.data).collect();
    let title = parts.first().map_or("Plan", |part| part.head.title.as_str());
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy());
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                meta name="color-scheme" content="light dark";
                title { (title) " · quayform" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                @for (index, part) in parts.iter().enumerate() { (section(index, part)) }
                noscript { p { "The list of changes needs scripts; they are in this file and ask nobody for anything." } }
                script type="application/json" id="data" { (PreEscaped(embedded(&data))) }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    markup.into_string()
}

fn section(index: usize, part: &Part) -> Markup {
    let head = &part.head;
    html! {
        main data-part=(index) {
            header {
                h1 { (head.title) " for " code { (head.registry) } }
                @if !head.lead.is_empty() { p { (head.lead) } }
                p class="figures" { (head.figures) }
                ul class="answers" {
                    @for (looks_twice, sentence) in &head.answers {
                        li class=(if *looks_twice { "alarm" } else { "calm" }) { (sentence) }
                    }
                }
                @if let Some(digest) = &head.digest { p class="digest" { "Saved with the digest " code { (digest) } } }
            }
            @for (heading, said) in &head.notes { (note(heading, said)) }
            section class="access" { h2 { "Access" } div class="tables" {} }
            section class="changes" {
                h2 { "Changes" }
                form class="filters" role="search" {
                    label { "Search " input type="search" name="search" placeholder="names, files, values" autocomplete="off"; }
                    label { "Kind " select name="kind" { option value="" { "all" } } }
                    fieldset { legend { "Show" } }
                    label { input type="checkbox" name="lossy"; " only what is lost for good" }
                }
                p class="count" aria-live="polite" {}
                div class="organizations" {}
            }
            details class="picture" {
                summary { "What is done before what" }
                div class="scroll" { (part.picture) }
            }
            footer { (head.cost) }
        }
    }
}

/// What is said, the first of it at once: of thousands nobody reads all.
fn note(heading: &str, said: &[String]) -> Markup {
    const AT_ONCE: usize = 20;
    let (first, rest) = said.split_at(said.len().min(AT_ONCE));
    html! {
        section class="note" {
            h2 { (heading) }
            ul { @for each in first { li { (printable(each)) } } }
            @if !rest.is_empty() {
                details { summary { (rest.len()) " more" } ul { @for each in rest { li { (printable(each)) } } } }
            }
        }
    }
}

/// JSON in which nothing ends the element that it stands in: `<`, `>` and `&` only occur in its texts, and are written as
/// escapes there.
fn embedded(data: &[&Json]) -> String {
    let text = serde_json::to_string(data).unwrap_or_default();
    let text = text.replace('<', "\\u003c").replace('>', "\\u003e");
    text.replace('&', "\\u0026")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

/// Nothing may be asked of anybody, and nothing runs or looks but what is known here.
fn policy() -> String {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(SCRIPT),
        hash(STYLE)
    )
}
