//! One folder per output format; nothing here prints.

pub mod diagnostics;
mod excerpt;
pub mod json;
pub mod reference;
pub mod text;

use crate::read::Recalled;

/// What a run cost, for the last line and the JSON.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cost {
    /// Requests that read.
    pub read: usize,
    /// Seconds that reading took.
    pub seconds: f64,
    /// What came from the cache instead.
    pub recalled: Option<Recalled>,
}

impl Cost {
    /// Requests so far, and how long they took.
    pub fn new(read: usize, seconds: f64) -> Self {
        Cost {
            read,
            seconds,
            recalled: None,
        }
    }

    /// The same, with what came from the cache.
    #[must_use]
    pub fn with(self, recalled: Option<Recalled>) -> Self {
        Cost { recalled, ..self }
    }
}
