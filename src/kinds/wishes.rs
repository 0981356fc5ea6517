//! From documents to wishes: every kind adds its own.

use std::collections::BTreeMap;
use std::path::PathBuf;

use secrecy::SecretString;

use super::{
    application, auto_prune, default_permission, immutability, invite, member, message, mirror, notification,
    organization, organization_member, organization_mirror, organization_notification, permission, proxy_cache, quota,
    repository, robot, service_key, tag, team, team_sync, trigger, user, user_quota,
};
use crate::manifest::decode::Map;
use crate::manifest::documents::{self, AccountDocument, OrganizationDocument, RegistryDocument, RepositoryDocument};
use crate::manifest::secret::TextOrReference;
use crate::manifest::{Loaded, Project, Target, parse_for};
use crate::model::{
    Address, Collection, Declared, Desired, Fields, Intent, Located, Manage, Origin, Owned, Place, Reference, Secret,
    Value, World,
};

/// The texts of the references that could be resolved; the others are not compared.
pub type Secrets = BTreeMap<Reference, SecretString>;

/// Collects wishes while the kinds go through the documents.
pub struct Wishes<'a> {
    project: &'a Project,
    secrets: &'a Secrets,
    desired: Desired,
    labels: BTreeMap<(&'static str, String), usize>,
}

/// Everything that a project wants.
pub fn desired(project: &Project, secrets: &Secrets) -> Desired {
    let mut wishes = Wishes::new(project, secrets);
    wishes.all();
    wishes.desired
}

/// Reads manifests for a registry that was read: what layers reach there is in the project, too.
pub fn loaded_for(files: Vec<(PathBuf, String)>, target: Target<'_>, live: &World) -> Loaded {
    let mut loaded = parse_for(files, target);
    let reached = loaded.project.as_ref().map(Project::reached_namespaces);
    let reached = reached.unwrap_or_default();
    if !reached.is_empty() {
        let repositories = live.objects.keys().filter(|address| address.kind == repository::NAME);
        let names = repositories.filter(|address| reached.contains(address.namespace()));
        let names: Vec<String> = names.map(|address| address.identity.to_string()).collect();
        loaded.reach(names, target);
    }
    if loaded.diagnostics.has_errors() {
        loaded.project = None;
    }
    loaded
}

impl<'a> Wishes<'a> {
    fn new(project: &'a Project, secrets: &'a Secrets) -> Self {
        Wishes {
            project,
            secrets,
            desired: Desired::default(),
            labels: BTreeMap::new(),
        }
    }

    fn all(&mut self) {
        if let Some(document) = &self.project.registry {
            self.registry(document);
        }
        for namespace in self.project.reached_namespaces() {
            self.watch(repository::of_organization(&namespace));
        }
        for (name, document) in &self.project.organizations {
            self.organization(name, document);
        }
        for (name, document) in &self.project.accounts {
            self.account(name, document);
        }
        for (name, document) in &self.project.repositories {
            self.repository(name, document);
        }
    }

    fn registry(&mut self, document: &RegistryDocument) {
        if let Some(messages) = &document.messages {
            message::desired(document, messages, self);
        }
        if let Some(keys) = &document.service_keys {
            self.own(service_key::all(), document.manage_service_keys(), keys.place);
            for (name, entry) in &keys.value {
                service_key::desired(name, entry, self);
            }
        }
        for (name, entry) in document.users.iter().flat_map(|users| &users.value) {
            user::desired(name, document, entry, self);
        }
    }

