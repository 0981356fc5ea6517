//! Plans and results for people at a terminal.

mod access;
pub mod answer;
mod applied;
mod drift;
mod fields;
mod fold;
mod plan;
mod previous_run;
mod reads;
mod shifts;
mod style;

pub use access::access;
pub use applied::applied;
pub use drift::{drift, told};
pub use plan::plan;
pub use previous_run::previous_run;
pub use reads::reads;
pub use style::Style;

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
fn first_of(names: &[impl AsRef<str>], most: usize) -> String {
    let (shown, rest) = names.split_at(names.len().min(most));
    let shown: Vec<&str> = shown.iter().map(AsRef::as_ref).collect();
    match rest.len() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// `1 request`, `2 requests`.
fn counted(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// The line above what is told of one registry among several.
pub fn registry(name: Option<&str>, identity: &str, style: Style) -> String {
    let line = name.map_or(identity.to_owned(), |name| format!("{name} ({identity})"));
    format!("{}\n\n", style.bold(&printable(&format!("=== {line}"))))
}
