//! From nodes to typed values: every problem is collected, every value keeps its place.

use std::collections::HashSet;

use indexmap::IndexMap;
use schemars::{Schema, SchemaGenerator, json_schema};

use super::tree::{Content, MapEntry, Node, NodeId, Tree};
use crate::model::{Diagnostic, Diagnostics, Located, Place, Reference};

/// A field that may be written.
pub type Field<T> = Option<Located<T>>;

/// Values in the order in which they were written.
pub type List<T> = Vec<Located<T>>;

/// Named values in the order in which they were written.
pub type Map<T> = IndexMap<String, Entry<T>>;

/// One value of a [`Map`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Entry<T> {
    /// The value.
    pub value: T,
    /// Where the value stands.
    pub place: Place,
    /// Where the name stands.
    pub name: Place,
}

/// A type that can be written in a manifest.
pub trait Decode: Sized + PartialEq {
    /// What a person is told to write, such as `a list`.
    const EXPECTED: &'static str;
    /// How nothing is written, where the type has a way to: `[]`.
    const NOTHING: Option<&'static str> = None;

    /// Whether what is read is a secret.
    const SECRET: bool = false;

    /// Reads a node that is not null. `None` if it cannot be used, after its problems were reported.
    fn decode<'t>(node: &'t Node<'t>, decoder: &mut Decoder<'t>) -> Option<Self>;

    /// What the JSON Schema says of the type.
    fn schema(generator: &mut SchemaGenerator) -> Schema;

    /// What stands for a value that was reported, so that its name is declared all the same.
    fn stand_in() -> Option<Self> {
        None
    }

    /// Whether both say the same, wherever they stand.
    fn alike(&self, other: &Self) -> bool {
        self == other
    }
}

/// Whether both fields say the same, or neither is written.
pub fn alike<T: Decode>(one: &Field<T>, other: &Field<T>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one.value.alike(&other.value),
        (None, None) => true,
        _ => false,
    }
}

/// What is known while the documents of one file are read.
pub struct Decoder<'t> {
    tree: &'t Tree<'t>,
    /// The field that is being read, for messages.
    field: &'t str,
    /// Whether records may be parts: what must be written may come from somewhere else.
    pub takes_parts: bool,
    /// Every problem so far.
    pub diagnostics: Diagnostics,
    /// Where secrets are written out; nothing there may be shown.
    pub secrets: Vec<Place>,
    /// Where secrets are said to come from.
    pub references: Vec<Located<Reference>>,
}

impl<'t> Decoder<'t> {
    /// Starts reading a tree.
    pub fn new(tree: &'t Tree<'t>) -> Self {
        Decoder {
            tree,
            field: "",
            takes_parts: false,
            diagnostics: Diagnostics::default(),
            secrets: Vec::new(),
            references: Vec::new(),
        }
    }

    /// The node with this index.
    pub fn node(&self, id: NodeId) -> &'t Node<'t> {
        self.tree.node(id)
    }

    /// Reads any value; null is reported, since nobody can tell whether it means "none" or "not managed".
    pub fn value<T: Decode>(&mut self, node: &'t Node<'t>) -> Field<T> {
        if node.is_null() {
            let nothing = T::NOTHING.map_or("a value".to_owned(), |nothing| format!("`{nothing}`"));
            let message = format!("`{}` has no value", self.field);
            let help = format!("write {nothing} or delete the key");
            self.diagnostics
                .push(Diagnostic::error("null", message, node.place).help(help));
            return T::stand_in().map(|value| Located::new(value, node.place));
        }
        T::decode(node, self).map(|value| Located::new(value, node.place))
    }

    /// Reads the value of a map's entry; messages name the entry.
    pub fn entry<T: Decode>(&mut self, entry: &'t MapEntry<'t>) -> Field<T> {
        let outer = std::mem::replace(&mut self.field, &entry.name);
        let value = self.value(self.node(entry.value));
        self.field = outer;
        value
    }

    /// Shows nothing of what a node holds: it may be a secret in the wrong place.
    pub fn hide(&mut self, node: &Node<'_>) {
        let mut seen = HashSet::new();
        let mut open = vec![node];
        while let Some(node) = open.pop() {
            let inner: Vec<NodeId> = match &node.content {
                Content::Scalar { .. } => {
                    self.secrets.push(node.place);
                    continue;
                }
                Content::List(items) => items.clone(),
                Content::Map(entries) => entries.iter().map(|entry| entry.value).collect(),
                Content::Broken => continue,
            };
            // An anchor may be named a thousand times.
            let new = inner.into_iter().filter(|id| seen.insert(*id));
            open.extend(new.map(|id| self.tree.node(id)));
        }
    }

