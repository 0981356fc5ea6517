//! Finding the files: what is not found must never look like "delete everything".

use std::fs;
use std::path::Path;

use quayform::manifest::{self, Loaded};
use tempfile::TempDir;

use super::codes;

const ACME: &str = "kind: Organization\nname: acme\n";

fn project(files: &[(&str, &str)]) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = directory.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    directory
}

fn load(root: &Path, patterns: &[&str]) -> Loaded {
    manifest::load(
        root,
        &patterns.iter().map(|pattern| (*pattern).to_owned()).collect::<Vec<_>>(),
    )
}

fn paths(loaded: &Loaded) -> Vec<String> {
    let sources = (0..loaded.sources.len() as u32).map(|index| loaded.sources.get(index).unwrap());
    sources.map(|source| source.path.display().to_string()).collect()
}

#[test]
fn hidden_directories_and_the_build_directory_are_left_out() {
    let project = project(&[
        ("b.yml", ACME),
        ("orgs/a.yaml", ""),
        ("orgs/target/c.yaml", ""),
        ("orgs/notes.txt", "x"),
        (".github/workflow.yaml", "on: push"),
        (".quayform/state.yaml", "x"),
        ("target/debug/x.yaml", "x"),
    ]);
    let loaded = load(project.path(), &[]);
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    assert_eq!(paths(&loaded), ["b.yml", "orgs/a.yaml", "orgs/target/c.yaml"]);
}

#[test]
fn patterns_choose_files_and_each_file_is_read_once() {
    let project = project(&[
        ("orgs/a.yaml", ACME),
        ("orgs/deep/b.yaml", ""),
        ("other.yaml", "x: y"),
        (".hidden/c.yaml", ""),
    ]);
    let loaded = load(
        project.path(),
        &["orgs/**/*.yaml", "orgs", "./orgs/a.yaml", ".hidden/*.yaml"],
    );
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    assert_eq!(paths(&loaded), [".hidden/c.yaml", "orgs/a.yaml", "orgs/deep/b.yaml"]);
}

#[test]
fn what_is_not_found_is_an_error() {
    let project = project(&[("orgs/a.yaml", ACME), ("empty/readme.md", "")]);
    for (root, patterns, code) in [
        ("", &["gone.yaml"][..], "no-manifests"),
        ("", &["orgs/a.yaml", "teams/*.yaml"], "no-manifests"),
        ("", &["/etc/*.yaml"], "bad-pattern"),
        ("", &["../*.yaml"], "bad-pattern"),
        ("empty", &[], "no-manifests"),
        ("gone", &[], "unreadable"),
        ("orgs/a.yaml", &[], "unreadable"),
    ] {
        let loaded = load(&project.path().join(root), patterns);
        assert_eq!(codes(&loaded), [code], "{root} {patterns:?}");
        assert!(loaded.project.is_none(), "{root} {patterns:?}");
    }
}

#[test]
fn files_without_a_document_are_an_error_together() {
    let project = project(&[("a.yaml", "# nothing yet\n"), ("b.yaml", "")]);
    assert_eq!(codes(&load(project.path(), &[])), ["no-manifests"]);
}

#[test]
fn an_unreadable_file_does_not_hide_the_others() {
    let project = project(&[("b.yaml", "kind: Organization\nname: acme\nemial: x\n")]);
    fs::write(project.path().join("a.yaml"), b"kind: Organization\nname: \xff\n").unwrap();
    let loaded = load(project.path(), &[]);
    assert_eq!(codes(&loaded), ["unreadable", "unknown-field"]);
    assert_eq!(
        loaded.diagnostics.iter().next().unwrap().message,
        "cannot read a.yaml: line 2 is not UTF-8"
    );
}

#[cfg(unix)]
#[test]
fn links_stay_within_the_project() {
    use std::os::unix::fs::symlink;
    let outside = project(&[("secret.yaml", "password: x"), ("more/x.yaml", "")]);
    let project = project(&[("orgs/a.yaml", ACME), ("orgs/b/c.yaml", "")]);
    symlink(project.path().join("orgs"), project.path().join("orgs/b/loop")).unwrap();
    assert!(load(project.path(), &[]).diagnostics.is_empty());
    symlink(outside.path().join("secret.yaml"), project.path().join("link.yaml")).unwrap();
    symlink(outside.path().join("more"), project.path().join("more")).unwrap();
    assert_eq!(
        codes(&load(project.path(), &[])),
        ["outside-project", "outside-project"]
    );
    symlink(project.path().join("gone.yaml"), project.path().join("dangling.yaml")).unwrap();
    assert!(codes(&load(project.path(), &["dangling.yaml"])).contains(&"unreadable"));
}
