//! Fetches queries: shared, counted, paged.

mod pages;
pub mod reader;

pub use reader::{Reader, read_world};
