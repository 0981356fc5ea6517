//! A kind, a document or a field: from the same doc comments as the schema.

use serde_json::{Value as Json, json};

use super::{Explained, indented};
use crate::kinds::{self, Kind};
use crate::manifest::suggest::closest;
use crate::model::Field;
use crate::report::reference::catalog::{self, catalog};

/// What came of looking for a topic.
pub enum Topic {
    /// What is known of it.
    Known(Explained),
    /// There is no such thing; perhaps the name that is near was meant.
    Unknown {
        /// The part of the path that means nothing.
        part: String,
        /// The names that could stand there.
        names: Vec<String>,
        /// One of them, if it is near.
        meant: Option<String>,
    },
}

/// Explains a path: a kind (`team`) or a document (`Organization`), and the fields that lead further.
pub fn topic(schema: &Json, path: &str) -> Topic {
    let mut parts = path.split('.');
    let first = parts.next().unwrap_or_default();
    let entry = catalog::entry(first);
    let start = entry.map_or(first, |entry| entry.path);
    let mut place = Place {
        schema,
        here: schema,
        parent: None,
    };
    let words: Vec<&str> = start.split('.').chain(parts).collect();
    for (index, word) in words.iter().enumerate() {
        let next = if index == 0 {
            place.document(word)
        } else {
            place.field(word)
        };
        match next {
            Some(next) => place = next,
            None => {
                let names = if index == 0 { first_words(schema) } else { place.names() };
                let meant = closest(word, names.iter().map(String::as_str)).map(str::to_owned);
                return Topic::Unknown {
                    part: (*word).to_owned(),
                    names,
                    meant,
                };
            }
        }
    }
    let kind = entry.and_then(|entry| kinds::ALL.iter().find(|kind| kind.name() == entry.kind));
    Topic::Known(match (entry, path.contains('.')) {
        (Some(entry), false) => place.of_kind(entry, kind.copied(), &words.join(".")),
        _ => {
            let name = words.last().copied().unwrap_or_default();
            let field = kind.and_then(|kind| kind.fields().iter().find(|field| field.name == name));
            place.of_field(path, field, &words)
        }
    })
}

/// What a topic may begin with.
fn first_words(schema: &Json) -> Vec<String> {
    let kinds = catalog().map(|entry| entry.kind.to_owned());
    let definitions = schema["$defs"].as_object().into_iter().flat_map(|all| all.keys());
    let documents = definitions
        .filter_map(|name| name.strip_suffix("Document"))
        .map(str::to_owned);
    kinds.chain(documents).collect()
}

/// A place in the schema.
#[derive(Clone, Copy)]
struct Place<'s> {
    schema: &'s Json,
    /// What the schema says there, with the description of the field.
    here: &'s Json,
    /// The map in which the field stands.
    parent: Option<&'s Json>,
}

impl<'s> Place<'s> {
    fn document(self, name: &str) -> Option<Self> {
        let here = self.schema["$defs"].get(format!("{name}Document"))?;
        Some(Place { here, ..self })
    }

    fn field(self, name: &str) -> Option<Self> {
        let parent = self.map()?;
        let here = parent["properties"].get(name)?;
        Some(Place {
            here,
            parent: Some(parent),
            ..self
        })
    }

    fn resolved(self, json: &'s Json) -> &'s Json {
        let reference = json["$ref"].as_str().and_then(|path| path.strip_prefix('#'));
        reference.and_then(|path| self.schema.pointer(path)).unwrap_or(json)
    }

    /// The map with known fields here, or in the lists and maps of names that stand here.
    fn map(self) -> Option<&'s Json> {
        let mut here = self.resolved(self.here);
        loop {
            if here["properties"].is_object() {
                return Some(here);
            }
            let ways = here["anyOf"].as_array().into_iter().flatten();
            let way = ways
                .map(|way| self.resolved(way))
                .find(|way| way["properties"].is_object());
            here = match (&here["items"], &here["additionalProperties"], way) {
                (_, _, Some(way)) => way,
                (items, _, _) if items.is_object() => self.resolved(items),
                (_, values, _) if values.is_object() => self.resolved(values),
                _ => return None,
            };
        }
    }

    fn names(self) -> Vec<String> {
        let fields = self.map().and_then(|map| map["properties"].as_object());
        fields.into_iter().flat_map(|fields| fields.keys().cloned()).collect()
    }

