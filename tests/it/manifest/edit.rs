//! Manifests are edited in place: what is not meant to change stays as it is.

pub(super) mod random;

use std::path::Path;

use quayform::manifest::edit::{Data, Editor, Spot};
use quayform::report::patch::patch;

const FILE: &str = r#"# Our registry
kind: Organization   # the kind
name: acme

teams:
  # Owners are few.
  owners:
    role: admin   # never less
    members: [alice, "bob"]   # both
  developers:
    members:
      - carol   # since 2024
      # - dave is on leave
      - erin
    description: |   # shown to all
      The developers.
      All of them.

robots:
- name: ci
  description: 'builds'
- name: deploy
quota: {limit: 10 GiB}
proxy_cache:
---
kind: Repository
name: acme/api
"#;

fn editor(text: &str) -> Editor {
    Editor::new(0, text).unwrap()
}

fn spot(path: &str) -> Spot {
    path.split('.').fold(Spot::root(0), |spot, step| match step.parse() {
        Ok(index) => spot.item(index),
        Err(_) => spot.key(step),
    })
}

/// The lines that an edit changes, as a patch without its head.
fn changed(edit: impl FnOnce(&mut Editor)) -> String {
    let mut editor = editor(FILE);
    edit(&mut editor);
    let patch = patch(Path::new("f"), FILE, editor.text());
    let lines = patch.lines().skip(2).filter(|line| line.starts_with(['+', '-']));
    lines.map(|line| format!("{line}\n")).collect()
}

fn set(path: &str, value: Data) -> String {
    changed(|editor| editor.set(&spot(path), &value).unwrap())
}

fn texts(texts: &[&str]) -> Data {
    Data::List(texts.iter().map(|text| Data::text(*text)).collect())
}

#[test]
fn single_values_change_in_their_line() {
    assert_eq!(
        set("teams.owners.role", Data::text("creator")),
        "-    role: admin   # never less\n+    role: creator   # never less\n"
    );
    assert_eq!(
        set("robots.0.description", Data::text("no")),
        "-  description: 'builds'\n+  description: \"no\"\n"
    );
    assert_eq!(
        set("teams.developers.description", Data::text("short")),
        "-    description: |   # shown to all\n-      The developers.\n-      All of them.\n+    description: short   # shown to all\n"
    );
    assert_eq!(set("name", Data::text("a\nb\n")), "-name: acme\n+name: |\n+  a\n+  b\n");
    assert_eq!(
        set("proxy_cache", Data::Bare("7".into())),
        "-proxy_cache:\n+proxy_cache: 7\n"
    );
}

#[test]
fn lists_change_where_they_differ() {
    assert_eq!(
        set("teams.owners.members", texts(&["alice", "zoe"])),
        "-    members: [alice, \"bob\"]   # both\n+    members: [alice, zoe]   # both\n"
    );
    assert_eq!(
        set("teams.developers.members", texts(&["carol", "dave", "erin", "frank"])),
        "+      - dave\n+      - frank\n"
    );
    assert_eq!(
        set("teams.developers.members", texts(&["erin"])),
        "-      - carol   # since 2024\n"
    );
    assert_eq!(
        set("teams.developers.members", texts(&[])),
        "-    members:\n-      - carol   # since 2024\n-      # - dave is on leave\n-      - erin\n+    members: []\n"
    );
}

#[test]
fn names_come_and_go_with_their_lines() {
    assert_eq!(
        set(
            "quota",
            Data::map([("limit", Data::text("10 GiB")), ("at", Data::text("80%"))])
        ),
        "-quota: {limit: 10 GiB}\n+quota: {limit: 10 GiB, at: 80%}\n"
    );
    assert_eq!(
        set("teams.owners.description", Data::text("top: all")),
        "+    description: \"top: all\"\n"
    );
    assert_eq!(
        set(
            "robots.1.federation",
            Data::List(vec![Data::map([("issuer", Data::text("x"))])])
        ),
        "+  federation:\n+    - issuer: x\n"
    );
    assert_eq!(
        set("proxy_cache", Data::map([("upstream", Data::text("quay.io"))])),
        "+  upstream: quay.io\n"
    );
    assert_eq!(
        changed(|editor| editor.remove(&spot("robots.0.name")).unwrap()),
        "-- name: ci\n-  description: 'builds'\n+- description: 'builds'\n"
    );
    assert_eq!(
        changed(|editor| editor.remove(&spot("teams.owners")).unwrap()),
        "-  owners:\n-    role: admin   # never less\n-    members: [alice, \"bob\"]   # both\n"
    );
    assert_eq!(
        changed(|editor| editor.remove(&spot("quota.limit")).unwrap()),
        "-quota: {limit: 10 GiB}\n+quota: {}\n"
    );
}

