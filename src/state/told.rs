//! Which drift a webhook has been told of.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::file_name;
use super::replace::{Readers, beside, replace};

/// What was told of one registry: each object, and a digest of how it differed. If it is lost, everything is told once
/// more; nothing is ever kept back for it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// By the address of the object.
    pub told: BTreeMap<String, String>,
}

impl Told {
    /// Where it is kept.
    pub fn path(directory: &Path, identity: &str) -> PathBuf {
        directory.join(format!("drift-{}.json", file_name(identity)))
    }

    /// What was told of a registry; a file that cannot be read or understood is as good as lost.
    pub fn load(directory: &Path, identity: &str) -> Self {
        let text = fs::read(Told::path(directory, identity)).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    /// Keeps it.
    pub fn save(&self, directory: &Path, identity: &str) -> io::Result<()> {
        fs::create_dir_all(directory)?;
        let path = Told::path(directory, identity);
        let mut text = serde_json::to_vec_pretty(self)?;
        text.push(b'\n');
        replace(&path, &beside(&path), &text, Readers::Owner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lost_or_broken_says_that_nothing_was_told() {
        let state = tempfile::tempdir().unwrap();
        let told = Told {
            told: [("team[acme/developers]".to_owned(), "a".to_owned())].into(),
        };
        told.save(state.path(), "https://quay.example").unwrap();
        assert_eq!(Told::load(state.path(), "https://quay.example"), told);
        assert_eq!(Told::load(state.path(), "https://other.example"), Told::default());
        fs::write(Told::path(state.path(), "https://quay.example"), "{").unwrap();
        assert_eq!(Told::load(state.path(), "https://quay.example"), Told::default());
    }
}
