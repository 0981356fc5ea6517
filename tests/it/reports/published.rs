//! The published schemas hold for every document, and for nothing else.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use jsonschema::Validator;
use quayform::model::{Plan, Sources};
use quayform::report::schema;
use quayform::saved::{Document, Rest};
use serde_json::{Value as Json, json};

use crate::binary::program::Program;
use crate::files::below;

static PLAN: LazyLock<Validator> = LazyLock::new(|| jsonschema::validator_for(&schema::plan()).unwrap());
static APPLY: LazyLock<Validator> = LazyLock::new(|| jsonschema::validator_for(&schema::applied()).unwrap());

/// Asserts that a document is what its command's schema says; of other commands nothing is said.
pub(crate) fn fits(command: &str, document: &Json) {
    let validator = match command {
        "plan" => &PLAN,
        "apply" => &APPLY,
        _ => return,
    };
    let errors: Vec<String> = validator.iter_errors(document).map(|error| deepest(&error)).collect();
    assert!(errors.is_empty(), "{command}: {errors:#?}\n{document:#}");
}

/// What is wrong within the alternatives, as well as it can be told.
fn deepest(error: &jsonschema::ValidationError<'_>) -> String {
    format!("{}: {error:.300}", error.instance_path())
}

/// Asserts that the document of a plan is what the schema says.
pub(crate) fn is_plan(plan: &Plan) {
    let rest = Rest::default();
    let document = Document::new(plan, &Sources::default(), rest, Some("salt")).into_json();
    fits("plan", &document);
}

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("schema").join(name)
}

/// `UPDATE_SCHEMA=1 cargo test schema` writes them anew.
#[test]
fn the_schemas_of_documents_are_up_to_date() {
    for (name, schema) in [
        ("plan.schema.json", schema::plan()),
        ("apply.schema.json", schema::applied()),
    ] {
        let text = format!("{schema:#}\n");
        if std::env::var_os("UPDATE_SCHEMA").is_some() {
            fs::write(file(name), &text).unwrap();
        }
        let written = fs::read_to_string(file(name)).unwrap_or_default();
        assert!(written == text, "schema/{name}: run UPDATE_SCHEMA=1 cargo test schema");
    }
}

#[test]
fn the_command_prints_the_schemas() {
    let program = Program::new(&[]);
    for (document, schema) in [("plan", schema::plan()), ("apply", schema::applied())] {
        let run = program.run(&["schema", document]);
        assert_eq!(run.json(), schema, "{}", run.shown());
    }
}

/// Every object of the schemas.
fn objects(schema: &Json, found: &mut Vec<Json>) {
    if schema.get("properties").is_some() {
        found.push(schema.clone());
    }
    match schema {
        Json::Object(entries) => entries.values().for_each(|each| objects(each, found)),
        Json::Array(items) => items.iter().for_each(|each| objects(each, found)),
        _ => {}
    }
}

#[test]
fn the_schemas_are_closed_and_every_key_is_written_somewhere() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let writers = ["saved", "report/json", "cli", "model"];
    let texts: Vec<String> = writers
        .iter()
        .flat_map(|room| below(&source.join(room)))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let mut found = Vec::new();
    objects(&schema::plan(), &mut found);
    objects(&schema::applied(), &mut found);
    assert!(found.len() > 30);
    for object in found {
        assert_eq!(object["additionalProperties"], json!(false), "{object}");
        for (name, property) in object["properties"].as_object().unwrap() {
            assert!(property["description"].is_string(), "{name} is not described");
            let is_written =
                |text: &String| text.contains(&format!("\"{name}\"")) || text.contains(&format!("pub {name}:"));
            assert!(texts.iter().any(is_written), "nobody writes {name}");
        }
    }
}

#[test]
fn a_key_more_or_less_does_not_fit() {
    let program = Program::example("minimal");
    let document = program.run(&["plan", "--emulator", "--format", "json"]).json();
    assert!(PLAN.is_valid(&document));
    for path in ["/changes/0", "/summary", "/access", ""] {
        let mut more = document.clone();
        more.pointer_mut(path).unwrap()["more"] = json!(1);
        assert!(!PLAN.is_valid(&more), "{path}");
        let mut less = document.clone();
        let entries = less.pointer_mut(path).unwrap().as_object_mut().unwrap();
        let first = entries.keys().next().unwrap().clone();
        entries.remove(&first);
        assert!(!PLAN.is_valid(&less), "{path}");
    }
}
