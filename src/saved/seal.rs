//! The digest of a document: over its whole content, however it is laid out.

use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};

use crate::model::{Sources, hexadecimal};

/// Adds the digest as the first entry.
pub fn seal(document: Json) -> Json {
    let digest = digest(&document);
    let mut sealed = Map::from_iter([("digest".to_owned(), Json::String(digest))]);
    if let Json::Object(entries) = document {
        sealed.extend(entries);
    }
    Json::Object(sealed)
}

/// `sha256:…` over the document without its own `digest`; the order of keys and white space do not count.
pub fn digest(document: &Json) -> String {
    let mut hash = Sha256::new();
    match document {
        Json::Object(entries) => {
            let rest = entries.iter().filter(|(key, _)| *key != "digest");
            feed(
                &mut hash,
                &Json::Object(rest.map(|(key, value)| (key.clone(), value.clone())).collect()),
            );
        }
        other => feed(&mut hash, other),
    }
    format!("sha256:{}", hexadecimal(&hash.finalize()))
}

/// `sha256:…` over the paths and texts of files, whatever their order.
pub fn digest_of_files(sources: &Sources) -> String {
    let file = |index: usize| sources.get(index as u32);
    let files = (0..sources.len()).filter_map(file);
    let entries = files.map(|file| (file.path.display().to_string(), Json::String(file.text.clone())));
    digest(&json!({ "files": entries.collect::<Map<_, _>>() }))
}

/// Feeds the shortest JSON text, with the keys of objects in order.
fn feed(hash: &mut Sha256, json: &Json) {
    match json {
        Json::Object(entries) => {
            let mut sorted: Vec<(&String, &Json)> = entries.iter().collect();
            sorted.sort_by_key(|(key, _)| *key);
            hash.update("{");
            for (key, value) in sorted {
                hash.update(Json::String(key.clone()).to_string());
                hash.update(":");
                feed(hash, value);
                hash.update(",");
            }
            hash.update("}");
        }
        Json::Array(items) => {
            hash.update("[");
            for item in items {
                feed(hash, item);
                hash.update(",");
            }
            hash.update("]");
        }
        scalar => hash.update(scalar.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_covers_the_content_and_not_the_layout() {
        let one = seal(json!({"a": 1, "b": [{"c": "x", "d": null}]}));
        let other: Json = serde_json::from_str(r#"{"b": [{"d": null, "c": "x"}], "a": 1}"#).unwrap();
        assert_eq!(one["digest"], Json::String(digest(&other)));
        assert_eq!(digest(&one), digest(&other), "its own digest does not count");
        for different in [
            json!({"a": 1}),
            json!({"a": 1, "b": [{"c": "x"}]}),
            json!({"a": 1, "b": [{"c": "y", "d": null}]}),
        ] {
            assert_ne!(digest(&different), digest(&other));
        }
    }
}
