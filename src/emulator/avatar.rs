//! Avatars: a hash and a colour for everything that has a name. Clients must not compare them (behaviour.md, 4).

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const COLOURS: [&str; 8] = [
    "#969696", "#aec7e8", "#ff7f0e", "#ffbb78", "#2ca02c", "#98df8a", "#d62728", "#9467bd",
];

/// The avatar of `name`; `source` is what it is derived from: the e-mail address, or the name where there is none.
pub(super) fn avatar(name: &str, source: &str, kind: &str) -> Value {
    let digest = Sha256::digest(source.as_bytes());
    let hash: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let colour = COLOURS[usize::from(digest[0]) % COLOURS.len()];
    json!({ "name": name, "hash": hash, "color": colour, "kind": kind })
}
