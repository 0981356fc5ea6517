//! Plans and results for people at a terminal.

mod applied;
mod fold;
mod plan;
mod style;

pub use applied::applied;
pub use plan::plan;
pub use style::Style;
