//! References to teams and robots: somebody must have declared them, or said that they exist elsewhere.

use std::collections::HashSet;

use crate::kinds::default_permission::DefaultPermissionSpec;
use crate::kinds::notification::QuayNotificationSpec;
use crate::kinds::permission::Grant;
use crate::kinds::robot::RobotSpec;
use crate::kinds::team::TeamSpec;
use crate::manifest::decode::Map;
use crate::manifest::suggest::closest;
use crate::manifest::{OrganizationDocument, Project, RepositoryDocument};
use crate::model::{Diagnostic, Diagnostics, Located, Place};

/// Checks every reference.
pub(super) fn check(project: &Project, incomplete: &HashSet<String>, diagnostics: &mut Diagnostics) {
    let mut references = References {
        project,
        incomplete,
        diagnostics,
    };
    for (name, organization) in &project.organizations {
        references.organization(name, organization);
    }
    for (name, repository) in &project.repositories {
        if let Some((namespace, _)) = name.split_once('/') {
            references.repository(namespace, repository);
        }
    }
}

struct References<'p> {
    project: &'p Project,
    incomplete: &'p HashSet<String>,
    diagnostics: &'p mut Diagnostics,
}

impl<'p> References<'p> {
    fn organization(&mut self, name: &str, organization: &OrganizationDocument) {
        for (_, team) in organization.teams.iter().flat_map(|teams| &teams.value) {
            for member in team.value.members.iter().flat_map(|members| &members.value) {
                self.member(name, organization, member);
            }
        }
        for permission in organization
            .default_permissions
            .iter()
            .flat_map(|permissions| &permissions.value)
        {
            self.default_permission(name, &permission.value);
        }
        self.notifications(name, organization);
        let mirror = organization.mirror.as_ref();
        if let Some(robot) = mirror.and_then(|mirror| mirror.value.robot.as_ref()) {
            self.own_robot(name, &robot.value, robot.place);
        }
    }

    fn notifications(&mut self, name: &str, organization: &OrganizationDocument) {
        for notification in organization.notifications.iter().flat_map(|list| &list.value) {
            if let Some(target) = &notification.value.quay_notification {
                self.target(name, &target.value);
            }
        }
    }

    fn member(&mut self, organization: &str, document: &OrganizationDocument, member: &Located<String>) {
        if let Some((owner, short)) = member.value.split_once('+') {
            return self.full_robot(organization, owner, short, member.place);
        }
        let is_robot = document
            .robots
            .as_ref()
            .is_some_and(|robots| robots.value.contains_key(&member.value));
        if is_robot {
            let message = format!(
                "`{}` is read as a user, but there is a robot of that name",
                member.value
            );
            let help = format!("write `{organization}+{}` if the robot is meant", member.value);
            self.diagnostics
                .push(Diagnostic::warning("user-or-robot", message, member.place).help(help));
        }
    }

    fn default_permission(&mut self, organization: &str, permission: &DefaultPermissionSpec) {
        if let Some(team) = &permission.team {
            self.team(organization, &team.value, team.place);
        }
        match permission
            .robot
            .as_ref()
            .map(|robot| (robot, robot.value.split_once('+')))
        {
            Some((robot, Some((owner, short)))) if owner == organization => {
                self.not_short(&robot.value, short, robot.place);
            }
            Some((robot, Some((owner, short)))) => self.full_robot(organization, owner, short, robot.place),
            Some((robot, None)) => self.robot(organization, &robot.value, robot.place),
            None => {}
        }
        if let Some(user) = permission.user.as_ref().filter(|user| user.value.contains('+')) {
            self.robot_as_user(&user.value, user.place, "`robot`");
        }
        if let Some(creator) = &permission.created_by
            && let Some((owner, short)) = creator.value.split_once('+')
        {
            self.full_robot(organization, owner, short, creator.place);
        }
    }

    fn repository(&mut self, namespace: &str, repository: &RepositoryDocument) {
        let mirror_robot = repository
            .mirror
            .as_ref()
            .and_then(|mirror| mirror.value.robot.as_ref());
        if let Some(robot) = mirror_robot {
            self.own_robot(namespace, &robot.value, robot.place);
        }
        let own_mirror_robot = mirror_robot.filter(|robot| !robot.value.contains('+'));
        if let Some(permissions) = &repository.permissions {
            for (team, entry) in permissions.value.teams.iter().flat_map(|teams| &teams.value) {
                self.team(namespace, team, entry.name);
            }
            for (user, entry) in permissions.value.users.iter().flat_map(|users| &users.value) {
                if user.contains('+') {
                    self.robot_as_user(user, entry.name, "`permissions.robots`");
                }
            }
            if let Some(robots) = &permissions.value.robots {
                for (robot, entry) in &robots.value {
                    self.own_robot(namespace, robot, entry.name);
                }
                self.diagnostics
                    .extend(own_mirror_robot.and_then(|robot| reads_only(robot, &robots.value)));
            }
        }
        for notification in repository
            .notifications
            .iter()
            .flat_map(|notifications| &notifications.value)
        {
            if let Some(target) = &notification.value.quay_notification {
                self.target(namespace, &target.value);
            }
        }
    }

    /// Whom a notification in the web pages is for.
    fn target(&mut self, namespace: &str, target: &QuayNotificationSpec) {
        if let Some(team) = &target.team {
            self.team(namespace, &team.value, team.place);
        }
        let organization = target.organization.as_ref();
        if let Some(organization) = organization.filter(|organization| organization.value != namespace) {
            let message = format!("a notification of `{namespace}` cannot be for `{}`", organization.value);
            let help = format!("write `organization: {namespace}`, or notify a user or a team");
            self.diagnostics
                .push(Diagnostic::error("foreign-organization", message, organization.place).help(help));
        }
    }

