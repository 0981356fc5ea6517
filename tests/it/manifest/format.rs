//! The layout of manifests: one for everybody, and the meaning stays.

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use quayform::manifest::edit::{Editor, Spot};
use quayform::manifest::format::{Formatted, format};

use super::edit::random::{Written, comments, document, file};
use super::examples::texts;

fn formatted(text: &str) -> String {
    match format(0, text) {
        Ok(Formatted::Text(formatted)) => formatted,
        other => panic!("{other:?}\n{text}"),
    }
}

#[test]
fn names_are_put_in_order_with_what_belongs_to_them() {
    let text = r#"# yaml-language-server: $schema=../schema/manifest.schema.json
# The company.
robots:
    # Pushes.
    ci:  {metadata: {b: 1, a: 2}, description:   'CI' }
teams:   # everybody

    # Few.
    owners:
        members:
        - alice   # first
        # - bob left
        role: admin
      # no more teams

name: acme


# What they are.
kind: Organization
x-grants: &grants {write: [devs]}
# the end
"#;
    let expected = r#"# yaml-language-server: $schema=../schema/manifest.schema.json
# The company.
# What they are.
kind: Organization

name: acme
x-grants: &grants {write: [devs]}
teams: # everybody

  # Few.
  owners:
    role: admin
    members:
      - alice # first
      # - bob left
  # no more teams
robots:
  # Pushes.
  ci: {description: "CI", metadata: {b: 1, a: 2}}
# the end
"#;
    assert_eq!(formatted(text), expected);
    assert_eq!(formatted(expected), expected);
}

#[test]
fn an_alias_never_comes_before_its_anchor() {
    let text = "robots: &same\n  ci: {}\nx-late: &who [carol]\nteams: {devs: {members: *who}}\nkind: Organization\nname: acme\n";
    let reordered = formatted(text);
    assert!(
        reordered.find("&who").unwrap() < reordered.find("*who").unwrap(),
        "{reordered}"
    );
    assert!(reordered.starts_with("kind: Organization\nname: acme\n"), "{reordered}");
    let fixed = "teams: {devs: &base {members: [carol], role: member}}\nrobots: {}\nname: acme\nkind: Organization\nquota: *base\n";
    let kept = formatted(fixed);
    assert!(kept.find("&base").unwrap() < kept.find("*base").unwrap(), "{kept}");
}

#[test]
fn what_differs_in_a_registry_is_ordered_like_the_document() {
    let text = "kind: Repository\nname: acme/api\nregistries: {staging: {description: s, visibility: public}}\n";
    assert!(
        formatted(text).contains("{staging: {visibility: public, description: s}}"),
        "{}",
        formatted(text)
    );
}

#[test]
fn items_beside_their_dash_are_ordered_too() {
    let text = "kind: Repository\nname: acme/api\nnotifications:\n  - slack: {url: {env: HOOK}}\n    # how\n    title: pushes\n    event: repo_push\n";
    let expected = "kind: Repository\nname: acme/api\nnotifications:\n  - event: repo_push\n    # how\n    title: pushes\n    slack: {url: {env: HOOK}}\n";
    assert_eq!(formatted(text), expected);
}

#[test]
fn other_files_are_no_manifests() {
    for text in [
        "",
        "# only a comment\n",
        "kind: Deployment\nmetadata:   {}\n",
        "- a\n-   b\n",
    ] {
        assert_eq!(format(0, text), Ok(Formatted::NoManifest), "{text}");
    }
    assert_eq!(format(0, "kind: Organization\nname: [").unwrap_err().code, "syntax");
}

#[test]
fn the_examples_are_laid_out() {
    for (path, text) in texts() {
        assert!(formatted(&text) == text, "quayform fmt: {}", path.display());
    }
}

/// Names that mean something, so that there is something to put in order.
const NAMES: [&str; 12] = [
    "name",
    "teams",
    "robots",
    "quota",
    "description",
    "role",
    "members",
    "manage",
    "x-base",
    "limit",
    "email",
    "other",
];

/// The same document with names of ours, and a kind among them.
fn as_manifest(written: Written, kind_at: usize) -> Written {
    match named(written) {
        Written::Map(mut entries, style) => {
            let kind = ("kind".to_owned(), Written::Text("Organization".to_owned(), 2));
            entries.insert(kind_at.min(entries.len()), kind);
            Written::Map(entries, style)
        }
        other => other,
    }
}

fn named(written: Written) -> Written {
    match written {
        Written::Map(entries, style) => {
            let mut kept: Vec<(String, Written)> = Vec::new();
            for (name, value) in entries {
                let number = name.bytes().map(usize::from).sum::<usize>() % (NAMES.len() + 2);
                let name = NAMES.get(number).map_or(name, |name| (*name).to_owned());
                if kept.iter().all(|(other, _)| *other != name) {
                    kept.push((name, named(value)));
                }
            }
            Written::Map(kept, style)
        }
        Written::List(items, style) => Written::List(items.into_iter().map(named).collect(), style),
        text => text,
    }
}

fn holds(documents: &[Written]) -> Result<(), TestCaseError> {
    let text = file(documents);
    let once = format(0, &text);
    let Ok(Formatted::Text(once)) = once else {
        return Err(TestCaseError::fail(format!("{once:?}\n{text}")));
    };
    prop_assert_eq!(format(0, &once), Ok(Formatted::Text(once.clone())), "{}", text);
    let (before, after) = (
        Editor::new(0, text.clone()).unwrap(),
        Editor::new(0, once.clone()).unwrap(),
    );
    prop_assert_eq!(before.documents(), after.documents());
    for document in 0..before.documents() {
        let spot = Spot::root(document);
        prop_assert!(before.value(&spot) == after.value(&spot), "{text}\n{once}");
    }
    let sorted = |text: &str| {
        let mut comments = comments(text);
        comments.sort();
        comments
    };
    prop_assert_eq!(sorted(&text), sorted(&once), "{}\n{}", text, once);
    Ok(())
}

#[test]
fn random_manifests_keep_their_meaning_and_their_comments() {
    let manifests = proptest::collection::vec(
        (document(), 0..5_usize).prop_map(|(document, kind_at)| as_manifest(document, kind_at)),
        1..4,
    );
    let mut runner = TestRunner::new(crate::properties::config(400));
    runner.run(&manifests, |documents| holds(&documents)).unwrap();
}
