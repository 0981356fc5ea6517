//! Who may do what, as a table.

use crate::access::{On, Row};

use super::printable;
use super::style::Style;

/// One line for each row under a line of headings; ends with a line break. Says so where there is nothing.
pub fn access(rows: &[Row], style: Style) -> String {
    if rows.is_empty() {
        return "Nobody.\n".to_owned();
    }
    let lines: Vec<[String; 4]> = rows.iter().map(line).collect();
    let headings = ["ON", "WHO", "ROLE", "BY"].map(str::to_owned);
    let width = |column: usize| {
        let cells = lines.iter().chain([&headings]).map(|line| line[column].chars().count());
        cells.max().unwrap_or_default()
    };
    let (on, who, role) = (width(0), width(1), width(2));
    let write = |line: &[String; 4]| format!("{:on$}  {:who$}  {:role$}  {}", line[0], line[1], line[2], line[3]);
    let mut text = format!("{}\n", style.bold(write(&headings).trim_end()));
    for line in &lines {
        text.push_str(&write(line));
        text.push('\n');
    }
    text
}

fn line(row: &Row) -> [String; 4] {
    let ways: Vec<String> = row
        .ways
        .iter()
        .map(|way| match way.role == row.role {
            true => way.by.to_string(),
            false => format!("{} ({})", way.by, way.role.word()),
        })
        .collect();
    let cells = [
        on(&row.on),
        row.subject.to_string(),
        row.role.word().to_owned(),
        ways.join(", "),
    ];
    cells.map(|cell| printable(&cell))
}

fn on(on: &On) -> String {
    match on {
        On::Repository(name) => name.clone(),
        On::NextRepositories {
            organization,
            created_by,
        } => match created_by {
            None => format!("{organization}/(later)"),
            Some(name) => format!("{organization}/(later, by {name})"),
        },
    }
}
