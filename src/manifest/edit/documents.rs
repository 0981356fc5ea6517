//! Whole documents of a file.

use std::ops::Range;

use super::refusal;
use super::sketch::{line_end, line_start};
use super::splice::{Made, Splices};

impl Splices<'_> {
    /// Adds a document's text after another one.
    pub(super) fn insert_document(&mut self, after: usize, text: &str) {
        let at = match self.separator(after) {
            Some(line) => line.start,
            None => self.text.len(),
        };
        let is_open = at == self.text.len() && !self.text.is_empty() && !self.text.ends_with('\n');
        let start = if is_open { self.line_break() } else { "" };
        let new = format!("{start}---\n{text}").replace('\n', self.line_break());
        self.put(at..at, new);
    }

    /// Takes away a document with its comments; what stands above the first one stays, since it is about the file.
    pub(super) fn remove_document(&mut self, index: usize) -> Made {
        let root = self.sketch.piece(self.sketch.documents[index]);
        let after = self.separator(index);
        let range = match (index.checked_sub(1), after) {
            (Some(before), after) => {
                let start = self.separator(before).map_or(root.start(), |line| line.start);
                start..after.map_or(self.text.len(), |line| line.start)
            }
            (None, Some(after)) => line_start(self.text, root.start())..after.end,
            (None, None) => {
                let place = self.place(root.place.clone());
                return Err(refusal::unusual("the only document of a file", place));
            }
        };
        self.put(range, String::new());
        Ok(())
    }

    /// The line that ends a document, where another one follows.
    fn separator(&self, index: usize) -> Option<Range<usize>> {
        let documents = &self.sketch.documents;
        let next = self.sketch.piece(*documents.get(index + 1)?).start();
        let mut start = line_start(self.text, self.sketch.piece(documents[index]).end());
        while start < next {
            let end = self.after_break(line_end(self.text, start));
            if self.text[start..end].starts_with("---") {
                return Some(start..end);
            }
            start = end;
        }
        None
    }
}
