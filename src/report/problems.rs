//! Problems of files with the places that other tools find them at.

use std::path::Path;

use crate::model::{Diagnostic, Diagnostics, Place, Sources};

/// Diagnostics, the files that they speak of, and where these lie.
#[derive(Clone, Copy)]
pub struct Problems<'a> {
    /// What was found.
    pub diagnostics: &'a Diagnostics,
    /// The files.
    pub sources: &'a Sources,
    /// The path of the project in its repository: paths in annotations start there.
    pub base: &'a Path,
}

/// A stretch of a file; lines and columns count from 1, the end is the first column after it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Span {
    /// The path in the repository, with `/`.
    pub(super) path: String,
    /// Line and column.
    pub(super) start: (usize, usize),
    /// Line and column.
    pub(super) end: (usize, usize),
}

impl Problems<'_> {
    /// Where a place is.
    pub(super) fn span(&self, place: Place) -> Option<Span> {
        let (path, line, column) = self.sources.locate(place)?;
        let end = Place {
            start: place.end.max(place.start),
            ..place
        };
        let end = self.sources.locate(end).map(|(_, line, column)| (line, column));
        Some(Span {
            path: self.base.join(path).display().to_string().replace('\\', "/"),
            start: (line, column),
            end: end.unwrap_or((line, column)),
        })
    }

    /// Where the problem is, if it is in a file.
    pub(super) fn main_span(&self, found: &Diagnostic) -> Option<Span> {
        found.labels.first().and_then(|(place, _)| self.span(*place))
    }
}

/// The whole sentence: what is wrong, what is said at its place, and what to do.
pub(super) fn sentence(found: &Diagnostic) -> String {
    let remark = found.labels.first().map(|(_, remark)| remark.as_str());
    let remark = remark.filter(|remark| !remark.is_empty());
    let remark = remark.map_or(String::new(), |remark| format!(" ({remark})"));
    let help = found.help.as_ref().map_or(String::new(), |help| format!(". {help}"));
    format!("{}{remark}{help}", found.message)
}
