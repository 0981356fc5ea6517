//! The examples are right, and the schema says the same as the reader.

use std::path::PathBuf;

use quayform::manifest;
use quayform::manifest::format::Formatted;
use serde_json::Value as Json;

use super::oracle::merged;
use super::{rendered, root};
use crate::files::below;

const EXAMPLES: [&str; 4] = ["minimal", "acme", "chapters", "layers"];

/// Every manifest of the examples.
pub(super) fn texts() -> Vec<(PathBuf, String)> {
    let mut texts = Vec::new();
    for example in EXAMPLES {
        let loaded = manifest::load(&root().join("examples").join(example), &[]);
        for index in 0..loaded.sources.len() as u32 {
            let source = loaded.sources.get(index).unwrap();
            texts.push((source.path.clone(), source.text.clone()));
        }
    }
    texts
}

/// The documents of a text as JSON, read by the other YAML reader; `None` where JSON has no words for them.
pub(super) fn json_documents(text: &str) -> Option<Vec<Json>> {
    let mut documents = Vec::new();
    for document in serde_yaml::Deserializer::from_str(text) {
        let value = merged(serde::Deserialize::deserialize(document).ok()?)?;
        documents.push(serde_json::to_value(value).ok()?);
    }
    Some(documents)
}

fn schema_file() -> PathBuf {
    root().join("schema/manifest.schema.json")
}

pub(super) fn validator() -> jsonschema::Validator {
    jsonschema::draft202012::options().build(&manifest::schema()).unwrap()
}

#[test]
fn examples_are_valid() {
    for example in EXAMPLES {
        let loaded = manifest::load(&root().join("examples").join(example), &[]);
        assert!(loaded.diagnostics.is_empty(), "{example}\n{}", rendered(&loaded));
        let project = loaded.project.unwrap();
        assert!(!project.organizations.is_empty() && !project.repositories.is_empty());
    }
}

#[test]
fn examples_validate_against_the_schema() {
    let validator = validator();
    for (path, text) in texts() {
        for document in json_documents(&text).unwrap() {
            let errors: Vec<String> = validator
                .iter_errors(&document)
                .map(|error| error.to_string())
                .collect();
            assert!(errors.is_empty(), "{} {document}\n{errors:#?}", path.display());
        }
    }
}

/// `UPDATE_SCHEMA=1 cargo test schema` writes it anew.
#[test]
fn the_schema_file_is_up_to_date() {
    let text = format!("{}\n", serde_json::to_string_pretty(&manifest::schema()).unwrap());
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::create_dir_all(schema_file().parent().unwrap()).unwrap();
        std::fs::write(schema_file(), &text).unwrap();
    }
    let file = std::fs::read_to_string(schema_file()).unwrap_or_default();
    assert!(file == text, "run UPDATE_SCHEMA=1 cargo test schema");
}

#[test]
fn every_property_of_the_schema_is_described() {
    fn visit(path: &str, schema: &Json, undescribed: &mut Vec<String>) {
        match schema {
            Json::Object(fields) => {
                let properties = fields
                    .get("properties")
                    .and_then(Json::as_object)
                    .filter(|_| fields.contains_key("type"));
                for (name, property) in properties.into_iter().flatten() {
                    if property
                        .get("description")
                        .and_then(Json::as_str)
                        .is_none_or(|text| text.trim().is_empty())
                    {
                        undescribed.push(format!("{path}.{name}"));
                    }
                }
                for (name, field) in fields {
                    visit(&format!("{path}/{name}"), field, undescribed);
                }
            }
            Json::Array(items) => items.iter().for_each(|item| visit(path, item, undescribed)),
            _ => {}
        }
    }
    let mut undescribed = Vec::new();
    visit("", &manifest::schema(), &mut undescribed);
    assert!(undescribed.is_empty(), "{undescribed:#?}");
}

/// Editors complete from the schema that the first line names.
#[test]
fn every_example_names_the_schema_in_its_first_line() {
    for path in below(&root().join("examples")) {
        let text = std::fs::read_to_string(&path).unwrap();
        let is_manifest = matches!(quayform::manifest::format::format(0, &text), Ok(Formatted::Text(_)));
        if path.extension().is_none_or(|extension| extension != "yaml") || !is_manifest {
            continue;
        }
        let first = text.lines().next().unwrap_or_default();
        let schema = first.strip_prefix("# yaml-language-server: $schema=");
        let named = schema.map(|schema| path.parent().unwrap().join(schema));
        let found = named.and_then(|named| named.canonicalize().ok());
        assert_eq!(found, schema_file().canonicalize().ok(), "{}", path.display());
    }
}

/// A choice is completed from its words, each of which is described.
#[test]
fn every_word_of_a_choice_is_described() {
    let schema = manifest::schema();
    let choices = schema["$defs"]
        .as_object()
        .unwrap()
        .iter()
        .filter(|(_, it)| it["enum"].is_array());
    let mut seen = 0;
    for (name, choice) in choices {
        let description = choice["description"].as_str().unwrap();
        for word in choice["enum"].as_array().unwrap() {
            let meaning = format!("- `{}`: ", word.as_str().unwrap());
            assert!(description.contains(&meaning), "{name}: {word}");
        }
        seen += 1;
    }
    assert!(seen > 5, "{seen}");
}

#[test]
fn the_schema_refuses_what_the_reader_refuses() {
    let validator = validator();
    let organization = |rest: &str| format!("kind: Organization\nname: acme\n{rest}\n");
    let repository = |rest: &str| format!("kind: Repository\nname: acme/api\n{rest}\n");
    for text in [
        "name: acme".to_owned(),
        "kind: Accounting\nname: acme".to_owned(),
        "kind: Organization".to_owned(),
        organization("teems: {}"),
        organization("email: null"),
        organization("teams: null"),
        organization("teams: {devs: {role: boss}}"),
        organization("teams: {devs: {absent: true, role: member}}"),
        organization("absent: true\nteams: {}"),
        organization("tag_expiration: two weeks"),
        organization("quota: {limit: 5 gigs}"),
        organization("quota: {limits: [{type: warning, at: 101%}]}"),
        organization("quota: {limits: [{type: warning}]}"),
        organization("default_permissions: [{role: read}]"),
        organization("default_permissions: [{role: read, team: aa, robot: bb}]"),
        organization("manage: {teams: owned}"),
        repository("external: true"),
        repository("notifications: [{event: repo_push}]"),
        repository("notifications: [{event: repo_push, slack: {url: a}, email: {email: b}}]"),
        repository("notifications: [{event: repo_push, level: high, slack: {url: a}}]"),
        repository("notifications: [{event: repo_image_expiry, slack: {url: a}}]"),
        repository("notifications: [{event: repo_push, slack: {url: {env: a, file: b}}}]"),
        repository("mirror: {sync_start_date: 2026-01-01}"),
        repository("mirror: {architectures: [arm46]}"),
    ] {
        assert!(super::parse(&text).project.is_none(), "{text}");
        let document = json_documents(&text).unwrap().remove(0);
        assert!(!validator.is_valid(&document), "{text}");
    }
}
