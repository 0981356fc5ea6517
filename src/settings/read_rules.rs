//! The section `[read]`: how the registry is read.

use super::section::Section;

/// How the registry is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReadRules {
    /// Whether answers are kept for later runs, and used where the registry's usage log proves that nothing changed.
    pub cache: bool,
}

/// Reads `[read]`.
pub(super) fn decode(mut section: Section<'_>) -> ReadRules {
    let cache = section.switch("cache");
    section.finish();
    ReadRules {
        cache: cache.unwrap_or_default(),
    }
}