#[test]
fn documents_are_added_at_the_end() {
    let document = Data::map([("kind", Data::text("Repository")), ("name", Data::text("acme/web"))]);
    assert_eq!(
        changed(|editor| assert_eq!(editor.add_document(&document).unwrap(), 2)),
        "+---\n+kind: Repository\n+name: acme/web\n"
    );
    let mut empty = editor("# nothing yet");
    empty.add_document(&document).unwrap();
    assert_eq!(empty.text(), "# nothing yet\nkind: Repository\nname: acme/web\n");
}

#[test]
fn a_place_tells_its_spot() {
    let editor = editor(FILE);
    for (text, expected) in [
        ("admin", "teams.owners.role"),
        ("\"bob\"", "teams.owners.members.1"),
        ("erin", "teams.developers.members.1"),
        ("All of", "teams.developers.description"),
        ("deploy", "robots.1.name"),
        ("owners:", "teams.owners"),
    ] {
        assert_eq!(editor.spot(FILE.find(text).unwrap()), Some(spot(expected)), "{text}");
    }
}

#[test]
fn windows_line_breaks_stay() {
    let mut editor = editor("a:\r\n  - b\r\nc: d\r\n");
    editor.insert(&spot("a"), 1, &Data::text("e")).unwrap();
    editor.set(&spot("x"), &Data::map([("w", Data::text("z"))])).unwrap();
    assert_eq!(editor.text(), "a:\r\n  - b\r\n  - e\r\nc: d\r\nx:\r\n  w: z\r\n");
}

#[test]
fn a_mark_of_byte_order_does_not_move_places() {
    let mut editor = editor("\u{feff}a: 1\nb:\n- c\n");
    editor.set(&spot("a"), &Data::Bare("2".into())).unwrap();
    editor.insert(&spot("b"), 0, &Data::text("d")).unwrap();
    assert_eq!(editor.text(), "\u{feff}a: 2\nb:\n- d\n- c\n");
}

/// What is shared is refused with both places, and nothing changes.
#[test]
fn anchors_aliases_and_merges_are_refused() {
    let text = "x-base: &base {role: admin, members: [alice]}\nteams:\n  one: *base\n  two: {<<: *base, role: member}\n  three: &lonely {role: member}\n";
    let refused = |path: &str| {
        let mut editor = editor(text);
        let refusal = editor.set(&spot(path), &Data::text("creator")).unwrap_err();
        assert_eq!((editor.text(), refusal.code), (text, "not-edited"));
        refusal.message
    };
    let shared = "`&base` is used in other places too, which would change with it";
    let alias = "this is the value of the anchor `&base`, which may stand in other places too";
    assert_eq!(refused("x-base.role"), shared);
    assert_eq!(refused("x-base"), shared);
    assert_eq!(refused("teams.one"), alias);
    assert_eq!(refused("teams.one.role"), alias);
    assert_eq!(
        refused("teams.two.members"),
        "`members` comes from the map that `<<` takes in here"
    );
    assert_eq!(refused("teams.nobody.role"), "there is no `nobody` here");
    let mut editor = editor(text);
    editor.set(&spot("teams.two.role"), &Data::text("creator")).unwrap();
    editor.set(&spot("teams.two.description"), &Data::text("d")).unwrap();
    editor.set(&spot("teams.three.role"), &Data::text("creator")).unwrap();
    assert!(
        editor
            .text()
            .ends_with("  two: {<<: *base, role: creator, description: d}\n  three: &lonely {role: creator}\n"),
        "{}",
        editor.text()
    );
}

#[test]
fn a_file_with_problems_is_not_edited() {
    assert_eq!(Editor::new(0, "a: [").map(drop).unwrap_err().code, "syntax");
    assert_eq!(
        Editor::new(0, "a: 1\na: 2\n").map(drop).unwrap_err().code,
        "duplicate-key"
    );
}
