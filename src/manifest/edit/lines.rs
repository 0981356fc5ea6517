//! Lines and parts between commas that come and go.

use std::ops::Range;

use super::sketch::{column, line_end, line_start};
use super::splice::Splices;

impl Splices<'_> {
    /// Lines with a line break before each.
    pub(super) fn below(&self, lines: &[String]) -> String {
        lines
            .iter()
            .map(|line| format!("{}{line}", self.line_break()))
            .collect()
    }

    /// Puts lines below the one in which a byte stands.
    pub(super) fn lines_after(&mut self, at: usize, lines: Vec<String>) {
        let end = line_end(self.text, at);
        self.put(end..end, self.below(&lines));
    }

    /// Puts lines where the first part of a block collection stands, which then follows them.
    pub(super) fn lines_before(&mut self, at: usize, lines: Vec<String>) {
        let column = column(self.text, at);
        let mut new = lines.join(self.line_break())[column..].to_owned();
        new.push_str(self.line_break());
        new.push_str(&" ".repeat(column));
        self.put(at..at, new);
    }

    /// Takes away a part of a block collection; `next` is where the next part starts.
    pub(super) fn remove_lines(&mut self, part: Range<usize>, next: Option<usize>) {
        let start = line_start(self.text, part.start);
        let end = line_end(self.text, part.end);
        let is_alone = self.text[start..part.start].trim().is_empty();
        let next_is_near = |next: &usize| self.text[part.end..*next].trim().is_empty();
        match next {
            // `- name: x`: the next name takes the place beside the dash.
            Some(next) if !is_alone && next_is_near(&next) => self.put(part.start..next, String::new()),
            _ if !is_alone => self.put(part.start..end, String::new()),
            _ if end == self.text.len() => {
                let before = self.text[..start].trim_end_matches(['\n', '\r']).len();
                self.put(before..end, String::new());
            }
            _ => self.put(start..self.after_break(end), String::new()),
        }
    }

    /// Takes away a part of a flow collection with one comma; `before` is where the part before it ends.
    pub(super) fn remove_between_commas(&mut self, part: Range<usize>, before: Option<usize>) {
        let rest = &self.text[part.end..];
        let blank = rest.len() - rest.trim_start().len();
        if rest[blank..].starts_with(',') {
            let after = part.end + blank + 1;
            let spaces = self.text[after..].len() - self.text[after..].trim_start_matches(' ').len();
            return self.put_tidily(part.start..after + spaces);
        }
        let comma = before.and_then(|before| self.text[before..part.start].find(',').map(|at| before + at));
        match comma {
            Some(comma) if self.text[comma + 1..part.start].trim().is_empty() => {
                self.put(comma..part.end, String::new());
            }
            Some(comma) => {
                self.put(comma..comma + 1, String::new());
                self.put_tidily(part);
            }
            None => self.put(part, String::new()),
        }
    }

    /// Takes away a stretch, and its line if nothing else is in it.
    pub(super) fn put_tidily(&mut self, range: Range<usize>) {
        let (start, end) = (line_start(self.text, range.start), line_end(self.text, range.end));
        let is_alone = self.text[start..range.start].trim().is_empty() && self.text[range.end..end].trim().is_empty();
        let is_in_one_line = !self.text[range.clone()].contains('\n');
        if is_alone && is_in_one_line {
            self.put(start..self.after_break(end), String::new());
        } else {
            self.put(range, String::new());
        }
    }

    /// The byte after the line break that follows a line's end.
    pub(super) fn after_break(&self, end: usize) -> usize {
        self.text[end..].find('\n').map_or(self.text.len(), |at| end + at + 1)
    }

    pub(super) fn line_break(&self) -> &'static str {
        if self.text.contains("\r\n") { "\r\n" } else { "\n" }
    }

    pub(super) fn put(&mut self, range: Range<usize>, new: String) {
        if !range.is_empty() || !new.is_empty() {
            self.list.push((range, new));
        }
    }
}
