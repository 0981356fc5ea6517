//! What a node means, apart from how it is written.

use indexmap::IndexMap;

use super::spelling;
use crate::manifest::tree::{Content, NodeId, Tree};
use crate::model::{Value, Written};

/// A value of a manifest. Two are equal if our own reader takes both for the same, in whatever order maps are written.
#[derive(Clone, PartialEq)]
pub enum Data {
    /// A text; it is quoted where another reader could take it for something else.
    Text(String),
    /// A number, a switch, or nothing: never quoted.
    Bare(String),
    /// A list.
    List(Vec<Data>),
    /// Named values.
    Map(IndexMap<String, Data>),
}

impl Data {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Data::Text(text.into())
    }

    /// Named values, in the order in which they shall be written.
    pub fn map<'n>(entries: impl IntoIterator<Item = (&'n str, Data)>) -> Self {
        Data::Map(
            entries
                .into_iter()
                .map(|(name, data)| (name.to_owned(), data))
                .collect(),
        )
    }

    /// The value of a field as a manifest says it; `None` for what has no spelling there: secrets, and moments that are
    /// not known yet.
    pub fn of(value: &Value) -> Option<Self> {
        Some(match value {
            Value::Null => Data::Bare("null".to_owned()),
            Value::Boolean(switch) => Data::Bare(switch.to_string()),
            Value::Integer(number) => Data::Bare(number.to_string()),
            Value::Text(text) => Data::Text(text.clone()),
            Value::List(items) => Data::List(items.iter().map(Data::of).collect::<Option<_>>()?),
            Value::Map(entries) => Data::Map(
                entries
                    .iter()
                    .map(|(name, value)| Some((name.to_owned(), Data::of(value)?)))
                    .collect::<Option<_>>()?,
            ),
            Value::Secret(_) | Value::Now => return None,
        })
    }

    /// What an export writes, with what `secret` gives in the place of each secret; `None` where that gives nothing.
    pub fn of_written(written: &Written, secret: &dyn Fn() -> Option<Data>) -> Option<Self> {
        Some(match written {
            Written::Text(text) => Data::text(text.clone()),
            Written::Number(number) => Data::Bare(number.to_string()),
            Written::Switch(switch) => Data::Bare(switch.to_string()),
            Written::List(items) => {
                let items = items.iter().map(|item| Data::of_written(item, secret));
                Data::List(items.collect::<Option<_>>()?)
            }
            Written::Map(entries) => {
                let entries = entries
                    .iter()
                    .map(|(key, value)| Some((key.clone(), Data::of_written(value, secret)?)));
                Data::Map(entries.collect::<Option<_>>()?)
            }
            Written::Secret { .. } => secret()?,
        })
    }

    /// What a node of a tree says, with aliases and merges written out.
    pub(in crate::manifest) fn read(tree: &Tree<'_>, id: NodeId) -> Self {
        match &tree.node(id).content {
            Content::Scalar { text, plain } if *plain && !spelling::is_plain_text(text) => Data::Bare(text.to_string()),
            Content::Scalar { text, .. } => Data::Text(text.to_string()),
            Content::List(items) => Data::List(items.iter().map(|item| Data::read(tree, *item)).collect()),
            Content::Map(entries) => Data::Map(
                entries
                    .iter()
                    .map(|entry| (entry.name.to_string(), Data::read(tree, entry.value)))
                    .collect(),
            ),
            Content::Broken => Data::Bare(String::new()),
        }
    }

    /// Whether nothing is in it, so that it is written in one line.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Data::List(items) => items.is_empty(),
            Data::Map(entries) => entries.is_empty(),
            Data::Text(_) | Data::Bare(_) => false,
        }
    }

    /// Whether it is a list or a map.
    pub(super) fn is_collection(&self) -> bool {
        matches!(self, Data::List(_) | Data::Map(_))
    }

    /// The value below this one.
    pub fn get(&self, steps: &[Step]) -> Option<&Data> {
        let Some((step, rest)) = steps.split_first() else {
            return Some(self);
        };
        match (self, step) {
            (Data::Map(entries), Step::Key(key)) => entries.get(key)?.get(rest),
            (Data::List(items), Step::Item(index)) => items.get(*index)?.get(rest),
            _ => None,
        }
    }

    /// The value below this one, to be changed.
    pub(super) fn at(&mut self, steps: &[Step]) -> Option<&mut Data> {
        let Some((step, rest)) = steps.split_first() else {
            return Some(self);
        };
        match (self, step) {
            (Data::Map(entries), Step::Key(key)) => entries.get_mut(key)?.at(rest),
            (Data::List(items), Step::Item(index)) => items.get_mut(*index)?.at(rest),
            _ => None,
        }
    }

    /// The same text for equal values, to find the like ones among many.
    pub(super) fn fingerprint(&self) -> String {
        match self {
            Data::Text(text) => format!("{text:?}"),
            Data::Bare(text) => format!("={text:?}"),
            Data::List(items) => format!("[{}]", joined(items.iter().map(Data::fingerprint).collect())),
            Data::Map(entries) => {
                let mut entries: Vec<String> = entries
                    .iter()
                    .map(|(name, value)| format!("{name:?}:{}", value.fingerprint()))
                    .collect();
                entries.sort();
                format!("{{{}}}", joined(entries))
            }
        }
    }
}

fn joined(parts: Vec<String>) -> String {
    parts.join(",")
}

/// In one line, as a manifest writes it.
impl std::fmt::Display for Data {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&spelling::flow(self))
    }
}

/// One step from a value to one in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// To the value of this name.
    Key(String),
    /// To the item at this place, counted from 0.
    Item(usize),
}

/// Where in a file a value stands: in which document (those that are not empty, counted from 0), and by which steps.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Spot {
    /// The document.
    pub document: usize,
    /// The way to the value.
    pub steps: Vec<Step>,
}

impl Spot {
    /// The root of a document.
    pub fn root(document: usize) -> Self {
        Spot {
            document,
            steps: Vec::new(),
        }
    }

    /// The value of this name in the map that stands here.
    #[must_use]
    pub fn key(&self, name: impl Into<String>) -> Self {
        self.step(Step::Key(name.into()))
    }

    /// The item at this place in the list that stands here.
    #[must_use]
    pub fn item(&self, index: usize) -> Self {
        self.step(Step::Item(index))
    }

    fn step(&self, step: Step) -> Self {
        let mut steps = self.steps.clone();
        steps.push(step);
        Spot {
            document: self.document,
            steps,
        }
    }
}
