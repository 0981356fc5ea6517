//! Checks bodies against JSON schemas and words the first error as the server's validator does.
//!
//! Only the first line of a message is the server's; after it, the server prints the schema itself, which is
//! documentation and stands here in short.

use std::cmp::Reverse;

use serde_json::Value;

/// The message for a value that does not fit a schema, `None` where it fits.
///
/// Of several errors the one nearest to the root counts, and of those the first in the order of the schema's keys. An
/// error about alternatives is followed into them, and there the one farthest from the root counts.
pub(super) fn first_error(value: &Value, schema: &Value) -> Option<String> {
    let errors = errors(value, schema);
    let mut best = errors.into_iter().min_by_key(|error| (error.depth, error.is_weak()))?;
    while let Some(deeper) = take_deepest(&mut best.alternatives) {
        best = deeper;
    }
    Some(format!(
        "{}\n\nFailed validating '{}' in schema",
        best.message, best.keyword
    ))
}

fn take_deepest(errors: &mut Vec<Found>) -> Option<Found> {
    let place = (0..errors.len()).min_by_key(|place| {
        let error = &errors[*place];
        (Reverse(error.depth), !error.is_weak())
    })?;
    Some(errors.swap_remove(place))
}

struct Found {
    depth: usize,
    keyword: String,
    message: String,
    /// The errors of all alternatives, where the keyword offers some.
    alternatives: Vec<Found>,
}

impl Found {
    /// Errors that say less than others at the same place.
    fn is_weak(&self) -> bool {
        matches!(self.keyword.as_str(), "oneOf" | "anyOf")
    }
}

fn errors(value: &Value, schema: &Value) -> Vec<Found> {
    let mut errors = Vec::new();
    check(value, schema, 0, &mut errors);
    errors
}

fn check(value: &Value, schema: &Value, depth: usize, errors: &mut Vec<Found>) {
    for (keyword, rule) in schema.as_object().into_iter().flatten() {
        for message in messages(value, keyword, rule, schema) {
            errors.push(Found {
                depth,
                keyword: keyword.clone(),
                message,
                alternatives: Vec::new(),
            });
        }
        if matches!(keyword.as_str(), "oneOf" | "anyOf") {
            errors.extend(error_about_alternatives(value, keyword, rule, depth));
        }
        descend(value, keyword, rule, depth + 1, errors);
    }
}

fn error_about_alternatives(value: &Value, keyword: &str, rule: &Value, depth: usize) -> Option<Found> {
    let schemas = rule.as_array().into_iter().flatten();
    let (fitting, failing): (Vec<_>, Vec<_>) = schemas
        .map(|schema| (schema, errors(value, schema)))
        .partition(|(_, errors)| errors.is_empty());
    let shown = python(value);
    let message = match fitting.len() {
        0 => format!("{shown} is not valid under any of the given schemas"),
        1 => return None,
        _ if keyword == "anyOf" => return None,
        _ => {
            let schemas: Vec<String> = fitting.iter().map(|(schema, _)| python(schema)).collect();
            format!("{shown} is valid under each of {}", schemas.join(", "))
        }
    };
    let alternatives = failing.into_iter().flat_map(|(_, errors)| errors);
    let alternatives = alternatives.filter(|_| fitting.is_empty()).collect();
    Some(Found {
        depth,
        keyword: keyword.to_owned(),
        message,
        alternatives,
    })
}

/// Checks the parts of a value to which a keyword applies a schema.
fn descend(value: &Value, keyword: &str, rule: &Value, depth: usize, errors: &mut Vec<Found>) {
    match (keyword, value) {
        ("properties", Value::Object(fields)) => {
            for (name, schema) in rule.as_object().into_iter().flatten() {
                if let Some(field) = fields.get(name) {
                    check(field, schema, depth, errors);
                }
            }
        }
        ("items", Value::Array(items)) => items.iter().for_each(|item| check(item, rule, depth, errors)),
        _ => {}
    }
}

