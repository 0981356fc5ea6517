//! Events to nodes.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use granit_parser::{Event, ScalarStyle, ScanError, Span, StructureStyle, Tag};

use super::{Content, MapEntry, Node, NodeId, Tree, merge};
use crate::model::{Diagnostic, Diagnostics, Place};

/// How deep a document may nest, aliases followed.
pub(super) const MAXIMUM_DEPTH: u32 = 64;
/// How many nodes the aliases of one file may stand for.
const MAXIMUM_ALIASED_NODES: u64 = 1_000_000;

/// A collection whose end was not met yet.
struct Open<'t> {
    place: Place,
    anchor: usize,
    is_flow: bool,
    items: Vec<NodeId>,
    /// `None` for a list.
    entries: Option<OpenMap<'t>>,
}

#[derive(Default)]
struct OpenMap<'t> {
    entries: Vec<MapEntry<'t>>,
    name: Waiting<'t>,
    /// Where `<<` stands, and the maps it names.
    merge: Option<(Place, Vec<NodeId>)>,
}

/// The name whose value comes next.
#[derive(Default)]
enum Waiting<'t> {
    /// The next node is a name.
    #[default]
    Nothing,
    /// A name that cannot be used and was reported.
    Unusable,
    Merge(Place),
    Name(Cow<'t, str>, Place),
}

/// Puts nodes together as their events come.
pub(super) struct Builder<'t, 'd> {
    source: u32,
    text: &'t str,
    diagnostics: &'d mut Diagnostics,
    tree: Tree<'t>,
    open: Vec<Open<'t>>,
    anchors: HashMap<usize, NodeId>,
    aliased: u64,
    reported: HashSet<&'static str>,
}

impl<'t, 'd> Builder<'t, 'd> {
    /// Starts with an empty tree.
    pub(super) fn new(source: u32, text: &'t str, diagnostics: &'d mut Diagnostics) -> Self {
        Builder {
            source,
            text,
            diagnostics,
            tree: Tree::for_text(text),
            open: Vec::new(),
            anchors: HashMap::new(),
            aliased: 0,
            reported: HashSet::new(),
        }
    }

