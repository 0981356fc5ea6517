//! The dialect of the registry: how it says what it says.

pub mod answer;
pub mod preflight;

pub use answer::{error_text, settle};
