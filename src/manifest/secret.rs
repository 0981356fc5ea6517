//! A text that may be secret: written out, or named by where it comes from.

use std::fmt;

use schemars::{Schema, SchemaGenerator, json_schema};

use super::decode::{Decode, Decoder};
use super::suggest::{alternatives, closest};
use super::tree::{Content, MapEntry, Node};
use crate::model::{Diagnostic, Located, Reference, Secret};

/// A plain text, or `{env: NAME}`, `{file: PATH}` or `{command: NAME}`.
#[derive(Clone, PartialEq)]
pub enum TextOrReference {
    /// The text itself; it is as secret as one that is referenced.
    Text(String),
    /// Where the text comes from.
    Reference(Reference),
}

impl TextOrReference {
    /// The secret, with its text only where that is written out.
    pub fn to_secret(&self) -> Secret {
        match self {
            TextOrReference::Text(text) => Secret::known(text.as_str()),
            TextOrReference::Reference(reference) => Secret::referenced(reference.clone(), None),
        }
    }

    /// The text, where it is written out.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            TextOrReference::Text(text) => Some(text),
            TextOrReference::Reference(_) => None,
        }
    }

    /// Where the text comes from, unless it is written out.
    pub fn reference(&self) -> Option<&Reference> {
        match self {
            TextOrReference::Text(_) => None,
            TextOrReference::Reference(reference) => Some(reference),
        }
    }
}

impl fmt::Debug for TextOrReference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TextOrReference::Text(_) => formatter.write_str("(secret)"),
            TextOrReference::Reference(reference) => write!(formatter, "({reference})"),
        }
    }
}

const WAYS: [&str; 3] = ["env", "file", "command"];

impl Decode for TextOrReference {
    const SECRET: bool = true;
    const EXPECTED: &'static str = "a text, or one of {env: NAME}, {file: PATH} and {command: NAME}";

    fn decode<'t>(node: &'t Node<'t>, decoder: &mut Decoder<'t>) -> Option<Self> {
        match &node.content {
            Content::Scalar { .. } => {
                decoder.secrets.push(node.place);
                let text = String::decode(node, decoder)?;
                if let Some(name) = variable(&text) {
                    let message = "this is the text itself, and not the value of a variable";
                    let warning = Diagnostic::warning("looks-like-variable", message, node.place);
                    decoder.diagnostics.push(warning.help(format!("write {{env: {name}}}")));
                }
                Some(TextOrReference::Text(text))
            }
            Content::Map(entries) => match entries.as_slice() {
                [entry] => reference(entry, decoder).map(TextOrReference::Reference),
                _ => {
                    decoder.hide(node);
                    decoder.bad_value(
                        node,
                        "must name one source",
                        "write one of {env: NAME}, {file: PATH} and {command: NAME}",
                    )
                }
            },
            _ => {
                decoder.hide(node);
                decoder.wrong_type(node, Self::EXPECTED)
            }
        }
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        let source = |name: &str, pattern: &str, description: &str| {
            serde_json::json!({
                "type": "object",
                "properties": { name: { "description": description, "type": "string", "pattern": pattern } },
                "required": [name],
                "additionalProperties": false,
            })
        };
        json_schema!({
            "anyOf": [
                { "type": ["string", "number", "boolean"] },
                source("env", "^[A-Za-z_][A-Za-z0-9_]*$", "The environment variable that holds the text."),
                source("file", ".", "The file that holds the text, relative to the project's root."),
                source("command", ".", "The command of `[secrets.commands]` in `quayform.toml` that prints the text."),
            ]
        })
    }
}

/// The variable that a shell would take for this: `$NAME`, `${NAME}`.
fn variable(text: &str) -> Option<&str> {
    let name = text.strip_prefix('$')?;
    let name = name
        .strip_prefix('{')
        .and_then(|name| name.strip_suffix('}'))
        .unwrap_or(name);
    let is_letter = |letter: char| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_';
    (!name.is_empty() && name.chars().all(is_letter)).then_some(name)
}

/// What may be read is for `[secrets]` in `quayform.toml` to say; here only the form is checked.
fn reference<'t>(entry: &'t MapEntry<'t>, decoder: &mut Decoder<'t>) -> Option<Reference> {
    if !WAYS.contains(&entry.name.as_ref()) {
        decoder.hide(decoder.node(entry.value));
        let help = match closest(&entry.name, WAYS) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("write {}", alternatives(WAYS)),
        };
        let message = format!("a text cannot come from `{}`", entry.name);
        decoder
            .diagnostics
            .push(Diagnostic::error("unknown-field", message, entry.place).help(help));
        return None;
    }
    let Located { value, place } = decoder.entry::<String>(entry)?;
    let problem = match entry.name.as_ref() {
        "env" if !is_variable(&value) => "`env` needs the name of an environment variable: letters, digits and `_`",
        "file" if value.is_empty() => "`file` needs a path",
        "command" if value.is_empty() => "`command` needs the name of a command",
        _ => "",
    };
    if !problem.is_empty() {
        // Who mistakes a source for the secret writes it here.
        decoder.secrets.push(place);
        decoder
            .diagnostics
            .push(Diagnostic::error("secret-source", problem, place));
        return None;
    }
    let reference = match entry.name.as_ref() {
        "env" => Reference::Env(value),
        "file" => Reference::File(value),
        _ => Reference::Command(value),
    };
    decoder.references.push(Located::new(reference.clone(), place));
    Some(reference)
}

fn is_variable(name: &str) -> bool {
    let starts_well = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    starts_well
        && name
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}
