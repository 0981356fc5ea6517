//! The reference pages: Markdown from the same declarations as the program, so that they cannot say anything else.

pub mod catalog;
pub mod codes;
mod commands;
mod errors;
mod fields;
mod manifests;

pub use commands::commands;
pub use errors::errors;
pub use fields::fields;
pub use manifests::manifests;

/// How a page is made anew, for its first line and for the test that it is up to date.
pub const HOW_TO_UPDATE: &str = "UPDATE_REFERENCE=1 cargo test reference";

/// The first line of a generated page.
fn generated() -> String {
    format!("<!-- Generated; write it anew with: {HOW_TO_UPDATE} -->\n\n")
}

/// A row of a table; what would end a cell is escaped.
fn row(cells: &[&str]) -> String {
    let cells: Vec<String> = cells
        .iter()
        .map(|cell| cell.replace('\n', " ").replace('|', "\\|"))
        .collect();
    format!("| {} |\n", cells.join(" | "))
}
