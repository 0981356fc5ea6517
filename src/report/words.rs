//! Words that reports have in common.

use std::collections::BTreeMap;

use crate::model::{Address, Summary};

/// How many of a kind are named within a line.
const FEW: usize = 5;

/// Without characters that a terminal would obey: live texts are written by anybody.
pub(crate) fn printable(text: &str) -> String {
    let is_obeyed = |letter: char| {
        // Marks that turn the writing direction can make a line read as another one.
        letter.is_control() || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if !text.contains(is_obeyed) {
        return text.to_owned();
    }
    text.chars()
        .map(|letter| match letter {
            '\t' => "    ".to_owned(),
            letter if is_obeyed(letter) => letter.escape_default().to_string(),
            letter => letter.to_string(),
        })
        .collect()
}

/// The first names, and how many more there are.
pub(crate) fn first_of(names: &[impl AsRef<str>], most: usize) -> String {
    let (shown, rest) = names.split_at(names.len().min(most));
    let shown: Vec<&str> = shown.iter().map(AsRef::as_ref).collect();
    match rest.len() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// `1 request`, `2 requests`, `2 repositories`.
pub(crate) fn counted(number: usize, noun: &str) -> String {
    match (number, noun.strip_suffix('y')) {
        (1, _) => format!("1 {noun}"),
        (_, Some(stem)) => format!("{number} {stem}ies"),
        (_, None) => format!("{number} {noun}s"),
    }
}

/// The objects, kind by kind, the first few of each by name.
pub(crate) fn by_kind<'a>(addresses: impl IntoIterator<Item = &'a Address>) -> String {
    let mut kinds: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for address in addresses {
        kinds.entry(address.kind).or_default().push(&address.identity);
    }
    let kinds = kinds.into_iter();
    let parts: Vec<String> = kinds
        .map(|(kind, names)| format!("{kind} {}", first_of(&names, FEW)))
        .collect();
    parts.join("; ")
}

/// `12 to create, 1 blocked, 3 unchanged`; empty where there is nothing.
pub(crate) fn figures(summary: &Summary) -> String {
    let figures = [
        (summary.create, "to create"),
        (summary.update, "to update"),
        (summary.replace, "to replace"),
        (summary.delete, "to delete"),
        (summary.blocked, "blocked"),
        (summary.deferred, "deferred"),
        (summary.unchanged, "unchanged"),
        (summary.unmanaged, "unmanaged"),
    ];
    let parts: Vec<String> = figures
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| format!("{number} {what}"))
        .collect();
    parts.join(", ")
}
