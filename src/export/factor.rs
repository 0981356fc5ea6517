//! Shared parts of repositories as layers.

use super::Export;

/// Takes what repositories share out of them.
pub fn factor(export: Export) -> Export {
    export
}
