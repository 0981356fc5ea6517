//! Comments of pull requests: never too long, nothing in them but what quayform wrote itself, and everything counted.

use proptest::collection::vec;
use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag};
use quayform::kinds;
use quayform::model::{
    AccessChange, Action, Address, Change, Diagnostic, FieldChange, Gap, Ground, Plan, Refusal, Reversibility,
    Severity, Shift, Sources, Subject, Value,
};
use quayform::plan::GUARDS;
use quayform::report::{Report, markdown};
use regex::Regex;

use super::config;

/// Pieces of texts that mean something somewhere: to Markdown, to HTML, to GitHub, to a terminal.
const PIECES: [&str; 30] = [
    "a",
    "acme",
    "/",
    "+",
    ":",
    "-",
    "svc-",
    " ",
    "\n",
    "\r\n",
    "@alice",
    "#12",
    "GH-1",
    "`",
    "```",
    "~~~",
    "<!--",
    "-->",
    "<script>",
    "</details>",
    "<img src=x>",
    "[x](http://evil.example)",
    "www.evil.example",
    "https://evil.example",
    "| a | b |",
    "\n# heading\n",
    "\n- list\n",
    "**",
    "\\",
    "\u{202e}",
];

fn text() -> impl Strategy<Value = String> {
    vec(proptest::sample::select(&PIECES[..]), 0..8).prop_map(|pieces| pieces.concat())
}

fn change() -> impl Strategy<Value = Change> {
    let actions = [
        Action::Create,
        Action::Update,
        Action::Replace,
        Action::Delete,
        Action::Blocked,
        Action::Deferred,
    ];
    let worth = [
        Reversibility::Reversible,
        Reversibility::Lossy("its token"),
        Reversibility::Irreversible("its images"),
    ];
    let names = kinds::names();
    (
        proptest::sample::select(names),
        text(),
        proptest::sample::select(actions.to_vec()),
        proptest::sample::select(worth.to_vec()),
        (text(), text(), proptest::option::of(text())),
        vec(text(), 0..3),
    )
        .prop_map(|(kind, name, action, worth, (before, after, reason), along)| {
            let kind = kinds::find(kind).unwrap().name();
            let mut change = Change::new(Address::new(kind, name), action);
            change.reversibility = worth;
            change.reason = reason;
            change.fields = vec![FieldChange {
                name: "description",
                before: Some(Value::text(before)),
                after: Some(Value::text(after)),
                note: None,
            }];
            change.takes_along = along.into_iter().map(|name| Address::new("robot", name)).collect();
            change
        })
}

fn refusal() -> impl Strategy<Value = Refusal> {
    (
        proptest::sample::select(&GUARDS[..]),
        text(),
        vec(text(), 0..30),
        text(),
    )
        .prop_map(|(guard, message, names, way_out)| Refusal {
            guard,
            message: message.clone(),
            addresses: names.into_iter().map(|name| Address::new("robot", name)).collect(),
            remarks: vec![message],
            way_out,
            overridable: false,
        })
}

fn shift() -> impl Strategy<Value = Shift> {
    (vec(text(), 1..9), vec(text(), 1..9), any::<bool>()).prop_map(|(names, repositories, anyone)| Shift {
        subjects: names
            .into_iter()
            .map(Subject::Account)
            .chain(anyone.then_some(Subject::Anyone))
            .collect(),
        on: Ground::Repositories(repositories),
        before: "none",
        after: "admin",
        once_accepted: false,
        because: Vec::new(),
    })
}

/// A plan of hostile texts, many times over, each time with other names.
fn plan() -> impl Strategy<Value = Plan> {
    (
        vec(change(), 0..12),
        vec(refusal(), 0..4),
        vec(shift(), 0..6),
        vec((text(), text()), 0..4),
        prop_oneof![12 => 1..3_usize, 2 => Just(40_usize), 1 => Just(300_usize)],
    )
        .prop_map(|(changes, refusals, shifts, gaps, times)| {
            let mut plan = Plan::default();
            for time in 0..times {
                for change in &changes {
                    let mut change = change.clone();
                    change.address = Address::new(change.address.kind, format!("{}{time}", change.address.identity));
                    plan.summary.count(change.action);
                    plan.changes.push(change);
                }
                plan.refusals.extend(refusals.iter().cloned());
                plan.access.gained.extend(shifts.iter().cloned());
                plan.gaps.extend(gaps.iter().map(|(target, reason)| Gap {
                    target: target.clone(),
                    reason: reason.clone(),
                }));
                for (target, reason) in &gaps {
                    plan.unreadable.insert(target.clone());
                    let found = Diagnostic::without_place("not-compared", Severity::Warning, reason);
                    plan.diagnostics.push(found);
                }
            }
            plan.access = AccessChange {
                lost: plan.access.gained.clone(),
                gained: plan.access.gained,
            };
            plan
        })
}

