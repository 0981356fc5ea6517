//! Puts the names of maps into another order: what belongs to a name moves with it, comments above it too.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;

use super::sketch::{Entry, Form, Layout, PieceId, Sketch, column, line_end, line_start};

/// In which order the names of a map stand, and of the values below it.
pub(crate) trait Order: Sized {
    /// The lower, the earlier; names of equal rank stay in the order in which they are written.
    fn rank(&self, name: &str) -> usize;
    /// The order below a name.
    fn below(&self, name: &str) -> Option<Self>;
    /// The order in the items of a list.
    fn item(&self) -> Option<Self>;
}

/// The text with the names of all maps in their order. `order` is that of the documents that are not empty.
pub(in crate::manifest) fn reordered<O: Order>(text: &str, orders: &[Option<O>]) -> String {
    let sketch = Sketch::read(text);
    let mut mover = Mover {
        text,
        sketch: &sketch,
        ties: ties(&sketch),
    };
    let mut moved = Vec::new();
    for (root, order) in sketch.documents.iter().zip(orders) {
        if let Some(order) = order {
            mover.value(*root, order, &mut moved);
        }
    }
    with(text, 0..text.len(), &moved)
}

/// A stretch of text, and what takes its place.
type Moved = Vec<(Range<usize>, String)>;

struct Mover<'t> {
    text: &'t str,
    sketch: &'t Sketch,
    /// Where an anchor is defined, and where it is named, in the order of the latter.
    ties: Vec<(usize, usize)>,
}

impl Mover<'_> {
    /// Adds what moves in a value, in the order of the text.
    fn value<O: Order>(&mut self, id: PieceId, order: &O, moved: &mut Moved) {
        match &self.sketch.piece(id).form {
            Form::List(_, items) => {
                if let Some(order) = order.item() {
                    items.iter().for_each(|item| self.value(*item, &order, moved));
                }
            }
            Form::Map(layout, entries) => self.map(id, *layout, entries, order, moved),
            Form::Scalar | Form::Literal | Form::Alias(_) => {}
        }
    }

    fn map<O: Order>(&mut self, id: PieceId, layout: Layout, entries: &[Entry], order: &O, moved: &mut Moved) {
        let mut inside: Vec<Moved> = Vec::new();
        for entry in entries {
            let mut below = Vec::new();
            let name = entry.name.as_deref().unwrap_or_default();
            if let Some(order) = order.below(name) {
                self.value(entry.value, &order, &mut below);
            }
            inside.push(below);
        }
        let stretches = match layout {
            Layout::Block(at) => self.block(id, at, entries),
            Layout::Flow | Layout::Pair => self.flow(entries),
        };
        let sorted = self.sorted(entries, &stretches, order);
        let is_sorted = sorted.iter().enumerate().all(|(at, from)| at == *from);
        if is_sorted || layout == Layout::Pair || !self.may_move(layout, &stretches) {
            return moved.extend(inside.into_iter().flatten());
        }
        let texts: Vec<String> = stretches
            .iter()
            .zip(&inside)
            .map(|(stretch, inside)| with(self.text, stretch.clone(), inside))
            .collect();
        match layout {
            Layout::Block(at) => {
                let begins_inline =
                    !self.text[line_start(self.text, stretches[0].start)..stretches[0].start].is_empty();
                let whole = stretches[0].start..stretches[stretches.len() - 1].end;
                moved.push((whole, lines(&texts, &sorted, begins_inline.then_some(at))));
            }
            _ => {
                let places = stretches.into_iter().zip(sorted);
                moved.extend(places.map(|(place, from)| (place, texts[from].clone())));
            }
        }
    }

    /// The lines that go with each name: comments above it, and everything to the next name.
    fn block(&self, id: PieceId, at: usize, entries: &[Entry]) -> Vec<Range<usize>> {
        let mut start = self.first(id, at);
        let mut stretches = Vec::new();
        for entry in entries {
            let end = self.after_comments(self.sketch.entry_end(self.text, entry), at);
            stretches.push(start..end);
            start = end;
        }
        stretches
    }

    /// Where the lines of a map begin: with comments above its first name, unless these open a document.
    fn first(&self, id: PieceId, at: usize) -> usize {
        let piece = self.sketch.piece(id);
        let mut start = line_start(self.text, piece.place.start);
        if !self.text[start..piece.place.start].trim().is_empty() {
            return piece.place.start;
        }
        if piece.parent.is_none() {
            return start;
        }
        while start > 0 {
            let above = line_start(self.text, start - 1);
            if !is_comment(&self.text[above..start], |column| column == at) {
                break;
            }
            start = above;
        }
        start
    }

    /// The end of the lines of an entry, with comments that stand further in than its name.
    fn after_comments(&self, end: usize, at: usize) -> usize {
        let after = |end: usize| {
            self.text[end..]
                .find('\n')
                .map_or(self.text.len(), |line| end + line + 1)
        };
        let mut kept = after(line_end(self.text, end));
        let mut line = kept;
        while line < self.text.len() {
            let next = after(line);
            let content = &self.text[line..next];
            if is_comment(content, |column| column > at) {
                kept = next;
            } else if !content.trim().is_empty() {
                break;
            }
            line = next;
        }
        kept
    }

    fn flow(&self, entries: &[Entry]) -> Vec<Range<usize>> {
        let stretch = |entry: &Entry| self.sketch.piece(entry.key).start()..self.sketch.entry_end(self.text, entry);
        entries.iter().map(stretch).collect()
    }

    /// Comments between braces belong to nobody, and lines must end to be put into another order.
    fn may_move(&self, layout: Layout, stretches: &[Range<usize>]) -> bool {
        match layout {
            Layout::Block(_) => stretches
                .iter()
                .all(|stretch| self.text[stretch.clone()].ends_with('\n')),
            _ => {
                let whole = stretches[0].start..stretches[stretches.len() - 1].end;
                !self.text[whole].contains('\n')
            }
        }
    }

    /// Which entry comes first, second, …: by rank, but never an alias before its anchor.
    fn sorted<O: Order>(&self, entries: &[Entry], stretches: &[Range<usize>], order: &O) -> Vec<usize> {
        let rank = |index: usize| order.rank(entries[index].name.as_deref().unwrap_or_default());
        // As it is written no alias comes before its anchor, so that nothing needs to be looked at.
        if (1..entries.len()).all(|index| rank(index - 1) <= rank(index)) {
            return (0..entries.len()).collect();
        }
        let whole = stretches[0].start..stretches[stretches.len() - 1].end;
        let from = self.ties.partition_point(|(_, alias)| *alias < whole.start);
        let ties = self.ties[from..].iter().take_while(|(_, alias)| *alias < whole.end);
        let holder = |byte: usize| {
            let index = stretches.partition_point(|stretch| stretch.end <= byte);
            Some(index).filter(|index| stretches.get(*index).is_some_and(|stretch| stretch.contains(&byte)))
        };
        let mut waits = vec![0; entries.len()];
        let mut frees: Vec<Vec<usize>> = vec![Vec::new(); entries.len()];
        for (anchor, alias) in ties {
            if let (Some(first), Some(second)) = (holder(*anchor), holder(*alias))
                && first != second
            {
                waits[second] += 1;
                frees[first].push(second);
            }
        }
        let ready = (0..entries.len()).filter(|index| waits[*index] == 0);
        let mut ready: BinaryHeap<_> = ready.map(|index| Reverse((rank(index), index))).collect();
        let mut sorted = Vec::with_capacity(entries.len());
        while let Some(Reverse((_, index))) = ready.pop() {
            sorted.push(index);
            for next in &frees[index] {
                waits[*next] -= 1;
                if waits[*next] == 0 {
                    ready.push(Reverse((rank(*next), *next)));
                }
            }
        }
        sorted
    }
}

