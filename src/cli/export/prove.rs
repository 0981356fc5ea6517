//! The proof that manifests say what is live, before they are written: they are read and planned.

use std::path::PathBuf;

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::findings::Findings;
use crate::export::File;
use crate::kinds::wishes;
use crate::manifest;
use crate::model::World;
use crate::plan::{Options, plan};

/// How many differences are named.
const SHOWN: usize = 5;

/// Reads the files and plans them against what they were made from: there must be nothing to do.
pub(super) fn means_the_same(files: &[File], world: &World) -> Result<(), Failure> {
    if files.is_empty() {
        return Ok(());
    }
    let texts = files.iter().map(|file| (PathBuf::from(&file.path), file.text.clone()));
    let loaded = manifest::parse_sources(texts);
    let bug = |message: String| {
        Failure::new(message)
            .certain("nothing was written or changed")
            .help("this is a bug in quayform; until it is mended, export without what is named here: --only")
            .ending(Exit::Bug)
    };
    let Some(project) = loaded.project else {
        let findings = Findings::new(loaded.diagnostics, loaded.sources, loaded.secrets);
        return Err(bug("what was to be exported is no valid manifest".to_owned()).with_findings(findings));
    };
    let desired = wishes::desired(&project, &wishes::Secrets::new());
    let plan = plan(&desired, world, &Options::default());
    if plan.changes.is_empty() {
        return Ok(());
    }
    let words = plan
        .changes
        .iter()
        .map(|change| format!("{} {}", change.action.word(), change.address));
    let mut shown: Vec<String> = words.take(SHOWN).collect();
    if plan.changes.len() > SHOWN {
        shown.push(format!("and {} more", plan.changes.len() - SHOWN));
    }
    Err(bug("what was to be exported does not say what the registry holds".to_owned()).because(shown.join(", ")))
}
