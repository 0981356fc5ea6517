//! Live repositories that nobody declares, and that a layer reaches all the same.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use super::decode::Decoder;
use super::documents::{Manage, RepositoryDocument, RepositoryManage};
use super::layers::Layers;
use super::project::{Loaded, Project};
use super::record::{self, Record};
use super::registries::Target;
use super::resolve;
use super::tree::Content;
use crate::model::Diagnostics;
use crate::model::address::matches_glob;

impl Project {
    /// The organizations of which the live repositories must be known: those that a layer with `applies_to: all` matches.
    /// One whose repositories are owned exactly has none that nobody declares, once the plan is applied.
    pub fn reached_namespaces(&self) -> BTreeSet<String> {
        let namespaces = self
            .reaching
            .iter()
            .map(|pattern| pattern.split('/').next().unwrap_or(pattern));
        let mut names = BTreeSet::new();
        for namespace in namespaces {
            if !namespace.contains('*') {
                names.insert(namespace.to_owned());
            }
            let declared = self.organizations.keys().filter(|name| matches_glob(namespace, name));
            names.extend(declared.cloned());
        }
        names.retain(|name| !self.takes_away_what_is_undeclared(name));
        names
    }

    fn takes_away_what_is_undeclared(&self, organization: &str) -> bool {
        let Some(document) = self.organizations.get(organization) else {
            return false;
        };
        let manage = document
            .manage
            .as_ref()
            .and_then(|manage| manage.value.repositories.as_ref());
        document.absent.is_some() || manage.is_some_and(|manage| manage.value == Manage::Exact)
    }
}

impl Loaded {
    /// Adds the live repositories that layers reach and nobody declares, by their full names. What cannot be said of
    /// them is reported, and takes the project away as every error does.
    pub fn reach(&mut self, live: impl IntoIterator<Item = String>, target: Target<'_>) {
        let Some(mut project) = self.project.take() else {
            return;
        };
        let sources = Arc::clone(&self.sources);
        let mut layers = Layers::find(&sources, target);
        let lists: Vec<&'static str> = RepositoryManage::fields().iter().map(|field| field.name).collect();
        let mut found = Diagnostics::default();
        for name in live {
            if project.repositories.contains_key(&name) {
                continue;
            }
            let Some(tree) = layers.reached(&name, &lists, &mut found) else {
                continue;
            };
            let root = tree.node(tree.documents[0]);
            let Content::Map(entries) = &root.content else {
                continue;
            };
            let mut decoder = Decoder::new(&tree);
            let document: RepositoryDocument = record::decode_document(root.place, entries, &mut decoder);
            // What the registry cannot be asked about is left alone.
            if resolve::can_be_named(&name) {
                found.extend(decoder.diagnostics);
                self.secrets.extend(decoder.secrets);
                self.references.extend(decoder.references);
                project.repositories.insert(name, Box::new(document));
            }
        }
        resolve::check(&project, &HashSet::new(), &mut found);
        self.diagnostics.extend(found);
        self.diagnostics.remove_repetitions();
        self.diagnostics.sort();
        self.project = (!self.diagnostics.has_errors()).then_some(project);
    }
}
