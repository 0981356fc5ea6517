//! Shared parts of repositories as layers: the smallest text that means the same.
//!
//! One layer for each namespace, and one for those whose names begin alike, if they share more and that saves lines. It
//! takes what most repositories say: whoever says something else still does, and a repository without a grant that
//! others have says `none`. Lists are inherited whole; one is only shared if every repository has one of its own or
//! this, since a list that is written owns what is live.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::tree::{get, put};
use super::{Described, Export, layout, order};
use crate::model::{Document, Written};

/// Fewer repositories share nothing that is worth a layer.
const FEWEST: usize = 2;

/// Takes what repositories of a namespace share out of them, into a layer that stands before them.
pub fn factor(mut export: Export) -> Export {
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, (described, _)) in export.documents.iter().enumerate() {
        if let Described::One(Document::Repository(_)) = described {
            groups.entry(described.namespace().to_owned()).or_default().push(index);
        }
    }
    let mut layers = Vec::new();
    for (namespace, indexes) in groups {
        let mut trees: Vec<Written> = indexes.iter().map(|index| export.documents[*index].1.clone()).collect();
        let mut found: Vec<Written> = shared(&format!("{namespace}/*"), &mut trees).into_iter().collect();
        found.extend(shared_by_beginnings(&mut trees));
        let first = indexes.first().copied().unwrap_or_default();
        layers.extend(found.into_iter().map(|layer| (first, namespace.clone(), layer)));
        for (index, tree) in indexes.into_iter().zip(trees) {
            export.documents[index].1 = tree;
        }
    }
    for (index, namespace, layer) in layers.into_iter().rev() {
        export.documents.insert(index, (Described::Layer(namespace), layer));
    }
    export
}

/// The layers of those repositories whose names begin alike, such as `acme/prod-*`.
fn shared_by_beginnings(trees: &mut [Written]) -> Vec<Written> {
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, tree) in trees.iter().enumerate() {
        if let Some(beginning) = beginning(tree) {
            groups.entry(beginning).or_default().push(index);
        }
    }
    let (mut layers, all) = (Vec::new(), trees.len());
    for (beginning, members) in groups.into_iter().filter(|(_, members)| members.len() < all) {
        let mut ours: Vec<Written> = members.iter().map(|index| trees[*index].clone()).collect();
        let before = lines(&ours);
        let Some(layer) = shared(&format!("{beginning}*"), &mut ours) else {
            continue;
        };
        if lines(&ours) + lines(std::slice::from_ref(&layer)) < before {
            layers.push(layer);
            for (index, tree) in members.into_iter().zip(ours) {
                trees[index] = tree;
            }
        }
    }
    layers
}

/// A repository's name as far as the first mark in it.
fn beginning(tree: &Written) -> Option<String> {
    let Some(Written::Text(name)) = get(tree, &["name".to_owned()]) else {
        return None;
    };
    let start = name.find('/')? + 1;
    let mark = start + name[start..].find(['/', '-', '_', '.'])?;
    Some(name[..=mark].to_owned())
}

/// How many lines documents take, with what parts them.
fn lines(trees: &[Written]) -> usize {
    let texts = trees.iter().filter_map(|tree| layout::text(tree).ok());
    texts.map(|text| text.lines().count() + 1).sum()
}

/// The layer of these repositories, if one saves anything; they keep what it does not say.
fn shared(pattern: &str, trees: &mut [Written]) -> Option<Written> {
    if trees.len() < FEWEST {
        return None;
    }
    let mut layer = Written::map([
        ("kind", Some(Written::text("RepositoryDefaults"))),
        ("match", Some(Written::text(pattern))),
    ]);
    let mut found = false;
    for (path, value) in candidates(trees) {
        if is_worth_it(&path, &value, trees) {
            found = true;
            put(&mut layer, &path, value.clone());
            trees.iter_mut().for_each(|tree| inherit(tree, &path, &value));
        }
    }
    for name in ["teams", "robots", "users"] {
        found |= share_empty(&["permissions".to_owned(), name.to_owned()], &mut layer, trees);
    }
    trees.iter_mut().for_each(drop_empty);
    order::in_order(&mut layer);
    found.then_some(layer)
}

/// A map of grants that every repository writes is inherited, also where nothing is left in it.
fn share_empty(path: &[String], layer: &mut Written, trees: &mut [Written]) -> bool {
    let is_empty = |tree: &Written| matches!(get(tree, path), Some(Written::Map(grants)) if grants.is_empty());
    let everywhere = trees.iter().all(|tree| get(tree, path).is_some());
    let is_shared = get(layer, path).is_some();
    if !everywhere || (!is_shared && trees.iter().filter(|tree| is_empty(tree)).count() < FEWEST) {
        return false;
    }
    if !is_shared {
        put(layer, path, Written::map([]));
    }
    trees
        .iter_mut()
        .filter(|tree| is_empty(tree))
        .for_each(|tree| remove(tree, path));
    true
}

/// The most frequent value at each place that can be inherited by itself.
fn candidates(trees: &[Written]) -> Vec<(Vec<String>, Written)> {
    let mut counted: IndexMap<Vec<String>, Vec<(Written, usize)>> = IndexMap::new();
    for tree in trees {
        for (path, value) in leaves(tree) {
            let values = counted.entry(path).or_default();
            match values.iter_mut().find(|(known, _)| known == value) {
                Some((_, number)) => *number += 1,
                None => values.push((value.clone(), 1)),
            }
        }
    }
    let most = |values: Vec<(Written, usize)>| values.into_iter().rev().max_by_key(|(_, number)| *number);
    let frequent = counted
        .into_iter()
        .filter_map(|(path, values)| Some((path, most(values)?.0)));
    frequent.collect()
}

