//! Manifests that are right, wrong and hostile.

use std::path::{Path, PathBuf};

use quayform::manifest::{self, Loaded};
use quayform::report::diagnostics::{Appearance, render, tally};

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/manifests")
}

fn rendered(loaded: &Loaded) -> String {
    let text = render(
        &loaded.diagnostics,
        &loaded.sources,
        &loaded.secrets,
        Appearance::default(),
    );
    format!("{text}\n{}\n", tally(&loaded.diagnostics))
}

/// Every scenario is a file, or a directory of several, with its diagnostics beside it.
#[test]
fn every_problem_is_shown_where_it_stands() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("manifests");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let _bound = settings.bind_to_scope();
    let mut scenarios: Vec<PathBuf> = std::fs::read_dir(directory())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_none_or(|extension| extension == "yaml"))
        .collect();
    scenarios.sort();
    assert!(!scenarios.is_empty());
    for scenario in scenarios {
        let loaded = if scenario.is_dir() {
            manifest::load(&scenario, &[])
        } else {
            manifest::load(
                &directory(),
                &[scenario.file_name().unwrap().to_str().unwrap().to_owned()],
            )
        };
        assert_eq!(
            loaded.project.is_none(),
            loaded.diagnostics.has_errors(),
            "{}",
            scenario.display()
        );
        insta::assert_snapshot!(scenario.file_stem().unwrap().to_str().unwrap(), rendered(&loaded));
    }
}
