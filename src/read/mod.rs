//! Fetches queries: shared, counted, paged.

mod pages;
pub mod reader;

pub use reader::{Reader, look, read_world};
