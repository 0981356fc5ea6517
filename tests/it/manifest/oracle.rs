//! Our reader and the other YAML reader understand the same.

use quayform::manifest::tree::{Content, NodeId, Tree, parse};
use quayform::model::Diagnostics;
use serde_yaml::Value;

/// Whether the node is what the other reader found.
fn same(tree: &Tree<'_>, node: NodeId, other: &Value) -> bool {
    let node = tree.node(node);
    match (&node.content, other) {
        (Content::Scalar { .. }, Value::Null) => node.is_null(),
        (Content::Scalar { text, plain }, Value::Bool(switch)) => *plain && text.to_lowercase() == switch.to_string(),
        (Content::Scalar { text, plain }, Value::Number(number)) => {
            *plain && serde_yaml::from_str::<Value>(text).is_ok_and(|read| read == Value::Number(number.clone()))
        }
        (Content::Scalar { text, .. }, Value::String(other)) => text == other,
        (Content::List(items), Value::Sequence(others)) => {
            items.len() == others.len() && items.iter().zip(others).all(|(item, other)| same(tree, *item, other))
        }
        (Content::Map(entries), Value::Mapping(others)) => {
            let found = |name: &str| others.iter().find(|(key, _)| spells(name, key)).map(|(_, value)| value);
            entries.len() == others.len()
                && entries
                    .iter()
                    .all(|entry| found(&entry.name).is_some_and(|other| same(tree, entry.value, other)))
        }
        _ => false,
    }
}

/// Whether the name is how the key is written; the other reader takes some for numbers or switches.
fn spells(name: &str, key: &Value) -> bool {
    key.as_str() == Some(name)
        || (!key.is_string() && serde_yaml::from_str::<Value>(name).is_ok_and(|read| read == *key))
}

/// With `<<` resolved, also in what is merged; the other reader does one level at a time.
pub(super) fn merged(mut value: Value) -> Option<Value> {
    for _ in 0..8 {
        value.apply_merge().ok()?;
    }
    Some(value)
}

fn assert_same(text: &str) {
    let mut diagnostics = Diagnostics::default();
    let tree = parse(0, text, &mut diagnostics);
    assert!(diagnostics.is_empty(), "{text}\n{diagnostics:?}");
    let others: Vec<Value> = serde_yaml::Deserializer::from_str(text)
        .map(|document| merged(serde::Deserialize::deserialize(document).unwrap()).unwrap())
        .filter(|value| !value.is_null())
        .collect();
    assert_eq!(tree.documents.len(), others.len(), "{text}");
    for (document, other) in tree.documents.iter().zip(&others) {
        assert!(same(&tree, *document, other), "{text}\n{other:#?}\n{tree:#?}");
    }
}

#[test]
fn examples_read_alike() {
    for (_, text) in super::examples::texts() {
        assert_same(&text);
    }
}

#[test]
fn every_way_to_write_a_value_reads_alike() {
    for text in [
        "a: b\nc: [d, 'e', \"f\\n\\u00e9\", {g: h}]\n",
        "plain: a b  c\nfolded over\n  lines: x\n".split_once('\n').unwrap().0,
        "a: |\n  one\n\n  two\nb: |-\n  one\nc: |+\n  one\n\nd: >\n  one\n  two\n\n  three\ne: >-\n  x\n",
        "a: 'it''s'\nb: \"a \\\n  b\"\nc: 'a\n\n  b'\n",
        "no: yes\non: off\n007: 0o7\n1e3: 0x1f\ntime: 1:30\ndate: 2026-01-01\nnull: ~\ntilde: \"~\"\nempty:\n",
        "a: true\nb: True\nc: 'true'\nd: 1\ne: -1\nf: 1.5\ng: '1'\n",
        "# comment\na: b # c\n---\n--- \nc: d\n...\n---\n[e]\n",
        "? a\n: b\n? c\n",
        "- a\n- - b\n  - c\n-\n  - d\n- {e: [f]}\n",
        "url: http://a.b/c?d=e#f\nkey with spaces: x\n\"quoted\": y\n'single': z\n",
    ] {
        assert_same(text);
    }
}

#[test]
fn anchors_and_merges_read_alike() {
    for text in [
        "a: &x {b: c, d: [1, 2]}\ne: *x\nf: [*x, *x]\n",
        "base: &base {a: 1, b: 2}\none: {<<: *base, b: 3}\ntwo: {b: 4, <<: *base}\n",
        "a: &a {x: 1}\nb: &b {x: 2, y: 2}\nc: {<<: [*a, *b], z: 3}\nd: {<<: [*b, *a]}\n",
        "a: &a {x: 1}\nb: &b {<<: *a, y: 2}\nc: {<<: *b, z: 3}\n",
        "a: {<<: {inline: map}, b: c}\n",
        "k: &k name\n*k : value\nlist: [*k]\n",
        "a: &a one\nb: *a\nc: &a two\nd: *a\n",
        "a: &a\n  - 1\n---\na: &a 2\nb: *a\n",
    ] {
        assert_same(text);
    }
}
