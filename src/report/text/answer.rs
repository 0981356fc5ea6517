//! Answers to one-shot operations: tables for lists, lines for objects.

use jiff::Timestamp;
use serde_json::Value as Json;

use super::{Style, counted, printable};
use crate::model::units::Bytes;
use crate::operations::{Column, Show};

/// A list as a table: a title for each column that has anything in it.
pub fn list(items: &Json, columns: &[Column], style: Style) -> String {
    let items: Vec<&Json> = match items {
        Json::Array(items) => items.iter().collect(),
        // Some lists are maps from names to entries.
        Json::Object(entries) => entries.values().collect(),
        _ => Vec::new(),
    };
    if items.is_empty() {
        return "Nothing there.\n".to_owned();
    }
    let cells = |column: &Column| -> Vec<String> { items.iter().map(|item| cell(item, column)).collect() };
    let filled: Vec<(&str, Vec<String>)> = columns
        .iter()
        .map(|column| (column.title, cells(column)))
        .filter(|(_, cells)| cells.iter().any(|cell| !cell.is_empty()))
        .collect();
    let mut text = String::new();
    let titles: Vec<(String, usize)> = filled
        .iter()
        .map(|(title, cells)| (title.to_uppercase(), width(title, cells)))
        .collect();
    text.push_str(&style.bold(&line(titles.iter().map(|(title, width)| (title.as_str(), *width)))));
    text.push('\n');
    for row in 0..items.len() {
        let cells = filled.iter().zip(&titles);
        text.push_str(&line(
            cells.map(|((_, cells), (_, width))| (cells[row].as_str(), *width)),
        ));
        text.push('\n');
    }
    text
}

/// An object: a line for each column that has anything in it.
pub fn object(object: &Json, columns: &[Column], style: Style) -> String {
    let lines: Vec<(&str, String)> = columns
        .iter()
        .map(|column| (column.title, cell(object, column)))
        .filter(|(_, cell)| !cell.is_empty())
        .collect();
    let widest = lines.iter().map(|(title, _)| title.len() + 1).max().unwrap_or_default();
    lines
        .iter()
        .map(|(title, cell)| format!("{} {cell}\n", style.bold(&format!("{:<widest$}", format!("{title}:")))))
        .collect()
}

/// The lines of a build's log: commands and phases as they are, each with a line break.
pub fn log(entries: &[Json]) -> String {
    let message = |entry: &Json| entry.get("message").and_then(Json::as_str).map(str::to_owned);
    entries
        .iter()
        .filter_map(message)
        .flat_map(|message| {
            message
                .trim_end()
                .lines()
                .map(|line| printable(line) + "\n")
                .collect::<Vec<_>>()
        })
        .collect()
}

/// What is said of a list that is longer than what was asked for.
pub fn more(shown: usize) -> String {
    format!(
        "There is more than these {}: --limit N or --all shows it.",
        counted(shown, "line")
    )
}

fn width(title: &str, cells: &[String]) -> usize {
    let widest = cells.iter().map(|cell| cell.chars().count()).max().unwrap_or_default();
    widest.max(title.len())
}

fn line<'c>(cells: impl Iterator<Item = (&'c str, usize)>) -> String {
    let padded: Vec<String> = cells.map(|(cell, width)| format!("{cell:<width$}")).collect();
    padded.join("  ").trim_end().to_owned()
}

fn cell(item: &Json, column: &Column) -> String {
    let Some(value) = item.pointer(column.at) else {
        return String::new();
    };
    match (column.show, value) {
        (Show::Bytes, Json::Number(number)) => number.as_u64().map_or_else(String::new, size),
        (Show::Moment, Json::Number(number)) => number
            .as_i64()
            .and_then(|seconds| Timestamp::from_second(seconds).ok())
            .map_or_else(String::new, |moment| moment.to_string()),
        (Show::Count, Json::Array(entries)) => entries.len().to_string(),
        (Show::Count, Json::Object(entries)) => entries.len().to_string(),
        (Show::Names, Json::Array(entries)) => names(entries),
        (Show::Names, Json::Object(entries)) => entries
            .keys()
            .map(|name| printable(name))
            .collect::<Vec<_>>()
            .join(", "),
        _ => plain(value),
    }
}

fn plain(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::Bool(switch) => if *switch { "yes" } else { "no" }.to_owned(),
        Json::String(text) => printable(text.lines().next().unwrap_or_default()),
        Json::Object(fields) if fields.contains_key("$secret") => "(secret)".to_owned(),
        other => printable(&other.to_string()),
    }
}

fn names(entries: &[Json]) -> String {
    let name = |entry: &Json| entry.get("name").map_or_else(|| plain(entry), plain);
    entries.iter().map(name).collect::<Vec<_>>().join(", ")
}

/// In the largest unit of which there is more than one, with one digit after the point.
fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    let mut size = bytes as f64;
    let mut unit = None;
    for name in UNITS {
        if size < 1024.0 {
            break;
        }
        size /= 1024.0;
        unit = Some(name);
    }
    match unit {
        None => Bytes::new(bytes).to_string(),
        Some(unit) => format!("{size:.1} {unit}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::operations::operation::{column, shown};

    const PLAIN: Style = Style { color: false };

    #[test]
    fn empty_columns_are_left_away_and_others_aligned() {
        let columns = [
            column("name", "/name"),
            column("nothing", "/nothing"),
            shown("size", "/size", Show::Bytes),
        ];
        let items = json!([{"name": "a", "size": 5}, {"name": "latest", "size": 3_500_000}]);
        assert_eq!(
            list(&items, &columns, PLAIN),
            "NAME    SIZE\na       5 B\nlatest  3.3 MiB\n"
        );
        assert_eq!(list(&json!([]), &columns, PLAIN), "Nothing there.\n");
    }

    #[test]
    fn what_a_terminal_would_obey_is_escaped() {
        let columns = [column("name", "/name"), shown("teams", "/teams", Show::Names)];
        let item = json!({"name": "\u{1b}[2Jx\nsecond", "teams": [{"name": "a"}, "b\u{7}"]});
        assert_eq!(
            object(&item, &columns, PLAIN),
            "name:  \\u{1b}[2Jx\nteams: a, b\\u{7}\n"
        );
    }
}