/// What one keyword has to say about a value itself.
fn messages(value: &Value, keyword: &str, rule: &Value, schema: &Value) -> Vec<String> {
    let shown = python(value);
    let one = |refused: bool, message: String| if refused { vec![message] } else { Vec::new() };
    match keyword {
        "type" => one(
            !has_type(value, rule),
            format!("{shown} is not of type {}", python_list(rule)),
        ),
        "enum" => {
            let allowed = rule.as_array().is_some_and(|allowed| allowed.contains(value));
            one(!allowed, format!("{shown} is not one of {}", python(rule)))
        }
        "required" => missing_properties(value, rule),
        "additionalProperties" => unexpected_properties(value, rule, schema),
        "minimum" => one(
            compare(value, rule, |v, r| v < r),
            format!("{shown} is less than the minimum of {rule}"),
        ),
        "maximum" => one(
            compare(value, rule, |v, r| v > r),
            format!("{shown} is greater than the maximum of {rule}"),
        ),
        "minLength" => one(
            length(value).is_some_and(|n| n < number(rule)),
            format!("{shown} is too short"),
        ),
        "maxLength" => one(
            length(value).is_some_and(|n| n > number(rule)),
            format!("{shown} is too long"),
        ),
        "minItems" => one(
            count(value).is_some_and(|n| n < number(rule)),
            format!("{shown} is too short"),
        ),
        "pattern" => {
            let fits = value.as_str().is_none_or(|text| matches_pattern(text, rule));
            one(!fits, format!("{shown} does not match {}", python(rule)))
        }
        "not" => one(
            errors(value, rule).is_empty(),
            format!("{} is not allowed for {shown}", python(rule)),
        ),
        _ => Vec::new(),
    }
}

fn missing_properties(value: &Value, names: &Value) -> Vec<String> {
    let Value::Object(fields) = value else {
        return Vec::new();
    };
    let names = names.as_array().into_iter().flatten().filter_map(Value::as_str);
    names
        .filter(|name| !fields.contains_key(*name))
        .map(|name| format!("'{name}' is a required property"))
        .collect()
}

fn unexpected_properties(value: &Value, rule: &Value, schema: &Value) -> Vec<String> {
    let (Value::Object(fields), Value::Bool(false)) = (value, rule) else {
        return Vec::new();
    };
    let extra: Vec<String> = fields
        .keys()
        .filter(|name| schema["properties"].get(name.as_str()).is_none())
        .map(|n| quoted(n))
        .collect();
    let verb = if extra.len() == 1 { "was" } else { "were" };
    if extra.is_empty() {
        return Vec::new();
    }
    vec![format!(
        "Additional properties are not allowed ({} {verb} unexpected)",
        extra.join(", ")
    )]
}

fn has_type(value: &Value, rule: &Value) -> bool {
    match rule {
        Value::Array(rules) => rules.iter().any(|rule| has_type(value, rule)),
        _ => match rule.as_str().unwrap_or_default() {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "null" => value.is_null(),
            "integer" => value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|n| n.fract() == 0.0),
            "number" => value.is_number(),
            _ => true,
        },
    }
}

fn compare(value: &Value, rule: &Value, refused: fn(f64, f64) -> bool) -> bool {
    matches!((value.as_f64(), rule.as_f64()), (Some(value), Some(rule)) if refused(value, rule))
}

/// A pattern that cannot be read lets everything through; those of the schemas can be.
fn matches_pattern(text: &str, pattern: &Value) -> bool {
    let pattern = pattern.as_str().unwrap_or_default();
    regex::Regex::new(pattern).map_or(true, |pattern| pattern.is_match(text))
}

fn length(value: &Value) -> Option<u64> {
    value.as_str().map(|text| text.chars().count() as u64)
}

fn count(value: &Value) -> Option<u64> {
    value.as_array().map(|items| items.len() as u64)
}

fn number(rule: &Value) -> u64 {
    rule.as_u64().unwrap_or_default()
}

/// A type or several, as the message names them: `'string', 'null'`.
fn python_list(rule: &Value) -> String {
    match rule {
        Value::Array(rules) => rules.iter().map(python).collect::<Vec<_>>().join(", "),
        _ => python(rule),
    }
}

/// A value as Python prints it.
pub(super) fn python(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => quoted(text),
        Value::Array(items) => format!("[{}]", items.iter().map(python).collect::<Vec<_>>().join(", ")),
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(name, value)| format!("{}: {}", quoted(name), python(value)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
        }
    }
}

fn quoted(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    let mut shown = text
        .replace('\\', "\\\\")
        .replace('\n', "\\n")
        .replace('\t', "\\t")
        .replace('\r', "\\r");
    if quote == '\'' {
        shown = shown.replace('\'', "\\'");
    }
    format!("{quote}{shown}{quote}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_error_nearest_to_the_root_counts() {
        let schema = json!({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["b"]});
        let error = first_error(&json!({"a": null}), &schema);
        assert_eq!(
            error.as_deref().and_then(|text| text.lines().next()),
            Some("'b' is a required property")
        );
    }

    #[test]
    fn values_are_shown_as_python_does() {
        assert_eq!(
            python(&json!({"a": [null, true, 1.5, "it's", "q\"'"]})),
            r#"{'a': [None, True, 1.5, "it's", 'q"\'']}"#
        );
    }
}
