//! Whatever the bytes, the reader answers, and soon.

use std::fmt::Write;
use std::path::PathBuf;
use std::sync::LazyLock;

use proptest::prelude::*;
use quayform::manifest;
use quayform::report::diagnostics::{Appearance, render};

use super::examples::{json_documents, texts, validator};
use super::{codes, parse};

/// Reads and renders; the result is thrown away.
fn survive(text: &str) {
    let loaded = parse(text);
    for width in [1, 40, 200] {
        let appearance = Appearance {
            width,
            ..Appearance::default()
        };
        let _ = render(&loaded.diagnostics, &loaded.sources, &loaded.secrets, appearance);
    }
    for diagnostic in loaded.diagnostics.iter() {
        for (place, _) in &diagnostic.labels {
            assert!(loaded.sources.locate(*place).is_some(), "{diagnostic:?}");
        }
    }
}

#[test]
fn nested_aliases_are_bounded() {
    let mut text = String::from("kind: Organization\nname: acme\nx-0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..20 {
        let alias = format!("*a{}", level - 1);
        let _ = writeln!(text, "x-{level}: &a{level} [{}]", vec![alias; 10].join(", "));
    }
    let _ = writeln!(text, "robots: {{ci: {{metadata: {{bomb: *a19}}}}}}");
    let loaded = parse(&text);
    assert!(!loaded.diagnostics.is_empty());
    assert!(
        codes(&loaded).iter().all(|code| *code == "too-many-aliases"),
        "{:?}",
        codes(&loaded)
    );
}

#[test]
fn nested_merges_are_bounded() {
    let mut text = String::from("kind: Organization\nname: acme\n");
    for level in 0..500 {
        let names: Vec<String> = (0..20).map(|name| format!("k{level}-{name}: v")).collect();
        let merge = if level == 0 {
            String::new()
        } else {
            format!(", <<: *m{}", level - 1)
        };
        let _ = writeln!(text, "x-{level}: &m{level} {{{}{merge}}}", names.join(", "));
    }
    assert!(codes(&parse(&text)).contains(&"too-many-aliases"));
}

#[test]
fn deep_nesting_is_bounded_also_through_aliases() {
    for text in [
        "[".repeat(100_000),
        "- ".repeat(10_000),
        "{a: ".repeat(10_000),
        "a:\n ".repeat(5_000),
    ] {
        survive(&text);
    }
    let mut chain = String::from("kind: Organization\nname: acme\nx-0: &a0 [x]\n");
    for level in 1..5_000 {
        let _ = writeln!(chain, "x-{level}: &a{level} [*a{}]", level - 1);
    }
    let _ = writeln!(chain, "robots: {{ci: {{metadata: {{deep: *a4999}}}}}}");
    let loaded = parse(&chain);
    assert_eq!(codes(&loaded), ["too-deep"]);
}

#[test]
fn odd_texts_are_survived() {
    for text in [
        "",
        "\u{feff}kind: Organization\nname: acme\n",
        "---",
        "...",
        "? ",
        "- - - ?",
        "\"\\x",
        "'",
        "|",
        "&a",
        "*a",
        "!",
        "%",
        "%YAML 9.9\n---\na",
        "<<: *",
        "a: &a *a",
        "kind: \u{1b}[31mOrganization",
        "kind: Organization\r\nname: acme\r\nx: 1\r\n",
        "kind: Organization\nname: \"a\\u001b[31mb\"",
        "\tkind: x",
        "é: é",
        "kind: Organization\nname: acme\nemial: é\u{1F600}",
    ] {
        survive(text);
    }
}

/// Changes some bytes of a text, at char boundaries.
fn mutated(text: &str, edits: &[(usize, usize, String)]) -> String {
    let mut text = text.to_owned();
    for (at, length, insert) in edits {
        let boundary = |mut at: usize| {
            at = at.min(text.len());
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let start = boundary(at % (text.len() + 1));
        let end = boundary(start + length);
        text.replace_range(start..end, insert);
    }
    text
}

fn edit() -> impl Strategy<Value = (usize, usize, String)> {
    let words = prop::sample::select(vec![
        "",
        " ",
        "\n",
        "\n  ",
        ": ",
        "- ",
        "{",
        "}",
        "[",
        "]",
        ",",
        "#",
        "&a ",
        "*a",
        "<<: ",
        "!t ",
        "|\n",
        "'",
        "\"",
        "---\n",
        "null",
        "true",
        "007",
        "1e3",
        "acme",
        "absent: true",
        "~",
        "%",
        "@",
        "\t",
        "é",
        "\u{0}",
        "kind",
        "name: ",
        "x-",
    ]);
    (any::<usize>(), 0_usize..12, words.prop_map(str::to_owned))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_texts_never_panic(text in "(?s).{0,200}") {
        survive(&text);
    }

    #[test]
    fn mutated_examples_never_panic_and_agree_with_the_schema(
        index in any::<prop::sample::Index>(),
        edits in prop::collection::vec(edit(), 1..6),
    ) {
        static TEXTS: LazyLock<Vec<(PathBuf, String)>> = LazyLock::new(texts);
        static VALIDATOR: LazyLock<jsonschema::Validator> = LazyLock::new(validator);
        let text = mutated(&TEXTS[index.index(TEXTS.len())].1, &edits);
        survive(&text);
        let loaded = manifest::parse_sources([("a.yaml".into(), text.clone())]);
        if loaded.project.is_some() && let Some(documents) = json_documents(&text) {
            for document in documents.iter().filter(|document| !document.is_null()) {
                prop_assert!(VALIDATOR.is_valid(document), "{text}\n{document}");
            }
        }
    }
}
