//! 10,000 changes stay readable.

use quayform::model::{Action, Address, Change, Declared, Intent, Origin, Sources};
use quayform::report::{Report, markdown, text};

use super::company;
use crate::binary::program::Program;

fn shown(report: &Report<'_>, expand: bool) -> String {
    text::plan(report, text::Style::default(), expand)
}

#[test]
fn ten_thousand_changes_fit_a_screen() {
    let plan = company(500, 10_000);
    let sources = Sources::default();
    let report = Report::of(&plan, &sources);
    let text = shown(&report, false);
    assert!(text.lines().count() <= 60, "{text}");
    insta::assert_snapshot!("screen", text);
    let all = shown(&report, true);
    for change in &plan.changes {
        assert!(all.contains(&change.address.to_string()));
    }
}

#[test]
fn ten_thousand_changes_fit_a_comment() {
    let plan = company(500, 10_000);
    let sources = Sources::default();
    let text = markdown::plan(&Report::of(&plan, &sources), markdown::share(1));
    assert!(text.len() < 65_000, "{} bytes", text.len());
    for said in [
        "**Lost for good** with 20 changes",
        "**Access gained** by `person-3` (admin), `team-3+ci` (admin)",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
}

/// A wish that stays as it is.
fn standing(kind: &'static str, name: &str) -> Declared {
    Declared {
        address: Address::new(kind, name),
        intent: Intent::Present,
        fields: quayform::model::Fields::new(),
        origin: Origin::default(),
        apart: Vec::new(),
        needs: Vec::new(),
    }
}

#[test]
fn exceptions_of_a_pattern_are_named() {
    let mut plan = quayform::model::Plan::default();
    let grant =
        |repository: &str, action| Change::new(Address::new("permission", format!("{repository}:team/dev")), action);
    for number in 1..=9 {
        plan.changes.push(grant(&format!("acme/svc-{number}"), Action::Delete));
    }
    plan.changes.push(grant("acme/tool", Action::Delete));
    plan.changes.push(grant("acme/svc-other", Action::Update));
    let declared = [
        standing("permission", "acme/svc-stays:team/dev"),
        standing("permission", "acme/web:team/dev"),
        standing("permission", "acme/svc-more:robot/ci"),
    ];
    let sources = Sources::default();
    let report = Report {
        declared: &declared,
        ..Report::of(&plan, &sources)
    };
    let text = shown(&report, false);
    let line = "on 10 repositories matching acme/svc-*, and acme/tool, but not acme/svc-other, acme/svc-stays  (plan";
    assert!(text.contains(line), "{text}");
}

#[test]
fn verbose_expands_as_expand_does() {
    let mut text = "kind: Organization\nname: acme\nteams: {developers: {}}\n".to_owned();
    for number in 1..=5 {
        text.push_str(&format!(
            "---\nkind: Repository\nname: acme/svc-{number}\npermissions: {{teams: {{developers: write}}}}\n"
        ));
    }
    let program = Program::new(&[("acme.yaml", &text)]);
    let shown = |flag: &str| program.run(&["plan", "--emulator", flag]).stdout;
    assert_eq!(shown("--expand"), shown("-v"));
    assert!(shown("-v").contains("+ permission[acme/svc-5:team/developers]"));
    let folded = program.run(&["plan", "--emulator"]).stdout;
    assert!(folded.contains("+ write for team developers on 5 repositories matching acme/svc-*"));
}
