//! Files that are replaced as a whole.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

/// Who may read a new file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// Its owner alone, from its first moment.
    Owner,
    /// Whoever the system lets.
    Anybody,
}

/// Puts a new file in the old one's place at once: others read the one or the other, and a link is replaced, not
/// followed. The content is made in `beside`, which must lie in the same directory.
pub fn replace(path: &Path, beside: &Path, text: &[u8], readers: Readers) -> io::Result<()> {
    let mut file = create(beside, readers)?;
    let written = file.write_all(text).and_then(|()| file.sync_all());
    let replaced = written.and_then(|()| fs::rename(beside, path));
    if replaced.is_err() {
        // The first error says more than one about cleaning up.
        let _ = fs::remove_file(beside);
    }
    replaced
}

/// Always the same name, so that what a killed run left is overwritten by the next one.
pub fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.new"))
}

/// A new file in place of what is there.
pub fn create(path: &Path, readers: Readers) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if readers == Readers::Owner {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    options.open(path)
}
