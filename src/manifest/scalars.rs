//! Single values: texts, switches, numbers, and those with units.

use schemars::{Schema, SchemaGenerator, json_schema};

use super::decode::{Decode, Decoder};
use super::tree::{Content, Node};
use crate::model::units::{Bytes, Duration, Expiration, Moment, Percent};

/// The schema of a text: YAML readers may see a number or a switch where we keep what was written.
pub(super) fn text_schema() -> Schema {
    json_schema!({ "type": ["string", "number", "boolean"] })
}

impl Decode for String {
    const EXPECTED: &'static str = "a text";
    const NOTHING: Option<&'static str> = Some("''");

    fn decode<'t>(node: &'t Node<'t>, decoder: &mut Decoder<'t>) -> Option<Self> {
        let text = decoder.text(node, Self::EXPECTED)?;
        if text.contains('\0') {
            return decoder.bad_value(node, "holds a NUL character", "delete it; the registry cannot store it");
        }
        Some(text.to_owned())
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        text_schema()
    }
}

impl Decode for bool {
    const EXPECTED: &'static str = "true or false";

    fn decode<'t>(node: &'t Node<'t>, decoder: &mut Decoder<'t>) -> Option<Self> {
        match &node.content {
            Content::Scalar { text, plain: true } => match text.as_ref() {
                "true" | "True" | "TRUE" => Some(true),
                "false" | "False" | "FALSE" => Some(false),
                _ => decoder.bad_value(node, "must be true or false", "write `true` or `false`, without quotes"),
            },
            Content::Scalar { .. } => {
                decoder.bad_value(node, "must be true or false", "write `true` or `false`, without quotes")
            }
            _ => decoder.wrong_type(node, Self::EXPECTED),
        }
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "boolean" })
    }
}

impl Decode for u32 {
    const EXPECTED: &'static str = "a whole number";

    fn decode<'t>(node: &'t Node<'t>, decoder: &mut Decoder<'t>) -> Option<Self> {
        match &node.content {
            Content::Scalar { text, plain: true } if is_whole_number(text) => match text.parse() {
                Ok(number) => Some(number),
                Err(_) => decoder.bad_value(node, "is out of range", format!("write at most {}", u32::MAX)),
            },
            Content::Scalar { .. } => decoder.bad_value(node, "must be a whole number", "write digits, without quotes"),
            _ => decoder.wrong_type(node, Self::EXPECTED),
        }
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 0, "maximum": u32::MAX })
    }
}

/// Whether it is written as every YAML reader writes a whole number: `0`, `42`, but not `007`.
fn is_whole_number(text: &str) -> bool {
    text == "0" || (!text.starts_with('0') && !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Reads what a unit's own parser takes.
fn parsed<'t, T>(
    node: &'t Node<'t>,
    decoder: &mut Decoder<'t>,
    expected: &str,
    parse: fn(&str) -> Result<T, String>,
) -> Option<T> {
    let text = decoder.text(node, expected)?;
    match parse(text) {
        Ok(value) => Some(value),
        Err(accepted) => decoder.bad_value(node, &format!("cannot be `{text}`"), accepted),
    }
}

macro_rules! decode_unit {
    ($type:ident, $expected:literal, $schema:tt) => {
        impl Decode for $type {
            const EXPECTED: &'static str = $expected;

            fn decode<'t>(node: &'t Node<'t>, decoder: &mut Decoder<'t>) -> Option<Self> {
                parsed(node, decoder, Self::EXPECTED, $type::parse)
            }

            fn schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    };
}

decode_unit!(Duration, "a duration", {
    "type": ["string", "integer"],
    "pattern": "^[0-9]+( ?[smhdw])?$",
    "minimum": 0,
    "examples": ["2w", "6h", "30d", 600],
});
decode_unit!(Bytes, "a size", {
    "type": ["string", "integer"],
    "pattern": "^[0-9]+( ?(B|[KMGTPE](i|iB|B)?))?$",
    "minimum": 0,
    "examples": ["500 GiB", "10GB"],
});
decode_unit!(Percent, "a percentage", {
    "type": ["string", "integer"],
    "pattern": "^0*([1-9][0-9]?|100)( ?%)?$",
    "minimum": 1,
    "maximum": 100,
    "examples": ["80%"],
});
decode_unit!(Expiration, "a moment or `never`", {
    "type": "string",
    "pattern": "^(never|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)$",
    "examples": ["2027-01-01T00:00:00Z", "never"],
});
decode_unit!(Moment, "a moment", {
    "type": "string",
    "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$",
    "examples": ["2026-01-01T00:00:00Z"],
});