/// What quayform itself writes as HTML.
fn is_own(html: &str) -> bool {
    let own = Regex::new(
        r"^(<!-- quayform plan 0123 -->|<details( open)?><summary><code>[^<>]*</code>: \d+ changes?</summary>|</details>)$",
    )
    .unwrap();
    html.lines()
        .filter(|line| !line.trim().is_empty())
        .all(|line| own.is_match(line))
}

/// Whether a text outside of code could become a link, a mention or a reference.
fn means_something(text: &str) -> bool {
    let meaning = Regex::new(r"@|#|://|www\.|GH-\d|[<>`*_\[\]|\\~\u{202e}]").unwrap();
    meaning.is_match(text)
}

proptest! {
    #![proptest_config(config(64))]

    #[test]
    fn comments_are_what_quayform_wrote(plan in plan(), registry in text(), digest in any::<bool>()) {
        let sources = Sources::default();
        let digest = digest.then_some("sha256:0123");
        let report = Report { registry: &registry, name: Some(&registry), digest, ..Report::of(&plan, &sources) };
        let document = markdown::plan(&report, markdown::share(1));
        let comment = markdown::comment(&markdown::marker("plan", "0123"), &[document]);
        prop_assert!(comment.len() <= markdown::LIMIT, "{} bytes", comment.len());
        prop_assert_eq!(comment.matches("<!").count(), 1);
        let mut in_code = false;
        for event in Parser::new_ext(&comment, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
            match event {
                Event::Start(Tag::CodeBlock(_)) => in_code = true,
                Event::End(pulldown_cmark::TagEnd::CodeBlock) => in_code = false,
                Event::Html(html) | Event::InlineHtml(html) => prop_assert!(is_own(&html), "{html}"),
                Event::Start(tag @ (Tag::Link { .. } | Tag::Image { .. } | Tag::Table(_) | Tag::BlockQuote(_))) => {
                    prop_assert!(false, "{tag:?}");
                }
                Event::Text(text) if !in_code => prop_assert!(!means_something(&text), "{text}"),
                _ => {}
            }
        }
        // Everything is counted, whatever is folded.
        if !plan.changes.is_empty() {
            let counts = Regex::new(r"</code>: (\d+) changes?</summary>").unwrap();
            let all: usize = counts.captures_iter(&comment).map(|found| found[1].parse::<usize>().unwrap()).sum();
            prop_assert_eq!(all, plan.changes.len());
        }
        prop_assert_eq!(plan.access.gained.is_empty(), comment.contains("Nobody gains access."));
        prop_assert_eq!(plan.refusals.is_empty(), !comment.contains("**Refused** by"));
        let ends_with_digest = digest.is_none_or(|digest| comment.contains(digest));
        prop_assert!(ends_with_digest, "the digest is missing");
    }

    #[test]
    fn failures_are_what_quayform_wrote(texts in vec(text(), 1..4), findings in vec(text(), 0..6), times in prop_oneof![9 => 1..3_usize, 1 => Just(300_usize)]) {
        let lines: Vec<(&str, &str)> = texts.iter().map(|text| ("error", text.as_str())).collect();
        let mut diagnostics = quayform::model::Diagnostics::default();
        for message in findings.iter().cycle().take(findings.len() * times) {
            diagnostics.push(Diagnostic::without_place("unknown-field", Severity::Error, message));
        }
        let sources = Sources::default();
        let document = markdown::failure("Plan", &lines, Some((&diagnostics, &sources)), markdown::share(1));
        prop_assert!(document.len() <= markdown::LIMIT);
        prop_assert_eq!(document.matches("<!").count(), 0);
        for event in Parser::new(&document) {
            match event {
                Event::Html(html) | Event::InlineHtml(html) => prop_assert!(false, "{html}"),
                Event::Text(text) => prop_assert!(!means_something(&text), "{text}"),
                _ => {}
            }
        }
    }
}
