//! What an organization can be one of only: a mirror, a proxy cache, or a home of immutable tags (API guide §3.9, §3.13,
//! §3.14).

use crate::manifest::{OrganizationDocument, Project};
use crate::model::{Diagnostic, Diagnostics, Place};

/// Checks every organization, and the repositories of those that are mirrors.
pub(super) fn check(project: &Project, diagnostics: &mut Diagnostics) {
    for organization in project.organizations.values() {
        let roles = [
            mirror(organization).map(|place| ("a mirror of another one", place)),
            proxy_cache(organization).map(|place| ("a proxy cache", place)),
            immutability(organization).map(|place| ("a home of immutable tags", place)),
        ];
        let mut roles = roles.into_iter().flatten();
        if let Some(first) = roles.next() {
            diagnostics.extend(roles.map(|other| excludes(first, other)));
        }
    }
    for (name, repository) in &project.repositories {
        let own = repository.mirror.as_ref().filter(|spec| spec.value.absent.is_none());
        if let (Some(mirror), Some(state)) = (own, &repository.settings.state) {
            diagnostics.push(decides(mirror.place, state.place));
        }
        let organization = project.organizations.get(name.split('/').next().unwrap_or_default());
        let Some(mirror) = organization.and_then(mirror) else {
            continue;
        };
        let rules = repository.immutability.as_ref().filter(|rules| !rules.value.is_empty());
        let first = ("a mirror of another one", mirror);
        diagnostics.extend(own.map(|spec| {
            excludes(
                first,
                ("a home of repositories that are mirrors themselves", spec.place),
            )
        }));
        diagnostics.extend(rules.map(|rules| excludes(first, ("a home of immutable tags", rules.place))));
    }
}

fn mirror(organization: &OrganizationDocument) -> Option<Place> {
    let mirror = organization.mirror.as_ref()?;
    mirror.value.absent.is_none().then_some(mirror.place)
}

fn proxy_cache(organization: &OrganizationDocument) -> Option<Place> {
    let cache = organization.proxy_cache.as_ref()?;
    cache.value.absent.is_none().then_some(cache.place)
}

fn immutability(organization: &OrganizationDocument) -> Option<Place> {
    let rules = organization.immutability.as_ref()?;
    (!rules.value.is_empty()).then_some(rules.place)
}

/// A mirror is a state of its own.
fn decides(mirror: Place, state: Place) -> Diagnostic {
    Diagnostic::error("excludes", "a repository with a `mirror` has no other `state`", state)
        .also(mirror, "only this mirror pushes to it")
        .help("delete `state`; to stop the mirror, write `mirror: {absent: true}`")
}

fn excludes(first: (&str, Place), other: (&str, Place)) -> Diagnostic {
    let message = format!("an organization that is {} cannot be {}", first.0, other.0);
    Diagnostic::error("excludes", message, other.1)
        .also(first.1, "the other one")
        .help("keep one of the two, or use two organizations")
}
