//! Bodies of fuzz targets: each takes any bytes and must come to an end soon, in bounded memory, without a panic.
//!
//! `tests/it/fuzz.rs` replays the corpus in `fuzz/corpus/`, with mutations; `fuzz/run` searches further with libFuzzer.
//! Nothing outside of these two uses this room.

mod answers;
mod registry;
mod texts;

pub use registry::{Canned, CannedAnswer, Case};

/// Takes any bytes.
pub type Body = fn(&[u8]);

/// Every body by its name, which is that of its folder in `fuzz/corpus/` and of its target in `fuzz/`.
pub const BODIES: &[(&str, Body)] = &[
    ("manifest", texts::manifest),
    ("settings", texts::settings),
    ("seed", texts::seed),
    ("faults", texts::faults),
    ("saved_plan", texts::saved_plan),
    ("answer", answers::answer),
    ("pages", answers::pages),
    ("registry", registry::registry),
];

/// Runs the body with this name; an unknown name does nothing.
pub fn run(name: &str, bytes: &[u8]) {
    if let Some((_, body)) = BODIES.iter().find(|(known, _)| *known == name) {
        body(bytes);
    }
}

/// A runtime that waits for nothing: every answer is there already.
fn runtime() -> Option<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().build().ok()
}
