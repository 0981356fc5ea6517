//! What `--version` tells of how the program was built: the commit, where it can be known, and for what.
#![allow(clippy::print_stdout, reason = "this is how a build script speaks to cargo")]

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=QUAYFORM_COMMIT");
    let variable = |name| std::env::var(name).unwrap_or_default();
    let (target, profile) = (variable("TARGET"), variable("PROFILE"));
    // Only programs that are handed on are worth a build for each commit.
    let commit = match profile.as_str() {
        "release" => commit(),
        _ => "not recorded in a development build".to_owned(),
    };
    println!("cargo::rustc-env=QUAYFORM_COMMIT={commit}");
    println!("cargo::rustc-env=QUAYFORM_TARGET={target}, {profile}");
}

/// The commit by the environment, for sources without a repository, or else by git.
fn commit() -> String {
    if let Some(commit) = std::env::var("QUAYFORM_COMMIT")
        .ok()
        .filter(|commit| !commit.is_empty())
    {
        return commit;
    }
    for watched in [".git/HEAD", ".git/logs/HEAD"] {
        // A file that does not exist would have everything built anew each time.
        if Path::new(watched).exists() {
            println!("cargo::rerun-if-changed={watched}");
        }
    }
    let git = Command::new("git")
        .args(["describe", "--always", "--dirty", "--abbrev=12"])
        .output();
    let told = git.ok().filter(|output| output.status.success());
    let commit = told.and_then(|output| String::from_utf8(output.stdout).ok());
    commit.map_or("unknown".to_owned(), |commit| commit.trim().to_owned())
}
