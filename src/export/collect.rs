//! What the kinds say of each object, by document.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use super::NotExported;
use super::tree::{get, push, put};
use crate::kinds::{Kind, robot, team};
use crate::model::{Address, Collection, Document, ExactList, Exported, Interest, World, Written};

/// Everything that was said.
#[derive(Default)]
pub(super) struct Collected {
    pub(super) documents: BTreeMap<Document, Written>,
    pub(super) not_exported: Vec<NotExported>,
    /// What is spoken of.
    needs: BTreeSet<Address>,
    /// Collections of which something is live that is not written.
    partial: BTreeSet<Collection>,
}

/// Goes through what was read for an interest, but for the namespaces that were not read whole.
pub(super) fn collect(
    interest: &Interest,
    world: &World,
    kinds: &[&'static dyn Kind],
    is_whole: impl Fn(&str) -> bool,
) -> Collected {
    let mut collected = Collected::default();
    for kind in kinds {
        let all = world.objects.range(Address::new(kind.name(), "")..);
        let ours = all.take_while(|(address, _)| address.kind == kind.name());
        for (address, object) in ours.filter(|(address, _)| is_whole(address.namespace())) {
            let collection = kind.collection(address);
            if interest.collections.contains(&collection) {
                collected.take(address, collection, kind.export(object, world));
            }
        }
    }
    let whole = interest.collections.iter().filter(|each| is_whole(each.namespace()));
    let lists: Vec<ExactList> = whole
        .filter_map(|collection| {
            let kind = kinds.iter().find(|kind| kind.name() == collection.kind)?;
            kind.exact_list(collection, world)
        })
        .collect();
    lists.iter().for_each(|list| collected.close(list));
    lists.iter().for_each(|list| collected.keep_exact(list));
    collected.mark_needed(world);
    collected
        .not_exported
        .sort_by(|one, other| one.address.cmp(&other.address));
    collected
}

impl Collected {
    fn take(&mut self, address: &Address, collection: Collection, exported: Exported) {
        for piece in exported.pieces {
            let document = self.document(piece.document);
            match piece.value {
                None => {}
                Some(value) if piece.is_item => push(document, &piece.path, value),
                Some(value) => put(document, &piece.path, value),
            }
        }
        for omission in exported.omissions {
            if !omission.is_written && omission.field.is_none() {
                self.partial.insert(collection.clone());
            }
            self.not_exported.push(NotExported {
                address: omission.about.unwrap_or_else(|| address.clone()),
                field: omission.field,
                reason: omission.reason,
                is_written: omission.is_written,
            });
        }
        self.needs.extend(exported.needs);
    }

    fn document(&mut self, document: Document) -> &mut Written {
        self.documents.entry(document).or_insert_with_key(|document| {
            let (kind, has_name) = match document {
                Document::Registry => ("Registry", false),
                Document::Organization(_) => ("Organization", true),
                Document::Account(_) => ("Account", true),
                Document::Repository(_) => ("Repository", true),
            };
            let name = has_name.then(|| Written::text(document.name()));
            Written::map([("kind", Some(Written::text(kind))), ("name", name)])
        })
    }

    /// Writes the list of a collection also where nothing is in it, if it is one that always stands; and leaves what is
    /// live and could not be written where it is.
    fn close(&mut self, list: &ExactList) {
        if !self.has(&list.document, &list.path) {
            let Some(empty) = list.empty.clone() else { return };
            put(self.document(list.document.clone()), &list.path, empty);
        }
        if self.partial.contains(&list.collection) {
            put(
                self.document(list.document.clone()),
                &list.manage,
                Written::text("additive"),
            );
        }
    }

    /// What an organization's document says of who owns the rest holds for its repositories, too: a list of theirs that is
    /// written whole says so.
    fn keep_exact(&mut self, list: &ExactList) {
        let Document::Repository(name) = &list.document else {
            return;
        };
        let organization = Document::Organization(name.split('/').next().unwrap_or_default().to_owned());
        let is_loose = self.has(&organization, &list.manage);
        let is_written = self.has(&list.document, &list.path);
        if is_loose && is_written && !self.has(&list.document, &list.manage) {
            put(
                self.document(list.document.clone()),
                &list.manage,
                Written::text("exact"),
            );
        }
    }

    fn has(&self, document: &Document, path: &[String]) -> bool {
        self.documents
            .get(document)
            .is_some_and(|tree| get(tree, path).is_some())
    }

    /// Whatever is spoken of and not described, since only a part is exported, is described as managed elsewhere.
    fn mark_needed(&mut self, world: &World) {
        for address in std::mem::take(&mut self.needs) {
            let document = Document::of_namespace(address.namespace(), world);
            let Some(tree) = self.documents.get_mut(&document) else {
                continue;
            };
            let (key, name) = match address.kind {
                robot::NAME => ("robots", robot::short_name(address.namespace(), &address.identity)),
                team::NAME => ("teams", address.identity.split_once('/').unwrap_or_default().1),
                _ => continue,
            };
            let path = [key.to_owned(), name.to_owned()];
            if name != "owners" && get(tree, &path).is_none() {
                let external = IndexMap::from([("external".to_owned(), Written::Switch(true))]);
                put(tree, &path, Written::Map(external));
            }
        }
    }
}
