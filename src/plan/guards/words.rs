//! Numbers and names in sentences.

use crate::kinds::repository;

/// `1 object`, `2 objects`.
pub(super) fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}

/// What several objects of a kind are called: `default permissions`.
pub(super) fn objects(kind: &str) -> String {
    match kind {
        repository::NAME => "repositories".to_owned(),
        _ => format!("{}s", kind.replace('_', " ")),
    }
}

/// The first three names, and how many more there are.
pub(super) fn some(names: &[String]) -> String {
    match names.len() {
        0..=3 => names.join(", "),
        all => format!("{} and {} more", names[..3].join(", "), all - 3),
    }
}
