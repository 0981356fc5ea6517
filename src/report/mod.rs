//! One file per output format.

pub mod diagnostics;
mod excerpt;