/// Lines in their new order; where the first begins beside a dash, the one that comes first takes its place there.
fn lines(texts: &[String], sorted: &[usize], beside_dash: Option<usize>) -> String {
    let mut whole = String::new();
    for (at, from) in sorted.iter().enumerate() {
        let text = texts[*from].as_str();
        match beside_dash {
            Some(column) if *from == 0 => whole.push_str(&" ".repeat(column)),
            _ => {}
        }
        let text = if at == 0 { without_blank_lines(text) } else { text };
        match beside_dash {
            Some(column) if at == 0 => whole.push_str(text.get(column..).unwrap_or(text)),
            _ => whole.push_str(text),
        }
    }
    whole
}

fn without_blank_lines(text: &str) -> &str {
    let content = text.len() - text.trim_start().len();
    &text[line_start(text, content)..]
}

fn is_comment(line: &str, fits: impl Fn(usize) -> bool) -> bool {
    let content = line.trim_start_matches(' ');
    content.starts_with('#') && fits(column(line, line.len() - content.len()))
}

/// Where each anchor is defined and named.
fn ties(sketch: &Sketch) -> Vec<(usize, usize)> {
    let defined: std::collections::HashMap<usize, usize> = sketch
        .pieces()
        .filter_map(|piece| Some((piece.anchor?, piece.place.start)))
        .collect();
    sketch
        .pieces()
        .filter_map(|piece| match piece.form {
            Form::Alias(anchor) => Some((*defined.get(&anchor)?, piece.place.start)),
            _ => None,
        })
        .collect()
}

/// A stretch of text in which some stretches are replaced.
fn with(text: &str, whole: Range<usize>, moved: &Moved) -> String {
    let (mut new, mut done) = (String::with_capacity(whole.len()), whole.start);
    for (range, replacement) in moved {
        new.push_str(&text[done..range.start]);
        new.push_str(replacement);
        done = range.end;
    }
    new.push_str(&text[done..whole.end]);
    new
}
