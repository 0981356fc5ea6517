//! Tombstones that contradict what else is declared.

use crate::kinds::team::{TeamRole, TeamSpec};
use crate::manifest::{OrganizationDocument, Project, RepositoryDocument};
use crate::model::{Diagnostic, Diagnostics, Located};

/// Checks every tombstone.
pub(super) fn check(project: &Project, diagnostics: &mut Diagnostics) {
    let mut orphaned = std::collections::HashMap::<&str, Vec<&RepositoryDocument>>::new();
    for (name, repository) in &project.repositories {
        let namespace = name.split_once('/').map_or("", |(namespace, _)| namespace);
        let organization = project.organizations.get(namespace);
        if organization.is_some_and(|it| is_true(&it.absent)) && !is_true(&repository.absent) {
            orphaned.entry(namespace).or_default().push(repository);
        }
    }
    for (name, organization) in &project.organizations {
        if let Some(repositories) = orphaned.get(name.as_str()) {
            diagnostics.extend(deletes_repositories(name, organization, repositories));
        }
        check_admins(name, organization, diagnostics);
        diagnostics.extend(quota_of_notifications(organization));
    }
}

fn is_true(field: &Option<Located<bool>>) -> bool {
    field.as_ref().is_some_and(|field| field.value)
}

fn deletes_repositories(
    name: &str,
    organization: &OrganizationDocument,
    repositories: &[&RepositoryDocument],
) -> Option<Diagnostic> {
    let absent = organization.absent.as_ref()?.place;
    let count = repositories.len();
    let (noun, verb) = if count == 1 {
        ("repository", "is")
    } else {
        ("repositories", "are")
    };
    let message = format!("`{name}` is to be deleted, but {count} {noun} of it {verb} declared");
    let diagnostic = Diagnostic::error("absent-organization", message, absent)
        .remark("this deletes the organization with everything in it")
        .help("delete the documents of its repositories, or keep the organization");
    let shown = repositories
        .iter()
        .take(3)
        .filter_map(|repository| repository.name.as_ref());
    Some(shown.fold(diagnostic, |diagnostic, name| {
        diagnostic.also(name.place, "declared here")
    }))
}

/// The server deletes notifications about storage together with the quota.
fn quota_of_notifications(organization: &OrganizationDocument) -> Option<Diagnostic> {
    let absent = organization
        .quota
        .as_ref()?
        .value
        .absent
        .as_ref()
        .filter(|absent| absent.value)?;
    let first = organization.notifications.as_ref()?.value.first()?;
    Some(
        Diagnostic::error("no-quota", "without a quota there is nothing to notify of", first.place)
            .also(absent.place, "this deletes the quota, and its notifications with it")
            .help("delete `notifications`, or keep the quota"),
    )
}

/// Somebody must remain who can administer the organization.
fn check_admins(name: &str, organization: &OrganizationDocument, diagnostics: &mut Diagnostics) {
    let Some(teams) = &organization.teams else { return };
    let Some(owners) = teams.value.get("owners") else {
        return;
    };
    if let Some(absent) = owners.value.absent.as_ref().filter(|absent| absent.value) {
        diagnostics.push(
            Diagnostic::error("no-admins", "the team `owners` cannot be deleted", owners.name)
                .also(absent.place, "this would delete it")
                .help("every organization has it; to take rights away, write its `members`"),
        );
        return;
    }
    let is_admin = |team: &TeamSpec| team.role.as_ref().is_some_and(|role| role.value == TeamRole::Admin);
    let demoted = owners.value.role.as_ref().filter(|role| role.value != TeamRole::Admin);
    if let Some(role) = demoted.filter(|_| {
        !teams
            .value
            .values()
            .any(|team| is_admin(&team.value) || is_true(&team.value.external))
    }) {
        diagnostics.push(
            Diagnostic::error(
                "no-admins",
                format!("no team of `{name}` would have the role `admin`"),
                role.place,
            )
            .help("keep `owners: {role: admin}`, or declare another team with that role"),
        );
    }
}
