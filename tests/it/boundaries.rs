//! What each room may know of the others and of libraries, checked on the source text.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

use crate::files::below;

/// A source file: its path below `src` with `/`, and its code without comments and unit tests.
struct File {
    path: String,
    code: String,
}

fn sources() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = below(&root);
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "rs"));
    assert!(paths.len() > 30, "the sources are not where they should be");
    let file = |path: &PathBuf| File {
        path: path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/"),
        code: code_of(&fs::read_to_string(path).unwrap()),
    };
    paths
        .iter()
        .map(file)
        .filter(|file| !file.path.ends_with("tests.rs"))
        .collect()
}

/// The text up to the unit tests, without comments and with empty strings.
fn code_of(text: &str) -> String {
    static STRINGS: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r##"(?s)r#".*?"#|'\\?"'|"(?:\\.|[^"\\])*""##).unwrap());
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let code = lines.collect::<Vec<_>>().join("\n");
    STRINGS.replace_all(&code, "\"\"").into_owned()
}

/// Asserts that only these folders and files use what the pattern describes.
fn only(pattern: &str, homes: &[&str]) {
    let pattern = Regex::new(pattern).unwrap();
    let at_home = |file: &File| {
        homes
            .iter()
            .any(|home| file.path == *home || file.path.starts_with(&format!("{home}/")))
    };
    let (inside, outside): (Vec<File>, Vec<File>) = sources()
        .into_iter()
        .filter(|file| pattern.is_match(&file.code))
        .partition(at_home);
    let outside: Vec<String> = outside.into_iter().map(|file| file.path).collect();
    assert_eq!(outside, Vec::<String>::new(), "{pattern} belongs in {homes:?} only");
    assert!(
        !inside.is_empty(),
        "{pattern} is used nowhere: the pattern is out of date"
    );
}

/// Asserts that these folders use nothing of what the pattern describes.
fn never(pattern: &str, rooms: &[&str]) {
    let pattern = Regex::new(pattern).unwrap();
    for file in sources() {
        if rooms.iter().any(|room| file.path.starts_with(&format!("{room}/"))) {
            let found = pattern.find(&file.code).map(|found| found.as_str());
            assert_eq!(found, None, "{} must not use it", file.path);
        }
    }
}

#[test]
fn comments_strings_and_unit_tests_are_no_code() {
    let text = "use a::b; // c\n/// clap::\nlet s = \"reqwest \\\" x\";\nlet q = ['\"', '\\\"'];\nd();\n#[cfg(test)]\nmod tests {}\n";
    assert_eq!(
        code_of(text),
        "use a::b; // c\nlet s = \"\";\nlet q = [\"\", \"\"];\nd();"
    );
}

#[test]
fn libraries_stay_at_the_edge() {
    only(r"\breqwest\b", &["http"]);
    only(r"\brustls::", &["http"]);
    only(r"\bmiette\b", &["report"]);
    only(r"\bclap(_\w+)?::", &["cli", "main.rs"]);
    only(r"\baxum\b", &["emulator"]);
    only(r"\bindicatif\b", &["cli/ui.rs"]);
}

#[test]
fn one_file_prints() {
    only(
        r"\be?print(ln)?!|\banstream\b|\bio::(stdout|stderr)\b|\bdbg!",
        &["cli/ui.rs"],
    );
}

#[test]
fn the_embedded_registry_knows_nothing_of_the_client() {
    never(
        r"\b(kinds|quay|read|plan|apply|manifest|model|settings|cli|report)::",
        &["emulator"],
    );
}

#[test]
fn planning_and_reading_cannot_write() {
    never(
        r"\b(Transport|Paced|Client|ClientOptions|Emulator)\b",
        &["plan", "read", "drift"],
    );
    never(r"\b(quay|cocktail)::", &["plan"]);
    never(
        r"\bcocktail::(Cocktail|Gateway|gateway)\b",
        &["read", "drift", "kinds", "report"],
    );
    never(r"\btokio::|\bstd::(time|fs|env|net)::|\bnow\(\)|\basync\b", &["plan"]);
}

#[test]
fn secrets_are_opened_in_few_places() {
    only(
        r"\.expose(_secret)?\(\)",
        &[
            "apply/send.rs",
            "emulator/in_process.rs",
            "http/client.rs",
            "http/read_only.rs",
            "http/sender.rs",
            "http/session.rs",
            "model/secret.rs",
            "model/value.rs",
            "operations/act.rs",
            "operations/secrets.rs",
            "plan/compare.rs",
            "settings/registry.rs",
            "sinks",
        ],
    );
    let rooms = [
        "apply",
        "http",
        "kinds",
        "manifest",
        "model",
        "operations",
        "plan",
        "quay",
        "read",
        "report",
        "settings",
        "sinks",
    ];
    never(
        r"\b(token|password)s?: *(Option<|Vec<)?(&('\w+ )?)?(String|str)\b",
        &rooms,
    );
}

#[test]
fn nothing_imports_the_command_line() {
    only(r"\bcli::", &["main.rs", "cli"]);
}

#[test]
fn nothing_imports_the_fuzz_bodies() {
    let users: Vec<String> = sources()
        .into_iter()
        .filter(|file| file.code.contains("fuzzing::") && !file.path.starts_with("fuzzing/"))
        .map(|file| file.path)
        .collect();
    assert_eq!(users, Vec::<String>::new());
}

#[test]
fn rooms_at_the_bottom_import_little() {
    for (room, allowed) in [
        ("http", vec![]),
        ("settings", vec!["model"]),
        ("model", vec!["http"]),
        ("cocktail", vec!["http"]),
    ] {
        let used: BTreeSet<String> = rooms_used_by(room);
        let allowed: BTreeSet<String> = allowed.into_iter().map(str::to_owned).collect();
        assert!(used.is_subset(&allowed), "{room} uses {used:?}");
    }
}

fn rooms_used_by(room: &str) -> BTreeSet<String> {
    let import = Regex::new(r"\bcrate::(\w+)").unwrap();
    let grouped = Regex::new(r"\bcrate::\{").unwrap();
    let mut used = BTreeSet::new();
    for file in sources()
        .iter()
        .filter(|file| file.path.starts_with(&format!("{room}/")))
    {
        assert!(
            !grouped.is_match(&file.code),
            "{}: write one import per room",
            file.path
        );
        used.extend(import.captures_iter(&file.code).map(|found| found[1].to_owned()));
    }
    used.remove(room);
    used
}

/// Whoever looks can only look: one file of the table's room sends what changes something.
#[test]
fn one_file_of_the_operations_writes() {
    for file in sources().iter().filter(|file| file.path.starts_with("operations/")) {
        let may_write = ["operations/act.rs", "operations/run.rs"].contains(&file.path.as_str());
        assert!(
            may_write || !file.code.contains("Transport>"),
            "{} must only read",
            file.path
        );
    }
}