/// What a repository says, by place: fields and lists as a whole, grants one by one, and each map of grants.
fn leaves(tree: &Written) -> Vec<(Vec<String>, &Written)> {
    let Written::Map(entries) = tree else {
        return Vec::new();
    };
    let mut leaves = Vec::new();
    for (key, value) in entries
        .iter()
        .filter(|(key, _)| !["kind", "name"].contains(&key.as_str()))
    {
        match (key.as_str(), value) {
            // What one repository copies, holds or is built from is its own.
            ("mirror" | "tags" | "triggers" | "description", _) => {}
            ("permissions" | "manage", Written::Map(maps)) => {
                for (name, map) in maps {
                    leaves.extend(grants(key, name, map));
                }
            }
            _ => leaves.push((vec![key.clone()], value)),
        }
    }
    leaves
}

fn grants<'t>(key: &str, name: &str, map: &'t Written) -> Vec<(Vec<String>, &'t Written)> {
    let path = vec![key.to_owned(), name.to_owned()];
    let Written::Map(entries) = map else {
        return vec![(path, map)];
    };
    let inner = |(grant, role): (&String, &'t Written)| {
        let mut path = path.clone();
        path.push(grant.clone());
        (path, role)
    };
    entries.iter().map(inner).collect()
}

fn is_grant(path: &[String]) -> bool {
    path.len() == 3
}

/// Whether a layer with it saves lines. Where it is a grant, those who lack it must be able to say so; anything else must
/// be said by each.
fn is_worth_it(path: &[String], value: &Written, trees: &[Written]) -> bool {
    let saying = trees.iter().filter(|tree| get(tree, path) == Some(value)).count();
    let lacking = trees.iter().filter(|tree| get(tree, path).is_none()).count();
    let can_be = match is_grant(path) {
        true => trees.iter().all(|tree| may_lack(path, tree)),
        false => lacking == 0,
    };
    can_be && saying > lacking + 1
}

/// Whether a repository can say that it lacks a grant: the right of its mirror's robot it has by itself.
fn may_lack(grant: &[String], tree: &Written) -> bool {
    let [permissions, map, name] = grant else {
        return false;
    };
    let robot = get(tree, &["mirror".to_owned(), "robot".to_owned()]);
    let is_of_mirror = map == "robots" && robot == Some(&Written::text(name));
    let is_written = get(tree, &[permissions.clone(), map.clone()]).is_some();
    is_written && (!is_of_mirror || get(tree, grant).is_some())
}

/// Takes the value out where it is the same, and says `none` where there is no such grant.
fn inherit(tree: &mut Written, path: &[String], value: &Written) {
    match get(tree, path) {
        Some(own) if own == value => remove(tree, path),
        Some(_) => {}
        None => put(tree, path, Written::text("none")),
    }
}

fn remove(tree: &mut Written, path: &[String]) {
    let (Written::Map(entries), [key, rest @ ..]) = (tree, path) else {
        return;
    };
    match entries.get_mut(key) {
        Some(_) if rest.is_empty() => {
            entries.shift_remove(key);
        }
        Some(inner) => remove(inner, rest),
        None => {}
    }
}

/// What nothing is left in.
fn drop_empty(tree: &mut Written) {
    let Written::Map(entries) = tree else { return };
    for key in ["permissions", "manage"] {
        if matches!(entries.get(key), Some(Written::Map(maps)) if maps.is_empty()) {
            entries.shift_remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository(name: &str, visibility: &str, team: &str) -> (Described, Written) {
        let grants = Written::map([(team, Some(Written::text("write")))]);
        let permissions = Written::map([("teams", Some(grants))]);
        let tree = Written::map([
            ("kind", Some(Written::text("Repository"))),
            ("name", Some(Written::text(name))),
            ("visibility", Some(Written::text(visibility))),
            ("permissions", Some(permissions)),
        ]);
        (Described::One(Document::Repository(name.to_owned())), tree)
    }

    fn patterns(export: &Export) -> Vec<&Written> {
        let layers = export
            .documents
            .iter()
            .filter(|(described, _)| matches!(described, Described::Layer(_)));
        layers
            .filter_map(|(_, layer)| get(layer, &["match".to_owned()]))
            .collect()
    }

    #[test]
    fn what_begins_alike_shares_more_where_that_saves_lines() {
        let names = [
            "dev-a", "dev-b", "dev-c", "prod-a", "prod-b", "prod-c", "prod-d", "prod-e", "test-a",
        ];
        let documents = names.iter().map(|name| match name.starts_with("prod-") {
            true => repository(&format!("acme/{name}"), "public", "operators"),
            false => repository(&format!("acme/{name}"), "private", "developers"),
        });
        let export = factor(Export {
            documents: documents.collect(),
            ..Export::default()
        });
        let wanted = ["acme/*", "acme/dev-*", "acme/prod-*"].map(Written::text);
        assert_eq!(patterns(&export), wanted.iter().collect::<Vec<_>>());
    }
}
