//! Preconditions: `{address, absent | present | fields | equal}`.

use serde_json::{Map, Value as Json, json};

use crate::model::{Expected, Fields, Precondition};

use super::parts::Parts;

pub(super) fn encode(precondition: &Precondition, salt: Option<&str>) -> Json {
    let address = &precondition.address;
    match &precondition.expected {
        Expected::Absent => json!({ "address": address, "absent": true }),
        Expected::Present => json!({ "address": address, "present": true }),
        Expected::Fields(fields) => json!({ "address": address, "fields": encoded(fields, salt) }),
        Expected::Equal { fields, number } => {
            json!({ "address": address, "equal": encoded(fields, salt), "number": number })
        }
    }
}

pub(super) fn encoded(fields: &Fields, salt: Option<&str>) -> Map<String, Json> {
    let entries = fields.iter();
    entries
        .map(|(name, value)| ((*name).to_owned(), value.encoded(salt)))
        .collect()
}

pub(super) fn decode(parts: &Parts<'_>, salt: &str) -> Result<Precondition, String> {
    let address = parts.address("address")?;
    let has = |key: &str| parts.json().get(key).is_some();
    let expected = if parts.flag("absent") {
        Expected::Absent
    } else if parts.flag("present") {
        Expected::Present
    } else if has("fields") {
        Expected::Fields(parts.fields("fields", address.kind, salt)?)
    } else if has("equal") {
        Expected::Equal {
            fields: parts.fields("equal", address.kind, salt)?,
            number: parts.number("number")? as usize,
        }
    } else {
        return Err(format!("a precondition on {address} expects nothing"));
    };
    Ok(Precondition { address, expected })
}
