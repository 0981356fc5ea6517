//! What people write: manifests, `quayform.toml`, seeds of the embedded registry.

use crate::emulator::{Registry, Seed};
use crate::kinds::wishes;
use crate::manifest;
use crate::model::{Diagnostics, Place, Sources, World};
use crate::plan::{Options, plan};
use crate::report::Cost;
use crate::report::diagnostics::{Appearance, render};
use crate::report::{json, text};
use crate::settings::{self, SettingsProblem};

/// YAML text, through documents and wishes to a plan from nothing, and every output on the way.
pub(super) fn manifest(bytes: &[u8]) {
    let Ok(written) = std::str::from_utf8(bytes) else {
        return;
    };
    let loaded = manifest::parse_sources([("manifest.yaml".into(), written.to_owned())]);
    show(&loaded.diagnostics, &loaded.sources, &loaded.secrets);
    let Some(project) = loaded.project else { return };
    let desired = wishes::desired(&project, &wishes::Secrets::new());
    let plan = plan(&desired, &World::default(), &Options::default());
    show(&plan.diagnostics, &loaded.sources, &loaded.secrets);
    let _ = text::plan(&plan, &loaded.sources, Cost::default(), text::Style::default(), true);
    let _ = json::plan(&plan, &loaded.sources, "registry", Cost::default(), Vec::new());
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
    }) = settings::check(written)
    {
        show(&diagnostics, &sources, &secrets);
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