    /// The text of a scalar, or `None` after a report.
    pub fn text(&mut self, node: &'t Node<'t>, expected: &str) -> Option<&'t str> {
        match &node.content {
            Content::Scalar { text, .. } => Some(text),
            _ => self.wrong_type(node, expected),
        }
    }

    /// The entries of a map, or `None` after a report.
    pub fn entries(&mut self, node: &'t Node<'t>, expected: &str) -> Option<&'t [MapEntry<'t>]> {
        match &node.content {
            Content::Map(entries) => Some(entries),
            _ => self.wrong_type(node, expected),
        }
    }

    /// Reports a node of the wrong type; what it holds is not repeated, it might be a secret.
    pub fn wrong_type<T>(&mut self, node: &Node<'_>, expected: &str) -> Option<T> {
        let found = match &node.content {
            Content::Scalar { .. } => "a single value",
            Content::List(_) => "a list",
            Content::Map(_) => "a map",
            Content::Broken => return None,
        };
        let message = match self.field {
            "" => format!("expected {expected}, not {found}"),
            field => format!("`{field}` must be {expected}, not {found}"),
        };
        let diagnostic = Diagnostic::error("wrong-type", message, node.place).remark(format!("this is {found}"));
        self.diagnostics.push(match expected {
            "a list" => diagnostic.help("write a list: `[one, two]`, or one item a line after `- `"),
            "a map" => diagnostic.help("write a map: `{name: value}`, or one `name: value` a line"),
            _ => diagnostic,
        });
        None
    }

    /// Reports a value that is of the right type but not acceptable; `problem` goes on from the field's name.
    pub fn bad_value<T>(&mut self, node: &Node<'_>, problem: &str, help: impl Into<String>) -> Option<T> {
        let message = format!("`{}` {problem}", self.field);
        self.diagnostics
            .push(Diagnostic::error("bad-value", message, node.place).help(help));
        None
    }
}

/// What is large and seldom written: the record that may have it stays small.
impl<T: Decode> Decode for Box<T> {
    const EXPECTED: &'static str = T::EXPECTED;
    const NOTHING: Option<&'static str> = T::NOTHING;
    const SECRET: bool = T::SECRET;

    fn decode<'t>(node: &'t Node<'t>, decoder: &mut Decoder<'t>) -> Option<Self> {
        T::decode(node, decoder).map(Box::new)
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        T::schema(generator)
    }

    fn stand_in() -> Option<Self> {
        T::stand_in().map(Box::new)
    }

    fn alike(&self, other: &Self) -> bool {
        T::alike(self, other)
    }
}

impl<T: Decode> Decode for Vec<Located<T>> {
    const EXPECTED: &'static str = "a list";
    const NOTHING: Option<&'static str> = Some("[]");

    fn decode<'t>(node: &'t Node<'t>, decoder: &mut Decoder<'t>) -> Option<Self> {
        let Content::List(items) = &node.content else {
            return decoder.wrong_type(node, Self::EXPECTED);
        };
        // Lists are inherited whole.
        let takes_parts = std::mem::replace(&mut decoder.takes_parts, false);
        let items = items.iter().filter_map(|item| decoder.value(decoder.node(*item)));
        let items = items.collect();
        decoder.takes_parts = takes_parts;
        Some(items)
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        let items = T::schema(generator);
        json_schema!({ "type": "array", "items": items })
    }

    fn alike(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().zip(other).all(|(one, other)| one.value.alike(&other.value))
    }
}

impl<T: Decode> Decode for Map<T> {
    const EXPECTED: &'static str = "a map";
    const NOTHING: Option<&'static str> = Some("{}");

    fn decode<'t>(node: &'t Node<'t>, decoder: &mut Decoder<'t>) -> Option<Self> {
        let entries = decoder.entries(node, Self::EXPECTED)?;
        let mut map = Map::with_capacity(entries.len());
        for entry in entries {
            if let Some(Located { value, place }) = decoder.entry(entry) {
                map.insert(
                    entry.name.clone().into_owned(),
                    Entry {
                        value,
                        place,
                        name: entry.place,
                    },
                );
            }
        }
        Some(map)
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        let values = T::schema(generator);
        json_schema!({ "type": "object", "additionalProperties": values })
    }

    fn alike(&self, other: &Self) -> bool {
        let has = |(name, entry): (&String, &Entry<T>)| other.get(name).is_some_and(|it| it.value.alike(&entry.value));
        self.len() == other.len() && self.iter().all(has)
    }
}
