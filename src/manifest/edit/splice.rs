//! Edits as changes of bytes.

use std::ops::Range;

use super::data::{Data, Spot};
use super::refusal;
use super::sketch::{Entry, Form, Layout, Piece, PieceId, Sketch, line_end, line_start};
use super::spelling::{self, Block};
use crate::model::{Diagnostic, Place};

/// Changes of bytes that are made together.
pub(super) struct Splices<'t> {
    pub(super) source: u32,
    pub(super) text: &'t str,
    pub(super) sketch: &'t Sketch,
    /// What takes the place of which bytes; none overlaps another.
    pub(super) list: Vec<(Range<usize>, String)>,
}

/// What comes of an edit: nothing, or why it is not made.
pub(super) type Made = Result<(), Diagnostic>;

impl<'t> Splices<'t> {
    /// Starts with no change.
    pub(super) fn new(source: u32, text: &'t str, sketch: &'t Sketch) -> Self {
        Splices {
            source,
            text,
            sketch,
            list: Vec::new(),
        }
    }

    /// The changed text, and where the first change is.
    pub(super) fn finish(mut self) -> (String, Place) {
        // What is put in at the start of a stretch stands before what takes the stretch's place.
        self.list.sort_by_key(|(range, _)| (range.start, range.end));
        let place = self.list.first().map_or(0..0, |(range, _)| range.clone());
        let (mut text, mut done) = (String::with_capacity(self.text.len() + 64), 0);
        for (range, new) in &self.list {
            text.push_str(&self.text[done..range.start.max(done)]);
            text.push_str(new);
            done = range.end.max(done);
        }
        text.push_str(&self.text[done..]);
        (text, self.place(place))
    }

    /// Gives a spot another value.
    pub(super) fn replace(&mut self, spot: &Spot, data: &Data) -> Made {
        let id = self.find(spot)?;
        self.shared(id, self.sketch.piece(id))?;
        self.value(id, data)
    }

    /// Adds a name to a map.
    pub(super) fn add_entry(&mut self, spot: &Spot, name: &str, data: &Data, after: Option<&str>) -> Made {
        let id = self.find(spot)?;
        self.shared_around(id)?;
        let piece = self.sketch.piece(id);
        let Form::Map(layout, entries) = &piece.form else {
            return Err(refusal::nothing_there("map", self.place(piece.place.clone())));
        };
        let whole = || Data::map([(name, data.clone())]);
        let Some(last) = entries.last() else {
            return self.value(id, &whole());
        };
        let named = |entry: &&Entry| entry.name.as_deref() == after && after.is_some();
        let previous = entries.iter().find(named).unwrap_or(last);
        let end = self.sketch.entry_end(self.text, previous);
        match layout {
            Layout::Block(column) => self.lines_after(end, spelling::entry(name, data, *column)),
            Layout::Flow => {
                let entry = format!(", {}: {}", spelling::scalar(name), spelling::flow(data));
                self.put(end..end, entry);
            }
            Layout::Pair => return Err(self.pair(piece)),
        }
        Ok(())
    }

    /// Adds an item to a list.
    pub(super) fn insert_item(&mut self, spot: &Spot, index: usize, data: &Data) -> Made {
        let id = self.find(spot)?;
        self.shared_around(id)?;
        let piece = self.sketch.piece(id);
        let Form::List(layout, items) = &piece.form else {
            return Err(refusal::nothing_there("list", self.place(piece.place.clone())));
        };
        if items.is_empty() {
            return self.value(id, &Data::List(vec![data.clone()]));
        }
        match (layout, index.checked_sub(1)) {
            (Layout::Block(column), Some(previous)) => {
                let end = self.sketch.piece(items[previous.min(items.len() - 1)]).end();
                let end = end.max(self.dash(id, previous) + 1);
                self.lines_after(end, spelling::listed(data, *column));
            }
            (Layout::Block(column), None) => self.lines_before(piece.place.start, spelling::listed(data, *column)),
            (_, Some(previous)) => {
                let end = self.sketch.piece(items[previous.min(items.len() - 1)]).end();
                self.put(end..end, format!(", {}", spelling::flow(data)));
            }
            (_, None) => {
                let start = self.sketch.piece(items[0]).start();
                self.put(start..start, format!("{}, ", spelling::flow(data)));
            }
        }
        Ok(())
    }

    /// Takes away a name with its value, or an item.
    pub(super) fn remove(&mut self, spot: &Spot) -> Made {
        let id = self.find(spot)?;
        self.shared(id, self.sketch.piece(id))?;
        let Some(around) = self.sketch.piece(id).parent else {
            return Err(refusal::unusual(
                "a whole document",
                self.place(self.sketch.piece(id).place.clone()),
            ));
        };
        let parts = self.parts(around);
        let piece = self.sketch.piece(around);
        let (layout, nothing) = match &piece.form {
            Form::List(layout, _) => (*layout, Data::List(Vec::new())),
            Form::Map(layout, _) => (*layout, Data::map([])),
            _ => return Err(self.pair(piece)),
        };
        let Some(index) = parts.iter().position(|(part, _)| *part == id) else {
            return Err(self.pair(piece));
        };
        match layout {
            _ if parts.len() == 1 => self.value(around, &nothing)?,
            Layout::Block(_) => {
                let next = parts.get(index + 1).map(|(_, next)| next.start);
                self.remove_lines(parts[index].1.clone(), next);
            }
            Layout::Flow => {
                let before = index.checked_sub(1).map(|before| parts[before].1.end);
                self.remove_between_commas(parts[index].1.clone(), before);
            }
            Layout::Pair => return Err(self.pair(piece)),
        }
        Ok(())
    }

