//! Values as YAML text, so that readers of YAML 1.1 and 1.2 take the same from it.

use super::data::Data;

/// How much further in than its parent a value stands.
const INDENTATION: usize = 2;

/// Words that some reader takes for a switch or for nothing.
const WORDS: [&str; 9] = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"];

/// Whether every reader takes it, without quotes, for this very text.
pub(super) fn is_plain_text(text: &str) -> bool {
    let Some(first) = text.chars().next() else { return false };
    let starts_well = first.is_alphabetic() || matches!(first, '_' | '/') || is_amount(text);
    let is_good = |letter: char| letter.is_alphanumeric() || " -_./@+=~$%^&*();!?'<>|:#".contains(letter);
    starts_well
        && text.chars().all(is_good)
        && !text.ends_with(' ')
        && !text.contains(" #")
        && colons_are_inside(text)
        && !WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// `6h`, `500 GiB`, `80%`: digits that nobody takes for a number.
fn is_amount(text: &str) -> bool {
    let unit = text.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let unit = unit.strip_prefix(' ').unwrap_or(unit);
    text.starts_with(|letter: char| letter.is_ascii_digit())
        && (unit == "%" || (1..=3).contains(&unit.len()) && unit.bytes().all(|letter| letter.is_ascii_alphabetic()))
}

/// Whether a letter, a digit or a slash follows each colon.
fn colons_are_inside(text: &str) -> bool {
    let mut after = text.split(':').skip(1);
    after.all(|rest| {
        rest.chars()
            .next()
            .is_some_and(|next| next.is_alphanumeric() || next == '/')
    })
}

/// A text in one line, quoted where needed.
pub(super) fn scalar(text: &str) -> String {
    if is_plain_text(text) {
        return text.to_owned();
    }
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            letter if is_printable(letter) => quoted.push(letter),
            letter if u32::from(letter) <= 0xff => quoted.push_str(&format!("\\x{:02x}", u32::from(letter))),
            letter if u32::from(letter) <= 0xffff => quoted.push_str(&format!("\\u{:04x}", u32::from(letter))),
            letter => quoted.push_str(&format!("\\U{:08x}", u32::from(letter))),
        }
    }
    quoted.push('"');
    quoted
}

/// Whether YAML takes the letter as it is, wherever it stands in a text.
fn is_printable(letter: char) -> bool {
    !letter.is_control()
        && !matches!(letter, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
        && !matches!(letter, '\u{e000}'..='\u{f8ff}')
}

/// A value in one line.
pub(super) fn flow(data: &Data) -> String {
    match data {
        Data::Text(text) => scalar(text),
        Data::Bare(text) => text.clone(),
        Data::List(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Data::Map(entries) => {
            let entries = entries
                .iter()
                .map(|(name, value)| format!("{}: {}", scalar(name), flow(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
    }
}

/// What stands after `name:` or `-` in the same line, and the lines below it, which stand at `column`.
pub(super) struct Block {
    /// May be empty: then the value begins in the next line.
    pub(super) head: String,
    /// Without the ends of lines.
    pub(super) lines: Vec<String>,
}

/// A value of a map's entry whose name stands at a column.
pub(super) fn value(data: &Data, name_column: usize) -> Block {
    let column = name_column + INDENTATION;
    match data {
        Data::Text(text) => literal(text, column).unwrap_or_else(|| inline(scalar(text))),
        data if !data.is_collection() || data.is_empty() => inline(flow(data)),
        data => Block {
            head: String::new(),
            lines: lines(data, column),
        },
    }
}

/// An item of a list whose dash stands at a column.
pub(super) fn item(data: &Data, dash_column: usize) -> Block {
    match data {
        Data::Map(_) | Data::List(_) if !data.is_empty() => {
            let column = dash_column + INDENTATION;
            let mut lines = lines(data, column);
            let head = lines.remove(0)[column..].to_owned();
            Block { head, lines }
        }
        data => value(data, dash_column),
    }
}

/// The lines of a list or a map that is not empty and stands at a column.
pub(super) fn lines(data: &Data, column: usize) -> Vec<String> {
    match data {
        Data::List(items) => items
            .iter()
            .flat_map(|data| started(column, "-", item(data, column)))
            .collect(),
        Data::Map(entries) => entries
            .iter()
            .flat_map(|(name, data)| entry(name, data, column))
            .collect(),
        data => vec![format!("{}{}", " ".repeat(column), flow(data))],
    }
}

/// The lines of a map's entry.
pub(super) fn entry(name: &str, data: &Data, column: usize) -> Vec<String> {
    started(column, &format!("{}:", scalar(name)), value(data, column))
}

/// The lines of a list's item.
pub(super) fn listed(data: &Data, column: usize) -> Vec<String> {
    started(column, "-", item(data, column))
}

fn started(column: usize, start: &str, block: Block) -> Vec<String> {
    let space = if block.head.is_empty() { "" } else { " " };
    let mut lines = vec![format!("{}{start}{space}{}", " ".repeat(column), block.head)];
    lines.extend(block.lines);
    lines
}

/// A value that stands in one line.
pub(super) fn inline(head: String) -> Block {
    Block {
        head,
        lines: Vec::new(),
    }
}

/// A text of several lines as it is, where that can be read back.
fn literal(text: &str, column: usize) -> Option<Block> {
    let (body, head) = match text.strip_suffix('\n') {
        Some(body) => (body, "|"),
        None => (text, "|-"),
    };
    let is_good = |line: &str| !line.ends_with([' ', '\t']) && line.chars().all(is_printable);
    if !text.contains('\n') || body.ends_with('\n') || body.starts_with([' ', '\t', '\n']) || body.is_empty() {
        return None;
    }
    let lines = body.split('\n').map(|line| match line {
        "" => Some(String::new()),
        line => is_good(line).then(|| format!("{}{line}", " ".repeat(column))),
    });
    Some(Block {
        head: head.to_owned(),
        lines: lines.collect::<Option<_>>()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_reader_could_take_for_something_else_is_quoted() {
        for text in [
            "",
            "no",
            "Y",
            "NULL",
            "007",
            "1e3",
            "0x1f",
            "1:30",
            "~",
            "- a",
            "a: b",
            "a #b",
            "*x",
            "&x",
            " a",
            "a ",
            "=",
            "<<",
            "2026-01-01",
            "a:",
            "[a",
            "a, b",
            "!x",
            "%x",
            "@x",
            "`x",
            "é\u{85}",
            "a\u{feff}",
            ".5",
            ".inf",
        ] {
            assert!(!is_plain_text(text), "{text:?}");
        }
        for text in [
            "acme",
            "acme/prod-*",
            "acme+ci",
            "6h",
            "500 GiB",
            "80%",
            "it's",
            "https://a.example/x",
            "ä b",
        ] {
            assert!(is_plain_text(text), "{text:?}");
        }
    }
}
