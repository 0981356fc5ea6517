//! Between the server's shapes and the manifest's fields.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::kinds::policy;
use crate::kinds::sight::text;
use crate::model::units::Duration;
use crate::model::{Change, Fields, Value};

/// Ages are kept as they were written, so that `7d` and `1w` are told apart by nobody but the server.
pub(super) fn read(view: &Json) -> Fields {
    let value = view.get("value").unwrap_or(&Json::Null);
    let (keep_tags, older_than) = match text(view, "method") {
        "number_of_tags" => (Value::from_json(value), Value::Null),
        _ => (Value::Null, age(value)),
    };
    let mut fields = Fields::from([("keep_tags", keep_tags), ("older_than", older_than)]);
    fields.extend(policy::read_pattern(view));
    fields
}

/// An age in seconds; what cannot be read is shown as it is, and equals nothing.
fn age(value: &Json) -> Value {
    let Some(written) = value.as_str() else {
        return Value::from_json(value);
    };
    match seconds(written) {
        Some(seconds) => seconds.into(),
        None => Value::text(written),
    }
}

/// The server's units are those of manifests, and years of 365 days.
fn seconds(written: &str) -> Option<i64> {
    if let Some(years) = written.strip_suffix('y') {
        return years.trim().parse::<i64>().ok()?.checked_mul(365 * 86_400);
    }
    let compact: String = written.chars().filter(|letter| !letter.is_whitespace()).collect();
    Some(Duration::parse(&compact).ok()?.seconds as i64)
}

/// The whole rule: a change replaces all of it.
pub(super) fn body(change: &Change) -> BTreeMap<String, Value> {
    let number = |field: &str| change.wanted.get(field).and_then(Value::as_integer);
    let (method, value) = match (number("keep_tags"), number("older_than")) {
        (Some(count), _) => ("number_of_tags", count.into()),
        (None, age) => ("creation_date", Value::text(written(age.unwrap_or_default()))),
    };
    let mut body = BTreeMap::from([("method".to_owned(), method.into()), ("value".to_owned(), value)]);
    body.extend(
        policy::pattern_body(change)
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value)),
    );
    body
}

/// An age as the server takes it, which wants a unit after every number.
fn written(seconds: i64) -> String {
    match seconds {
        0 => "0s".to_owned(),
        seconds => Duration::from_seconds(seconds as u64).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_equal_by_length() {
        for (written, length) in [
            ("7d", 604_800),
            ("1w", 604_800),
            ("1 d", 86_400),
            ("0d", 0),
            ("2y", 63_072_000),
        ] {
            assert_eq!(seconds(written), Some(length), "{written}");
        }
        assert_eq!(age(&Json::from("soon")), Value::text("soon"));
    }
}
