//! The order of names: that of the declarations, which the schema keeps.

use serde_json::{Map as JsonMap, Value as Json};

use crate::manifest::edit::Order;

/// The name under which a document says what is different in some registries.
const REGISTRIES: &str = "registries";

/// The order at some place of a document.
#[derive(Clone, Copy)]
pub(crate) struct SchemaOrder<'s> {
    schema: &'s Json,
    place: Place<'s>,
}

/// What the schema says of it.
#[derive(Clone, Copy)]
enum Place<'s> {
    /// The root of a document, or what is different of it in one registry.
    Document(&'s JsonMap<String, Json>),
    /// The registries in which a document holds.
    Registries(&'s JsonMap<String, Json>),
    /// Any other value.
    Value(&'s JsonMap<String, Json>),
}

impl<'s> SchemaOrder<'s> {
    /// The order of a document of this kind, if it is one of ours.
    pub(super) fn of_document(schema: &'s Json, kind: &str) -> Option<Self> {
        let here = schema.get("$defs")?.get(format!("{kind}Document"))?.as_object()?;
        Some(SchemaOrder {
            schema,
            place: Place::Document(here),
        })
    }

    /// Whether names are declared here; where none are, people choose them.
    pub(crate) fn declares_names(&self) -> bool {
        self.properties().is_some()
    }

    fn at(&self, value: &'s Json) -> Option<Self> {
        let here = value.as_object()?;
        if let Some(reference) = here.get("$ref").and_then(Json::as_str) {
            return self.at(self.schema.pointer(reference.strip_prefix('#')?)?);
        }
        let here = match here.get("anyOf").and_then(Json::as_array) {
            Some(ways) => ways.iter().find_map(|way| way.as_object().filter(|way| is_map(way)))?,
            None => here,
        };
        Some(self.to(Place::Value(here)))
    }

    fn to(self, place: Place<'s>) -> Self {
        SchemaOrder { place, ..self }
    }

    fn properties(&self) -> Option<&'s JsonMap<String, Json>> {
        match self.place {
            Place::Document(here) | Place::Value(here) => here.get("properties")?.as_object(),
            Place::Registries(_) => None,
        }
    }
}

fn is_map(schema: &JsonMap<String, Json>) -> bool {
    schema.get("type").and_then(Json::as_str) == Some("object")
}

impl Order for SchemaOrder<'_> {
    fn rank(&self, name: &str) -> usize {
        let Some(properties) = self.properties() else { return 0 };
        let known = properties.keys().position(|property| property == name);
        match known {
            _ if name == "<<" => 0,
            Some(index) => 2 * index + 1,
            // Anchors are defined there: after what says which document it is, before everything that may use them.
            None if matches!(self.place, Place::Document(_)) && name.starts_with("x-") => 4,
            None => usize::MAX,
        }
    }

    fn below(&self, name: &str) -> Option<Self> {
        match self.place {
            Place::Document(document) if name == REGISTRIES => Some(self.to(Place::Registries(document))),
            Place::Registries(document) => Some(self.to(Place::Document(document))),
            Place::Document(here) | Place::Value(here) => {
                let property = self.properties().and_then(|properties| properties.get(name));
                self.at(property.or_else(|| here.get("additionalProperties"))?)
            }
        }
    }

    fn item(&self) -> Option<Self> {
        match self.place {
            Place::Value(here) => self.at(here.get("items")?),
            Place::Document(_) | Place::Registries(_) => None,
        }
    }
}
