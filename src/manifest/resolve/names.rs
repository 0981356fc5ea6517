//! Names by the registry's own rules.

use crate::kinds::{application, organization, tag};
use crate::manifest::{AccountDocument, OrganizationDocument, Project, RegistryDocument, RepositoryDocument};
use crate::model::{Diagnostic, Diagnostics, Located, Place};

/// What follows `/repository/NAMESPACE/NAME/` in the registry's API. A repository with such a part in its name can be
/// created, but then neither read nor changed.
const ROUTE_WORDS: [&str; 18] = [
    "aggregatelogs",
    "authorizedemail",
    "autoprunepolicy",
    "build",
    "changestate",
    "changetrust",
    "changevisibility",
    "exportlogs",
    "image",
    "immutabilitypolicy",
    "logs",
    "manifest",
    "mirror",
    "notification",
    "permissions",
    "tag",
    "tokens",
    "trigger",
];

/// The part of a repository's full name, after its first two, that the API takes for something below the repository.
pub fn route_word_in(repository: &str) -> Option<&'static str> {
    let parts = || repository.split('/').skip(2);
    ROUTE_WORDS.into_iter().find(|word| parts().any(|part| part == *word))
}

const LONGEST: usize = 255;

/// Checks every name that would be created; what is external or absent exists already, whatever it is called.
pub(super) fn check(project: &Project, diagnostics: &mut Diagnostics) {
    for (name, organization) in &project.organizations {
        check_organization(name, organization, diagnostics);
    }
    for repository in project.repositories.values() {
        check_repository(repository, diagnostics);
    }
    for (name, account) in &project.accounts {
        check_account(name, account, project, diagnostics);
    }
    if let Some(registry) = &project.registry {
        check_registry(registry, project, diagnostics);
    }
}

/// A name is a user's or an organization's.
fn check_account(name: &str, account: &AccountDocument, project: &Project, diagnostics: &mut Diagnostics) {
    let place = account.name.as_ref().map(|name| name.place).unwrap_or_default();
    diagnostics.extend(described_as_organization(name, "an account", place, project));
    for (robot, entry) in account.robots.iter().flat_map(|robots| &robots.value) {
        let exists = is_true(&entry.value.external) || is_true(&entry.value.absent);
        diagnostics.extend(refuse_robot(name, robot, exists, entry.name));
    }
    let below = project
        .repositories
        .iter()
        .filter(|(repository, _)| repository.split('/').next() == Some(name));
    for (_, repository) in below {
        let teams = repository
            .permissions
            .as_ref()
            .and_then(|permissions| permissions.value.teams.as_ref());
        if let Some(teams) = teams.filter(|teams| !teams.value.is_empty()) {
            diagnostics.push(
                Diagnostic::error(
                    "unknown-team",
                    format!("`{name}` is an account, and accounts have no teams"),
                    teams.place,
                )
                .also(place, "described as an account here")
                .help("grant it to users and robots, or move the repository to an organization"),
            );
        }
    }
}

fn described_as_organization(name: &str, noun: &str, place: Place, project: &Project) -> Option<Diagnostic> {
    let organization = project.organizations.get(name)?.name.as_ref()?;
    let message = format!("`{name}` is described as {noun} and as an organization");
    let diagnostic = Diagnostic::error("duplicate-address", message, place);
    let diagnostic = diagnostic.also(organization.place, "described as an organization here");
    Some(diagnostic.help("a name belongs to one of them: delete the other"))
}

/// Users and organizations share their names.
fn check_registry(registry: &RegistryDocument, project: &Project, diagnostics: &mut Diagnostics) {
    for (name, user) in registry.users.iter().flat_map(|users| &users.value) {
        diagnostics.extend(refuse("a user", name, is_true(&user.value.absent), user.name));
        diagnostics.extend(described_as_organization(name, "a user", user.name, project));
    }
    for (name, key) in registry.service_keys.iter().flat_map(|keys| &keys.value) {
        let exists = is_true(&key.value.absent);
        if name.trim().is_empty() || !(exists || is_service_key(name)) {
            let help = "use letters, digits, blanks, `-`, `_`, `:` and `/`";
            diagnostics.push(Diagnostic::error("bad-name", is_no(name, "a service key"), key.name).help(help));
        }
    }
}

/// Whether a text can name a service key.
pub fn is_service_key(name: &str) -> bool {
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || letter.is_whitespace() || "-_:/".contains(letter);
    !name.trim().is_empty() && name.chars().all(allowed)
}

