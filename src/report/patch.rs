//! What would be written to a file, as a patch.

use std::path::Path;

use similar::TextDiff;

/// A unified diff that `patch -p1` and `git apply` take; empty where both texts are the same.
pub fn patch(path: &Path, before: &str, after: &str) -> String {
    if before == after {
        return String::new();
    }
    let path = path.display();
    TextDiff::from_lines(before, after)
        .unified_diff()
        .header(&format!("a/{path}"), &format!("b/{path}"))
        .to_string()
}
