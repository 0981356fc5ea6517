//! How a file is written: where each piece stands, in which style, with which anchors.

use std::collections::HashMap;
use std::ops::Range;

use granit_parser::{Event, Options, Parser, ScalarStyle, Span, StructureStyle};

/// Index of a piece in its sketch.
pub(super) type PieceId = usize;

/// A value as it is written.
pub(super) struct Piece {
    /// The bytes of its content, from the first to the last that means something; of a block scalar with its header.
    pub(super) place: Range<usize>,
    /// Where its anchor and its tag stand, or where it begins.
    pub(super) properties: Range<usize>,
    /// The anchor's number, where it has one.
    pub(super) anchor: Option<usize>,
    /// How it is written.
    pub(super) form: Form,
    /// The collection in which it stands.
    pub(super) parent: Option<PieceId>,
}

/// In which way a value is written.
pub(super) enum Form {
    /// In one line, or folded.
    Scalar,
    /// After `|` or `>`, in the lines below.
    Literal,
    /// `*name`, with the anchor's number.
    Alias(usize),
    /// A list.
    List(Layout, Vec<PieceId>),
    /// A map: names and values.
    Map(Layout, Vec<Entry>),
}

/// A map's entry.
pub(super) struct Entry {
    /// The name, where it is a text.
    pub(super) name: Option<String>,
    /// The name's piece.
    pub(super) key: PieceId,
    /// The value's piece.
    pub(super) value: PieceId,
}

/// How a collection is laid out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// In brackets or braces.
    Flow,
    /// `a: b` as an item between brackets.
    Pair,
    /// In lines, at this column.
    Block(usize),
}

/// Everything that is written in a file.
pub(super) struct Sketch {
    pieces: Vec<Piece>,
    /// The roots of the documents that are not empty.
    pub(super) documents: Vec<PieceId>,
    /// The names of the anchors.
    names: HashMap<usize, String>,
}

impl Sketch {
    /// Reads a text that our reader takes; where it does not, nothing is in the sketch from there on.
    pub(super) fn read(text: &str) -> Self {
        let mut options = Options::default();
        options.set_emit_comments(false);
        options.emit_anchor_events = true;
        let mut artist = Artist {
            text,
            sketch: Sketch {
                pieces: Vec::new(),
                documents: Vec::new(),
                names: HashMap::new(),
            },
            open: Vec::new(),
            last: None,
            floor: 0,
        };
        for event in Parser::new_from_str_with_options(text, options) {
            let Ok((event, span)) = event else { break };
            artist.event(event, span);
        }
        artist.sketch
    }

    /// The piece with this index.
    pub(super) fn piece(&self, id: PieceId) -> &Piece {
        &self.pieces[id]
    }

    /// All pieces.
    pub(super) fn pieces(&self) -> impl Iterator<Item = &Piece> {
        self.pieces.iter()
    }

    /// The name of an anchor.
    pub(super) fn anchor_name(&self, anchor: usize) -> &str {
        self.names.get(&anchor).map_or("", String::as_str)
    }

    /// Where the first alias of an anchor stands that is not within a stretch.
    pub(super) fn alias_outside(&self, anchor: usize, stretch: &Range<usize>) -> Option<&Piece> {
        let names_it = |piece: &&Piece| matches!(piece.form, Form::Alias(target) if target == anchor);
        let mut aliases = self.pieces.iter().filter(names_it);
        aliases.find(|alias| !stretch.contains(&alias.place.start))
    }

    /// Whether a piece stands between brackets or braces.
    pub(super) fn is_in_flow(&self, id: PieceId) -> bool {
        let mut parent = self.pieces[id].parent;
        while let Some(id) = parent {
            if matches!(self.pieces[id].form, Form::List(layout, _) | Form::Map(layout, _) if layout == Layout::Flow) {
                return true;
            }
            parent = self.pieces[id].parent;
        }
        false
    }
}

/// Makes pieces of events.
struct Artist<'t> {
    text: &'t str,
    sketch: Sketch,
    /// The collections whose end was not met yet, with the name that waits for its value.
    open: Vec<(PieceId, Option<PieceId>)>,
    /// The piece to which an anchor's event belongs.
    last: Option<PieceId>,
    /// The end of what was met last: nothing of the next piece stands before it.
    floor: usize,
}

