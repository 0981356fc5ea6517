//! Plans and results for people at a terminal.

mod access;
pub mod answer;
mod applied;
mod drift;
mod exported;
mod fields;
mod plan;
mod previous_run;
mod reads;
mod shifts;
mod style;

pub use access::access;
pub use applied::applied;
pub use drift::{drift, told};
pub use exported::{exported, updated_files, written_files};
pub(crate) use fields::written;
pub use plan::plan;
pub(crate) use plan::{alone, section};
pub use previous_run::previous_run;
pub use reads::reads;
pub use style::Style;

pub(crate) use super::words::printable;
use super::words::{counted, first_of};

/// The line above what is told of one registry among several.
pub fn registry(name: Option<&str>, identity: &str, style: Style) -> String {
    let line = name.map_or(identity.to_owned(), |name| format!("{name} ({identity})"));
    format!("{}\n\n", style.bold(&printable(&format!("=== {line}"))))
}
