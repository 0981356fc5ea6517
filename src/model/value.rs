//! Values of fields, declared and live, in one normal form.

use std::fmt;

use secrecy::SecretString;

use super::entries::Entries;
use super::secret::Secret;

/// A field's value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing is set.
    Null,
    /// A switch.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A text.
    Text(String),
    /// An ordered list.
    List(Vec<Value>),
    /// Named values.
    Map(Entries),
    /// A text that must not be shown.
    Secret(Secret),
    /// The time at which the request is sent, as `2026-01-31T12:00:00Z`.
    Now,
}

impl Value {
    /// A text value.
    pub fn text(text: impl Into<String>) -> Self {
        Value::Text(text.into())
    }

    /// The text, where it is one (not a secret).
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, where it is one.
    pub fn as_integer(&self) -> Option<i64> {
        match self {
            Value::Integer(number) => Some(*number),
            _ => None,
        }
    }

    /// The switch, where it is one.
    pub fn as_boolean(&self) -> Option<bool> {
        match self {
            Value::Boolean(switch) => Some(*switch),
            _ => None,
        }
    }

    /// Whether neither text nor digest of a secret in it is known, so that nothing can be compared.
    pub fn is_unresolved(&self) -> bool {
        match self {
            Value::Secret(secret) => !secret.is_comparable(),
            Value::List(items) => items.iter().any(Value::is_unresolved),
            Value::Map(entries) => entries.values().any(Value::is_unresolved),
            _ => false,
        }
    }

    /// Whether it holds a secret anywhere.
    pub fn holds_secret(&self) -> bool {
        match self {
            Value::Secret(_) => true,
            Value::List(items) => items.iter().any(Value::holds_secret),
            Value::Map(entries) => entries.values().any(Value::holds_secret),
            _ => false,
        }
    }

    /// Every secret in it.
    pub fn secrets(&self) -> Vec<&Secret> {
        match self {
            Value::Secret(secret) => vec![secret],
            Value::List(items) => items.iter().flat_map(Value::secrets).collect(),
            Value::Map(entries) => entries.values().flat_map(Value::secrets).collect(),
            _ => Vec::new(),
        }
    }

    /// Gives every secret the text that is found for it, if any is.
    pub fn fill_in(&mut self, text: &dyn Fn(&Secret) -> Option<SecretString>) {
        match self {
            Value::Secret(secret) => {
                if let Some(text) = text(secret) {
                    *secret = secret.clone().resolved(text);
                }
            }
            Value::List(items) => items.iter_mut().for_each(|item| item.fill_in(text)),
            Value::Map(entries) => entries.values_mut().for_each(|value| value.fill_in(text)),
            _ => {}
        }
    }

    /// Takes a server's JSON as it is; fractions lose what follows the point, as the server's own sizes do.
    pub fn from_json(json: &serde_json::Value) -> Self {
        match json {
            serde_json::Value::Null => Value::Null,
            serde_json::Value::Bool(switch) => Value::Boolean(*switch),
            serde_json::Value::Number(number) => Value::Integer(
                number
                    .as_i64()
                    .unwrap_or_else(|| number.as_f64().unwrap_or_default() as i64),
            ),
            serde_json::Value::String(text) => Value::Text(text.clone()),
            serde_json::Value::Array(items) => Value::List(items.iter().map(Value::from_json).collect()),
            serde_json::Value::Object(entries) => Value::Map(
                entries
                    .iter()
                    .map(|(key, value)| (key.clone(), Value::from_json(value)))
                    .collect(),
            ),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => formatter.write_str("(none)"),
            Value::Boolean(switch) => write!(formatter, "{switch}"),
            Value::Integer(number) => write!(formatter, "{number}"),
            Value::Text(text) if text.is_empty() => formatter.write_str("\"\""),
            Value::Text(text) => formatter.write_str(text),
            Value::Secret(secret) => match secret.reference() {
                Some(reference) => write!(formatter, "(secret, {reference})"),
                None => formatter.write_str("(secret)"),
            },
            Value::Now => formatter.write_str("(time of the apply)"),
            Value::List(items) => {
                let shown: Vec<String> = items.iter().map(ToString::to_string).collect();
                write!(formatter, "[{}]", shown.join(", "))
            }
            Value::Map(entries) => {
                let shown: Vec<String> = entries.iter().map(|(key, value)| format!("{key}: {value}")).collect();
                write!(formatter, "{{{}}}", shown.join(", "))
            }
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(text.to_owned())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Value::Integer(number)
    }
}

impl From<bool> for Value {
    fn from(switch: bool) -> Self {
        Value::Boolean(switch)
    }
}

impl FromIterator<Value> for Value {
    fn from_iter<T: IntoIterator<Item = Value>>(items: T) -> Self {
        Value::List(items.into_iter().collect())
    }
}
