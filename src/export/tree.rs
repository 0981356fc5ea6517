//! Putting values at their places in a document.

use indexmap::IndexMap;

use crate::model::Written;

/// Puts a value at the keys: a map joins the one that is there.
pub(super) fn put(tree: &mut Written, path: &[String], value: Written) {
    match (path, value) {
        ([], Written::Map(entries)) => {
            if !matches!(tree, Written::Map(_)) {
                *tree = Written::Map(IndexMap::new());
            }
            for (key, value) in entries {
                put(tree, &[key], value);
            }
        }
        ([], value) => *tree = value,
        ([key, rest @ ..], value) => put(entry(tree, key, || Written::Map(IndexMap::new())), rest, value),
    }
}

/// Adds an item to the list at the keys.
pub(super) fn push(tree: &mut Written, path: &[String], item: Written) {
    match path {
        [] => {
            if !matches!(tree, Written::List(_)) {
                *tree = Written::List(Vec::new());
            }
            if let Written::List(items) = tree {
                items.push(item);
            }
        }
        [key, rest @ ..] => push(entry(tree, key, || Written::Map(IndexMap::new())), rest, item),
    }
}

/// What stands at the keys.
pub(super) fn get<'t>(tree: &'t Written, path: &[String]) -> Option<&'t Written> {
    match path {
        [] => Some(tree),
        [key, rest @ ..] => match tree {
            Written::Map(entries) => get(entries.get(key)?, rest),
            _ => None,
        },
    }
}

fn entry<'t>(tree: &'t mut Written, key: &str, otherwise: fn() -> Written) -> &'t mut Written {
    if !matches!(tree, Written::Map(_)) {
        *tree = Written::Map(IndexMap::new());
    }
    match tree {
        Written::Map(entries) => entries.entry(key.to_owned()).or_insert_with(otherwise),
        // It was made one.
        other => other,
    }
}