    fn organization(&mut self, name: &str, document: &OrganizationDocument) {
        organization::desired(name, document, self);
        if document.absent.is_some() {
            self.watch(robot::of_organization(name));
            self.watch(repository::of_organization(name));
        }
        if document.absent.is_some() || document.external.is_some() {
            return;
        }
        if let Some(spec) = &document.quota {
            quota::desired(name, document, spec, self);
        }
        if let Some(teams) = &document.teams {
            self.own(team::of_organization(name), document.manage_teams(), teams.place);
            self.watch(member::of_organization(name));
            for (team, entry) in &teams.value {
                team::desired(name, team, entry, self);
                team_sync::desired(name, team, &entry.value, self);
                member::desired(name, team, document, &entry.value, self);
                invite::desired(name, team, document, &entry.value, self);
            }
        }
        for (person, entry) in document.members.iter().flat_map(|members| &members.value) {
            organization_member::desired(name, person, entry, self);
        }
        if let Some(robots) = &document.robots {
            self.robots(name, document.manage_robots(), robots);
        }
        if let Some(applications) = &document.applications {
            let all = application::of_organization(name);
            self.own(all, document.manage_applications(), applications.place);
            for (application, entry) in &applications.value {
                application::desired(name, application, entry, self);
            }
        }
        if let Some(list) = &document.notifications {
            organization_notification::desired(name, document, list, self);
        }
        if let Some(list) = &document.default_permissions {
            default_permission::desired(name, document, list, self);
        }
        if let Some(list) = &document.auto_prune {
            auto_prune::desired(name, document.manage_auto_prune(), list, self);
        }
        if let Some(list) = &document.immutability {
            immutability::desired(name, document.manage_immutability(), list, self);
        }
        if let Some(spec) = &document.proxy_cache {
            proxy_cache::desired(name, spec, self);
        }
        if let Some(spec) = &document.mirror {
            organization_mirror::desired(name, spec, self);
        }
        let manage = document.manage.as_ref();
        self.repositories(name, manage.and_then(|manage| manage.value.repositories.as_ref()));
    }

    /// The account itself is there or not: only what is in it is wished for.
    fn account(&mut self, name: &str, document: &AccountDocument) {
        let place = document.name.as_ref().map(|name| name.place).unwrap_or_default();
        self.desired.accounts.insert(name.to_owned());
        self.refer(organization::address(name), place);
        if let Some(spec) = &document.quota {
            user_quota::desired(name, document.manage_limits(), spec, self);
        }
        if let Some(robots) = &document.robots {
            self.robots(name, document.manage_robots(), robots);
        }
        if let Some(list) = &document.auto_prune {
            auto_prune::desired(name, document.manage_auto_prune(), list, self);
        }
        let manage = document.manage.as_ref();
        self.repositories(name, manage.and_then(|manage| manage.value.repositories.as_ref()));
    }

    fn robots(&mut self, namespace: &str, manage: documents::Manage, robots: &Located<Map<robot::RobotSpec>>) {
        self.own(robot::of_organization(namespace), manage, robots.place);
        for (short, entry) in &robots.value {
            robot::desired(namespace, short, entry, self);
        }
    }

    fn repositories(&mut self, namespace: &str, manage: Option<&Located<documents::Manage>>) {
        if let Some(manage) = manage {
            self.own(repository::of_organization(namespace), manage.value, manage.place);
        }
    }

    fn repository(&mut self, name: &str, document: &RepositoryDocument) {
        repository::desired(name, document, self);
        if document.absent.is_some() {
            return;
        }
        let organization = self
            .project
            .organizations
            .get(name.split('/').next().unwrap_or_default());
        if let Some(permissions) = &document.permissions {
            permission::desired(
                name,
                document.manage_permissions(organization),
                &permissions.value,
                self,
            );
        }
        if let Some(notifications) = &document.notifications {
            notification::desired(name, document.manage_notifications(organization), notifications, self);
        }
        if let Some(spec) = &document.mirror {
            mirror::desired(name, spec, self);
        }
        if let Some(tags) = &document.tags {
            self.own(tag::of_repository(name), document.manage_tags(organization), tags.place);
            let labels = document.manage_labels(organization);
            for (tag, entry) in &tags.value {
                tag::desired(name, tag, entry, labels, self);
            }
        }
        if let Some(triggers) = &document.triggers {
            self.own(
                trigger::of_repository(name),
                document.manage_triggers(organization),
                triggers.place,
            );
            for (trigger, entry) in &triggers.value {
                trigger::desired(name, trigger, entry, self);
            }
        }
        if let Some(list) = &document.auto_prune {
            auto_prune::desired(name, document.manage_auto_prune(organization), list, self);
        }
        if let Some(list) = &document.immutability {
            immutability::desired(name, document.manage_immutability(organization), list, self);
        }
    }

    /// Wishes an object with these fields, after the objects it needs.
    pub fn want(&mut self, address: Address, fields: Fields, needs: Vec<Address>, place: Place) {
        self.add(address, Intent::Present, fields, needs, place);
    }

