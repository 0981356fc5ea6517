//! The pieces at a spot, and which of them may be edited.

use std::ops::Range;

use super::data::{Spot, Step};
use super::refusal;
use super::sketch::{Entry, Form, Layout, Piece, PieceId, line_start};
use super::splice::{Made, Splices};
use crate::model::{Diagnostic, Place};

impl<'t> Splices<'t> {
    /// The parts of a collection: the piece, and the stretch of text that goes with it.
    pub(super) fn parts(&self, id: PieceId) -> Vec<(PieceId, Range<usize>)> {
        match &self.sketch.piece(id).form {
            Form::Map(_, entries) => entries
                .iter()
                .map(|entry| {
                    let start = self.sketch.piece(entry.key).start();
                    (entry.value, start..self.sketch.entry_end(self.text, entry))
                })
                .collect(),
            Form::List(layout, items) => items
                .iter()
                .enumerate()
                .map(|(index, item)| {
                    let piece = self.sketch.piece(*item);
                    match layout {
                        Layout::Block(_) => {
                            let dash = self.dash(id, index);
                            (*item, dash..piece.end().max(dash + 1))
                        }
                        _ => (*item, piece.start()..piece.end()),
                    }
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Where the dash of a block list's item stands.
    pub(super) fn dash(&self, list: PieceId, index: usize) -> usize {
        let piece = self.sketch.piece(list);
        let Form::List(Layout::Block(at), items) = &piece.form else {
            return piece.place.start;
        };
        let Some(item) = items.get(index).filter(|_| index > 0) else {
            return piece.place.start;
        };
        let mut line = line_start(self.text, self.sketch.piece(*item).start());
        loop {
            let indentation = self.text[line..].len() - self.text[line..].trim_start_matches(' ').len();
            if indentation == *at && self.text[line + at..].starts_with('-') {
                return line + at;
            }
            if line <= piece.place.start {
                return piece.place.start;
            }
            line = line_start(self.text, line - 1);
        }
    }

    /// The piece at a spot; what an alias or a merge brings there is refused.
    pub(super) fn find(&self, spot: &Spot) -> Result<PieceId, Diagnostic> {
        let Some(&root) = self.sketch.documents.get(spot.document) else {
            return Err(refusal::nothing_there("document", self.place(0..0)));
        };
        let mut id = root;
        for step in &spot.steps {
            let piece = self.own(id)?;
            id = match (&piece.form, step) {
                (Form::Map(_, entries), Step::Key(key)) => self.entry(piece, entries, key)?,
                (Form::List(_, items), Step::Item(index)) if *index < items.len() => items[*index],
                (_, Step::Key(key)) => {
                    return Err(refusal::nothing_there(
                        &format!("`{key}`"),
                        self.place(piece.place.clone()),
                    ));
                }
                (_, Step::Item(index)) => {
                    let item = format!("item {}", index + 1);
                    return Err(refusal::nothing_there(&item, self.place(piece.place.clone())));
                }
            };
        }
        self.own(id)?;
        Ok(id)
    }

    pub(super) fn entry(&self, piece: &Piece, entries: &[Entry], key: &str) -> Result<PieceId, Diagnostic> {
        if let Some(entry) = entries.iter().find(|entry| entry.name.as_deref() == Some(key)) {
            return Ok(entry.value);
        }
        let merge = entries.iter().find(|entry| entry.name.as_deref() == Some("<<"));
        Err(match merge {
            Some(merge) => refusal::merged(key, self.place(self.sketch.piece(merge.key).place.clone())),
            None => refusal::nothing_there(&format!("`{key}`"), self.place(piece.place.clone())),
        })
    }

    /// The piece, if it is written where it stands.
    pub(super) fn own(&self, id: PieceId) -> Result<&'t Piece, Diagnostic> {
        let piece = self.sketch.piece(id);
        match piece.form {
            Form::Alias(anchor) => Err(refusal::alias(
                self.sketch.anchor_name(anchor),
                self.place(piece.place.clone()),
            )),
            _ => Ok(piece),
        }
    }

    /// Refuses what would change a value, or take one away, that other places use too.
    pub(super) fn shared(&self, id: PieceId, piece: &Piece) -> Made {
        self.shared_around(id)?;
        let within = |other: &&Piece| piece.start() <= other.place.start && other.place.end <= piece.end();
        self.sketch
            .pieces()
            .filter(within)
            .try_for_each(|inner| self.unshared(inner, piece.start()..piece.end()))
    }

    pub(super) fn shared_around(&self, id: PieceId) -> Made {
        let mut next = Some(id);
        while let Some(id) = next {
            let piece = self.sketch.piece(id);
            self.unshared(piece, 0..0)?;
            next = piece.parent;
        }
        Ok(())
    }

    /// Refuses an anchor that is used outside of a stretch.
    pub(super) fn unshared(&self, piece: &Piece, stretch: Range<usize>) -> Made {
        let Some(anchor) = piece.anchor else { return Ok(()) };
        match self.sketch.alias_outside(anchor, &stretch) {
            Some(alias) => Err(refusal::shared(
                self.sketch.anchor_name(anchor),
                self.place(piece.properties.clone()),
                self.place(alias.place.clone()),
            )),
            None => Ok(()),
        }
    }

    pub(super) fn pair(&self, piece: &Piece) -> Diagnostic {
        refusal::unusual("a map without braces between brackets", self.place(piece.place.clone()))
    }

    pub(super) fn place(&self, range: Range<usize>) -> Place {
        Place {
            source: self.source,
            start: range.start as u32,
            end: range.end as u32,
        }
    }
}