impl Artist<'_> {
    fn event(&mut self, event: Event<'_>, span: Span) {
        let place = span.start.byte_offset().unwrap_or(0)..span.end.byte_offset().unwrap_or(0);
        let tag = span
            .tag_span()
            .and_then(|tag| Some(tag.start.byte_offset()?..tag.end.byte_offset()?));
        match event {
            Event::DocumentStart(..) => self.floor = place.end,
            Event::Scalar(text, style, anchor, _) => self.scalar(&text, style, anchor, place, tag),
            Event::Alias(anchor) => {
                let id = self.add(place, tag, 0, Form::Alias(anchor));
                self.finish(id, None);
            }
            Event::SequenceStart(style, anchor, _) => {
                let place = if style == StructureStyle::Flow {
                    place
                } else {
                    self.first_dash(place)
                };
                let layout = self.layout(style, &place);
                self.start(place, tag, anchor, Form::List(layout, Vec::new()));
            }
            Event::MappingStart(style, anchor, _) => {
                let layout = self.layout(style, &place);
                self.start(place, tag, anchor, Form::Map(layout, Vec::new()));
            }
            Event::Anchor(anchor, name) => self.anchor(anchor, name.into_owned(), place),
            Event::SequenceEnd | Event::MappingEnd => self.end(place),
            _ => {}
        }
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        anchor: usize,
        place: Range<usize>,
        tag: Option<Range<usize>>,
    ) {
        let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        let name = Some(text.to_owned());
        let (place, form) = if is_block {
            (self.block_scalar(&place), Form::Literal)
        } else {
            (place, Form::Scalar)
        };
        let is_null = style == ScalarStyle::Plain && matches!(text, "~" | "null" | "Null" | "NULL" | "");
        let id = self.add(place, tag, anchor, form);
        if self.open.is_empty() && is_null {
            return;
        }
        self.finish(id, name);
    }

    /// From the header to the end of the last line that is not empty, or of the last line where those count.
    fn block_scalar(&self, content: &Range<usize>) -> Range<usize> {
        let before = &self.text[self.floor..content.start];
        let is_header = |(at, letter): &(usize, char)| {
            matches!(letter, '|' | '>') && before[..*at].ends_with([' ', '\t', '\n', '\r'])
        };
        let start = before.char_indices().find(is_header).map_or(0, |(at, _)| at) + self.floor;
        let header = self.text[start..].lines().next().unwrap_or_default();
        let indicators = header.split([' ', '\t']).next().unwrap_or_default();
        let body = &self.text[content.clone()];
        let end = if indicators.contains('+') {
            body.rfind('\n').unwrap_or(body.len())
        } else {
            body.trim_end().len()
        };
        let end = if end == 0 {
            start + header.len()
        } else {
            content.start + end
        };
        start..end
    }

    /// Where a list in lines begins; the parser tells the first item of one that is no further in than its name.
    fn first_dash(&self, told: Range<usize>) -> Range<usize> {
        if self.open.last().is_none_or(|(_, name)| name.is_none()) {
            return told;
        }
        let mut line = self.floor;
        while let Some(end) = self.text[line..].find('\n').map(|end| line + end + 1) {
            let rest = self.text[end..].trim_start_matches(' ');
            let at = self.text.len() - rest.len();
            if rest.starts_with('-') || at > told.start {
                return at..at;
            }
            line = end;
        }
        told
    }

    fn layout(&self, style: StructureStyle, place: &Range<usize>) -> Layout {
        match style {
            StructureStyle::Flow if place.is_empty() => Layout::Pair,
            StructureStyle::Flow => Layout::Flow,
            _ => Layout::Block(column(self.text, place.start)),
        }
    }

    fn add(&mut self, place: Range<usize>, tag: Option<Range<usize>>, anchor: usize, form: Form) -> PieceId {
        self.sketch.pieces.push(Piece {
            properties: tag.unwrap_or(place.start..place.start),
            place,
            anchor: Some(anchor).filter(|anchor| *anchor != 0),
            form,
            parent: self.open.last().map(|(id, _)| *id),
        });
        let id = self.sketch.pieces.len() - 1;
        self.floor = self.floor.max(self.sketch.pieces[id].place.end);
        self.last = Some(id);
        id
    }

    fn anchor(&mut self, anchor: usize, name: String, place: Range<usize>) {
        self.sketch.names.insert(anchor, name);
        if let Some(last) = self.last {
            let properties = &mut self.sketch.pieces[last].properties;
            let alone = properties.start == properties.end;
            properties.start = properties.start.min(place.start);
            properties.end = if alone {
                place.end
            } else {
                properties.end.max(place.end)
            };
        }
    }

    fn start(&mut self, place: Range<usize>, tag: Option<Range<usize>>, anchor: usize, form: Form) {
        let id = self.add(place, tag, anchor, form);
        self.open.push((id, None));
    }

    fn end(&mut self, end: Range<usize>) {
        let Some((id, _)) = self.open.pop() else { return };
        let last = match &self.sketch.pieces[id].form {
            Form::List(Layout::Flow, _) | Form::Map(Layout::Flow, _) => end.end,
            Form::List(_, items) => items.last().map_or(0, |item| self.sketch.pieces[*item].end()),
            Form::Map(_, entries) => entries
                .last()
                .map_or(0, |entry| self.sketch.entry_end(self.text, entry)),
            _ => 0,
        };
        let place = &mut self.sketch.pieces[id].place;
        place.end = last.max(place.start);
        self.floor = self.floor.max(place.end);
        self.finish(id, None);
    }

    /// Hands a complete piece to the collection around it.
    fn finish(&mut self, id: PieceId, name: Option<String>) {
        let Some((open, waiting)) = self.open.last_mut() else {
            return self.sketch.documents.push(id);
        };
        let open = *open;
        if let Form::List(_, items) = &mut self.sketch.pieces[open].form {
            return items.push(id);
        }
        let Some(key) = waiting.take() else {
            *waiting = Some(id);
            if let Form::Map(_, entries) = &mut self.sketch.pieces[open].form {
                entries.push(Entry {
                    name,
                    key: id,
                    value: id,
                });
            }
            return;
        };
        if let Form::Map(_, entries) = &mut self.sketch.pieces[open].form
            && let Some(entry) = entries.last_mut().filter(|entry| entry.key == key)
        {
            entry.value = id;
        }
    }
}