    fn team(&mut self, organization: &str, team: &str, place: Place) {
        // The registry makes `owners` together with the organization.
        if team != "owners" {
            let collection = Collection {
                unknown: "unknown-team",
                noun: "team",
                field: "teams",
                objects: |document| document.teams.as_ref().map(|teams| &teams.value),
                absent: |team: &TeamSpec| team.absent.as_ref(),
            };
            self.declared(&collection, organization, team, place);
        }
    }

    fn robot(&mut self, organization: &str, robot: &str, place: Place) {
        let collection = Collection {
            unknown: "unknown-robot",
            noun: "robot",
            field: "robots",
            objects: |document| document.robots.as_ref().map(|robots| &robots.value),
            absent: |robot: &RobotSpec| robot.absent.as_ref(),
        };
        self.declared(&collection, organization, robot, place);
    }

    /// A robot that must be one of the organization's own.
    fn own_robot(&mut self, organization: &str, robot: &str, place: Place) {
        match robot.split_once('+') {
            None => self.robot(organization, robot, place),
            Some((owner, short)) if owner == organization => self.not_short(robot, short, place),
            Some((owner, _)) => self.diagnostics.push(
                Diagnostic::error("foreign-robot", format!("`{robot}` is a robot of another organization"), place).help(
                    format!("the registry takes only robots of `{organization}` here; make one, or put `{robot}` of `{owner}` into a team"),
                ),
            ),
        }
    }

    /// A robot by its full name, where the registry also takes those of other organizations.
    fn full_robot(&mut self, organization: &str, owner: &str, short: &str, place: Place) {
        if owner.is_empty() || short.is_empty() {
            return;
        }
        if owner != organization {
            let message = format!("`{owner}+{short}` is a robot of another organization");
            let help = format!("whoever administers `{owner}` holds its credential");
            self.diagnostics
                .push(Diagnostic::warning("foreign-robot", message, place).help(help));
        }
        self.robot(owner, short, place);
    }

    fn not_short(&mut self, robot: &str, short: &str, place: Place) {
        let message = format!("`{robot}` must be written short here");
        self.diagnostics
            .push(Diagnostic::error("robot-name", message, place).help(format!("write `{short}`")));
    }

    fn robot_as_user(&mut self, robot: &str, place: Place, where_to: &str) {
        let message = format!("`{robot}` is a robot, not a user");
        let short = robot.split_once('+').map_or(robot, |(_, short)| short);
        let help = format!("write `{short}` under {where_to}");
        self.diagnostics
            .push(Diagnostic::error("robot-as-user", message, place).help(help));
    }

    /// Reports a name that the organization does not declare, or declares absent.
    fn declared<T>(&mut self, collection: &Collection<T>, organization: &str, name: &str, place: Place) {
        let Some(document) = self.judged(organization) else {
            return;
        };
        let Collection { noun, field, .. } = collection;
        let objects = (collection.objects)(document);
        let Some(entry) = objects.and_then(|objects| objects.get(name)) else {
            let candidates = objects
                .into_iter()
                .flat_map(|objects| objects.keys())
                .map(String::as_str);
            let meant = closest(name, candidates).map(|meant| format!("did you mean `{meant}`? Otherwise "));
            let help = format!(
                "{}declare it under `{field}` of `{organization}`, or, if it is managed elsewhere, write `{name}: {{external: true}}` there",
                meant.unwrap_or_default()
            );
            let message = format!("`{organization}` declares no {noun} `{name}`");
            let diagnostic = Diagnostic::error(collection.unknown, message, place).help(help);
            return self.diagnostics.push(match &document.name {
                Some(described) => diagnostic.also(described.place, format!("`{organization}` is described here")),
                None => diagnostic,
            });
        };
        if let Some(absent) = (collection.absent)(&entry.value).filter(|absent| absent.value) {
            let message = format!("the {noun} `{name}` is to be deleted");
            self.diagnostics.push(
                Diagnostic::error("reference-to-absent", message, place)
                    .also(absent.place, "deleted by this")
                    .help("delete the reference, or keep what it names"),
            );
        }
    }

    /// The organization's document, if what it does not declare does not exist.
    fn judged(&self, organization: &str) -> Option<&'p OrganizationDocument> {
        let is_true = |field: &Option<Located<bool>>| field.as_ref().is_some_and(|field| field.value);
        let document = self.project.organizations.get(organization)?;
        let unknown =
            is_true(&document.external) || is_true(&document.absent) || self.incomplete.contains(organization);
        (!unknown).then_some(document)
    }
}

/// The teams or the robots of an organization.
struct Collection<T: 'static> {
    unknown: &'static str,
    noun: &'static str,
    field: &'static str,
    objects: fn(&OrganizationDocument) -> Option<&Map<T>>,
    absent: fn(&T) -> Option<&Located<bool>>,
}

/// A mirror's robot pushes what it copies: the registry gives it `write`.
fn reads_only(mirror_robot: &Located<String>, robots: &Map<Grant>) -> Option<Diagnostic> {
    let entry = robots
        .get(&mirror_robot.value)
        .filter(|entry| matches!(entry.value, Grant::Read | Grant::None))?;
    let message = format!(
        "the mirror's robot `{}` cannot have `{}` only",
        mirror_robot.value,
        entry.value.as_str()
    );
    Some(
        Diagnostic::error("mirror-robot", message, entry.place)
            .also(mirror_robot.place, "the mirror pushes with this robot")
            .help("write `write`, or delete the line: the mirror implies `write`"),
    )
}
