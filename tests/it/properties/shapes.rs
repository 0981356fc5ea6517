//! Strategies for JSON that shrink by leaving out keys and items.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value as Json, json};

/// A strategy for JSON.
pub(super) type Shape = BoxedStrategy<Json>;

/// One of these values; shrinks to the first.
pub(super) fn one_of(values: Vec<Json>) -> Shape {
    select(values).boxed()
}

/// One of these texts; shrinks to the first.
pub(super) fn word(words: &'static [&'static str]) -> Shape {
    select(words).prop_map(Json::from).boxed()
}

/// Always this value.
pub(super) fn just(value: Json) -> Shape {
    Just(value).boxed()
}

/// An object whose keys are each there or not; shrinks to none.
pub(super) fn optional(fields: Vec<(&'static str, Shape)>) -> Shape {
    let (names, shapes): (Vec<_>, Vec<_>) = fields.into_iter().unzip();
    let shapes: Vec<_> = shapes.into_iter().map(|shape| option::weighted(0.6, shape)).collect();
    shapes
        .prop_map(move |values| {
            let entries = names.iter().zip(values);
            let written = entries.filter_map(|(name, value)| Some(((*name).to_owned(), value?)));
            Json::Object(written.collect())
        })
        .boxed()
}

/// An object with all of these keys.
pub(super) fn record(fields: Vec<(&'static str, Shape)>) -> Shape {
    let (names, shapes): (Vec<_>, Vec<_>) = fields.into_iter().unzip();
    shapes
        .prop_map(move |values| {
            let entries = names.iter().map(|name| (*name).to_owned()).zip(values);
            Json::Object(entries.collect())
        })
        .boxed()
}

/// Two objects in one.
pub(super) fn both(first: Shape, second: Shape) -> Shape {
    (first, second)
        .prop_map(|(first, second)| {
            let mut all: Map<String, Json> = first.as_object().cloned().unwrap_or_default();
            all.extend(second.as_object().cloned().unwrap_or_default());
            Json::Object(all)
        })
        .boxed()
}

/// An object with some of these names as keys, each with a value of its own.
pub(super) fn map_of(names: &'static [&'static str], value: Shape) -> Shape {
    optional(names.iter().map(|name| (*name, value.clone())).collect())
}

/// A list of at most so many items.
pub(super) fn list_of(item: Shape, most: usize) -> Shape {
    vec(item, 0..=most).prop_map(Json::Array).boxed()
}

/// Some of these texts, each once.
pub(super) fn some_of(words: &'static [&'static str]) -> Shape {
    subsequence(words, 0..=words.len())
        .prop_map(|some| some.into_iter().map(Json::from).collect())
        .boxed()
}

/// Mostly the first, sometimes the second.
pub(super) fn rarely(common: Shape, rare: Shape) -> Shape {
    prop_oneof![7 => common, 1 => rare].boxed()
}

/// The mark of a tombstone.
pub(super) fn tombstone() -> Shape {
    just(json!({ "absent": true }))
}
