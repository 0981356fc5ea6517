//! The examples for pipelines: their very commands against the embedded registry, with stand-ins for the services'
//! own programs.

mod github;
mod gitlab;
mod hooks;
mod kubernetes;
mod tekton;
mod workplace;

use std::path::{Path, PathBuf};

use serde_json::Value as Json;

/// What the registry holds before.
const SEED: &str = r#"{"users": [{"name": "bob"}, {"name": "carol"}, {"name": "dora", "token": "doras-token"}],
  "organizations": [{"name": "acme", "teams": {
    "developers": {"role": "member", "members": ["bob"]}, "security": {"role": "admin", "members": ["dora"]}}}]}"#;

/// Whoever changes things by hand: not the account that quayform runs as, whose changes would be its own.
const SOMEBODY: &str = "doras-token";

/// What the main branch says of it.
const BEFORE: &str = "kind: Organization\nname: acme\nteams:\n  developers:\n    role: member\n    members: [bob]\n";

/// What a pull request makes of that.
const AFTER: &str =
    "kind: Organization\nname: acme\nteams:\n  developers:\n    role: member\n    members: [bob, carol]\n";

/// A file of the examples.
fn example(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/ci").join(path)
}

/// The YAML documents of an example.
fn documents(path: &str) -> Vec<Json> {
    let text = std::fs::read_to_string(example(path)).unwrap();
    let documents = serde_yaml::Deserializer::from_str(&text);
    documents
        .map(|document| serde::Deserialize::deserialize(document).unwrap())
        .collect()
}

/// The texts of a list, or the one text that stands in its place.
fn texts(value: &Json) -> Vec<String> {
    match value {
        Json::Array(items) => items.iter().flat_map(texts).collect(),
        Json::String(text) => vec![text.clone()],
        other => panic!("no command, but {other}"),
    }
}

/// The image is built as the package says that it can be.
#[test]
fn the_image_is_built_with_the_compiler_of_the_package() {
    let image = std::fs::read_to_string(example("Containerfile")).unwrap();
    let package = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).unwrap();
    let package: toml::Table = package.parse().unwrap();
    let version = package["package"]["rust-version"].as_str().unwrap();
    assert!(image.contains(&format!("FROM rust:{version}-")), "{image}");
    for copied in image.lines().filter(|line| line.starts_with("COPY --from=build")) {
        assert!(copied.contains("/source/target/release/quayform"), "{copied}");
    }
}