    /// Notes where fields of the object that was wished for last are written, as far as that is another layer, or none.
    pub fn written(&mut self, places: &[(&'static str, Option<Place>)]) {
        let sources = &self.project.sources;
        if let Some(declared) = self.desired.objects.last_mut() {
            let written = places.iter().filter_map(|(name, place)| Some((*name, (*place)?)));
            let apart = written.filter(|(_, place)| !sources.share_a_layer(*place, declared.origin.place));
            declared.apart = apart.collect();
        }
    }

    /// Wishes an object away.
    pub fn forbid(&mut self, address: Address, place: Place) {
        self.add(address, Intent::Absent, Fields::new(), Vec::new(), place);
    }

    /// Takes an object for granted, which the plan proves.
    pub fn rely_on(&mut self, address: Address, place: Place) {
        self.add(address, Intent::External, Fields::new(), Vec::new(), place);
    }

    fn add(&mut self, address: Address, intent: Intent, fields: Fields, needs: Vec<Address>, place: Place) {
        let origin = Origin { place };
        self.desired.objects.push(Declared {
            address,
            intent,
            fields,
            origin,
            apart: Vec::new(),
            needs,
        });
    }

    /// Says what happens to the rest of a collection.
    pub fn own(&mut self, collection: Collection, manage: documents::Manage, place: Place) {
        let manage = match manage {
            documents::Manage::Exact => Manage::Exact,
            documents::Manage::Additive => Manage::Additive,
            documents::Manage::Declared => Manage::Declared,
        };
        self.desired.owned.insert(
            collection,
            Owned {
                manage,
                origin: Origin { place },
            },
        );
    }

    /// The user of this name, if a document declares one: whoever is to get something must exist before.
    pub fn user(&self, name: &str) -> Option<Address> {
        let users = self.project.registry.as_ref()?.users.as_ref()?;
        let declared = users.value.get(name).filter(|entry| entry.value.absent.is_none());
        declared.map(|_| user::address(name))
    }

    /// Notes a reference; where no document describes the organization it is proven by the plan, otherwise validation
    /// has checked it.
    pub fn refer(&mut self, address: Address, place: Place) {
        if !self.project.organizations.contains_key(address.namespace()) {
            self.desired.references.insert(address, place);
        }
    }

    /// Notes that exact lists leave something to somebody else.
    pub fn leave(&mut self, address: Address) {
        self.desired.left_to_others.insert(address);
    }

    /// Notes what an object was called before.
    pub fn was(&mut self, address: Address, previous: Address) {
        self.desired.previous.insert(address, previous);
    }

    /// Notes that a collection decides whether a change is safe.
    pub fn watch(&mut self, collection: Collection) {
        self.desired.watched.insert(collection);
    }

    /// Notes that an object has fields which no list shows.
    pub fn detail(&mut self, address: Address) {
        self.desired.detailed.insert(address);
    }

    /// The address for one more item with this label: equal items get `#2`, `#3` and so on.
    pub fn next(&mut self, kind: &'static str, label: &str) -> Address {
        let count = self.labels.entry((kind, label.to_owned())).or_insert(0);
        *count += 1;
        match *count {
            1 => Address::new(kind, label),
            number => Address::new(kind, format!("{label}#{number}")),
        }
    }

    /// Adds a field whose text may be a reference if it is written: sealed, with its value where that is known.
    pub fn seal(&self, fields: &mut Fields, name: &'static str, written: &Option<Located<TextOrReference>>) {
        let Some(written) = written else {
            return;
        };
        let secret = match written.value.reference() {
            None => written.value.to_secret(),
            Some(reference) => Secret::referenced(reference.clone(), self.secrets.get(reference).cloned()),
        };
        fields.insert(name, Value::Secret(secret));
    }
}

/// Where a field is written, if it is.
pub fn place<T>(written: &Option<Located<T>>) -> Option<Place> {
    written.as_ref().map(|written| written.place)
}

/// Adds a field if it is written.
pub fn set<T>(fields: &mut Fields, name: &'static str, written: &Option<Located<T>>, value: impl FnOnce(&T) -> Value) {
    if let Some(written) = written {
        fields.insert(name, value(&written.value));
    }
}
