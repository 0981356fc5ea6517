//! YAML events to a tree of nodes with places: documents, anchors, aliases and `<<` merges.
//!
//! Aliases share their target, so a tree is never larger than its text. What walking it would cost is counted while
//! it is built, so that a few lines of nested aliases cannot keep a later walk busy for hours.

mod builder;
mod merge;

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use granit_parser::{Options, Parser, StrInput};

use crate::model::{Diagnostics, Place};
use builder::Builder;

/// Index of a node in its tree.
pub type NodeId = usize;

/// The documents of one file.
#[derive(Debug, Default)]
pub struct Tree<'t> {
    nodes: Vec<Node<'t>>,
    /// The root of each document that is not empty.
    pub documents: Vec<NodeId>,
}

impl<'t> Tree<'t> {
    /// An empty one with room for what such a text usually holds: one that grows is copied again and again.
    fn for_text(text: &str) -> Self {
        const BYTES_PER_NODE: usize = 8;
        Tree {
            nodes: Vec::with_capacity((text.len() / BYTES_PER_NODE).min(1_000_000)),
            documents: Vec::new(),
        }
    }

    /// The node with this index.
    pub fn node(&self, id: NodeId) -> &Node<'t> {
        &self.nodes[id]
    }

    /// Adds a node that is put together of others.
    pub fn push(&mut self, place: Place, content: Content<'t>) -> NodeId {
        self.nodes.push(Node {
            place,
            content,
            weight: 1,
            depth: 0,
        });
        self.nodes.len() - 1
    }

    /// Adds a text that stands for one that was written.
    pub fn scalar(&mut self, place: Place, text: String) -> NodeId {
        let text = Cow::Owned(text);
        self.push(place, Content::Scalar { text, plain: true })
    }

    /// The stretch of text from a node's start to the end of the last value in it.
    pub fn extent(&self, root: NodeId) -> Place {
        let mut place = self.node(root).place;
        let (mut seen, mut open) = (HashSet::new(), vec![root]);
        while let Some(id) = open.pop().filter(|id| seen.insert(*id)) {
            place.end = place.end.max(self.node(id).place.end);
            match &self.node(id).content {
                Content::List(items) => open.extend(items),
                Content::Map(entries) => open.extend(entries.iter().map(|entry| entry.value)),
                Content::Scalar { .. } | Content::Broken => {}
            }
        }
        place
    }
}

/// A value and where it stands; a block collection stands where its first entry does.
#[derive(Debug)]
pub struct Node<'t> {
    /// Where it was written; an alias's node is where its anchor is.
    pub place: Place,
    /// What it holds.
    pub content: Content<'t>,
    weight: u64,
    depth: u32,
}

/// What a node holds. The `Debug` form does not show texts, which may be secrets.
pub enum Content<'t> {
    /// A text, a number or a switch, as it was written.
    Scalar {
        /// The text after escapes and folding.
        text: Cow<'t, str>,
        /// Whether it stands without quotes, so that it may mean a number, a switch or nothing.
        plain: bool,
    },
    /// A list.
    List(Vec<NodeId>),
    /// Named values, each name once, merged ones last.
    Map(Vec<MapEntry<'t>>),
    /// Something that was already reported; whoever meets it says nothing more.
    Broken,
}

impl fmt::Debug for Content<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Content::Scalar { .. } => formatter.write_str("(text)"),
            Content::List(items) => items.fmt(formatter),
            Content::Map(entries) => entries.fmt(formatter),
            Content::Broken => formatter.write_str("(broken)"),
        }
    }
}

/// One named value.
#[derive(Debug, Clone)]
pub struct MapEntry<'t> {
    /// The name as it was written.
    pub name: Cow<'t, str>,
    /// Where the name stands.
    pub place: Place,
    /// Its value.
    pub value: NodeId,
}

impl Node<'_> {
    /// Whether it is `null`, `~` or not written at all.
    pub fn is_null(&self) -> bool {
        match &self.content {
            Content::Scalar { text, plain: true } => matches!(text.as_ref(), "~" | "null" | "Null" | "NULL" | ""),
            _ => false,
        }
    }
}

/// Reads all documents of one text; problems are added and the other documents still read.
pub fn parse<'t>(source: u32, text: &'t str, diagnostics: &mut Diagnostics) -> Tree<'t> {
    let mut options = Options::default();
    options.set_emit_comments(false);
    options.emit_unresolved_aliases = true;
    options.block_nesting_limit = builder::MAXIMUM_DEPTH as usize;
    options.flow_nesting_limit = builder::MAXIMUM_DEPTH as usize;
    let mut parser = Parser::new_from_str_with_options(text, options);
    let mut builder = Builder::new(source, text, diagnostics);
    loop {
        match parser.next_event() {
            None => break,
            Some(Ok((event, span))) => builder.event(event, span),
            Some(Err(error)) => {
                builder.syntax_error(&error);
                if !recover(&mut parser) {
                    break;
                }
            }
        }
    }
    builder.finished()
}

/// Skips to the next document; false where there is none.
fn recover<'t>(parser: &mut Parser<'t, StrInput<'t>>) -> bool {
    matches!(parser.proceed_next_document(), Ok(true))
}
