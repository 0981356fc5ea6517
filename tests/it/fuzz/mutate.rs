//! Small changes to bytes, and to JSON as JSON: the same seed makes the same change.

use serde_json::{Value as Json, json};

/// A sequence of numbers that only looks like chance (SplitMix64).
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        Chance(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`; 0 where that is 0.
    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}

/// The bytes with one to four changes: half of the time as JSON where they are that.
pub(super) fn mutated(bytes: &[u8], chance: &mut Chance) -> Vec<u8> {
    let times = 1 + chance.below(4);
    let is_json = chance.below(2) == 0;
    if let Some(mut value) = is_json.then(|| serde_json::from_slice::<Json>(bytes).ok()).flatten() {
        (0..times).for_each(|_| change_json(&mut value, chance));
        return value.to_string().into_bytes();
    }
    let mut bytes = bytes.to_vec();
    (0..times).for_each(|_| change_bytes(&mut bytes, chance));
    bytes
}

/// What parsers stumble over.
const NASTY: &[&str] = &[
    "\0",
    "\u{feff}",
    "é",
    "\u{202e}",
    "---\n",
    "&a ",
    "*a",
    "<<: ",
    "!!binary ",
    "\t",
    "\r\n",
    "[",
    "{",
    "\"",
    "'",
    "|\n",
    "999999999999999999999",
    "-0",
    "1e999",
    "null",
    "#",
    ":",
    "- ",
    "/",
    "..",
    "+",
    "%2f",
];

fn change_bytes(bytes: &mut Vec<u8>, chance: &mut Chance) {
    let length = bytes.len();
    let from = chance.below(length);
    let to = (from + 1 + chance.below(40)).min(length);
    match chance.below(6) {
        0 if length > 0 => bytes[from] ^= 1 << chance.below(8),
        1 => bytes.truncate(from),
        2 => drop(bytes.drain(from.min(to)..to)),
        3 => {
            let slice = bytes[from.min(to)..to].to_vec();
            let at = chance.below(length);
            drop(bytes.splice(at..at, slice));
        }
        _ => {
            let nasty = NASTY[chance.below(NASTY.len())].bytes();
            drop(bytes.splice(from..from, nasty));
        }
    }
}

/// Changes one node somewhere below.
fn change_json(value: &mut Json, chance: &mut Chance) {
    let goes_deeper = chance.below(8) > 0;
    match value {
        Json::Object(entries) if goes_deeper && !entries.is_empty() => {
            let key = entries
                .keys()
                .nth(chance.below(entries.len()))
                .cloned()
                .unwrap_or_default();
            if chance.below(12) == 0 {
                entries.shift_remove(&key);
            } else if let Some(value) = entries.get_mut(&key) {
                change_json(value, chance);
            }
        }
        Json::Array(items) if goes_deeper && !items.is_empty() => {
            let at = chance.below(items.len());
            match chance.below(12) {
                0 => drop(items.remove(at)),
                1 => items.extend(items.clone()),
                _ => change_json(&mut items[at], chance),
            }
        }
        _ => *value = replacement(value, chance),
    }
}

fn replacement(value: &Json, chance: &mut Chance) -> Json {
    match chance.below(12) {
        0 => Json::Null,
        1 => json!(true),
        2 => json!(u64::MAX),
        3 => json!(i64::MIN),
        4 => json!(1e308),
        5 => json!(""),
        6 => json!([]),
        7 => json!({}),
        8 => json!([value.clone(), value.clone()]),
        9 => (0..40).fold(value.clone(), |inner, _| json!({ "a": [inner] })),
        10 => json!("x".repeat(3000)),
        _ => json!(NASTY[chance.below(NASTY.len())]),
    }
}
