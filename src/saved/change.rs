//! Changes: `{address, action, fields, because, calls, after, below, preconditions, reversibility}`.

use serde_json::{Value as Json, json};

use crate::kinds;
use crate::model::{Action, Change, FieldChange, Fields, Origin, Sources, Value};

use super::parts::{Outlines, Parts, because, field};
use super::{call, precondition};

/// All that can happen to an object.
pub const ACTIONS: [Action; 6] = [
    Action::Create,
    Action::Update,
    Action::Replace,
    Action::Delete,
    Action::Blocked,
    Action::Deferred,
];

/// One change as JSON. Secrets are references, with their digests where a salt is given, and never texts.
pub fn encode(change: &Change, sources: &Sources, salt: Option<&str>) -> Json {
    let mut because = because(change.origin, sources);
    because["reason"] = json!(change.reason);
    json!({
        "address": change.address,
        "action": change.action.word(),
        "fields": change.fields.iter().map(|field| one(change, field, sources, salt)).collect::<Vec<_>>(),
        "because": because,
        "calls": change.calls.iter().map(|each| call::encode(each, salt)).collect::<Vec<_>>(),
        "after": change.after,
        "below": change.below,
        "preconditions": change.preconditions.iter().map(|each| precondition::encode(each, salt)).collect::<Vec<_>>(),
        "reversibility": {
            "class": change.reversibility.word(),
            "lost": change.reversibility.lost(),
            "takes_along": change.takes_along,
        },
    })
}

fn one(change: &Change, field: &FieldChange, sources: &Sources, salt: Option<&str>) -> Json {
    let shown = |value: &Option<Value>| value.as_ref().map_or(Json::Null, |value| value.encoded(salt));
    let secret = [&field.before, &field.after]
        .into_iter()
        .flatten()
        .any(Value::holds_secret);
    let mut encoded = json!({
        "name": field.name,
        "before": shown(&field.before),
        "after": shown(&field.after),
        "secret": secret,
        "note": field.note,
    });
    if let Some(place) = change.place_of(field.name) {
        encoded["because"] = because(Some(Origin { place }), sources);
    }
    encoded
}

/// Reads what `encode` wrote with a salt.
pub(super) fn decode(parts: &Parts<'_>, salt: &str, outlines: &mut Outlines) -> Result<Change, String> {
    let address = parts.address("address")?;
    let word = parts.text("action")?;
    let action = ACTIONS.into_iter().find(|action| action.word() == word);
    let action = action.ok_or_else(|| format!("`{word}` is no action"))?;
    let mut change = Change::new(address, action);
    change.fields = parts.each("fields", |each| read_field(each, change.address.kind, salt))?;
    change.wanted = change
        .fields
        .iter()
        .filter_map(|field| Some((field.name, field.after.clone()?)))
        .collect::<Fields>();
    for field in parts.each("fields", |each| Ok(each.clone()))? {
        if let Ok(because) = field.inner("because") {
            let origin = outlines.origin(&because);
            let name = self::field(change.address.kind, field.text("name")?)?;
            change.apart.extend(origin.map(|origin| (name, origin.place)));
        }
    }
    let because = parts.inner("because")?;
    change.origin = outlines.origin(&because);
    change.reason = because.optional_text("reason").map(str::to_owned);
    change.calls = parts.each("calls", |each| call::decode(each, salt))?;
    change.after = parts.addresses("after")?;
    change.below = parts.addresses("below")?;
    change.preconditions = parts.each("preconditions", |each| precondition::decode(each, salt))?;
    change.takes_along = parts.inner("reversibility")?.addresses("takes_along")?;
    // The class follows from the change itself.
    if let Some(kind) = kinds::find(change.address.kind) {
        change.reversibility = kind.reversibility(&change);
    }
    Ok(change)
}

/// A value of null stands for none: a field whose live value is null shows as if it were not there.
fn read_field(parts: &Parts<'_>, kind: &str, salt: &str) -> Result<FieldChange, String> {
    let value = |key: &str| match parts.get(key)? {
        Json::Null => Ok(None),
        json => Value::decoded(json, salt).map(Some),
    };
    Ok(FieldChange {
        name: field(kind, parts.text("name")?)?,
        before: value("before")?,
        after: value("after")?,
        note: parts.optional_text("note").map(|note| note.to_owned().into()),
    })
}
