//! Which documents stand in which file, and the text of each.

use std::fmt::Write as _;

use indexmap::IndexMap;

use super::{Described, Export, NotExported, layout};
use crate::manifest::format::{Formatted, format};
use crate::model::{Document, Written};

/// How documents are distributed among files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Split {
    /// One file for each organization or account, with its repositories.
    ByNamespace,
    /// Besides that one file for each group of repositories: those whose names begin with the same word.
    ByGroup,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its path below the project's root, with `/`.
    pub path: String,
    /// What it holds.
    pub text: String,
}

/// The files of an export, in the order of their documents. `schema` is the path of the schema below the project's root.
pub fn files(export: &Export, split: Split, schema: Option<&str>) -> Result<Vec<File>, String> {
    let mut distributed: IndexMap<String, Vec<&(Described, Written)>> = IndexMap::new();
    for document in &export.documents {
        distributed.entry(path(&document.0, split)).or_default().push(document);
    }
    let mut told = std::collections::BTreeSet::new();
    let mut files = Vec::new();
    for (path, documents) in distributed {
        let mut text = String::new();
        if let Some(schema) = schema {
            let up = "../".repeat(path.matches('/').count());
            let _ = writeln!(text, "# yaml-language-server: $schema={up}{schema}");
        }
        let namespace = documents.first().map_or("", |(described, _)| described.namespace());
        // Of a namespace with several files, the first one says it.
        if told.insert(namespace) {
            text.push_str(&remarks(&export.not_exported, namespace));
        }
        for (index, (_, document)) in documents.into_iter().enumerate() {
            if index > 0 {
                text.push_str("---\n");
            }
            text.push_str(&layout::text(document).map_err(|error| error.to_string())?);
        }
        let text = laid_out(text);
        files.push(File { path, text });
    }
    Ok(files)
}

/// The text of one document.
pub(super) fn text(document: &Written) -> Result<String, String> {
    layout::text(document).map(laid_out).map_err(|error| error.to_string())
}

/// As `fmt` would write it; what it refuses is right all the same, and it refuses that again.
fn laid_out(text: String) -> String {
    match format(0, &text) {
        Ok(Formatted::Text(formatted)) => formatted,
        Ok(Formatted::NoManifest) | Err(_) => text,
    }
}

/// The path of the file in which a document stands.
pub(super) fn path(described: &Described, split: Split) -> String {
    let (namespace, rest) = match described {
        Described::One(Document::Registry) => return "registry.yaml".to_owned(),
        Described::One(Document::Account(name)) => return format!("accounts/{name}.yaml"),
        Described::One(Document::Organization(name)) => (name.as_str(), "organization".to_owned()),
        Described::One(Document::Repository(name)) => {
            let (namespace, name) = name.split_once('/').unwrap_or_default();
            (namespace, format!("repositories/{}", group(name)))
        }
        Described::Layer(namespace) => (namespace.as_str(), "defaults".to_owned()),
    };
    match split {
        Split::ByNamespace => format!("organizations/{namespace}.yaml"),
        Split::ByGroup => format!("organizations/{namespace}/{rest}.yaml"),
    }
}

/// The first word of a repository's name, which others of its group share.
fn group(name: &str) -> &str {
    name.split(['/', '-', '_', '.']).next().unwrap_or(name)
}

/// What a file says of what it does not say, as comments.
pub(super) fn remarks(not_exported: &[NotExported], namespace: &str) -> String {
    let ours = not_exported.iter().filter(|each| {
        let of_registry = crate::kinds::registry::owns(each.address.kind);
        if of_registry {
            namespace.is_empty()
        } else {
            each.address.namespace() == namespace
        }
    });
    let mut text = String::new();
    for (title, is_written) in TITLES {
        let mut lines = ours.clone().filter(|each| each.is_written == is_written).peekable();
        if lines.peek().is_some() {
            let _ = writeln!(text, "# {title}");
        }
        for each in lines {
            let field = each.field.map_or(String::new(), |field| format!(" {field}"));
            let _ = writeln!(
                text,
                "# - {}{field}: {}",
                printable(&each.address.to_string()),
                each.reason
            );
        }
    }
    text
}

/// The same text with what it does not say brought up to date, where it says anything of that.
pub(super) fn with_remarks(text: &str, not_exported: &[NotExported], namespace: &str) -> String {
    let is_title = |line: &str| TITLES.iter().any(|(title, _)| line.strip_prefix("# ") == Some(title));
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let Some(start) = lines.iter().position(|line| is_title(line.trim_end())) else {
        return text.to_owned();
    };
    let is_remark = |line: &&&str| is_title(line.trim_end()) || line.starts_with("# - ");
    let end = start + lines[start..].iter().take_while(is_remark).count();
    let mut updated = lines[..start].concat();
    updated.push_str(&remarks(not_exported, namespace));
    updated.push_str(&lines[end..].concat());
    updated
}

/// What stands above remarks, and whether those are about what is written.
const TITLES: [(&str, bool); 2] = [
    ("Not exported:", false),
    ("Written, but another registry needs more for it:", true),
];

/// A name on one line, whatever is in it: nothing of it may become a line of the manifest.
fn printable(text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect()
}
