//! What an answer of the registry must look like before anything is concluded from it.

use serde_json::Value as Json;

/// What may come back for one query.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Form {
    /// The body.
    pub shape: Shape,
    /// Whether the thing itself may not exist. Where it may not, "not found" proves nothing: a list below an
    /// organization that is there is empty at most.
    pub may_be_missing: bool,
    /// Where strangers are answered too, with what they may see: what the items have only if the server knew the caller.
    pub known_by: Option<&'static str>,
}

impl Form {
    /// A body that is always there.
    pub const fn always(shape: Shape) -> Self {
        Form {
            shape,
            may_be_missing: false,
            known_by: None,
        }
    }

    /// The same, of a list that strangers get too; its items have this key only if the server knew the caller.
    pub const fn known_by(self, key: &'static str) -> Self {
        Form {
            known_by: Some(key),
            ..self
        }
    }

    /// A body, or proof that there is no such thing.
    pub const fn perhaps(shape: Shape) -> Self {
        Form {
            shape,
            may_be_missing: true,
            known_by: None,
        }
    }
}

/// The shape of a JSON value, as far as existence depends on it: lists, names, and what tells things apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shape {
    /// Whatever it is, nothing is concluded from it.
    Anything,
    /// `true` or `false`.
    Switch,
    /// A whole number.
    Number,
    /// A text, perhaps empty.
    Text,
    /// A text that is not empty.
    Name,
    /// That, or `null`.
    OrNull(&'static Shape),
    /// One of these.
    OneOf(&'static [Shape]),
    /// A list whose items are all so.
    List(&'static Shape),
    /// An object with keys that are not known before, whose values are all so.
    Map(&'static Shape),
    /// An object with these keys, and perhaps more.
    Object(&'static [Key]),
}

/// A key of an object.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Key {
    name: &'static str,
    shape: Shape,
    required: bool,
}

/// A key that is always there.
pub const fn key(name: &'static str, shape: Shape) -> Key {
    Key {
        name,
        shape,
        required: true,
    }
}

/// A key that may be left out; where it is there, it has this shape.
pub const fn optional(name: &'static str, shape: Shape) -> Key {
    Key {
        name,
        shape,
        required: false,
    }
}

impl Shape {
    /// The first place at which the value is not of this shape, in words; `None` where it fits.
    pub fn mismatch(&self, value: &Json) -> Option<String> {
        self.find(value, "")
    }

    fn find(&self, value: &Json, path: &str) -> Option<String> {
        let fits = match self {
            Shape::Anything => true,
            Shape::Switch => value.is_boolean(),
            Shape::Number => value.is_i64() || value.is_u64(),
            Shape::Text => value.is_string(),
            Shape::Name => value.as_str().is_some_and(|text| !text.is_empty()),
            Shape::OrNull(shape) => return (!value.is_null()).then(|| shape.find(value, path)).flatten(),
            Shape::OneOf(shapes) => shapes.iter().any(|shape| shape.find(value, path).is_none()),
            Shape::List(shape) => match value {
                Json::Array(items) => {
                    let mut items = items.iter().enumerate();
                    return items.find_map(|(at, item)| shape.find(item, &format!("{path}[{at}]")));
                }
                _ => false,
            },
            Shape::Map(shape) => match value {
                Json::Object(entries) => {
                    let mut entries = entries.iter();
                    return entries.find_map(|(name, value)| shape.find(value, &below(path, name)));
                }
                _ => false,
            },
            Shape::Object(keys) => match value {
                Json::Object(entries) => {
                    return keys.iter().find_map(|key| match entries.get(key.name) {
                        Some(value) => key.shape.find(value, &below(path, key.name)),
                        None => key.required.then(|| format!("`{}` is missing", below(path, key.name))),
                    });
                }
                _ => false,
            },
        };
        (!fits).then(|| format!("{} is {}, not {}", place(path), sort(value), self.word()))
    }

    fn word(&self) -> &'static str {
        match self {
            Shape::Anything => "anything",
            Shape::Switch => "true or false",
            Shape::Number => "a whole number",
            Shape::Text => "a text",
            Shape::Name => "a name",
            Shape::OrNull(shape) => shape.word(),
            Shape::OneOf(_) => "of any known form",
            Shape::List(_) => "a list",
            Shape::Map(_) | Shape::Object(_) => "an object",
        }
    }
}

fn below(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

fn place(path: &str) -> String {
    if path.is_empty() {
        "the body".to_owned()
    } else {
        format!("`{path}`")
    }
}

fn sort(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "a switch",
        Json::Number(_) => "a number",
        Json::String(text) if text.is_empty() => "empty",
        Json::String(_) => "a text",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ROBOTS: Shape = Shape::Object(&[
        key(
            "robots",
            Shape::List(&Shape::Object(&[
                key("name", Shape::Name),
                optional("teams", Shape::List(&Shape::Text)),
            ])),
        ),
        optional("by", Shape::OrNull(&Shape::Map(&Shape::Number))),
    ]);

    #[test]
    fn what_fits_is_believed() {
        for body in [
            json!({"robots": []}),
            json!({"robots": [{"name": "a", "more": 1}], "by": null}),
            json!({"robots": [{"name": "a", "teams": ["b"]}], "by": {"x": 1}}),
        ] {
            assert_eq!(ROBOTS.mismatch(&body), None, "{body}");
        }
    }

    #[test]
    fn what_does_not_fit_is_named_with_its_place() {
        for (body, said) in [
            (json!([]), "the body is a list, not an object"),
            (json!({}), "`robots` is missing"),
            (json!({"robots": null}), "`robots` is null, not a list"),
            (json!({"robots": [{"name": "a"}, {}]}), "`robots[1].name` is missing"),
            (
                json!({"robots": [{"name": ""}]}),
                "`robots[0].name` is empty, not a name",
            ),
            (
                json!({"robots": [], "by": {"x": 1.5}}),
                "`by.x` is a number, not a whole number",
            ),
        ] {
            assert_eq!(ROBOTS.mismatch(&body).as_deref(), Some(said), "{body}");
        }
    }
}
