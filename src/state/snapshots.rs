//! The files of the cache: one per user and organization, in a directory per registry.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

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
        let path = self.directory.join(format!("{}.cache", file_name(name)));
        let beside = path.with_extension(format!("{}.new", std::process::id()));
        replace(&path, &beside, document.as_bytes(), Readers::Owner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