impl Piece {
    /// The end of what is written of it: its anchor and tag, where it has no content.
    pub(super) fn end(&self) -> usize {
        self.place.end.max(self.properties.end)
    }

    /// The start of what is written of it, with its anchor and tag.
    pub(super) fn start(&self) -> usize {
        self.place.start.min(self.properties.start)
    }
}

impl Sketch {
    /// The end of a map's entry: of its value, or of the colon where it has none.
    pub(super) fn entry_end(&self, text: &str, entry: &Entry) -> usize {
        let colon = after_colon(text, self.pieces[entry.key].place.end);
        self.pieces[entry.value].end().max(colon)
    }

    /// Where an entry's value may begin: after the colon, the anchor and the tag.
    pub(super) fn value_head(&self, text: &str, entry: &Entry) -> usize {
        let colon = after_colon(text, self.pieces[entry.key].place.end);
        let properties = &self.pieces[entry.value].properties;
        if properties.is_empty() {
            colon
        } else {
            colon.max(properties.end)
        }
    }
}

/// The byte after the colon that follows a name, or the name's end where there is no colon.
fn after_colon(text: &str, name_end: usize) -> usize {
    let rest = &text[name_end..];
    let blank = rest.len() - rest.trim_start().len();
    if rest[blank..].starts_with(':') {
        name_end + blank + 1
    } else {
        name_end
    }
}

/// How many bytes stand before this one in its line.
pub(super) fn column(text: &str, at: usize) -> usize {
    at - line_start(text, at)
}

/// The first byte of the line in which a byte stands.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |end| end + 1)
}

/// The end of the line in which a byte stands, before its line break.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
    if text[at..end].ends_with('\r') { end - 1 } else { end }
}
