//! What must never be depended on, not even through others.

use std::fs;
use std::path::Path;

/// The crate and why not; `deny.toml` says the same to `cargo deny`.
const NEVER: [(&str, &str); 4] = [
    ("serde_yml", "unsound and unmaintained: RUSTSEC-2025-0068"),
    (
        "serde_yaml",
        "archived; manifests are read by granit-parser, the tests' oracle is yaml_serde",
    ),
    ("backoff", "unmaintained: RUSTSEC-2025-0012"),
    ("atty", "unsound and unmaintained: RUSTSEC-2021-0145"),
];

fn read(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

#[test]
fn the_lock_file_is_free_of_what_must_never_be_used() {
    let lock: toml::Table = read("Cargo.lock").parse().unwrap();
    let packages = lock["package"].as_array().unwrap();
    assert!(packages.len() > 50);
    for package in packages {
        let name = package["name"].as_str().unwrap();
        let reason = NEVER.iter().find(|never| never.0 == name).map(|never| never.1);
        assert_eq!(reason, None, "{name}");
    }
}

#[test]
fn cargo_deny_is_told_the_same() {
    let deny: toml::Table = read("deny.toml").parse().unwrap();
    let banned = deny["bans"]["deny"].as_array().unwrap();
    let banned: Vec<&str> = banned.iter().map(|entry| entry["crate"].as_str().unwrap()).collect();
    assert_eq!(banned, NEVER.map(|never| never.0));
}
