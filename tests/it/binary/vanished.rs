//! Manifests that are gone are never taken for "delete everything": not one request is made.

use std::fs;

use super::program::Program;

/// Everything in it is owned exactly, so that whatever was read as "none" would be deleted.
const SETTINGS: &str = "manifests = [\"orgs/**/*.yaml\"]\n[guards]\nmax_deletes = \"100%\"\n\
    allow_destroy = [\"organization\", \"repository\", \"robot\"]\n";
const FILE: &str = "orgs/acme.yaml";
const MANIFEST: &str = "kind: Organization\nname: acme\nrobots: {ci: {}}\nteams: {dev: {role: member, members: []}}\n\
    manage: {robots: exact, teams: exact, repositories: exact}\n---\nkind: Repository\nname: acme/api\n";

/// Applies, lets something happen to the manifests, and applies again, which must fail without having done anything.
fn refused(happen: impl Fn(&Program)) {
    let program = Program::new(&[("quayform.toml", SETTINGS), (FILE, MANIFEST)]);
    program.converge();
    let state = || fs::read(program.path(".quayform/emulator.json")).unwrap();
    let before = state();
    happen(&program);
    for arguments in [
        ["plan", "--emulator", "--detailed-exitcode"],
        ["apply", "--emulator", "--auto-approve"],
    ] {
        let run = program.run(&arguments);
        assert_eq!(run.code, Some(1), "{}", run.shown());
        assert_eq!(run.stdout, "", "{}", run.shown());
        assert!(run.stderr.contains("nothing was read or changed"), "{}", run.shown());
    }
    assert!(state() == before, "the registry was written to");
}

#[test]
fn a_vanished_file() {
    refused(|program| fs::remove_file(program.path(FILE)).unwrap());
}

#[test]
fn a_vanished_directory() {
    refused(|program| fs::remove_dir_all(program.path("orgs")).unwrap());
}

#[test]
fn a_vanished_directory_beside_one_that_is_there() {
    refused(|program| {
        program.write(
            "quayform.toml",
            "manifests = [\"orgs/**/*.yaml\", \"teams/**/*.yaml\"]\n",
        );
    });
}

#[test]
fn an_empty_file() {
    refused(|program| program.write(FILE, ""));
}

#[test]
fn zero_documents() {
    for text in ["# all of it is commented out\n", "---\n---\n", "x-anchor: 1\n"] {
        refused(|program| program.write(FILE, text));
    }
}

#[test]
fn a_file_that_cannot_be_read() {
    refused(|program| fs::write(program.path(FILE), b"kind: Organization\nname: acm\xe9\n").unwrap());
}

#[test]
fn a_directory_in_the_place_of_a_file() {
    refused(|program| {
        fs::remove_file(program.path(FILE)).unwrap();
        fs::create_dir(program.path(FILE)).unwrap();
    });
}

#[test]
fn a_link_that_leads_nowhere() {
    refused(|program| {
        fs::remove_file(program.path(FILE)).unwrap();
        std::os::unix::fs::symlink("elsewhere.yaml", program.path(FILE)).unwrap();
    });
}

#[test]
fn half_a_file() {
    refused(|program| program.write(FILE, &MANIFEST[..MANIFEST.len() / 3]));
}

/// A list whose entries are gone, but not the key: nobody can tell "none" from "not managed".
#[test]
fn a_key_without_its_value() {
    refused(|program| program.write(FILE, &MANIFEST.replace("robots: {ci: {}}", "robots:")));
}
