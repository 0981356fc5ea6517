//! How live objects are written in manifests.

use indexmap::IndexMap;

use super::address::{Address, Collection};
use super::secret::Secret;
use super::value::Value;
use super::world::World;

/// A value as it is written.
#[derive(Debug, Clone, PartialEq)]
pub enum Written {
    /// A text, also where it looks like a number.
    Text(String),
    /// A whole number.
    Number(i64),
    /// `true` or `false`.
    Switch(bool),
    /// A list.
    List(Vec<Written>),
    /// A map, in the order in which it is written.
    Map(IndexMap<String, Written>),
    /// A text that is never written out: a reference takes its place.
    Secret {
        /// What it is, in words that a variable can be named by: `slack url`.
        label: String,
        /// The text, where the registry shows it.
        secret: Option<Secret>,
    },
}

impl Written {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Written::Text(text.into())
    }

    /// A map of those entries that there are.
    pub fn map<'k>(entries: impl IntoIterator<Item = (&'k str, Option<Written>)>) -> Self {
        let written = entries.into_iter();
        Written::Map(
            written
                .filter_map(|(key, value)| Some((key.to_owned(), value?)))
                .collect(),
        )
    }

    /// The value as a manifest writes it; `None` where it has no way to: nothing, in it or as a whole.
    pub fn of(value: &Value) -> Option<Self> {
        Some(match value {
            Value::Null | Value::Now | Value::Secret(_) => return None,
            Value::Boolean(switch) => Written::Switch(*switch),
            Value::Integer(number) => Written::Number(*number),
            Value::Text(text) => Written::Text(text.clone()),
            Value::List(items) => Written::List(items.iter().map(Written::of).collect::<Option<_>>()?),
            Value::Map(entries) => {
                let entries = entries
                    .iter()
                    .map(|(key, value)| Some((key.clone(), Written::of(value)?)));
                Written::Map(entries.collect::<Option<_>>()?)
            }
        })
    }
}

/// The document in which something is written, in the order of documents.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Document {
    /// What belongs to the registry as a whole.
    Registry,
    /// An organization, by its name.
    Organization(String),
    /// The account of a user, by its name.
    Account(String),
    /// A repository, by its full name.
    Repository(String),
}

impl Document {
    /// The document of a namespace: only the token's own account is one that is no organization.
    pub fn of_namespace(name: &str, world: &World) -> Self {
        match world.caller.name == name {
            true => Document::Account(name.to_owned()),
            false => Document::Organization(name.to_owned()),
        }
    }

    /// The document of an organization, an account or a repository (`acme/api`).
    pub fn of_owner(owner: &str, world: &World) -> Self {
        match owner.contains('/') {
            true => Document::Repository(owner.to_owned()),
            false => Document::of_namespace(owner, world),
        }
    }

    /// What it is called in the manifest; nothing where there is only one.
    pub fn name(&self) -> &str {
        match self {
            Document::Registry => "",
            Document::Organization(name) | Document::Account(name) | Document::Repository(name) => name,
        }
    }
}

/// One thing that is written at a place.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// The document.
    pub document: Document,
    /// The keys that lead there; none for the document itself.
    pub path: Vec<String>,
    /// What is written: for the document itself, nothing.
    pub value: Option<Written>,
    /// Whether it is one more item of the list there, and not all that stands there.
    pub is_item: bool,
}

/// Something of an object that a manifest does not say, or that does not suffice elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Omission {
    /// What it is about; the object itself where there is nothing.
    pub about: Option<Address>,
    /// The part of the object; all of it where there is none.
    pub field: Option<&'static str>,
    /// Why.
    pub reason: String,
    /// Whether it is written all the same, and only another registry needs more for it.
    pub is_written: bool,
}

/// How one object is written, and what of it is not.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Exported {
    /// What is written.
    pub pieces: Vec<Piece>,
    /// What is left out, or needs more elsewhere.
    pub omissions: Vec<Omission>,
    /// Teams and robots that it speaks of.
    pub needs: Vec<Address>,
}

impl Exported {
    /// Nothing: it goes without saying.
    pub fn nothing() -> Self {
        Exported::default()
    }

    /// Nothing, since it cannot be said.
    pub fn not(reason: impl Into<String>) -> Self {
        Exported::nothing().without(None, reason)
    }

    /// The document itself.
    pub fn document(document: Document) -> Self {
        Exported::nothing().with(document, &[], None, false)
    }

    /// A value at a place.
    pub fn at(document: Document, path: &[&str], value: Written) -> Self {
        Exported::nothing().and(document, path, value)
    }

    /// An item of the list at a place.
    pub fn item(document: Document, path: &[&str], value: Written) -> Self {
        Exported::nothing().with(document, path, Some(value), true)
    }

    /// Adds a value at a place.
    #[must_use]
    pub fn and(self, document: Document, path: &[&str], value: Written) -> Self {
        self.with(document, path, Some(value), false)
    }

    fn with(mut self, document: Document, path: &[&str], value: Option<Written>, is_item: bool) -> Self {
        let path = path.iter().map(|key| (*key).to_owned()).collect();
        self.pieces.push(Piece {
            document,
            path,
            value,
            is_item,
        });
        self
    }

    /// Says what is left out.
    #[must_use]
    pub fn without(mut self, field: Option<&'static str>, reason: impl Into<String>) -> Self {
        self.omissions.push(Omission {
            about: None,
            field,
            reason: reason.into(),
            is_written: false,
        });
        self
    }

    /// Says what another registry needs besides the manifest.
    #[must_use]
    pub fn elsewhere(self, reason: impl Into<String>) -> Self {
        self.different_elsewhere(None, reason)
    }

    /// Says what another registry makes of it, and of which other object.
    #[must_use]
    pub fn different_elsewhere(mut self, about: Option<Address>, reason: impl Into<String>) -> Self {
        self.omissions.push(Omission {
            about,
            field: None,
            reason: reason.into(),
            is_written: true,
        });
        self
    }

    /// Notes a team or robot that it speaks of.
    #[must_use]
    pub fn needing(mut self, address: Address) -> Self {
        self.needs.push(address);
        self
    }
}

/// The list of a collection that is owned exactly where it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct ExactList {
    /// The collection.
    pub collection: Collection,
    /// The document.
    pub document: Document,
    /// The keys that lead to the list.
    pub path: Vec<String>,
    /// How it is written where nothing is in it; `None` where it is left out then.
    pub empty: Option<Written>,
    /// The keys that lead to what says who owns the rest of it.
    pub manage: Vec<String>,
}

impl ExactList {
    /// A list that is left out where nothing is in it.
    pub fn new(collection: Collection, document: Document, path: &[&str], manage: &[&str]) -> Self {
        let owned = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect();
        ExactList {
            collection,
            document,
            path: owned(path),
            empty: None,
            manage: owned(manage),
        }
    }

    /// The same, written also where nothing is in it: what is granted by hand shall show.
    #[must_use]
    pub fn always(mut self, empty: Written) -> Self {
        self.empty = Some(empty);
        self
    }
}
