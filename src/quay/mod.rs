//! The dialect of the registry: how it says what it says.

pub mod answer;
pub mod preflight;

pub use answer::{UNSEARCHABLE, cannot_search, error_text, settle};
