//! The editors of several files.

use std::collections::BTreeMap;

use super::Editor;
use crate::model::{Diagnostic, Sources};

/// Editors of files, each made where it is first asked for: that takes reading all of its text.
pub struct Editors<'s> {
    sources: &'s Sources,
    made: BTreeMap<u32, Result<Editor, Diagnostic>>,
}

impl<'s> Editors<'s> {
    /// None is made yet.
    pub fn new(sources: &'s Sources) -> Self {
        let made = BTreeMap::new();
        Editors { sources, made }
    }

    /// The editor of a file; that of an empty text for a file that is not among them.
    ///
    /// # Errors
    ///
    /// The first problem of a text that is no YAML or has a name twice.
    pub fn of(&mut self, source: u32) -> Result<&Editor, Diagnostic> {
        let editor = self.made.entry(source).or_insert_with(|| {
            let text = self.sources.get(source).map(|file| file.text.clone());
            Editor::new(source, text.unwrap_or_default())
        });
        editor.as_ref().map_err(Clone::clone)
    }
}
