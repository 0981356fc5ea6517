//! Comments in lines of their own: to which collection each belongs, and at its column.

use std::ops::Range;

use granit_parser::{Event, Parser};

use super::sketch::{Form, Layout, PieceId, Sketch, column, line_start};

/// A laid out text in which comments stand at the column of the collection to which they belonged before. Both texts
/// hold the same values and comments in the same order; where they do not, the layout is given back as it is.
pub(in crate::manifest) fn aligned(before: &str, after: String) -> String {
    let (old, new) = (Picture::of(before), Picture::of(&after));
    if old.comments.len() != new.comments.len() || old.sketch.pieces().count() != new.sketch.pieces().count() {
        return after;
    }
    let (mut text, mut done) = (String::with_capacity(after.len()), 0);
    for (comment, target) in old.comments.iter().zip(&new.comments) {
        let start = line_start(&after, target.start);
        let is_own_line = after[start..target.start].trim().is_empty();
        if let Some(home) = old.home(comment).filter(|_| is_own_line) {
            text.push_str(&after[done..start]);
            text.push_str(&" ".repeat(new.column(home)));
            done = target.start;
        }
    }
    text.push_str(&after[done..]);
    text
}

/// Everything that is written in a text.
struct Picture<'t> {
    text: &'t str,
    sketch: Sketch,
    comments: Vec<Range<usize>>,
    /// The pieces that hold no others, in the order of the text.
    leaves: Vec<PieceId>,
}

impl<'t> Picture<'t> {
    fn of(text: &'t str) -> Self {
        let sketch = Sketch::read(text);
        let comments = Parser::new_from_str(text).filter_map(|event| match event {
            Ok((Event::Comment(..), span)) => Some(span.start.byte_offset()?..span.end.byte_offset()?),
            _ => None,
        });
        let mut comments: Vec<Range<usize>> = comments.collect();
        comments.sort_by_key(|comment| comment.start);
        let is_leaf = |id: &PieceId| !matches!(sketch.piece(*id).form, Form::List(..) | Form::Map(..));
        let mut leaves: Vec<PieceId> = (0..sketch.pieces().count()).filter(is_leaf).collect();
        leaves.sort_by_key(|id| sketch.piece(*id).place.start);
        Picture {
            text,
            sketch,
            comments,
            leaves,
        }
    }

    /// The collection in lines to which a comment belongs; `None` for one beside a value or between brackets.
    fn home(&self, comment: &Range<usize>) -> Option<PieceId> {
        let at = column(self.text, comment.start);
        if !self.text[comment.start - at..comment.start].trim().is_empty() {
            return None;
        }
        let next = self
            .leaves
            .partition_point(|id| self.sketch.piece(*id).place.start < comment.start);
        let (above, below) = (
            next.checked_sub(1).map(|index| self.leaves[index]),
            self.leaves.get(next).copied(),
        );
        let same_document = |from: usize, to: usize| {
            let between = self.text.get(from..to).unwrap_or_default();
            !between
                .lines()
                .any(|line| line.starts_with("---") || line.starts_with("..."))
        };
        let above = above.filter(|id| same_document(self.sketch.piece(*id).end(), comment.start));
        let below = below.filter(|id| same_document(comment.end, self.sketch.piece(*id).start()));
        let (above, below) = (self.around(above), self.around(below));
        if above.iter().any(|id| below.contains(id) && self.is_flow(*id)) {
            return None;
        }
        // The first part of a collection takes what stands above it.
        let begins = below
            .first()
            .filter(|id| !above.contains(id) && above.contains(&self.parent(**id)));
        if let Some(begins) = begins.filter(|_| below.len() > above.len()) {
            return Some(*begins).filter(|id| !self.is_flow(*id));
        }
        let is_item = self.text[comment.start..].starts_with("# - ");
        let mut homes: Vec<PieceId> = above.into_iter().chain(below).filter(|id| !self.is_flow(*id)).collect();
        homes.retain(|id| self.column(*id) <= at);
        // A list may stand at the column of its name: only an item that was commented out belongs to it.
        homes.into_iter().max_by_key(|id| {
            let is_list = matches!(self.sketch.piece(*id).form, Form::List(..));
            (self.column(*id), is_list == is_item)
        })
    }

    /// The collections around a piece, the innermost first.
    fn around(&self, id: Option<PieceId>) -> Vec<PieceId> {
        let parent = |id: &PieceId| self.sketch.piece(*id).parent;
        std::iter::successors(id.as_ref().and_then(parent), parent).collect()
    }

    fn parent(&self, id: PieceId) -> PieceId {
        self.sketch.piece(id).parent.unwrap_or(id)
    }

    fn column(&self, id: PieceId) -> usize {
        match self.sketch.piece(id).form {
            Form::List(Layout::Block(column), _) | Form::Map(Layout::Block(column), _) => column,
            _ => 0,
        }
    }

    fn is_flow(&self, id: PieceId) -> bool {
        !matches!(
            self.sketch.piece(id).form,
            Form::List(Layout::Block(_), _) | Form::Map(Layout::Block(_), _)
        )
    }
}
