//! Fetches queries: shared, counted, paged.

pub mod cache;
mod pages;
pub mod reader;

pub use cache::{Cache, Recalled};
pub use reader::{Reader, look, read_world};
