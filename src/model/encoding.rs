//! Values as the JSON of plans: nothing secret in it, nothing else lost.

use serde_json::{Map, Value as Json, json};

use super::entries::Entries;
use super::secret::{Reference, SaltedDigest, Secret};
use super::value::Value;

/// The key that marks a secret.
const SECRET: &str = "$secret";
/// The key that marks the time at which a request is sent.
const NOW: &str = "$now";

impl Value {
    /// The JSON that may be shown: a secret is `{"$secret": {"env": NAME}}`, or `{"$secret": {}}` if it has no reference.
    pub fn shown(&self) -> Json {
        self.encoded(None)
    }

    /// The JSON that may be shown and saved. With a salt, secrets carry their digest: `{"$secret": {"env": NAME,
    /// "sha256": "…"}}`. Keys of maps that begin with `$` get a second one.
    pub fn encoded(&self, salt: Option<&str>) -> Json {
        match self {
            Value::Null => Json::Null,
            Value::Boolean(switch) => json!(switch),
            Value::Integer(number) => json!(number),
            Value::Text(text) => json!(text),
            Value::List(items) => items.iter().map(|item| item.encoded(salt)).collect(),
            Value::Map(entries) => Json::Object(
                entries
                    .iter()
                    .map(|(key, value)| (escaped(key), value.encoded(salt)))
                    .collect(),
            ),
            Value::Secret(secret) => json!({ SECRET: sealed(secret, salt) }),
            Value::Now => json!({ NOW: true }),
        }
    }

    /// Reads what `encoded` wrote; the digests of secrets are under this salt. Errors say what is not understood.
    pub fn decoded(json: &Json, salt: &str) -> Result<Self, String> {
        match json {
            Json::Number(number) => match number.as_i64() {
                Some(number) => Ok(Value::Integer(number)),
                None => Err(format!("the number {number} is not a whole one")),
            },
            Json::Array(items) => items.iter().map(|item| Value::decoded(item, salt)).collect(),
            Json::Object(entries) => match entries.iter().next() {
                Some((key, content)) if key == SECRET => unsealed(content, salt).map(Value::Secret),
                Some((key, _)) if key == NOW => Ok(Value::Now),
                _ => decoded_map(entries, salt).map(Value::Map),
            },
            Json::Null | Json::Bool(_) | Json::String(_) => Ok(Value::from_json(json)),
        }
    }
}

impl Secret {
    /// What may be kept of the secret between runs: `{"$secret": {"salt": SALT, "sha256": "…"}}`, so that a text can be
    /// compared with it; `None` where its text is not known.
    pub fn kept(&self, salt: &str) -> Option<Json> {
        let text = self.text()?;
        let digest = Secret::default().resolved(text.clone()).digest(salt)?;
        Some(json!({ SECRET: { "salt": salt, "sha256": digest.hexadecimal() } }))
    }

    /// Reads what `kept` wrote; `None` where this is something else.
    pub fn recalled(json: &Json) -> Option<Self> {
        let of = |key: &str| json.get(SECRET)?.get(key)?.as_str();
        let digest = SaltedDigest::written(of("salt")?, of("sha256")?);
        Some(Secret::digested(None, Some(digest)))
    }
}

fn escaped(key: &str) -> String {
    if key.starts_with('$') {
        format!("${key}")
    } else {
        key.to_owned()
    }
}

fn decoded_map(entries: &Map<String, Json>, salt: &str) -> Result<Entries, String> {
    let entry = |(key, value): (&String, &Json)| {
        let key = match key.strip_prefix('$') {
            Some(rest) if rest.starts_with('$') => rest,
            Some(_) => return Err(format!("`{key}` means nothing")),
            None => key,
        };
        Ok((key.to_owned(), Value::decoded(value, salt)?))
    };
    entries.iter().map(entry).collect()
}

fn sealed(secret: &Secret, salt: Option<&str>) -> Map<String, Json> {
    let mut sealed = match secret.reference() {
        None => Map::new(),
        Some(Reference::Env(name)) => Map::from_iter([("env".to_owned(), json!(name))]),
        Some(Reference::File(path)) => Map::from_iter([("file".to_owned(), json!(path))]),
        Some(Reference::Command(name)) => Map::from_iter([("command".to_owned(), json!(name))]),
    };
    if let Some(digest) = salt.and_then(|salt| secret.digest(salt)) {
        sealed.insert("sha256".to_owned(), json!(digest.hexadecimal()));
    }
    sealed
}

fn unsealed(content: &Json, salt: &str) -> Result<Secret, String> {
    let Some(content) = content.as_object() else {
        return Err(format!("`{SECRET}` is not an object"));
    };
    let (mut reference, mut digest) = (None, None);
    for (key, text) in content {
        let Some(text) = text.as_str() else {
            return Err(format!("`{key}` of a secret is not a text"));
        };
        match key.as_str() {
            "env" => reference = Some(Reference::Env(text.to_owned())),
            "file" => reference = Some(Reference::File(text.to_owned())),
            "command" => reference = Some(Reference::Command(text.to_owned())),
            "sha256" => digest = Some(SaltedDigest::written(salt, text)),
            _ => return Err(format!("`{key}` of a secret means nothing")),
        }
    }
    Ok(Secret::digested(reference, digest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_is_decoded_and_no_secret_is_in_it() {
        let map = |entries: &[(&str, Value)]| {
            Value::Map(
                entries
                    .iter()
                    .map(|(key, value)| ((*key).to_owned(), value.clone()))
                    .collect(),
            )
        };
        let secret = Secret::known("hidden");
        let value = map(&[
            ("$secret", map(&[("$now", Value::Boolean(true))])),
            ("list", [Value::Null, 1.into(), "a".into()].into_iter().collect()),
            ("time", Value::Now),
            ("url", Value::Secret(secret.clone())),
            (
                "named",
                Value::Secret(Secret::referenced(Reference::Env("URL".to_owned()), None)),
            ),
        ]);
        let text = value.encoded(Some("salt")).to_string();
        assert!(!text.contains("hidden"), "{text}");
        let back = Value::decoded(&serde_json::from_str(&text).unwrap(), "salt").unwrap();
        assert_eq!(back, value);
        assert_eq!(back.encoded(Some("salt")).to_string(), text);
    }

    #[test]
    fn what_means_nothing_is_an_error() {
        for wrong in [
            json!({"$else": 1}),
            json!(1.5),
            json!({"$secret": 1}),
            json!({"$secret": {"other": "x"}}),
        ] {
            assert!(Value::decoded(&wrong, "salt").is_err(), "{wrong}");
        }
    }
}
