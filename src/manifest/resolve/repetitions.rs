//! List items that are written twice.

use std::collections::HashMap;

use crate::kinds::auto_prune;
use crate::kinds::default_permission::DefaultPermissionSpec;
use crate::kinds::immutability::{self, ImmutabilitySpec};
use crate::manifest::Project;
use crate::manifest::decode::{Decode, Entry, List, alike};
use crate::manifest::documents::RepositoryDocument;
use crate::model::{Diagnostic, Diagnostics, Located, Place};

/// Warns of every item that is written twice in one list.
pub(super) fn check(project: &Project, diagnostics: &mut Diagnostics) {
    for organization in project.organizations.values() {
        for (_, team) in organization.teams.iter().flat_map(|teams| &teams.value) {
            texts(team.value.members.as_ref(), "member", diagnostics);
            texts(team.value.invites.as_ref(), "invitation", diagnostics);
        }
        if let Some(notifications) = &organization.notifications {
            records(&notifications.value, "notification", diagnostics);
        }
        if let Some(permissions) = &organization.default_permissions {
            records(&permissions.value, "default permission", diagnostics);
            contradictions(&permissions.value, diagnostics);
        }
        refused(organization.auto_prune.as_ref(), diagnostics);
        same_pattern(organization.immutability.as_ref(), diagnostics);
    }
    let registry = project.registry.as_ref();
    if let Some(messages) = registry.and_then(|registry| registry.messages.as_ref()) {
        records(&messages.value, "message", diagnostics);
    }
    for repository in project.repositories.values() {
        if let Some(notifications) = &repository.notifications {
            records(&notifications.value, "notification", diagnostics);
        }
        refused(repository.auto_prune.as_ref(), diagnostics);
        same_pattern(repository.immutability.as_ref(), diagnostics);
        labels(repository, diagnostics);
        if let Some(mirror) = &repository.mirror {
            texts(mirror.value.tags.as_ref(), "tag pattern", diagnostics);
        }
    }
}

fn texts(list: Option<&Located<List<String>>>, noun: &str, diagnostics: &mut Diagnostics) {
    let Some(list) = list.filter(|list| list.value.len() > 1) else {
        return;
    };
    let mut first: HashMap<&str, Place> = HashMap::with_capacity(list.value.len());
    for item in &list.value {
        match first.get(item.value.as_str()) {
            None => drop(first.insert(&item.value, item.place)),
            Some(place) => {
                diagnostics.push(written_twice(
                    &format!("the {noun} `{}`", item.value),
                    item.place,
                    *place,
                    "delete one of the two",
                ));
            }
        }
    }
}

fn records<T: Decode>(list: &List<T>, noun: &str, diagnostics: &mut Diagnostics) {
    for (index, item) in list.iter().enumerate() {
        if let Some(first) = list[..index].iter().find(|earlier| earlier.value.alike(&item.value)) {
            let help = format!("delete one of the two, unless the registry is to have two {noun}s that are the same");
            diagnostics.push(written_twice(&format!("this {noun}"), item.place, first.place, &help));
        }
    }
}

/// Two tags that point to one image and do not say the same of a label of it.
fn labels(repository: &RepositoryDocument, diagnostics: &mut Diagnostics) {
    let mut first: HashMap<(&str, &str), &Entry<String>> = HashMap::new();
    for (_, tag) in repository.tags.iter().flat_map(|tags| &tags.value) {
        let (Some(digest), Some(labels)) = (&tag.value.digest, &tag.value.labels) else {
            continue;
        };
        for (key, entry) in &labels.value {
            let known = first.entry((digest.value.as_str(), key.as_ref())).or_insert(entry);
            if known.value != entry.value {
                let message = format!("this image is to have another `{key}` under another tag");
                let problem = Diagnostic::error("label-twice", message, entry.place);
                let help = "labels belong to the image and not to the tag: write one value";
                diagnostics.push(problem.also(known.place, "the other one").help(help));
            }
        }
    }
}

/// Rules that the registry refuses to keep twice for one owner.
fn refused<T: Decode>(list: Option<&Located<List<T>>>, diagnostics: &mut Diagnostics) {
    let rules: &[Located<T>] = list.map_or(&[], |list| &list.value);
    for (index, item) in rules.iter().enumerate() {
        if let Some(first) = rules[..index].iter().find(|earlier| earlier.value.alike(&item.value)) {
            diagnostics.push(auto_prune::written_twice(item.place, first.place));
        }
    }
}

/// The registry takes a pattern once for each owner, in whichever sense.
fn same_pattern(list: Option<&Located<List<ImmutabilitySpec>>>, diagnostics: &mut Diagnostics) {
    let mut first: HashMap<&str, Place> = HashMap::new();
    for item in list.iter().flat_map(|list| &list.value) {
        let Some(pattern) = immutability::pattern(&item.value) else {
            continue;
        };
        match first.get(pattern.value.as_str()) {
            None => drop(first.insert(&pattern.value, item.place)),
            Some(place) => diagnostics.push(auto_prune::written_twice(item.place, *place)),
        }
    }
}

fn written_twice(what: &str, place: Place, first: Place, help: &str) -> Diagnostic {
    Diagnostic::warning("written-twice", format!("{what} is written twice"), place)
        .also(first, "first written here")
        .help(help)
}

/// Two roles for one subject: which of them a new repository gets is the registry's choice.
fn contradictions(list: &List<DefaultPermissionSpec>, diagnostics: &mut Diagnostics) {
    let same_subject = |one: &DefaultPermissionSpec, other: &DefaultPermissionSpec| {
        alike(&one.team, &other.team)
            && alike(&one.robot, &other.robot)
            && alike(&one.user, &other.user)
            && alike(&one.created_by, &other.created_by)
            && !alike(&one.role, &other.role)
    };
    for (index, item) in list.iter().enumerate() {
        if let Some(first) = list[..index]
            .iter()
            .find(|earlier| same_subject(&earlier.value, &item.value))
        {
            let message = "two default permissions give one subject different roles";
            diagnostics.push(
                Diagnostic::warning("contradiction", message, item.place)
                    .also(first.place, "the other role")
                    .help("keep one of the two; the registry would pick one"),
            );
        }
    }
}
