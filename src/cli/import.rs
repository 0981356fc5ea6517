//! `quayform import`: manifests from the files of another tool.

use std::fs;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::json;

use super::context::Context;
use super::exit::Exit;
use super::failure::Failure;
use super::findings::Findings;
use super::globals::Format;
use crate::import::{self, Imported, import};
use crate::manifest::parse_sources;
use crate::model::Sources;
use crate::report::text::printable;

/// The arguments of `import`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Whose file it is
    #[arg(value_enum, value_name = "TOOL")]
    tool: Tool,

    /// The file: variables or a playbook, or an organization of aquayman
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// A tool that describes a registry in files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Tool {
    /// The role quay_org of the collection infra.quay_configuration
    Ansible,
    /// aquayman
    Aquayman,
}

/// Prints the manifests, and says what is not in them. No registry is asked.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let format = context.only_formats(&[Format::Text, Format::Json])?;
    let shown = arguments.file.display();
    let text = fs::read_to_string(context.path(&arguments.file)).map_err(|error| {
        Failure::new(format!("{shown} cannot be read"))
            .because(error)
            .help("name a file that is there and yours")
    })?;
    let tool = match arguments.tool {
        Tool::Ansible => import::Format::Ansible,
        Tool::Aquayman => import::Format::Aquayman,
    };
    let imported = import(tool, &text).map_err(|problems| {
        let sources: Sources = [(arguments.file.clone(), text.clone())].into_iter().collect();
        Failure::new(format!("{shown} cannot be converted")).with_findings(Findings::new(problems, sources, Vec::new()))
    })?;
    if imported.text.is_empty() {
        let failure = Failure::new(format!("{shown} holds nothing that can be converted"))
            .help("export what is in the registry instead: quayform export");
        return Err(match imported.left.is_empty() {
            true => failure,
            false => failure.because(imported.left.join("; ")),
        });
    }
    let loaded = parse_sources([(PathBuf::from("(converted)"), imported.text.clone())]);
    let is_valid = !loaded.diagnostics.has_errors();
    let findings = Findings::new(loaded.diagnostics, loaded.sources, loaded.secrets);
    if format == Format::Json {
        context.ui.json(&json!({
            "format_version": 1,
            "text": imported.text,
            "left": imported.left,
            "diagnostics": findings.json(),
        }))?;
    } else {
        context.ui.data(&imported.text);
        context.ui.findings(&findings);
        context.ui.message(&told(&imported));
    }
    Ok(if is_valid { Exit::Done } else { Exit::Error })
}

fn told(imported: &Imported) -> String {
    let mut lines = Vec::new();
    if !imported.left.is_empty() {
        lines.push(format!("Not converted, or different here ({}):", imported.left.len()));
    }
    lines.extend(imported.left.iter().map(|left| format!("  {}", printable(left))));
    lines.push("Next: plan shows where the registry differs from this; export writes what is there.".to_owned());
    lines.join("\n")
}
