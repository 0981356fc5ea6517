//! Reading documents: typed access that says what is missing, and the places of wishes without their files.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Value as Json, json};

use crate::kinds;
use crate::model::{Address, Fields, Origin, Place, Sources, Value};

/// An object of the document, with the name that errors give it.
#[derive(Clone)]
pub(super) struct Parts<'a> {
    json: &'a Json,
    name: String,
}

impl<'a> Parts<'a> {
    pub(super) fn new(json: &'a Json, name: impl Into<String>) -> Self {
        Parts {
            json,
            name: name.into(),
        }
    }

    pub(super) fn json(&self) -> &'a Json {
        self.json
    }

    pub(super) fn get(&self, key: &str) -> Result<&'a Json, String> {
        self.json
            .get(key)
            .ok_or_else(|| format!("`{key}` is missing in {}", self.name))
    }

    pub(super) fn inner(&self, key: &str) -> Result<Parts<'a>, String> {
        Ok(Parts::new(self.get(key)?, format!("`{key}` of {}", self.name)))
    }

    pub(super) fn text(&self, key: &str) -> Result<&'a str, String> {
        let text = self.get(key)?.as_str();
        text.ok_or_else(|| format!("`{key}` of {} is not a text", self.name))
    }

    pub(super) fn optional_text(&self, key: &str) -> Option<&'a str> {
        self.json.get(key).and_then(Json::as_str)
    }

    pub(super) fn flag(&self, key: &str) -> bool {
        self.json.get(key) == Some(&Json::Bool(true))
    }

    pub(super) fn number(&self, key: &str) -> Result<u64, String> {
        let number = self.get(key)?.as_u64();
        number.ok_or_else(|| format!("`{key}` of {} is not a number", self.name))
    }

    pub(super) fn list(&self, key: &str) -> Result<&'a [Json], String> {
        let list = self.get(key)?.as_array();
        let list = list.ok_or_else(|| format!("`{key}` of {} is not a list", self.name))?;
        Ok(list)
    }

    pub(super) fn each<T>(
        &self,
        key: &str,
        mut read: impl FnMut(&Parts<'a>) -> Result<T, String>,
    ) -> Result<Vec<T>, String> {
        let list = self.list(key)?.iter().enumerate();
        list.map(|(index, json)| read(&Parts::new(json, format!("`{key}[{index}]` of {}", self.name))))
            .collect()
    }

    pub(super) fn texts(&self, key: &str) -> Result<Vec<&'a str>, String> {
        let text = |json: &'a Json| {
            json.as_str()
                .ok_or_else(|| format!("`{key}` of {} holds no texts", self.name))
        };
        self.list(key)?.iter().map(text).collect()
    }

    pub(super) fn address(&self, key: &str) -> Result<Address, String> {
        address(self.text(key)?)
    }

    pub(super) fn addresses(&self, key: &str) -> Result<Vec<Address>, String> {
        self.texts(key)?.into_iter().map(address).collect()
    }

    /// The fields of an object of this kind.
    pub(super) fn fields(&self, key: &str, kind: &str, salt: &str) -> Result<Fields, String> {
        let entries = self.get(key)?.as_object();
        let entries = entries.ok_or_else(|| format!("`{key}` of {} is not an object", self.name))?;
        entries
            .iter()
            .map(|(name, json)| Ok((field(kind, name)?, Value::decoded(json, salt)?)))
            .collect()
    }
}

pub(super) fn address(text: &str) -> Result<Address, String> {
    kinds::address(text).ok_or_else(|| format!("`{text}` is not an address"))
}

/// The field's name as the kind spells it.
pub(super) fn field(kind: &str, name: &str) -> Result<&'static str, String> {
    let fields = kinds::find(kind).map_or(&[][..], |kind| kind.fields());
    let found = fields.iter().find(|field| field.name == name);
    found
        .map(|field| field.name)
        .ok_or_else(|| format!("a {kind} has no field `{name}`"))
}

/// Where something is written: `{file, line}`, and `layer` where it is inherited.
pub(super) fn because(origin: Option<Origin>, sources: &Sources) -> Json {
    let place = origin.and_then(|origin| sources.locate(origin.place));
    let mut because = json!({
        "file": place.map(|(path, ..)| path.display().to_string()),
        "line": place.map(|(_, line, _)| line),
    });
    if let Some(layer) = origin.and_then(|origin| sources.layer(origin.place)) {
        because["layer"] = json!(layer);
    }
    because
}

/// Files of which only the numbers of some lines are known.
#[derive(Default)]
pub(super) struct Outlines {
    files: BTreeMap<PathBuf, (u32, u32)>,
    layers: BTreeMap<Place, String>,
}

impl Outlines {
    /// The place that stands for a line; the default where none is written.
    pub(super) fn origin(&mut self, parts: &Parts<'_>) -> Option<Origin> {
        let path = PathBuf::from(parts.optional_text("file")?);
        let line = parts.number("line").ok()?.clamp(1, 10_000_000) as u32;
        let next = self.files.len() as u32;
        let (source, lines) = self.files.entry(path).or_insert((next, line));
        *lines = line.max(*lines);
        let place = Place {
            source: *source,
            start: line - 1,
            end: line - 1,
        };
        if let Some(layer) = parts.optional_text("layer") {
            self.layers.insert(place, layer.to_owned());
        }
        Some(Origin { place })
    }

    /// The files as far as they are known: their lines are empty.
    pub(super) fn sources(self) -> Sources {
        let mut files: Vec<(PathBuf, (u32, u32))> = self.files.into_iter().collect();
        files.sort_by_key(|(_, (source, _))| *source);
        let mut sources = Sources::default();
        for (path, (_, lines)) in files {
            sources.add(path, "\n".repeat(lines as usize));
        }
        for (place, layer) in self.layers {
            sources.add_layer(place, layer);
        }
        sources
    }
}
