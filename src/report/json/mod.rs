//! Plans and results for programs; the shapes are versioned by `format_version`.

mod applied;
mod plan;

pub use applied::applied;
pub use plan::plan;

/// The version of every JSON document.
pub const FORMAT_VERSION: u32 = 1;