    fn description(self) -> &'s str {
        let own = self.here["description"].as_str();
        own.or_else(|| self.resolved(self.here)["description"].as_str())
            .unwrap_or_default()
    }

    /// What may be written, in words.
    fn value(self, json: &'s Json) -> String {
        let json = self.resolved(json);
        let words: Vec<String> = json["enum"].as_array().into_iter().flatten().map(shown).collect();
        let examples: Vec<String> = json["examples"].as_array().into_iter().flatten().map(shown).collect();
        if !words.is_empty() {
            return format!("one of {}", words.join(", "));
        }
        if !examples.is_empty() {
            return format!("such as {}", examples.join(", "));
        }
        if json["properties"].is_object() {
            return "a map".to_owned();
        }
        if let Some(ways) = json["anyOf"].as_array() {
            let ways: Vec<String> = ways.iter().map(|way| self.value(way)).collect();
            return ways.join(", or ");
        }
        match json["type"].as_str() {
            Some("array") => format!("a list; each item: {}", self.value(&json["items"])),
            Some("object") if json["additionalProperties"].is_object() => {
                format!(
                    "a map of names; each value: {}",
                    self.value(&json["additionalProperties"])
                )
            }
            Some("object") => "a map".to_owned(),
            Some("boolean") => "true or false".to_owned(),
            Some("integer") => "a whole number".to_owned(),
            _ if json.get("const").is_some() => shown(&json["const"]),
            _ => "a text".to_owned(),
        }
    }

    fn of_kind(self, entry: &catalog::Entry, kind: Option<&dyn Kind>, path: &str) -> Explained {
        let fields = self.fields();
        let mut text = format!("{}: {}\n\n", entry.kind, entry.what);
        text.push_str(&format!("written at  {path}: {}\n", self.description()));
        text.push_str(&format!("address     {}\n", entry.address));
        if !entry.names.is_empty() {
            text.push_str(&format!("            {}\n", entry.names));
        }
        push_fields(&mut text, &fields);
        let ways = kind.map(|kind| {
            kind.fields().iter().map(|field| {
                json!({
                    "field": field.name, "difference": field.way.word(), "why": field.way.why(),
                })
            })
        });
        text.push_str(&format!("\nExample:\n{}", indented(entry.example)));
        let json = json!({
            "kind": entry.kind,
            "what": entry.what,
            "path": path,
            "description": self.description(),
            "address": entry.address,
            "fields": fields_json(&fields),
            "differences": ways.map_or_else(Vec::new, Iterator::collect),
            "example": entry.example,
        });
        Explained { text, json }
    }

    fn of_field(self, topic: &str, field: Option<&Field>, words: &[&str]) -> Explained {
        let name = words.last().copied().unwrap_or_default();
        let required = self.parent.is_some_and(|parent| {
            parent["required"]
                .as_array()
                .is_some_and(|all| all.iter().any(|one| one == name))
        });
        let (fields, value) = (self.fields(), self.value(self.here));
        let mut text = format!("{topic}: {}\n\nvalue       {value}\n", self.description());
        if required {
            text.push_str("            must be written\n");
        }
        if words.join(".") != topic {
            text.push_str(&format!("written at  {}\n", words.join(".")));
        }
        if let Some(field) = field {
            let why = if field.way.why().is_empty() {
                String::new()
            } else {
                format!(": {}", field.way.why())
            };
            text.push_str(&format!("difference  {}{why}\n", field.way.word()));
        }
        push_fields(&mut text, &fields);
        let json = json!({
            "path": words.join("."),
            "description": self.description(),
            "value": value,
            "required": required,
            "difference": field.map(|field| json!({"way": field.way.word(), "why": field.way.why()})),
            "fields": fields_json(&fields),
        });
        Explained { text, json }
    }

    /// The fields below, with what each is.
    fn fields(self) -> Vec<(&'s str, &'s str)> {
        let fields = self.map().and_then(|map| map["properties"].as_object());
        let described = |(name, schema): (&'s String, &'s Json)| {
            (name.as_str(), schema["description"].as_str().unwrap_or_default())
        };
        fields.into_iter().flatten().map(described).collect()
    }
}

fn push_fields(text: &mut String, fields: &[(&str, &str)]) {
    let width = fields.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    if !fields.is_empty() {
        text.push_str("\nFields:\n");
    }
    for (name, description) in fields {
        text.push_str(&format!("  {name:width$}  {}\n", description.replace('\n', " ")));
    }
}

fn fields_json(fields: &[(&str, &str)]) -> Vec<Json> {
    let field = |(name, description): &(&str, &str)| json!({ "name": name, "description": description });
    fields.iter().map(field).collect()
}

fn shown(json: &Json) -> String {
    json.as_str().map_or_else(|| json.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest;

    #[test]
    fn every_kind_has_a_place_in_the_schema() {
        let schema = manifest::schema();
        for kind in kinds::ALL {
            assert!(
                matches!(topic(&schema, kind.name()), Topic::Known(_)),
                "{}",
                kind.name()
            );
        }
    }
}
