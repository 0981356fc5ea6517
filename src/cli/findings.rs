//! The problems of files, as a person or a program reads them.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use crate::model::{Diagnostics, Place, Sources};
use crate::report::diagnostics::{Appearance, render, tally};

/// Diagnostics together with the files that they speak of.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    /// What was found.
    pub diagnostics: Diagnostics,
    sources: Arc<Sources>,
    secrets: Vec<Place>,
}

impl Findings {
    /// Pairs diagnostics with their files; nothing at the places of `secrets` is shown.
    pub fn new(diagnostics: Diagnostics, sources: impl Into<Arc<Sources>>, secrets: Vec<Place>) -> Self {
        Findings {
            diagnostics,
            sources: sources.into(),
            secrets,
        }
    }

    /// The files that they speak of.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// Other diagnostics about the same files.
    pub fn with_the_same_files(&self, diagnostics: Diagnostics) -> Self {
        Findings {
            diagnostics,
            ..self.clone()
        }
    }

    /// All of them with their source lines.
    pub fn text(&self, appearance: Appearance) -> String {
        render(&self.diagnostics, &self.sources, &self.secrets, appearance)
    }

    /// `2 errors, 1 warning`; empty where there is none.
    pub fn tally(&self) -> String {
        tally(&self.diagnostics)
    }

    /// The entries of `diagnostics` in JSON documents. Source lines are not part of them.
    pub fn json(&self) -> Vec<Json> {
        let entry = |diagnostic: &crate::model::Diagnostic| {
            let labels = diagnostic.labels.iter();
            json!({
                "code": diagnostic.code,
                "severity": diagnostic.severity,
                "message": diagnostic.message,
                "help": diagnostic.help,
                "places": labels.map(|(place, remark)| self.place(*place, remark)).collect::<Vec<_>>(),
            })
        };
        self.diagnostics.iter().map(entry).collect()
    }

    fn place(&self, place: Place, remark: &str) -> Json {
        match self.sources.locate(place) {
            Some((path, line, column)) => {
                json!({"file": path.display().to_string(), "line": line, "column": column, "remark": remark})
            }
            None => json!({"file": null, "line": null, "column": null, "remark": remark}),
        }
    }
}
