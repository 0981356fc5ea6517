//! People who are to leave an organization, and are named in it all the same.

use crate::kinds::permission::Grant;
use crate::manifest::{OrganizationDocument, Project};
use crate::model::{Diagnostic, Diagnostics, Place};

/// Checks every organization that somebody leaves.
pub(super) fn check(project: &Project, diagnostics: &mut Diagnostics) {
    for (name, organization) in &project.organizations {
        for (person, entry) in organization.members.iter().flat_map(|members| &members.value) {
            if let Some((_, short)) = person.split_once('+') {
                let message = format!("`{person}` is a robot, not a user");
                let help = format!("write `{short}: {{absent: true}}` under `robots`");
                diagnostics.push(Diagnostic::error("robot-as-user", message, entry.name).help(help));
                continue;
            }
            let places = mentions(person, organization).chain(grants(person, name, project));
            diagnostics.extend(places.map(|place| {
                let message = format!("`{person}` is to leave `{name}`");
                Diagnostic::error("reference-to-absent", message, place)
                    .also(entry.name, "leaves by this")
                    .help("delete the line, or let them stay")
            }));
        }
    }
}

/// Where teams and default permissions name somebody.
fn mentions<'p>(person: &'p str, organization: &'p OrganizationDocument) -> impl Iterator<Item = Place> + 'p {
    let teams = organization.teams.iter().flat_map(|teams| teams.value.values());
    let members = teams
        .flat_map(|team| &team.value.members)
        .flat_map(|members| &members.value);
    let defaults = organization.default_permissions.iter().flat_map(|list| &list.value);
    let named = defaults
        .flat_map(|each| [&each.value.user, &each.value.created_by])
        .flatten();
    members
        .chain(named)
        .filter(move |name| name.value == person)
        .map(|name| name.place)
}

/// Where repositories grant somebody something.
fn grants<'p>(person: &'p str, organization: &'p str, project: &'p Project) -> impl Iterator<Item = Place> + 'p {
    let ours = project
        .repositories
        .iter()
        .filter(move |(name, _)| name.split('/').next() == Some(organization));
    let users = ours
        .filter_map(|(_, repository)| repository.permissions.as_ref()?.value.users.as_ref())
        .filter_map(move |users| users.value.get(person));
    users.filter(|entry| entry.value != Grant::None).map(|entry| entry.name)
}
