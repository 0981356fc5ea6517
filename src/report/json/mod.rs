//! Plans and results for programs; the shapes are versioned by `format_version`.

mod access;
mod applied;
mod drift;
mod exported;
mod previous_run;
mod reads;

pub use access::access;
pub use applied::applied;
pub use drift::{drift, drifted};
pub use exported::{exported, updated};
pub use previous_run::previous_run;
pub use reads::reads;

pub use crate::saved::FORMAT_VERSION;

/// The documents of several registries in one; that of one registry stays as it is.
pub fn registries(mut documents: Vec<serde_json::Value>) -> serde_json::Value {
    match documents.len() {
        1 => documents.remove(0),
        _ => serde_json::json!({ "format_version": FORMAT_VERSION, "registries": documents }),
    }
}
