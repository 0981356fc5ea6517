//! What stands on one line, and what on several.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_saphyr::{FlowMap, FlowSeq, LitStr};

use crate::model::Written;

/// How long a line may get.
const WIDTH: usize = 100;

/// The text of one document.
pub(super) fn text(document: &Written) -> Result<String, serde_saphyr::ser::Error> {
    serde_saphyr::to_string(&Laid {
        value: document,
        depth: 0,
        column: 0,
        is_flow: false,
    })
}

/// A value at its place.
struct Laid<'w> {
    value: &'w Written,
    /// How many maps and lists it stands in.
    depth: usize,
    /// How many characters stand before it on its line.
    column: usize,
    /// Whether all around it stands on one line.
    is_flow: bool,
}

impl<'w> Laid<'w> {
    fn inner(&self, value: &'w Written, key: &str) -> Laid<'w> {
        Laid {
            value,
            depth: self.depth + 1,
            column: 2 * self.depth + key.chars().count() + 2,
            is_flow: self.is_flow,
        }
    }

    /// Whether it all stands on one line: what is small, and not one of the document's own sections with names in it.
    fn fits(&self) -> bool {
        let is_simple = |value: &Written| !matches!(value, Written::List(_) | Written::Map(_));
        let is_small = match self.value {
            Written::Map(entries) => self.depth > 1 || entries.values().all(is_simple),
            Written::List(items) => self.depth > 0 && (self.depth > 1 || items.iter().all(is_simple)),
            _ => return false,
        };
        self.depth > 0 && is_small && width(self.value).is_some_and(|width| self.column + width <= WIDTH)
    }
}

/// How long a value is on one line; `None` where a text in it has several.
fn width(value: &Written) -> Option<usize> {
    Some(match value {
        Written::Text(text) if text.contains(['\n', '\r']) => return None,
        Written::Text(text) => text.chars().count() + 2,
        Written::Number(number) => number.to_string().len(),
        Written::Switch(_) => 5,
        Written::List(items) => items.iter().map(width).sum::<Option<usize>>()? + 2 * items.len() + 2,
        Written::Map(entries) => {
            let inner = entries
                .iter()
                .map(|(key, value)| Some(key.chars().count() + 4 + width(value)?));
            inner.sum::<Option<usize>>()? + 2
        }
        Written::Secret { .. } => 0,
    })
}

/// A map of which each value knows its place.
struct Entries<'l, 'w>(&'l Laid<'w>);

impl Serialize for Entries<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Written::Map(entries) = self.0.value else {
            return serializer.serialize_unit();
        };
        let mut map = serializer.serialize_map(Some(entries.len()))?;
        for (key, value) in entries {
            map.serialize_entry(key, &self.0.inner(value, key))?;
        }
        map.end()
    }
}

struct Items<'l, 'w>(&'l Laid<'w>);

impl Serialize for Items<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Written::List(items) = self.0.value else {
            return serializer.serialize_unit();
        };
        let mut list = serializer.serialize_seq(Some(items.len()))?;
        for item in items {
            list.serialize_element(&self.0.inner(item, ""))?;
        }
        list.end()
    }
}

impl Serialize for Laid<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let flowing = || Laid { is_flow: true, ..*self };
        match self.value {
            Written::Text(text) if text.contains('\n') && !self.is_flow => LitStr(text).serialize(serializer),
            Written::Text(text) => serializer.serialize_str(text),
            Written::Number(number) => serializer.serialize_i64(*number),
            Written::Switch(switch) => serializer.serialize_bool(*switch),
            Written::Map(_) if !self.is_flow && self.fits() => FlowMap(Entries(&flowing())).serialize(serializer),
            Written::List(_) if !self.is_flow && self.fits() => FlowSeq(Items(&flowing())).serialize(serializer),
            Written::Map(_) => Entries(self).serialize(serializer),
            Written::List(_) => Items(self).serialize(serializer),
            Written::Secret { .. } => serializer.serialize_unit(),
        }
    }
}
