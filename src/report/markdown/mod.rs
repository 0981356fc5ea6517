//! Plans and results for the comment of a pull request: what must not be overlooked first, and never too long for it.

mod applied;
mod escape;
mod failure;
mod page;
mod plan;

pub use applied::applied;
pub use failure::failure;
pub use plan::plan;

/// The limit of a whole comment, in bytes: GitHub takes 65,536 characters, and whoever posts it may add some.
pub const LIMIT: usize = 64_900;

/// What one document holds at most, where there are so many of them in a comment.
pub fn share(documents: usize) -> usize {
    (LIMIT - 200) / documents.max(1)
}

/// The first line of a comment, by which the one of the run before is found to be replaced. `key` is a digest: nothing
/// that somebody else may choose the letters of.
pub fn marker(command: &str, key: &str) -> String {
    format!("<!-- quayform {command} {key} -->\n")
}

/// The whole comment: the marker, and one document for each registry.
pub fn comment(marker: &str, documents: &[String]) -> String {
    let mut text = marker.to_owned();
    for (index, document) in documents.iter().enumerate() {
        let rest = format!("\nand {} registries more\n", documents.len() - index);
        if text.len() + document.len() + rest.len() > LIMIT {
            text.push_str(&rest);
            break;
        }
        if index > 0 {
            text.push('\n');
        }
        text.push_str(document);
    }
    text
}
