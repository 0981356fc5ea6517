use super::*;

fn now() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

#[test]
fn the_second_is_told_who_was_first() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("one.lock");
    let first = Lock::at(&path, now()).unwrap();
    let Err(LockProblem::Held(Some(holder))) = Lock::at(&path, now()) else {
        panic!("both have it")
    };
    assert_eq!((holder.process, holder.since), (std::process::id(), now()));
    drop(first);
    drop(Lock::at(&path, now()).unwrap());
    assert!(cfg!(not(unix)) || !path.exists());
}

#[test]
fn what_a_killed_run_left_is_taken_over() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("one.lock");
    fs::write(
        &path,
        r#"{"process": 1, "since": "2020-01-01T00:00:00Z", "and": "a longer text than ours"}"#,
    )
    .unwrap();
    let _lock = Lock::at(&path, now()).unwrap();
    let holder = read(&mut File::open(&path).unwrap()).unwrap();
    assert_eq!(holder.process, std::process::id());
}

/// Whoever opened the file before it was removed must not think that it holds the lock.
#[cfg(unix)]
#[test]
fn a_removed_file_keeps_nobody_out() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("one.lock");
    let early = open(&path).unwrap();
    drop(Lock::at(&path, now()).unwrap());
    assert!(!is_still_at(&early, &path).unwrap());
    let _second = Lock::at(&path, now()).unwrap();
    assert!(!is_still_at(&early, &path).unwrap());
}

#[cfg(unix)]
#[test]
fn a_directory_that_others_write_to_is_not_used() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let directory = tempfile::tempdir().unwrap();
    let ours = |path: &Path| is_our_own(&fs::symlink_metadata(path).unwrap());
    let link = directory.path().join("link");
    symlink(directory.path(), &link).unwrap();
    assert!(ours(directory.path()) && !ours(&link));
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o777)).unwrap();
    assert!(!ours(directory.path()));
}
