//! The files of the cache: one per user and organization, in a directory per registry.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::file_name;
use super::replace::{Readers, replace};

/// Where what was read is kept for later runs.
#[derive(Debug, Clone)]
pub struct SnapshotFiles {
    directory: PathBuf,
}

impl SnapshotFiles {
    /// Those of a registry, below the state directory.
    pub fn new(state: &Path, identity: &str) -> Self {
        SnapshotFiles {
            directory: state.join("cache").join(file_name(identity)),
        }
    }

    /// Where they lie.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Every document that can be read as a text; what cannot is as good as lost.
    pub fn load(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.directory).into_iter().flatten().flatten();
        let paths = entries.map(|entry| entry.path());
        let documents = paths.filter(|path| path.extension().is_some_and(|extension| extension == "cache"));
        documents.filter_map(|path| fs::read_to_string(path).ok()).collect()
    }

    /// Replaces a document; nobody else on the machine may read it. Each process has a file of its own for that, since
    /// plans do not wait for each other.
    pub fn save(&self, name: &str, document: &str) -> io::Result<()> {
        fs::create_dir_all(&self.directory)?;
        let path = self.path(name);
        let beside = path.with_extension(format!("{}.new", std::process::id()));
        replace(&path, &beside, document.as_bytes(), Readers::Owner)
    }

    /// Removes a document, if it is there.
    pub fn remove(&self, name: &str) -> io::Result<()> {
        match fs::remove_file(self.path(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            done => done,
        }
    }

    /// Removes what nobody has written since, of every registry, and directories that are left empty.
    pub fn remove_older(&self, since: SystemTime) -> io::Result<()> {
        let registries = self.directory.parent().map(fs::read_dir);
        for registry in registries.into_iter().flatten().flatten().flatten() {
            for file in fs::read_dir(registry.path()).into_iter().flatten().flatten() {
                if is_ours(&file.path()) && file.metadata()?.modified()? < since {
                    fs::remove_file(file.path())?;
                }
            }
            // One that holds something stays.
            let _ = fs::remove_dir(registry.path());
        }
        Ok(())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.join(format!("{}.cache", file_name(name)))
    }
}

/// A document, or what a run that was killed has left of one.
fn is_ours(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "cache" || extension == "new")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_old_goes_whoever_wrote_it_and_other_files_stay() {
        let state = tempfile::tempdir().unwrap();
        let files = SnapshotFiles::new(state.path(), "https://quay.example");
        let other = SnapshotFiles::new(state.path(), "https://other.example");
        files.save("robotnik/acme", "one").unwrap();
        other.save("robotnik/acme", "two").unwrap();
        let (half, foreign) = ("acme.17.new", "README");
        for name in [half, foreign] {
            fs::write(files.directory().join(name), "").unwrap();
        }
        files.remove_older(SystemTime::UNIX_EPOCH).unwrap();
        assert_eq!(fs::read_dir(files.directory()).unwrap().count(), 3);
        files
            .remove_older(SystemTime::now() + std::time::Duration::from_secs(60))
            .unwrap();
        let left = fs::read_dir(files.directory())
            .unwrap()
            .map(|entry| entry.unwrap().file_name());
        assert_eq!(left.collect::<Vec<_>>(), [foreign]);
        assert!(!other.directory().exists());
        files.remove("robotnik/acme").unwrap();
    }

    #[test]
    fn what_was_saved_last_is_loaded_and_only_the_owner_may_read_it() {
        let state = tempfile::tempdir().unwrap();
        let files = SnapshotFiles::new(state.path(), "https://quay.example");
        assert_eq!(files.load(), Vec::<String>::new());
        for text in ["one", "two"] {
            files.save("robotnik/acme", text).unwrap();
            assert_eq!(files.load(), [text]);
        }
        files.save("robotnik/other", "three").unwrap();
        assert_eq!(files.load().len(), 2);
        let other = SnapshotFiles::new(state.path(), "https://other.example");
        assert_eq!(other.load(), Vec::<String>::new());
        #[cfg(unix)]
        for entry in fs::read_dir(files.directory()).unwrap() {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(entry.unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}
