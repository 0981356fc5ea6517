//! Who may do what in some organizations: one row for each subject and repository.

use std::collections::BTreeSet;

use crate::kinds::{default_permission, member, permission, repository, robot};
use crate::model::{Collection, Role, Standing, Subject, World};

use super::role::{of_role, subject, teams_of};
use super::ways::{By, Way, ways};

/// What a row is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum On {
    /// A repository by its full name.
    Repository(String),
    /// What is created later in an organization.
    NextRepositories {
        /// The organization.
        organization: String,
        /// Only by this account; `None` for all.
        created_by: Option<String>,
    },
}

/// What somebody may do on something, and by which ways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// On what.
    pub on: On,
    /// Who.
    pub subject: Subject,
    /// The widest role of all ways.
    pub role: Role,
    /// The ways, the widest first; there is at least one.
    pub ways: Vec<Way>,
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// The repositories, as patterns of full names; none for all.
    pub repositories: Vec<String>,
    /// One subject; `None` for all accounts and for anyone.
    pub subject: Option<Subject>,
    /// The least role that counts.
    pub at_least: Role,
}

impl Question {
    fn means(&self, repository: &str) -> bool {
        let matches = |glob: &String| crate::model::address::matches_glob(glob, repository);
        self.repositories.is_empty() || self.repositories.iter().any(matches)
    }
}

/// The rows of these organizations, by repository and subject; what will be given later comes last.
pub fn table(world: &World, organizations: &BTreeSet<String>, question: &Question) -> Vec<Row> {
    let mut rows = Vec::new();
    for organization in organizations {
        let subjects = match &question.subject {
            Some(subject) => BTreeSet::from([subject.clone()]),
            None => everybody(world, organization),
        };
        for repository in world.of(&repository::of_organization(organization)) {
            let name = &repository.address.identity;
            if question.means(name) {
                let on = On::Repository(name.to_string());
                rows.extend(
                    subjects
                        .iter()
                        .filter_map(|subject| row(&on, subject, ways(world, subject, name))),
                );
            }
        }
        if question.means(&format!("{organization}/*")) {
            rows.extend(later(world, organization, &subjects));
        }
    }
    rows.retain(|row| row.role >= question.at_least);
    rows
}

fn row(on: &On, subject: &Subject, ways: Vec<Way>) -> Option<Row> {
    Some(Row {
        on: on.clone(),
        subject: subject.clone(),
        role: ways.first()?.role,
        ways,
    })
}

/// Whoever is named in an organization, and anyone.
fn everybody(world: &World, organization: &str) -> BTreeSet<Subject> {
    let account = |name: &str| Subject::Account(name.to_owned());
    let members = world.of(&member::of_organization(organization));
    let members = members.map(|object| account(member::parts(&object.address).2));
    let robots = world.of(&robot::of_organization(organization));
    let robots = robots.map(|object| account(&object.address.identity));
    let grants = world.of(&Collection::new(permission::NAME, format!("{organization}/")));
    let granted = grants.map(|object| {
        let (_, sort, name) = permission::parts(&object.address);
        subject(organization, sort, name)
    });
    let given = world.of(&default_permission::of_organization(organization));
    let given = given.map(|object| {
        let (_, sort, name) = default_permission::parts(&object.address);
        subject(organization, sort, name)
    });
    let granted = granted
        .chain(given)
        .filter(|subject| !matches!(subject, Subject::Team(_)));
    let caller = Some(account(&world.caller.name)).filter(|_| world.caller.superuser);
    let all = members.chain(robots).chain(granted).chain(caller);
    all.chain([Subject::Anyone]).collect()
}

/// What default permissions give on what is created later, and who may create at all.
fn later(world: &World, organization: &str, subjects: &BTreeSet<Subject>) -> Vec<Row> {
    let mut rows = Vec::new();
    let next = |created_by: Option<String>| On::NextRepositories {
        organization: organization.to_owned(),
        created_by,
    };
    for given in world.of(&default_permission::of_organization(organization)) {
        let (creator, sort, name) = default_permission::parts(&given.address);
        let role = Role::from_word(given.text("role"));
        let on = next(Some(creator.to_owned()).filter(|creator| !creator.is_empty()));
        let given_to = self::subject(organization, sort, name);
        for subject in subjects {
            let by = match (&given_to, subject) {
                (given_to, subject) if given_to == subject => By::DefaultPermission,
                (Subject::Team(team), Subject::Account(account))
                    if teams_of(world, organization, account).any(|joined| joined == team) =>
                {
                    By::Team(team.clone())
                }
                _ => continue,
            };
            rows.extend(row(&on, subject, vec![Way { role, by }]));
        }
    }
    for subject in subjects {
        let Subject::Account(account) = subject else { continue };
        let creating = teams_of(world, organization, account)
            .filter(|team| of_role(world, organization, team) >= Standing::Creator)
            .map(|team| Way {
                role: Role::Admin,
                by: By::Creator(team.to_owned()),
            });
        rows.extend(row(&next(Some(account.clone())), subject, creating.collect()));
    }
    rows.sort_by(|one, other| (&one.on, &one.subject).cmp(&(&other.on, &other.subject)));
    rows
}