fn check_organization(organization: &str, document: &OrganizationDocument, diagnostics: &mut Diagnostics) {
    let place = document.name.as_ref().map(|name| name.place).unwrap_or_default();
    let exists = is_true(&document.external) || is_true(&document.absent);
    diagnostics.extend(refuse("an organization", organization, exists, place));
    for (name, team) in document.teams.iter().flat_map(|teams| &teams.value) {
        let exists = is_true(&team.value.external) || is_true(&team.value.absent);
        diagnostics.extend(refuse("a team", name, exists, team.name));
        for member in team.value.members.iter().flat_map(|members| &members.value) {
            diagnostics.extend(refuse_account(member));
        }
        for email in team.value.invites.iter().flat_map(|invites| &invites.value) {
            diagnostics.extend(refuse_email(email));
        }
    }
    for (name, robot) in document.robots.iter().flat_map(|robots| &robots.value) {
        let exists = is_true(&robot.value.external) || is_true(&robot.value.absent);
        diagnostics.extend(refuse_robot(organization, name, exists, robot.name));
    }
    for (name, application) in document
        .applications
        .iter()
        .flat_map(|applications| &applications.value)
    {
        if !is_true(&application.value.absent) {
            diagnostics.extend(refuse_application(name, application.name));
        }
    }
    for permission in document
        .default_permissions
        .iter()
        .flat_map(|permissions| &permissions.value)
    {
        let accounts = [&permission.value.user, &permission.value.created_by];
        diagnostics.extend(accounts.into_iter().flatten().filter_map(refuse_account));
    }
}

fn is_true(field: &Option<Located<bool>>) -> bool {
    field.as_ref().is_some_and(|field| field.value)
}

fn refuse(noun: &str, name: &str, exists: bool, place: Place) -> Option<Diagnostic> {
    if is_name(name) || (exists && !name.is_empty()) {
        return None;
    }
    let rule = "use 2 to 255 lower-case letters and digits, with single `.`, `_` or `-` between them";
    let lower = name.to_lowercase().replace(' ', "-");
    let help = if is_name(&lower) {
        format!("{rule}: `{lower}`")
    } else {
        rule.to_owned()
    };
    Some(Diagnostic::error("bad-name", is_no(name, noun), place).help(help))
}

fn is_no(name: &str, noun: &str) -> String {
    match name {
        "" => format!("the name of {noun} is empty"),
        name => format!("`{name}` is no name for {noun}"),
    }
}

fn refuse_robot(organization: &str, name: &str, exists: bool, place: Place) -> Option<Diagnostic> {
    if let Some((owner, short)) = name.split_once('+') {
        let help = if owner == organization {
            format!("write `{short}`")
        } else {
            format!("declare it in the organization `{owner}`, as `{short}`")
        };
        let message = format!("`{name}` is not the short name of a robot");
        return Some(Diagnostic::error("bad-name", message, place).help(help));
    }
    let length = organization.len() + 1 + name.len();
    if length > LONGEST && !exists {
        let message = format!("the full name of this robot has {length} characters");
        let help = "the names of organization and robot have at most 255 characters together, with the `+`";
        return Some(Diagnostic::error("bad-name", message, place).help(help));
    }
    refuse("a robot", name, exists, place)
}

/// Any text but the one that the registry keeps for itself; an empty one would be hard to speak of.
fn refuse_application(name: &str, place: Place) -> Option<Diagnostic> {
    let (message, help) = match name {
        "" => (
            is_no(name, "an application"),
            "write the name that people see when they authorize it",
        ),
        application::RESERVED => (
            format!("`{name}` is the registry's own application"),
            "use another name",
        ),
        _ => return None,
    };
    Some(Diagnostic::error("bad-name", message, place).help(help))
}

/// Whether a text can be written where a user or a robot by its full name stands.
pub fn is_account(name: &str) -> bool {
    refuse_account(&Located::new(name.to_owned(), Place::default())).is_none()
}

/// Whether a text can be the full name of a repository.
pub fn is_repository(name: &str) -> bool {
    let parts = name.split_once('/');
    parts.is_some_and(|(namespace, path)| {
        is_name(namespace) && path.len() <= LONGEST && path.split('/').all(is_repository_part) && can_be_named(name)
    })
}

/// A user, whose name may be older than today's rules, or a robot by its full name.
fn refuse_account(account: &Located<String>) -> Option<Diagnostic> {
    let name = &account.value;
    if let Some((owner, short)) = name.split_once('+') {
        let right = is_name(owner) && is_name(short);
        return (!right).then(|| {
            Diagnostic::error(
                "bad-name",
                format!("`{name}` is not the full name of a robot"),
                account.place,
            )
            .help("write the organization, `+`, and the robot's short name: `acme+ci`")
        });
    }
    let is_fit = |letter: char| letter.is_alphanumeric() || matches!(letter, '.' | '_' | '-');
    let help = if name.contains('@') {
        "write the user's name in the registry, not an e-mail address; a team invites addresses with `invites`"
    } else {
        "write the user's name in the registry"
    };
    (name.is_empty() || !name.chars().all(is_fit))
        .then(|| Diagnostic::error("bad-name", is_no(name, "a user"), account.place).help(help))
}

