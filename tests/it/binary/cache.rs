//! `[read] cache`, from run to run of the program.

use std::fs;
use std::path::PathBuf;

use super::program::{Program, Run};

const MANIFEST: &str = "
kind: Organization
name: acme
robots: {ci: {}}
---
kind: Repository
name: acme/api
notifications: [{event: repo_push, slack: {url: 'https://hooks.example/one'}}]
---
kind: Repository
name: acme/web
notifications: [{event: repo_push, slack: {url: 'https://hooks.example/two'}}]
";

/// A project that was applied, with a cache that a plan has filled.
fn filled() -> Program {
    let program = Program::new(&[("acme.yaml", MANIFEST), ("quayform.toml", "[read]\ncache = true\n")]);
    program.converge();
    assert_eq!(cached(&plan(&program, &[])), None);
    program
}

fn plan(program: &Program, more: &[&str]) -> Run {
    let run = program.run(&[&["plan", "--emulator", "--format", "json"], more].concat());
    assert_eq!(run.code, Some(0), "{}", run.shown());
    run
}

/// How many answers came from the cache.
fn cached(run: &Run) -> Option<u64> {
    run.json()["requests"]["cached"].as_u64()
}

fn files(program: &Program) -> Vec<PathBuf> {
    let directories = fs::read_dir(program.path(".quayform/cache")).into_iter().flatten();
    let files = directories.flat_map(|directory| fs::read_dir(directory.unwrap().path()).unwrap());
    files.map(|file| file.unwrap().path()).collect()
}

#[test]
fn the_last_line_says_what_came_from_the_cache() {
    let program = filled();
    let run = program.run(&["plan", "--emulator"]);
    assert!(
        run.stdout.contains("; 2 more came from the cache of 20"),
        "{}",
        run.shown()
    );
    let files = files(&program);
    assert_eq!(files.len(), 1);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&files[0]).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn refreshing_and_plans_to_be_compared_read_everything() {
    let program = filled();
    assert_eq!(cached(&plan(&program, &[])), Some(2));
    assert_eq!(cached(&plan(&program, &["--refresh"])), None);
    assert_eq!(cached(&plan(&program, &["--out", "plan.json"])), None);
    assert_eq!(cached(&plan(&program, &[])), Some(2));
}

#[test]
fn a_saved_plan_of_a_secret_can_be_applied_with_a_cache() {
    let program = filled();
    program.write(
        "acme.yaml",
        &MANIFEST.replace("hooks.example/one", "hooks.example/three"),
    );
    plan(&program, &["--out", "plan.json"]);
    let apply = ["apply", "--emulator", "--auto-approve"];
    let run = program.run(&[&apply[..], &["--within", "plan.json"]].concat());
    assert_eq!(run.code, Some(0), "{}", run.shown());
    program.write(
        "acme.yaml",
        &MANIFEST.replace("hooks.example/one", "hooks.example/four"),
    );
    plan(&program, &[]);
    plan(&program, &["--out", "plan.json"]);
    let run = program.run(&["apply", "plan.json", "--emulator", "--auto-approve"]);
    assert_eq!(run.code, Some(0), "{}", run.shown());
    // And without a saved plan, from the digests.
    plan(&program, &[]);
    program.write("acme.yaml", MANIFEST);
    let run = program.run(&apply);
    assert_eq!(run.code, Some(0), "{}", run.shown());
    assert!(run.stdout.contains("came from the cache"), "{}", run.shown());
}

#[test]
fn files_that_are_touched_or_not_to_be_written_stop_nothing() {
    let program = filled();
    for file in files(&program) {
        fs::write(file, "{}").unwrap();
    }
    assert_eq!(cached(&plan(&program, &[])), None);
    assert_eq!(cached(&plan(&program, &[])), Some(2));
    fs::remove_dir_all(program.path(".quayform/cache")).unwrap();
    program.write(".quayform/cache", "a file");
    let run = plan(&program, &[]);
    assert!(run.stderr.contains("is not kept for later runs"), "{}", run.shown());
}

#[test]
fn what_no_manifest_declares_any_more_goes_after_a_plan_of_the_whole_project() {
    let program = filled();
    let zoo = MANIFEST.replace("acme", "zoo");
    program.write("zoo.yaml", &zoo);
    program.converge();
    plan(&program, &[]);
    assert_eq!(files(&program).len(), 2);
    fs::remove_file(program.path("zoo.yaml")).unwrap();
    for (part, left) in [
        (["--target", "*[acme/*]"].as_slice(), 2),
        (&["--shard", "0/1"], 2),
        (&["--refresh"], 2),
        (&[], 1),
    ] {
        plan(&program, part);
        assert_eq!(files(&program).len(), left, "{part:?}");
    }
    assert_eq!(cached(&plan(&program, &[])), Some(2));
}

#[test]
fn without_the_switch_nothing_is_kept() {
    let program = filled();
    program.write("quayform.toml", "");
    fs::remove_dir_all(program.path(".quayform/cache")).unwrap();
    assert_eq!(cached(&plan(&program, &[])), None);
    assert!(!program.path(".quayform/cache").exists());
}
