//! The reference pages say what the program does.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use quayform::manifest::Target;
use quayform::model::Way;
use quayform::operations::nouns::NOUNS;
use quayform::report::reference;
use quayform::report::reference::codes::{self, Example};
use quayform::settings::SettingsProblem;
use quayform::{kinds, manifest};
use regex::Regex;

use crate::coverage;
use crate::files::{below, copy};

fn page(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name)
}

fn is_up_to_date(name: &str, text: &str) {
    if std::env::var_os("UPDATE_REFERENCE").is_some() {
        fs::write(page(name), text).unwrap();
    }
    let written = fs::read_to_string(page(name)).unwrap_or_default();
    assert!(written == text, "docs/{name}: run {}", reference::HOW_TO_UPDATE);
}

/// `UPDATE_REFERENCE=1 cargo test reference` writes them anew.
#[test]
fn the_reference_pages_are_up_to_date() {
    is_up_to_date("fields.md", &reference::fields(kinds::ALL));
    is_up_to_date("manifests.md", &reference::manifests(&manifest::schema()));
    is_up_to_date("errors.md", &reference::errors());
    is_up_to_date("commands.md", &reference::commands(NOUNS));
    is_up_to_date("coverage.md", &coverage::page::page());
}

#[test]
fn the_command_prints_the_pages() {
    for (name, text) in [
        ("fields", reference::fields(kinds::ALL)),
        ("manifests", reference::manifests(&manifest::schema())),
        ("commands", reference::commands(NOUNS)),
        ("errors", reference::errors()),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_quayform"))
            .args(["reference", name])
            .output()
            .unwrap();
        assert!(output.status.success());
        assert_eq!(String::from_utf8(output.stdout).unwrap(), text);
    }
}

/// Whoever marks a field, or takes a mark away, says so here: it changes what an apply does and does not do.
const MARKED: [&str; 14] = [
    "service_key.service: blocked",
    "robot.description: blocked",
    "robot.metadata: blocked",
    "organization_mirror.external_registry_type: blocked",
    "organization_mirror.sync_start_date: moved by the server",
    "organization_mirror.password: write-only",
    "proxy_cache.username: write-only",
    "proxy_cache.password: write-only",
    "mirror.sync_start_date: moved by the server",
    "mirror.password: write-only",
    "tag.from_tag: create-only",
    "tag.build: create-only",
    "tag.cocktail: create-only",
    "tag.expiration: moved by the server",
];

#[test]
fn exactly_these_fields_are_neither_updated_nor_replaced() {
    let mut marked = Vec::new();
    for kind in kinds::ALL {
        let special = kind
            .fields()
            .iter()
            .filter(|field| !matches!(field.way, Way::Update | Way::Replace));
        marked.extend(special.map(|field| format!("{}.{}: {}", kind.name(), field.name, field.way.word())));
    }
    assert_eq!(marked, MARKED);
}

/// The codes of diagnostics are text arguments of the constructors, and of two more functions.
#[test]
fn exactly_the_codes_in_use_are_explained() {
    let used =
        Regex::new(r#"(?:Diagnostic::(?:error|warning|without_place)\(|self\.report\(|unknown: )\s*"([a-z-]+)""#)
            .unwrap();
    let mut codes = BTreeSet::new();
    let files = below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    for file in files {
        let text = fs::read_to_string(file).unwrap();
        let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
        codes.extend(used.captures_iter(code).map(|found| found[1].to_owned()));
    }
    assert!(codes.len() > 30, "the codes are no longer found: {codes:?}");
    let listed: Vec<String> = codes::all().map(|code| code.code.to_owned()).collect();
    let distinct: BTreeSet<String> = listed.iter().cloned().collect();
    assert_eq!(listed.len(), distinct.len(), "a code is listed twice");
    assert_eq!(distinct, codes);
}

/// An example that shows something else than its code would be worse than none.
#[test]
fn the_examples_of_codes_have_their_problem() {
    let (mut shown, mut others) = (0, Vec::new());
    for code in codes::all() {
        let found: Vec<&str> = match code.example {
            Example::Manifest(text) => {
                let known = ["staging".to_owned()];
                let target = Target {
                    name: None,
                    known: Some(&known),
                };
                let loaded = manifest::parse_for([("a.yaml".into(), text.to_owned())], target);
                loaded.diagnostics.iter().map(|problem| problem.code).collect()
            }
            Example::Settings(text) => of_settings(text),
            Example::Story(text) => {
                assert!(text.ends_with('.') && text.len() > 40, "{}: {text}", code.code);
                continue;
            }
        };
        if !found.contains(&code.code) {
            others.push(format!("{}: {found:?}", code.code));
        }
        shown += 1;
    }
    assert!(others.is_empty(), "{others:#?}");
    assert!(shown > 40, "{shown}");
}

fn of_settings(text: &str) -> Vec<&'static str> {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("quayform.toml"), text).unwrap();
    match quayform::settings::load(&[], directory.path(), &kinds::names()) {
        Err(SettingsProblem::File { diagnostics, .. }) => diagnostics.iter().map(|problem| problem.code).collect(),
        Err(problem) => panic!("{problem:?}"),
        Ok(settings) => {
            let loaded = manifest::load(&settings.root, &settings.manifest_patterns);
            loaded.diagnostics.iter().map(|problem| problem.code).collect()
        }
    }
}

/// The excerpt in the README is what the program says, but for what `…` leaves out and how long it took.
#[test]
fn the_readme_shows_a_real_plan() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let directory = tempfile::tempdir().unwrap();
    copy(&root.join("examples/acme"), directory.path());
    let output = Command::new(env!("CARGO_BIN_EXE_quayform"))
        .args(["plan", "--emulator", "--color", "never"])
        .current_dir(directory.path())
        .output()
        .unwrap();
    let plan = String::from_utf8(output.stdout).unwrap();
    let untimed = |line: &str| line.split(" requests in ").next().unwrap_or_default().to_owned();
    let mut lines = plan.lines().map(untimed);
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let (_, excerpt) = readme.split_once("plan examples/acme --emulator\n").unwrap();
    let (excerpt, _) = excerpt.split_once("\n```").unwrap();
    assert!(excerpt.lines().count() > 20);
    for line in excerpt.lines().filter(|line| *line != "…").map(untimed) {
        assert!(
            lines.any(|printed| printed == line),
            "the plan does not say, or not there: {line}"
        );
    }
}
