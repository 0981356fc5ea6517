//! The canonical layout of manifests: the same text for everybody, with the meaning proven unchanged.
//!
//! Names stand in the order in which the reader declares them; lines, indentation and quotes are laid out by
//! `pretty_yaml`. Comments and anchors stay. What comes out is believed by nobody: our own reader must read the same
//! from it, and every comment must still be there.

mod order;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use granit_parser::{Event, Parser};
use pretty_yaml::config::{FormatOptions, LanguageOptions, LayoutOptions, LineBreak};
use serde_json::Value as Json;

use super::edit::{Data, aligned, meaning, reordered};
use crate::model::{Diagnostic, Place};
pub(crate) use order::SchemaOrder;

/// How wide lines may be before lists and maps between brackets are broken.
const WIDTH: usize = 120;
/// How often a layout is laid out again until it stays.
const ROUNDS: usize = 4;

/// What came of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Formatted {
    /// The canonical text, which may be the same.
    Text(String),
    /// No document says that it is of a kind of ours.
    NoManifest,
}

/// The canonical text of a file.
///
/// # Errors
///
/// The first problem of a text that our reader does not take, or `not-formatted` where the layout would change what it
/// says; places are in `source`.
pub fn format(source: u32, text: &str) -> Result<Formatted, Diagnostic> {
    let documents = meaning(source, text)?;
    if !documents.iter().any(|document| order(document).is_some()) {
        return Ok(Formatted::NoManifest);
    }
    let refused = |why: &str| {
        let start = Place {
            source,
            start: 0,
            end: 0,
        };
        Diagnostic::error("not-formatted", format!("the file is left as it is: {why}"), start)
            .help("write the file in a simpler way; `validate` tells whether it is right all the same")
    };
    let mut formatted = text.to_owned();
    for _ in 0..ROUNDS {
        let next = round(&formatted, &documents).map_err(|error| refused(&error))?;
        if meaning(source, &next).ok().as_ref() != Some(&documents) {
            return Err(refused("the layout would change what it says"));
        }
        if comments(&next) != comments(text) {
            return Err(refused("the layout would lose a comment"));
        }
        if next == formatted {
            return Ok(Formatted::Text(next));
        }
        formatted = next;
    }
    Err(refused("the layout does not come to rest"))
}

fn round(text: &str, documents: &[Data]) -> Result<String, String> {
    let laid_out = layout(text)?;
    let orders: Vec<Option<SchemaOrder<'static>>> = documents.iter().map(order).collect();
    layout(&reordered(&laid_out, &orders))
}

fn layout(text: &str) -> Result<String, String> {
    let line_break = if text.contains("\r\n") {
        LineBreak::Crlf
    } else {
        LineBreak::Lf
    };
    let options = FormatOptions {
        layout: LayoutOptions {
            print_width: WIDTH,
            indent_width: 2,
            line_break,
        },
        language: LanguageOptions {
            brace_spacing: false,
            bracket_spacing: false,
            trailing_comma: false,
            ..LanguageOptions::default()
        },
    };
    let laid_out = pretty_yaml::format_text(text, &options).map_err(|error| error.to_string())?;
    // What follows a comment beside a value would stand too far out.
    Ok(aligned(text, laid_out))
}

/// The order of a document's names, where it is one of ours.
fn order(document: &Data) -> Option<SchemaOrder<'static>> {
    let Data::Map(entries) = document else { return None };
    match entries.get("kind")? {
        Data::Text(kind) => order_of(kind),
        _ => None,
    }
}

/// The order of a document of this kind, if it is one of ours.
pub(crate) fn order_of(kind: &str) -> Option<SchemaOrder<'static>> {
    static SCHEMA: LazyLock<Json> = LazyLock::new(super::schema);
    SchemaOrder::of_document(&SCHEMA, kind)
}

/// Each comment, and how often it stands in a text.
fn comments(text: &str) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for event in Parser::new_from_str(text) {
        if let Ok((Event::Comment(comment, _), _)) = event {
            *found.entry(comment.trim_end().to_owned()).or_default() += 1;
        }
    }
    found
}
