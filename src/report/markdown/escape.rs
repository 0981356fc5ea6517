//! Texts from outside in Markdown. Whoever writes a manifest or a live description must not be able to write a part of
//! the comment: no markup, no HTML, no link, nobody mentioned, no marker of another comment.

use crate::report::words::printable;

/// How many characters of a name are shown.
const NAME: usize = 200;

/// How many characters of a line in a block are shown.
const LINE: usize = 300;

/// How many characters of a sentence are shown.
const SENTENCE: usize = 1_500;

/// Inline code: nothing in it means anything, and nobody in it is mentioned.
pub(super) fn code(text: &str) -> String {
    let text = harmless(text, NAME);
    let fence = "`".repeat(longest_run(&text) + 1);
    match text.trim() {
        "" => "`(empty)`".to_owned(),
        // The blanks keep backticks at the ends apart; Markdown takes them away again.
        _ if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) => format!("{fence} {text} {fence}"),
        _ => format!("{fence}{text}{fence}"),
    }
}

/// A sentence: plain words stay as they are, and whatever could mean something else is code; what belongs together, such
/// as the words of a command, is one piece of it.
pub(super) fn prose(text: &str) -> String {
    let text = shortened(&printable(text), SENTENCE);
    let mut words: Vec<Word> = Vec::new();
    for next in text.split(' ').filter(|word| !word.is_empty()).map(word) {
        match words.last_mut() {
            Some(last) if last.is_code && next.is_code && last.after.is_empty() && next.before.is_empty() => {
                last.inner = format!("{} {}", last.inner, next.inner);
                last.after = next.after;
            }
            _ => words.push(next),
        }
    }
    let words = words.iter().map(|word| match word.is_code {
        true => format!("{}{}{}", word.before, code(&word.inner), word.after),
        false => format!("{}{}{}", word.before, word.inner, word.after),
    });
    words.collect::<Vec<_>>().join(" ")
}

/// A word between signs of punctuation.
struct Word<'t> {
    before: &'t str,
    inner: String,
    after: &'t str,
    is_code: bool,
}

fn word(word: &str) -> Word<'_> {
    let rest = word.trim_start_matches('(');
    let inner = rest.trim_end_matches([',', '.', ';', ':', ')', '?']);
    if inner.is_empty() {
        let (before, after) = ("", "");
        return Word {
            before,
            inner: word.to_owned(),
            after,
            is_code: true,
        };
    }
    let is_plain = |letter: char| letter.is_alphabetic() || matches!(letter, '\'' | '-');
    let is_word = inner.starts_with(char::is_alphabetic) && inner.chars().all(is_plain);
    let is_number = inner.chars().all(|letter| letter.is_ascii_digit() || letter == '%');
    // What is code already needs no other signs of it.
    let named = inner.strip_prefix('`').unwrap_or(inner);
    let named = named.strip_suffix('`').unwrap_or(named);
    Word {
        before: &word[..word.len() - rest.len()],
        inner: named.to_owned(),
        after: &rest[inner.len()..],
        is_code: !is_word && !is_number,
    }
}

/// Lines as a block holds them.
pub(super) fn lines<'a>(lines: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    lines.into_iter().map(|line| harmless(line, LINE)).collect()
}

/// A block of code in the language `diff` or `text`.
pub(super) fn block(language: &str, lines: &[String]) -> String {
    let longest = lines.iter().map(|line| longest_run(line)).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}\n", lines.join("\n"))
}

/// As many lines as fit into so many bytes.
pub(super) fn fitting(lines: &[String], mut room: usize) -> &[String] {
    let fits = |line: &String| {
        let fits = line.len() < room;
        room = room.saturating_sub(line.len() + 1);
        !fits
    };
    let end = lines.iter().position(fits).unwrap_or(lines.len());
    &lines[..end]
}

/// Text within an HTML tag.
pub(super) fn html(text: &str) -> String {
    let mut escaped = String::new();
    for letter in harmless(text, NAME).chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// One line without characters that are obeyed, and without the start of a comment: whoever looks for the marker of a
/// comment in its text shall find no other one.
fn harmless(text: &str, most: usize) -> String {
    shortened(&printable(text), most).replace("<!", "< !")
}

fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

fn longest_run(text: &str) -> usize {
    text.split(|letter| letter != '`')
        .map(str::len)
        .max()
        .unwrap_or_default()
}
