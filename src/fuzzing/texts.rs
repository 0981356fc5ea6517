//! What people write: manifests, `quayform.toml`, seeds of the embedded registry.

use crate::emulator::{Faults, Registry, Seed};
use crate::kinds::{self, wishes};
use crate::manifest;
use crate::manifest::edit::{Data, Editor};
use crate::manifest::format::{Formatted, format};
use crate::model::{Diagnostics, Place, Plan, Sources, World};
use crate::plan::{Options, plan};
use crate::report::diagnostics::{Appearance, render};
use crate::report::{Report, html, junit, markdown, text};
use crate::saved::{self, Rest};
use crate::settings::{self, SettingsProblem};

/// YAML text, through documents and wishes to a plan from nothing, and every output on the way.
pub(super) fn manifest(bytes: &[u8]) {
    let Ok(written) = std::str::from_utf8(bytes) else {
        return;
    };
    rewrite(written);
    let loaded = manifest::parse_sources([("manifest.yaml".into(), written.to_owned())]);
    show(&loaded.diagnostics, &loaded.sources, &loaded.secrets);
    let Some(project) = loaded.project else { return };
    let desired = wishes::desired(&project, &wishes::Secrets::new());
    let plan = plan(&desired, &World::default(), &Options::default());
    show(&plan.diagnostics, &loaded.sources, &loaded.secrets);
    reports(&plan, &loaded.sources);
}

/// Shows a plan in every format; a comment must stay within its limit.
pub(super) fn reports(plan: &Plan, sources: &Sources) {
    let report = Report::of(plan, sources);
    for expand in [false, true] {
        let _ = text::plan(&report, text::Style::default(), expand);
    }
    let comment = markdown::comment(
        &markdown::marker("plan", "key"),
        &[markdown::plan(&report, markdown::share(1))],
    );
    assert!(comment.len() <= markdown::LIMIT, "a comment of {} bytes", comment.len());
    let _ = html::page(&[html::part(&report)]);
    let _ = junit::junit(&[junit::planned(&report, true)]);
    let _ = saved::Document::new(plan, sources, Rest::default(), Some("salt")).into_json();
}

/// The layout of the same text, which must be its own, and edits at some of its places.
fn rewrite(written: &str) {
    if let Ok(Formatted::Text(once)) = format(0, written) {
        assert_eq!(format(0, &once), Ok(Formatted::Text(once.clone())));
    }
    let Ok(editor) = Editor::new(0, written) else { return };
    for byte in [written.len() / 3, written.len() * 2 / 3] {
        let Some(spot) = editor.spot(byte) else { continue };
        let values = [
            Data::text("- a: b"),
            Data::List(vec![Data::text("x")]),
            Data::text("k\nl\n"),
        ];
        for value in values {
            // What comes of an edit was read back by the editor itself.
            let _ = editor.clone().set(&spot, &value);
            let _ = editor.clone().insert(&spot, 1, &value);
            let _ = editor.clone().set(&spot.key("new"), &value);
        }
        let _ = editor.clone().remove(&spot);
    }
    let _ = editor
        .clone()
        .add_document(&Data::map([("kind", Data::text("Organization"))]));
}

/// The text of a `quayform.toml`.
pub(super) fn settings(bytes: &[u8]) {
    let Ok(written) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Err(SettingsProblem::File {
        sources,
        diagnostics,
        secrets,
    }) = settings::check(written, &kinds::names())
    {
        show(&diagnostics, &sources, &secrets);
    }
}

/// The text of a saved plan: what can be read is written again as it was.
pub(super) fn saved_plan(bytes: &[u8]) {
    let Ok(written) = std::str::from_utf8(bytes) else {
        return;
    };
    // Mutations break the digest; what is behind it must hold by itself.
    let resealed = serde_json::from_str(written).map(|document| saved::seal(document).to_string());
    for text in [written.to_owned(), resealed.unwrap_or_default()] {
        if let Ok(saved) = saved::load(&text) {
            reports(&saved.plan, &saved.sources);
        }
    }
}

/// The text of a fault schedule of the embedded registry.
pub(super) fn faults(bytes: &[u8]) {
    if let Ok(written) = std::str::from_utf8(bytes) {
        let _ = Faults::from_json(written);
    }
}

/// The text of a seed and the registry that grows from it, or of a saved state.
pub(super) fn seed(bytes: &[u8]) {
    let Ok(written) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(seed) = Seed::from_json(written) {
        let _ = Registry::with_seed(&seed);
    }
    if let Ok(state) = serde_json::from_str(written) {
        let _ = Registry::from_json(state);
    }
}

fn show(diagnostics: &Diagnostics, sources: &Sources, secrets: &[Place]) {
    for width in [1, 100] {
        let appearance = Appearance {
            width,
            ..Appearance::default()
        };
        let _ = render(diagnostics, sources, secrets, appearance);
    }
}