    /// Adds a document at the end.
    pub(super) fn add_document(&mut self, data: &Data) {
        let mut new = String::new();
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            new.push_str(self.line_break());
        }
        if !self.sketch.documents.is_empty() {
            new.push_str("---");
            new.push_str(self.line_break());
        }
        let lines = match data {
            data if data.is_empty() || !data.is_collection() => vec![spelling::flow(data)],
            data => spelling::lines(data, 0),
        };
        for line in lines {
            new.push_str(&line);
            new.push_str(self.line_break());
        }
        self.put(self.text.len()..self.text.len(), new);
    }

    /// Puts a value in the place of another.
    fn value(&mut self, id: PieceId, data: &Data) -> Made {
        let piece = self.sketch.piece(id);
        let is_flow = matches!(piece.form, Form::List(Layout::Flow, _) | Form::Map(Layout::Flow, _));
        let keeps_flow = is_flow && data.is_collection() && piece.place.len() > "[]".len();
        let Some(parent) = piece.parent else {
            return self.root(piece, data);
        };
        if self.sketch.is_in_flow(id) || keeps_flow {
            self.inline(id, spelling::flow(data));
            return Ok(());
        }
        let block = match &self.sketch.piece(parent).form {
            // The lines of a text would take in a comment that stands before them.
            _ if !data.is_collection() && self.starts_below(id) => spelling::inline(spelling::flow(data)),
            Form::Map(Layout::Block(column), _) => spelling::value(data, *column),
            Form::List(Layout::Block(column), _) => spelling::item(data, *column),
            _ => return Err(self.pair(piece)),
        };
        self.block(id, block);
        Ok(())
    }

    /// A document's root, which has no name before it.
    fn root(&mut self, piece: &Piece, data: &Data) -> Made {
        let new = if data.is_collection() && !data.is_empty() {
            spelling::lines(data, 0).join(self.line_break())
        } else {
            spelling::flow(data)
        };
        self.put(piece.place.clone(), new);
        Ok(())
    }

    /// Puts a text of one line in the place of a value that stands between brackets, or of a flow collection.
    fn inline(&mut self, id: PieceId, new: String) {
        let place = self.sketch.piece(id).place.clone();
        if place.is_empty() {
            let head = self.head(id);
            self.put(head..head, format!(" {new}"));
        } else {
            self.put(place, new);
        }
    }

    /// Puts a value that stands in lines, or after a name, in the place of another.
    fn block(&mut self, id: PieceId, new: Block) {
        let piece = self.sketch.piece(id);
        let head = self.head(id);
        let space = if new.head.is_empty() { "" } else { " " };
        let first = format!("{space}{}", new.head);
        let rest = self.below(&new.lines);
        if piece.place.is_empty() {
            self.put(head..head, first);
            let end = line_end(self.text, head);
            self.put(end..end, rest);
        } else if self.starts_below(id) {
            // Comments between the name and the value stay where they are.
            self.put(head..head, first);
            let start = line_start(self.text, piece.place.start);
            let end = line_end(self.text, piece.place.end);
            let lines = rest.strip_prefix(self.line_break()).unwrap_or_default().to_owned();
            let range = if lines.is_empty() {
                start..self.after_break(end)
            } else {
                start..end
            };
            self.put(range, lines);
        } else if matches!(piece.form, Form::Literal) {
            // A comment beside `|` stays beside what comes.
            let header = line_end(self.text, piece.place.start);
            let line = &self.text[piece.place.start..header];
            let indicators = piece.place.start + line.find([' ', '\t']).unwrap_or(line.len());
            self.put(head..indicators, first);
            self.put(header..piece.place.end.max(header), rest);
        } else {
            self.put(head..piece.place.end, first);
            let end = line_end(self.text, piece.place.end);
            self.put(end..end, rest);
        }
    }

    /// Whether a value begins in a line below its name or dash.
    fn starts_below(&self, id: PieceId) -> bool {
        let between = self.text.get(self.head(id)..self.sketch.piece(id).place.start);
        between.is_some_and(|between| between.contains('\n'))
    }

    /// Where a value may begin: after its name's colon or its dash, its anchor and its tag.
    fn head(&self, id: PieceId) -> usize {
        let piece = self.sketch.piece(id);
        let Some(parent) = piece.parent else {
            return piece.place.start;
        };
        match &self.sketch.piece(parent).form {
            Form::Map(_, entries) => entries
                .iter()
                .find(|entry| entry.value == id)
                .map_or(piece.place.start, |entry| self.sketch.value_head(self.text, entry)),
            Form::List(Layout::Block(_), items) => {
                let index = items.iter().position(|item| *item == id).unwrap_or(0);
                let after_dash = self.dash(parent, index) + 1;
                if piece.properties.is_empty() {
                    after_dash
                } else {
                    after_dash.max(piece.properties.end)
                }
            }
            _ => piece.place.start,
        }
    }
}
