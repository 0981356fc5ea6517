//! What an export wrote, and what it did not.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::{counted, printable};
use crate::export::update::Updated;
use crate::export::{Described, Export, File, NotExported};
use crate::model::Document;
use crate::report::Cost;

/// The files, with how much is in them; ends with a line break.
pub fn written_files(files: &[File], written: &[String], export: &Export) -> String {
    let mut text = wrote(written);
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "Exported: {} in {}.",
        contents(export),
        counted(files.len(), "file")
    );
    text
}

/// What became of manifests that were there; ends with a line break.
pub fn updated_files(written: &[String], updated: &Updated, export: &Export) -> String {
    let mut text = wrote(written);
    for path in &updated.emptied {
        let _ = writeln!(text, "removed {}", printable(&path.display().to_string()));
    }
    for (documents, what) in [(&updated.added, "added"), (&updated.removed, "took out")] {
        for document in documents {
            let name = match document.name() {
                "" => "the registry",
                name => name,
            };
            let _ = writeln!(text, "{what} {}", printable(name));
        }
    }
    let outcome = match (written.is_empty() && updated.emptied.is_empty(), updated.left.len()) {
        (true, 0) => "the manifests say it already".to_owned(),
        (false, 0) => "the manifests now say it".to_owned(),
        (_, number) => format!("the manifests say it but for {}", counted(number, "object")),
    };
    let _ = writeln!(text, "Exported: {}; {outcome}.", contents(export));
    text
}

fn wrote(written: &[String]) -> String {
    let line = |path: &String| format!("wrote {}\n", printable(path));
    written.iter().map(line).collect()
}

fn contents(export: &Export) -> String {
    let count = |test: fn(&Document) -> bool| {
        let documents = export.documents.iter().filter_map(|(described, _)| match described {
            Described::One(document) => Some(document),
            Described::Layer(_) => None,
        });
        documents.filter(|document| test(document)).count()
    };
    let organizations = count(|document| matches!(document, Document::Organization(_)));
    let repositories = count(|document| matches!(document, Document::Repository(_)));
    let repositories = match repositories {
        1 => "1 repository".to_owned(),
        number => format!("{number} repositories"),
    };
    format!("{} and {repositories}", counted(organizations, "organization"))
}

/// What is not in the manifests, the variables that they name, what could not be read, and what it cost.
pub fn exported(export: &Export, cost: Cost) -> String {
    let mut text = String::new();
    for (title, is_written) in [
        ("Not exported", false),
        ("Written, but another registry needs more for it", true),
    ] {
        let listed = export.not_exported.iter().filter(|each| each.is_written == is_written);
        listed_by_reason(&mut text, title, listed);
    }
    if !export.variables.is_empty() {
        let _ = writeln!(text, "Variables to set ({}):", export.variables.len());
    }
    for variable in &export.variables {
        let known = if variable.secret.is_some() {
            ""
        } else {
            ", never shown by the server"
        };
        let place = printable(variable.document.name());
        let _ = writeln!(text, "  {} ({place}: {}{known})", variable.name, variable.label);
    }
    let mut gaps: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for (collection, gap) in &export.gaps {
        *gaps.entry((collection.namespace(), gap.reason.as_str())).or_default() += 1;
    }
    for ((namespace, reason), number) in gaps {
        let more = if number > 1 {
            format!(" ({number} lists)")
        } else {
            String::new()
        };
        let _ = writeln!(
            text,
            "Unreadable, so that nothing of {namespace} is exported: {}{more}",
            printable(reason)
        );
    }
    let _ = write!(text, "Read {} in {:.1} s.", counted(cost.read, "request"), cost.seconds);
    text
}

/// How many of one reason are named.
const SHOWN: usize = 3;

fn listed_by_reason<'e>(text: &mut String, title: &str, all: impl Iterator<Item = &'e NotExported>) {
    let mut groups: BTreeMap<(&str, Option<&str>), Vec<String>> = BTreeMap::new();
    let mut number = 0;
    for each in all {
        number += 1;
        let names = groups.entry((each.reason.as_str(), each.field)).or_default();
        names.push(printable(&each.address.to_string()));
    }
    if number > 0 {
        let _ = writeln!(text, "{title} ({number}):");
    }
    for ((reason, field), names) in groups {
        let field = field.map_or(String::new(), |field| format!(" {field}"));
        let more = match names.len().saturating_sub(SHOWN) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let shown = names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
        let _ = writeln!(text, "  {shown}{more}{field}: {}", printable(reason));
    }
}