    /// The tree, when all events were taken in.
    pub(super) fn finished(self) -> Tree<'t> {
        self.tree
    }

    /// Takes in the next event.
    pub(super) fn event(&mut self, event: Event<'t>, span: Span) {
        let place = self.place(span);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain && !self.is_tagged(tag.as_deref(), "str", place, span);
                let node = self.add(place, Content::Scalar { text, plain }, 1, 0);
                self.finish(node, anchor, place);
            }
            Event::SequenceStart(style, anchor, tag) => {
                self.is_tagged(tag.as_deref(), "seq", place, span);
                self.start(place, anchor, style == StructureStyle::Flow, None);
            }
            Event::MappingStart(style, anchor, tag) => {
                self.is_tagged(tag.as_deref(), "map", place, span);
                self.start(place, anchor, style == StructureStyle::Flow, Some(OpenMap::default()));
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(place),
            Event::Alias(anchor) => self.alias(anchor, place),
            Event::UnresolvedAlias(name) => {
                self.diagnostics.push(
                    Diagnostic::error(
                        "unknown-anchor",
                        format!("no anchor `&{name}` stands before this alias"),
                        place,
                    )
                    .help("anchors hold within one document; define it above, for example under an `x-` key"),
                );
                self.broken(place);
            }
            _ => {}
        }
    }

    fn place(&self, span: Span) -> Place {
        // Files of 4 GiB and more are refused before they are parsed.
        let start = span.start.byte_offset().unwrap_or_default() as u32;
        let end = span.end.byte_offset().unwrap_or_default() as u32;
        Place {
            source: self.source,
            start,
            end: end.max(start),
        }
    }

    /// Reports why the events of a document end early, and forgets what is half built.
    pub(super) fn syntax_error(&mut self, error: &ScanError) {
        let start = error
            .marker()
            .byte_offset()
            .unwrap_or(self.text.len())
            .min(self.text.len());
        let width = self.text[start..]
            .chars()
            .next()
            .filter(|letter| *letter != '\n')
            .map_or(0, char::len_utf8);
        let place = Place {
            source: self.source,
            start: start as u32,
            end: (start + width) as u32,
        };
        self.diagnostics.push(
            Diagnostic::error("syntax", format!("this is not YAML: {}", error.info()), place).help(format!(
                "{}the rest of this document was skipped; the other documents were checked",
                remedy(&error.info())
            )),
        );
        self.open.clear();
        self.anchors.clear();
    }

    /// Whether there is a tag, which makes a plain scalar a text; one that manifests have no use for is reported.
    fn is_tagged(&mut self, tag: Option<&Tag>, expected: &str, place: Place, span: Span) -> bool {
        let Some(tag) = tag else { return false };
        let place = span.tag_span().map_or(place, |tag| self.place(tag));
        if tag.suffix() != "!" && !tag.is_yaml_core_schema_tag(expected) {
            self.diagnostics.push(
                Diagnostic::error(
                    "tag",
                    format!("the tag `{}` has no meaning here", tag.original()),
                    place,
                )
                .help("delete the tag"),
            );
        }
        true
    }

    fn add(&mut self, place: Place, content: Content<'t>, weight: u64, depth: u32) -> NodeId {
        self.tree.nodes.push(Node {
            place,
            content,
            weight,
            depth,
        });
        self.tree.nodes.len() - 1
    }

    fn broken(&mut self, place: Place) {
        let node = self.add(place, Content::Broken, 1, 0);
        self.finish(node, 0, place);
    }

    fn start(&mut self, place: Place, anchor: usize, is_flow: bool, entries: Option<OpenMap<'t>>) {
        if anchor != 0 {
            self.anchors.remove(&anchor);
        }
        self.open.push(Open {
            place,
            anchor,
            is_flow,
            items: Vec::new(),
            entries,
        });
    }

    fn alias(&mut self, anchor: usize, place: Place) {
        let Some(&target) = self.anchors.get(&anchor) else {
            self.diagnostics.push(
                Diagnostic::error("alias-cycle", "this alias stands inside the value it names", place)
                    .help("write the value out"),
            );
            return self.broken(place);
        };
        self.aliased = self.aliased.saturating_add(self.tree.nodes[target].weight);
        if self.aliased > MAXIMUM_ALIASED_NODES {
            let help = format!("they may stand for {MAXIMUM_ALIASED_NODES} values in all; write fewer nested aliases");
            let message = "the aliases of this file stand for too many values";
            self.report_once(Diagnostic::error("too-many-aliases", message, place).help(help));
            return self.broken(place);
        }
        self.finish(target, 0, place);
    }

    fn end(&mut self, end: Place) {
        let Some(open) = self.open.pop() else { return };
        let Open {
            mut place,
            anchor,
            is_flow,
            items,
            entries,
        } = open;
        let first = items.first().copied();
        let content = match entries {
            None => Content::List(items),
            Some(map) => Content::Map(merge::entries(map.entries, map.merge, &self.tree, self.diagnostics)),
        };
        if is_flow {
            place.end = end.end;
        } else if let Content::Map(entries) = &content {
            place.end = entries
                .first()
                .map_or(place.end, |entry| entry.place.end.max(place.start));
        } else if let Some(first) = first {
            place.end = self.tree.nodes[first].place.end.max(place.start);
        }
        let (weight, depth) = self.measure(&content);
        let node = if depth > MAXIMUM_DEPTH {
            let message = format!("this is nested more than {MAXIMUM_DEPTH} levels deep");
            self.report_once(Diagnostic::error("too-deep", message, place));
            self.add(place, Content::Broken, 1, 0)
        } else {
            self.add(place, content, weight, depth)
        };
        self.finish(node, anchor, place);
    }

    /// Reports a bound that is exceeded; what exceeds it once usually does so many times.
    fn report_once(&mut self, diagnostic: Diagnostic) {
        if self.reported.insert(diagnostic.code) {
            self.diagnostics.push(diagnostic);
        }
    }

    fn measure(&self, content: &Content<'_>) -> (u64, u32) {
        let add = |(weight, depth): (u64, u32), id: &NodeId| {
            let node = &self.tree.nodes[*id];
            (weight.saturating_add(node.weight), depth.max(node.depth + 1))
        };
        match content {
            Content::List(items) => items.iter().fold((1, 1), add),
            Content::Map(entries) => entries.iter().map(|entry| &entry.value).fold((1, 1), add),
            _ => (1, 0),
        }
    }

    /// Hands a complete node to the collection around it.
    fn finish(&mut self, node: NodeId, anchor: usize, place: Place) {
        if anchor != 0 {
            self.anchors.insert(anchor, node);
        }
        let Some(open) = self.open.last_mut() else {
            self.anchors.clear();
            if !self.tree.nodes[node].is_null() {
                self.tree.documents.push(node);
            }
            return;
        };
        let Some(map) = &mut open.entries else {
            return open.items.push(node);
        };
        match std::mem::take(&mut map.name) {
            Waiting::Nothing => {
                let name = self.name(node, place);
                if let Some(map) = self.open_map() {
                    map.name = name;
                }
            }
            Waiting::Unusable => {}
            Waiting::Merge(name) => self.merge(node, place, name),
            Waiting::Name(name, place) => map.entries.push(MapEntry {
                name,
                place,
                value: node,
            }),
        }
    }

    fn open_map(&mut self) -> Option<&mut OpenMap<'t>> {
        self.open.last_mut().and_then(|open| open.entries.as_mut())
    }

    fn name(&mut self, node: NodeId, place: Place) -> Waiting<'t> {
        let problem = match &self.tree.nodes[node].content {
            Content::Scalar { text, plain: true } if text == "<<" => return Waiting::Merge(place),
            Content::Broken => return Waiting::Unusable,
            Content::Scalar { text, .. } if text.is_empty() => "this entry has no name",
            Content::Scalar { text, plain: true } if text == "~" => "this entry has no name",
            Content::Scalar { text, .. } => return Waiting::Name(text.clone(), place),
            Content::List(_) | Content::Map(_) => "a name must be a text, not a list or a map",
        };
        self.diagnostics
            .push(Diagnostic::error("bad-name", problem, place).help("write `name: value`"));
        Waiting::Unusable
    }

    fn merge(&mut self, node: NodeId, place: Place, name: Place) {
        let sources = match &self.tree.nodes[node].content {
            Content::List(items) => items.clone(),
            _ => vec![node],
        };
        for source in &sources {
            if !matches!(&self.tree.nodes[*source].content, Content::Map(_) | Content::Broken) {
                self.diagnostics.push(
                    Diagnostic::error("merge", "`<<` takes a map, or a list of maps", place)
                        .help("name an anchor on a map, as in `<<: *defaults`"),
                );
            }
        }
        let first = match self.open_map() {
            Some(OpenMap {
                merge: Some((first, _)),
                ..
            }) => *first,
            Some(map) => return map.merge = Some((name, sources)),
            None => return,
        };
        self.diagnostics
            .push(merge::duplicate_name("<<", name, first).help("write one `<<` with a list: `<<: [*one, *two]`"));
    }
}

/// What is mostly wrong where YAML's own words are said.
fn remedy(words: &str) -> &'static str {
    if words.contains("tabs") {
        "indent with spaces; "
    } else if words.contains("mapping values are not allowed") {
        "put a text with `: ` in it between quotes; "
    } else if words.contains("did not find expected key") {
        "let all names of one map begin in the same column; "
    } else {
        ""
    }
}
