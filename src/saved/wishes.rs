//! The wishes that concern a plan's changes: what the proof after the apply compares with.

use serde_json::{Value as Json, json};

use crate::kinds;
use crate::model::{Collection, Declared, Desired, Intent, Manage, Owned, Sources};

use super::parts::{Outlines, Parts, because};
use super::precondition::encoded;

const INTENTS: [(Intent, &str); 3] = [
    (Intent::Present, "present"),
    (Intent::Absent, "absent"),
    (Intent::External, "external"),
];
const MANAGE: [(Manage, &str); 3] = [
    (Manage::Exact, "exact"),
    (Manage::Additive, "additive"),
    (Manage::Declared, "declared"),
];

pub(super) fn encode(desired: &Desired, sources: &Sources, salt: &str) -> Json {
    let owned = desired.owned.iter();
    json!({
        "objects": desired.objects.iter().map(|declared| object(declared, sources, salt)).collect::<Vec<_>>(),
        "owned": owned.map(|(collection, owned)| json!({
            "kind": collection.kind,
            "prefix": collection.prefix,
            "manage": word(&MANAGE, owned.manage),
            "because": because(Some(owned.origin), sources),
        })).collect::<Vec<_>>(),
        "detailed": desired.detailed,
        "left_to_others": desired.left_to_others,
        "previous": desired.previous.iter().map(|(address, previous)| json!({
            "address": address,
            "previous": previous,
        })).collect::<Vec<_>>(),
    })
}

fn object(declared: &Declared, sources: &Sources, salt: &str) -> Json {
    json!({
        "address": declared.address,
        "intent": word(&INTENTS, declared.intent),
        "fields": encoded(&declared.fields, Some(salt)),
        "needs": declared.needs,
        "because": because(Some(declared.origin), sources),
    })
}

pub(super) fn decode(parts: Parts<'_>, salt: &str, outlines: &mut Outlines) -> Result<Desired, String> {
    let objects = parts.each("objects", |each| {
        let address = each.address("address")?;
        Ok(Declared {
            fields: each.fields("fields", address.kind, salt)?,
            intent: meaning(&INTENTS, each.text("intent")?)?,
            needs: each.addresses("needs")?,
            origin: outlines.origin(&each.inner("because")?).unwrap_or_default(),
            // What is proven after an apply is not told with its places.
            apart: Vec::new(),
            address,
        })
    })?;
    let owned = parts.each("owned", |each| {
        let kind = each.text("kind")?;
        let kind = kinds::find(kind).ok_or_else(|| format!("there is no kind `{kind}`"))?;
        let owned = Owned {
            manage: meaning(&MANAGE, each.text("manage")?)?,
            origin: outlines.origin(&each.inner("because")?).unwrap_or_default(),
        };
        Ok((Collection::new(kind.name(), each.text("prefix")?), owned))
    })?;
    let previous = parts.each("previous", |each| {
        Ok((each.address("address")?, each.address("previous")?))
    })?;
    Ok(Desired {
        previous: previous.into_iter().collect(),
        objects,
        owned: owned.into_iter().collect(),
        detailed: parts.addresses("detailed")?.into_iter().collect(),
        left_to_others: parts.addresses("left_to_others")?.into_iter().collect(),
        ..Desired::default()
    })
}

fn word<T: PartialEq>(table: &[(T, &'static str)], meant: T) -> &'static str {
    table
        .iter()
        .find(|(each, _)| *each == meant)
        .map_or("", |(_, word)| word)
}

fn meaning<T: Copy>(table: &[(T, &'static str)], word: &str) -> Result<T, String> {
    let found = table.iter().find(|(_, each)| *each == word);
    found
        .map(|(meant, _)| *meant)
        .ok_or_else(|| format!("`{word}` means nothing"))
}
