//! The fuzz bodies over their corpus and mutations of it: none may panic, hang, or swallow memory.
//!
//! Every file is run as it is and with a number of mutations that is the same in every run; `QUAYFORM_CASES` asks for
//! another number. What a longer search finds (`fuzz/run`) is fixed and becomes a named test below.

mod mutate;
mod recorded;

use std::fs;
use std::path::{Path, PathBuf};

use quayform::emulator::{Registry, Seed};
use quayform::fuzzing::{BODIES, run};

use mutate::Chance;

/// Mutations of each file.
const MUTATIONS: usize = 40;

fn corpus(name: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "{} is empty", folder.display());
    files
}

fn replay(name: &str) {
    let mutations = std::env::var("QUAYFORM_CASES")
        .ok()
        .and_then(|number| number.parse().ok());
    for file in corpus(name) {
        let bytes = fs::read(&file).unwrap();
        run(name, &bytes);
        for seed in 0..mutations.unwrap_or(MUTATIONS) {
            let mutated = mutate::mutated(&bytes, &mut Chance::new(seed as u64));
            let survived = std::panic::catch_unwind(|| run(name, &mutated));
            assert!(
                survived.is_ok(),
                "{} with mutation {seed}: {:?}",
                file.display(),
                String::from_utf8_lossy(&mutated)
            );
        }
    }
}

#[test]
fn every_body_has_a_corpus_and_a_target() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let mut folders: Vec<String> = fs::read_dir(root.join("corpus"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    folders.sort();
    let mut names: Vec<&str> = BODIES.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    assert_eq!(folders, names);
    let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap();
    for name in names {
        let target = fs::read_to_string(root.join(format!("fuzz_targets/{name}.rs"))).unwrap();
        assert!(target.contains(&format!("run(\"{name}\", bytes)")), "{name}");
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
    }
}

#[test]
fn manifest() {
    replay("manifest");
}

#[test]
fn settings() {
    replay("settings");
}

#[test]
fn faults() {
    replay("faults");
}

#[test]
fn saved_plan() {
    replay("saved_plan");
}

#[test]
fn seed() {
    replay("seed");
}

#[test]
fn answer() {
    replay("answer");
}

#[test]
fn pages() {
    replay("pages");
}

#[test]
fn registry() {
    replay("registry");
}

/// A duration of the server's configuration that is longer than numbers go.
#[test]
fn an_expiration_option_beyond_all_numbers_is_passed_over() {
    let body = r#"{"features": {}, "config": {"TAG_EXPIRATION_OPTIONS": ["99999999999999999w", "2w", "é", ""]}}"#;
    let bytes = [&[0, 200, 0], body.as_bytes()].concat();
    run("answer", &bytes);
}

/// A slip of the pen in a seed must not fill the machine's memory.
#[test]
fn a_seed_with_billions_of_entries_in_the_log_is_refused() {
    let text = r#"{"log": [{"event": "push_repo"}, {"event": "pull_repo", "times": 4000000000}]}"#;
    let seed = Seed::from_json(text).unwrap();
    let refused = Registry::with_seed(&seed).unwrap_err();
    assert_eq!(refused.place, "log, pull_repo");
    assert_eq!(refused.problem, "a seed holds at most 100000 entries of the log");
}
