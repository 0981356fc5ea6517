//! What goes first and last within one repository.

use std::collections::BTreeMap;

use crate::kinds::{label, mirror, permission, repository, repository_state, tag, trigger};
use crate::model::{Action, Address, Value, World};

use super::{Causes, Edges, narrows};

/// What is done to the images of a repository.
const CONTENT: [&str; 3] = [tag::NAME, label::NAME, trigger::NAME];

impl Edges<'_> {
    /// In one repository: private before any grant, public after all of them, what the birth granted too much before
    /// its mirror or a tag fills it, and the creator's own way in last.
    pub(super) fn within_repositories(&mut self, causes: &Causes<'_>, live: &World) {
        let concerned = |kind: &str| self.groups.keys().any(|(_, each)| *each == kind);
        let (any_mirror, any_content) = (concerned(mirror::NAME), CONTENT.into_iter().any(concerned));
        let mut grants: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (address, index) in self
            .by_address
            .clone()
            .into_iter()
            .filter(|(address, _)| address.kind == permission::NAME)
        {
            grants.entry(permission::parts(address).0).or_default().push(index);
        }
        for (name, grants) in grants {
            let repository = self.places.get(&repository::address(name)).copied();
            let mirror = Some(mirror::address(name)).filter(|_| any_mirror);
            let mirror = mirror.and_then(|mirror| self.places.get(&mirror).copied());
            let own = permission::address(name, "user", &live.caller.name);
            let last: Vec<usize> = self
                .places
                .get(&own)
                .copied()
                .filter(|index| self.changes[*index].action == Action::Delete || narrows(&self.changes[*index]))
                .into_iter()
                .collect();
            let rest: Vec<usize> = grants.iter().copied().filter(|index| !last.contains(index)).collect();
            if let Some(index) = repository {
                let visibility = self.changes[index]
                    .field("visibility")
                    .and_then(|field| field.after.clone());
                match (self.changes[index].action, visibility) {
                    (Action::Update, Some(Value::Text(word))) if word == "private" => self.add_all(&[index], &grants),
                    (Action::Update, Some(_)) => self.add_all(&rest, &[index]),
                    _ => {}
                }
            }
            let content = if any_content { self.content(name) } else { Vec::new() };
            let others = rest.iter().chain(&content).copied().chain(repository).chain(mirror);
            let others: Vec<usize> = others.collect();
            self.add_all(&others, &last);
            let fills: Vec<usize> = content.into_iter().chain(mirror).collect();
            if !fills.is_empty() {
                let born = |index: &usize| {
                    let change = &self.changes[*index];
                    let cause = causes.born_by.get(&change.address).map(|cause| cause.kind);
                    cause == Some(repository::NAME)
                        && (change.action == Action::Delete || narrows(change))
                        && change.address != own
                        && !causes.moved_by.contains_key(&change.address)
                };
                let narrowed: Vec<usize> = grants.iter().copied().filter(born).collect();
                self.add_all(&narrowed, &fills);
            }
        }
    }

    /// A repository that is to take pushes does so before anything is done to its images, and one that is not to take any
    /// after that. A mirror is paused while it is one.
    pub(super) fn states(&mut self, namespace: &str) {
        for index in self.select(namespace, repository_state::NAME, |_| true) {
            let change = &self.changes[index];
            let name = change.address.identity.as_str();
            let content = self.content(name);
            match change.text("state") {
                "normal" => self.add_all(&[index], &content),
                _ => self.add_all(&content, &[index]),
            }
            if let Some(mirror) = self.by_address.get(&mirror::address(name)).copied() {
                self.add(mirror, index);
            }
        }
    }

    /// What is done to the images of a repository.
    fn content(&self, name: &str) -> Vec<usize> {
        let mut content = Vec::new();
        for kind in CONTENT {
            let first = Address::new(kind, format!("{name}:"));
            let from = self.by_address.range::<&Address, _>(&first..);
            let ours =
                from.take_while(|(address, _)| address.kind == kind && address.identity.starts_with(&*first.identity));
            content.extend(ours.map(|(_, index)| *index));
        }
        content
    }
}
