//! From other tools' files to manifests, one file per format: pure, and what has no counterpart is listed.
//!
//! The registry is what counts, not what a file says of it: after a conversion the plan tells what differs.

mod amount;
mod ansible;
mod aquayman;

use indexmap::IndexMap;
use serde_json::Value as Json;

use crate::export::{Described, Export, Split, files, in_order};
use crate::manifest::plain_documents;
use crate::model::{Diagnostics, Document, Written};

/// A tool whose files are converted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The variables of the role `quay_org` of the collection `infra.quay_configuration`.
    Ansible,
    /// One organization as aquayman describes it.
    Aquayman,
}

/// What came of a file.
#[derive(Debug, Clone, Default)]
pub struct Imported {
    /// The manifests, in one text.
    pub text: String,
    /// What is not in them, or means something else there, in sentences without a full stop.
    pub left: Vec<String>,
}

/// Converts a file.
///
/// # Errors
///
/// The problems of a text that is no YAML; places are in the source 0.
pub fn import(format: Format, text: &str) -> Result<Imported, Diagnostics> {
    let mut diagnostics = Diagnostics::default();
    let documents = plain_documents(0, text, &mut diagnostics);
    if diagnostics.has_errors() {
        return Err(diagnostics);
    }
    let mut found = Found::default();
    for document in &documents {
        match format {
            Format::Ansible => ansible::convert(document, &mut found),
            Format::Aquayman => aquayman::convert(document, &mut found),
        }
    }
    Ok(found.imported())
}

/// What was converted so far.
#[derive(Default)]
struct Found {
    documents: Vec<(Described, Written)>,
    left: Vec<String>,
}

impl Found {
    fn add(&mut self, described: Described, written: Written) {
        self.documents.push((described, written));
    }

    fn left(&mut self, sentence: impl Into<String>) {
        self.left.push(sentence.into());
    }

    fn imported(mut self) -> Imported {
        self.documents.iter_mut().for_each(|(_, written)| in_order(written));
        let export = Export {
            documents: self.documents,
            ..Export::default()
        };
        let texts = files(&export, Split::ByNamespace, None);
        let texts = texts.unwrap_or_default().into_iter().map(|file| file.text);
        Imported {
            text: texts.collect::<Vec<_>>().join("---\n"),
            left: self.left,
        }
    }
}

/// A document with its kind and name.
fn document(kind: &str, name: Option<&str>) -> IndexMap<String, Written> {
    let mut entries = IndexMap::from([("kind".to_owned(), Written::text(kind))]);
    entries.extend(name.map(|name| ("name".to_owned(), Written::text(name))));
    entries
}

/// The grants of a repository: maps by what gets them, those that are not empty.
#[derive(Default)]
struct Grants(IndexMap<&'static str, IndexMap<String, Written>>);

impl Grants {
    /// Adds a grant to a team, a person, or a robot by its full name; one of another organization is left.
    fn add(&mut self, organization: &str, is_team: bool, name: &str, role: &str, found: &mut Found) {
        let (map, name) = match name.split_once('+') {
            _ if is_team => ("teams", name),
            Some((owner, short)) if owner == organization => ("robots", short),
            Some(_) => {
                return found.left(format!(
                    "{name} of another organization cannot be granted anything by a manifest"
                ));
            }
            None => ("users", name),
        };
        let roles = self.0.entry(map).or_default();
        roles.insert(name.to_owned(), Written::text(role));
    }

    fn written(self) -> Option<Written> {
        let maps = self
            .0
            .into_iter()
            .map(|(map, roles)| (map.to_owned(), Written::Map(roles)));
        let maps: IndexMap<String, Written> = maps.collect();
        (!maps.is_empty()).then_some(Written::Map(maps))
    }
}

/// The text of a value, where it is one: numbers and switches as they are written.
fn text(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(switch) => Some(switch.to_string()),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}

/// The text under a key, if it is not empty.
fn text_of(entry: &Json, key: &str) -> Option<String> {
    text(entry.get(key)?).filter(|text| !text.is_empty())
}

/// The items of the list under a key.
fn items<'j>(entry: &'j Json, key: &str) -> &'j [Json] {
    entry.get(key).and_then(Json::as_array).map_or(&[], Vec::as_slice)
}

/// The entries of a list by the names that they come to; nothing where there are none.
fn named(list: &[Json], convert: impl FnMut(&Json) -> Option<(String, Written)>) -> Option<Written> {
    let map: IndexMap<String, Written> = list.iter().filter_map(convert).collect();
    (!map.is_empty()).then_some(Written::Map(map))
}

/// The texts under these keys.
fn texts<'k>(entry: &Json, keys: &[&'k str]) -> Vec<(&'k str, Option<Written>)> {
    let found = |key: &&'k str| (*key, text_of(entry, key).map(Written::Text));
    keys.iter().map(found).collect()
}

/// A team, which both tools spell alike; `otherwise` are the members of one that lists none.
fn team(entry: &Json, otherwise: Option<Written>, found: &mut Found) -> Option<(String, Written)> {
    let name = text_of(entry, "name")?;
    let known = ["name", "role", "description", "members"];
    say_unknown(entry, &format!("team {name}"), &known, found);
    let members = entry.get("members").map(|_| {
        let members = items(entry, "members").iter().filter_map(text).map(Written::Text);
        Written::List(members.collect())
    });
    let mut fields = texts(entry, &["role", "description"]);
    fields.push(("members", members.or(otherwise)));
    Some((name, Written::map(fields)))
}

/// Names what is written in an entry and nobody knows here.
fn say_unknown(entry: &Json, what: &str, known: &[&str], found: &mut Found) {
    for key in entry.as_object().iter().flat_map(|entries| entries.keys()) {
        if !known.contains(&key.as_str()) {
            found.left(format!("{what}: `{key}` has no counterpart"));
        }
    }
}

fn repository(organization: &str, name: &str) -> Described {
    Described::One(Document::Repository(format!("{organization}/{name}")))
}
