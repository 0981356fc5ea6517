//! Files whose content goes into a request: JSON or YAML.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use serde_json::Value as Json;

use crate::cli::failure::Failure;
use crate::cli::findings::Findings;
use crate::manifest;
use crate::model::{Diagnostics, Sources};

/// Reads the file of a flag; `-` is standard input. What is YAML is shown with its mistakes where they stand.
pub(super) fn read(flag: &str, path: &str) -> Result<Json, Failure> {
    let unusable = |cause: String| {
        Failure::new(format!("--{flag} {path} cannot be used"))
            .because(cause)
            .certain("nothing was sent")
            .help("name a file that holds one document, JSON or YAML, or - for standard input")
    };
    let mut text = String::new();
    let read = match path {
        "-" => std::io::stdin().read_to_string(&mut text).map(|_| ()),
        path => std::fs::read_to_string(path).map(|read| text = read),
    };
    read.map_err(|error| unusable(error.to_string()))?;
    match serde_json::from_str(&text) {
        Ok(document) => return Ok(document),
        Err(error) if Path::new(path).extension().is_some_and(|ending| ending == "json") => {
            return Err(unusable(error.to_string()));
        }
        Err(_) => {}
    }
    let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
    let source = sources.add(path.into(), text.clone());
    let documents = manifest::plain_documents(source, &text, &mut diagnostics);
    if diagnostics.has_errors() {
        let findings = Findings::new(diagnostics, Arc::new(sources), Vec::new());
        let failure = Failure::new(format!("--{flag} {path} cannot be used: {}", findings.tally()));
        return Err(failure.with_findings(findings).certain("nothing was sent"));
    }
    match <[Json; 1]>::try_from(documents) {
        Ok([document]) => Ok(document),
        Err(documents) => Err(unusable(format!("it holds {} documents", documents.len()))),
    }
}