/// The registry takes any text, and would send its mail into the void.
fn refuse_email(email: &Located<String>) -> Option<Diagnostic> {
    let is_right = !email.value.is_empty() && organization::is_email(&email.value);
    let help = "write an address such as `kim@acme.example`; users of the registry belong under `members`";
    (!is_right).then(|| Diagnostic::error("bad-name", is_no(&email.value, "a mailbox"), email.place).help(help))
}

/// Whether the API can tell a live repository of this name from its own routes.
pub(in crate::manifest) fn can_be_named(repository: &str) -> bool {
    !repository.split('/').skip(2).any(|part| ROUTE_WORDS.contains(&part))
}

fn check_repository(document: &RepositoryDocument, diagnostics: &mut Diagnostics) {
    let accounts = document
        .permissions
        .iter()
        .flat_map(|permissions| &permissions.value.users);
    for (user, entry) in accounts.flat_map(|users| &users.value) {
        diagnostics.extend(refuse_account(&Located::new(user.clone(), entry.name)));
    }
    for (tag, entry) in document.tags.iter().flat_map(|tags| &tags.value) {
        if !tag::is_name(tag) {
            let help = "use up to 128 letters, digits, `_`, `.` and `-`, and begin with a letter, a digit or `_`";
            diagnostics.push(Diagnostic::error("bad-name", is_no(tag, "a tag"), entry.name).help(help));
        }
    }
    let Some(name) = document.name.as_ref() else { return };
    let refuse = |message: String, help: &str| Diagnostic::error("bad-name", message, name.place).help(help);
    let Some((namespace, path)) = name.value.split_once('/') else {
        return diagnostics.push(refuse(
            format!("`{}` lacks the organization", name.value),
            "write the organization, `/`, and the repository: `acme/api`",
        ));
    };
    let exists = is_true(&document.absent);
    if !is_name(namespace) && (!exists || namespace.is_empty()) {
        diagnostics.push(refuse(
            format!("`{namespace}` is no name for an organization"),
            "see the organization's own name",
        ));
    }
    let wrong = path.split('/').find(|part| !is_repository_part(part));
    if let Some(part) = wrong.filter(|_| !exists || path.is_empty()) {
        diagnostics.push(refuse(
            is_no(part, "a repository"),
            "use lower-case letters, digits, `.`, `_` and `-`, and begin with a letter or a digit",
        ));
    }
    if path.len() > LONGEST {
        let message = format!("the name of this repository has {} characters", path.len());
        diagnostics.push(refuse(message, "use at most 255 characters after the organization"));
    }
    if let Some(word) = path.split('/').skip(1).find(|part| ROUTE_WORDS.contains(part)) {
        diagnostics.push(
            Diagnostic::error(
                "route-word",
                format!("`{word}` cannot be a part of a repository's name"),
                name.place,
            )
            .help("the registry takes it for a part of the address of another repository; use another word"),
        );
    }
}

/// Whether a text can name an organization, a user, a team or a robot: `^([a-z0-9]+(?:[._-][a-z0-9]+)*)$`, 2 to 255
/// characters.
pub fn is_name(name: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    (2..=LONGEST).contains(&name.len()) && name.split(['.', '_', '-']).all(is_word)
}

/// `^[a-z0-9][.a-z0-9_-]{0,254}$`.
fn is_repository_part(part: &str) -> bool {
    let is_plain = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    part.len() <= LONGEST
        && part.as_bytes().first().is_some_and(is_plain)
        && part
            .bytes()
            .all(|byte| is_plain(&byte) || matches!(byte, b'.' | b'_' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_registry() {
        for right in ["ab", "acme", "a.b", "a-b_c.d", "007", "no", "1e3", &"a".repeat(255)] {
            assert!(is_name(right), "{right}");
        }
        for wrong in [
            "",
            "a",
            "Acme",
            "a--b",
            "-a",
            "a-",
            "a b",
            "a+b",
            "é1",
            &"a".repeat(256),
        ] {
            assert!(!is_name(wrong), "{wrong}");
        }
        for right in ["a", "a--b", "a.", "0_"] {
            assert!(is_repository_part(right), "{right}");
        }
        for wrong in ["", "-a", ".a", "A", "a b"] {
            assert!(!is_repository_part(wrong), "{wrong}");
        }
    }
}
