//! The schemas of the documents that `--format json` prints: closed, so that whoever adds a key says it here.

mod applied;
mod parts;
mod plan;
mod shapes;

pub use applied::applied;
pub use plan::plan;
