//! Free-form data: the one place where a scalar's type is told from how it is written.

use schemars::{Schema, SchemaGenerator, json_schema};

use super::decode::{Decode, Decoder};
use super::tree::{Content, Node};
use crate::kinds::robot::Metadata;
use crate::model::{Entries, Value};

impl Decode for Metadata {
    const EXPECTED: &'static str = "a map";
    const NOTHING: Option<&'static str> = Some("{}");

    fn decode<'t>(node: &'t Node<'t>, decoder: &mut Decoder<'t>) -> Option<Self> {
        decoder.entries(node, Self::EXPECTED)?;
        match Value::decode(node, decoder)? {
            Value::Map(entries) => Some(Metadata(entries)),
            _ => None,
        }
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object" })
    }
}

impl Decode for Value {
    const EXPECTED: &'static str = "a text, a whole number, true, false, a list or a map";

    fn decode<'t>(node: &'t Node<'t>, decoder: &mut Decoder<'t>) -> Option<Self> {
        match &node.content {
            Content::Scalar { text, plain: false } => Some(Value::Text(text.clone().into_owned())),
            Content::Scalar { text, plain: true } => plain_scalar(text, node, decoder),
            Content::List(items) => {
                let items = items
                    .iter()
                    .filter_map(|item| decoder.value::<Value>(decoder.node(*item)));
                Some(Value::List(items.map(|item| item.value).collect()))
            }
            Content::Map(entries) => {
                let mut map = Entries::new();
                for entry in entries {
                    if let Some(value) = decoder.entry::<Value>(entry) {
                        map.insert(entry.name.clone().into_owned(), value.value);
                    }
                }
                Some(Value::Map(map))
            }
            Content::Broken => None,
        }
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({})
    }
}

fn plain_scalar<'t>(text: &str, node: &'t Node<'t>, decoder: &mut Decoder<'t>) -> Option<Value> {
    match text {
        "true" | "True" | "TRUE" => return Some(Value::Boolean(true)),
        "false" | "False" | "FALSE" => return Some(Value::Boolean(false)),
        _ => {}
    }
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty()
        || !digits
            .bytes()
            .next()
            .is_some_and(|byte| byte.is_ascii_digit() || byte == b'.')
    {
        return Some(Value::Text(text.to_owned()));
    }
    match text.parse::<i64>() {
        Ok(number) if number.to_string() == text => Some(Value::Integer(number)),
        // A version such as 1.10 would come back as 1.1, and 0o7 or 1e3 as another number to other readers.
        _ if text.parse::<f64>().is_ok() || looks_like_another_base(text) => decoder.bad_value(
            node,
            "holds a number that the registry may change",
            "write it in quotes",
        ),
        _ => Some(Value::Text(text.to_owned())),
    }
}

fn looks_like_another_base(text: &str) -> bool {
    text.starts_with("0x") || text.starts_with("0o") || text.starts_with("0b")
}
