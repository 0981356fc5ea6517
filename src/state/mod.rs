//! What quayform leaves on this machine: the journal of what it wrote, the lock that keeps two applies apart, and what it
//! read.
//!
//! Nothing here decides what is done to a registry: without any of it the next apply comes to the same end.

pub mod addresses;
mod history;
mod journal;
mod lock;
mod own_writes;
mod replace;
mod snapshots;
mod told;

pub use history::{History, Unanswered, Unfinished};
pub use journal::FileJournal;
pub use lock::{Holder, Lock, LockProblem};
pub use own_writes::own_writes;
pub use replace::{Readers, beside, create, replace};
pub use snapshots::SnapshotFiles;
pub use told::Told;

use sha2::{Digest, Sha256};

use crate::model::hexadecimal;

/// A file name for a registry: readable, and different for different ones.
fn file_name(identity: &str) -> String {
    let letters = identity
        .trim_start_matches("https://")
        .trim_start_matches("http://")
        .chars();
    let readable: String = letters
        .map(|letter| {
            if letter.is_ascii_alphanumeric() || letter == '.' {
                letter
            } else {
                '-'
            }
        })
        .collect();
    // The end of a path says more than its beginning.
    let start = readable.len().saturating_sub(40);
    let digest = Sha256::digest(identity.as_bytes());
    let short = hexadecimal(&digest[..6]);
    format!("{}-{short}", readable[start..].trim_start_matches(['-', '.']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_registry_has_a_file_name_of_its_own() {
        let name = file_name("https://quay.example.com");
        assert!(name.starts_with("quay.example.com-"), "{name}");
        assert_ne!(name, file_name("http://quay.example.com"));
        let path = file_name("/home/somebody/a/very/long/way/to/the/project/.quayform/emulator.json");
        assert!(path.len() < 60 && path.contains("project"), "{path}");
        assert!(!path.contains('/'), "{path}");
    }
}
