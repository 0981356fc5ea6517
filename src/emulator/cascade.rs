//! What goes, or gets another name, together with something else (api.md, 4, "Cascade summary").

use super::organization::organization_of;
use super::records::{Delegate, DeletedNamespace, Invitation, Organization};
use super::store::Store;

impl Store {
    /// Deletes an organization: its name stays reserved and its repositories stay under a uuid until garbage
    /// collection. The purge of its robots takes `_` for any character, so robots of look-alike organizations go too
    /// (behaviour.md, hazards).
    pub(super) fn delete_organization(&mut self, name: &str) {
        let Some(organization) = self.organizations.shift_remove(name) else {
            return;
        };
        for application in &organization.applications {
            self.forget_tokens_of(&application.client_id);
        }
        let robots: Vec<String> = self.robots_like(name).map(str::to_owned).collect();
        robots.iter().for_each(|robot| self.purge_robot(robot));
        self.delete_namespace(name);
    }

    /// Deletes a user with robots, tokens, memberships and grants; the namespace goes as an organization's does.
    pub(super) fn delete_user(&mut self, name: &str) {
        if self.users.shift_remove(name).is_none() {
            return;
        }
        let robots: Vec<String> = self.robots_like(name).map(str::to_owned).collect();
        robots.iter().for_each(|robot| self.purge_robot(robot));
        self.tokens.retain(|_, token| token.user != name);
        self.forget_account(name);
        self.delete_namespace(name);
    }

    /// Makes an organization of a user, with one administrator. Robots and repositories stay, tokens are of no use.
    pub(super) fn convert_to_organization(&mut self, name: &str, administrator: &str) {
        let Some(user) = self.users.shift_remove(name) else {
            return;
        };
        self.tokens.retain(|_, token| token.user != name);
        self.forget_account(name);
        let organization = Organization {
            tag_expiration: user.tag_expiration,
            invoice_email: user.invoice_email,
            invoice_email_address: user.invoice_email_address,
            quota: user.quota,
            ..organization_of(administrator.to_owned(), user.email)
        };
        self.organizations.insert(name.to_owned(), organization);
    }

    /// Reserves a namespace's name and moves its repositories and its usage log to a uuid.
    fn delete_namespace(&mut self, name: &str) {
        let uuid = self.next_uuid();
        self.move_repositories(name, &uuid);
        self.move_logs(name, &uuid);
        self.deleted_namespaces.push(DeletedNamespace {
            name: name.to_owned(),
            uuid,
        });
    }

    fn move_repositories(&mut self, from: &str, to: &str) {
        let all = std::mem::take(&mut self.repositories);
        self.repositories = all
            .into_values()
            .map(|mut repository| {
                if repository.namespace == from {
                    repository.namespace = to.to_owned();
                }
                (format!("{}/{}", repository.namespace, repository.name), repository)
            })
            .collect();
        for repository in self
            .deleted_repositories
            .iter_mut()
            .filter(|repository| repository.namespace == from)
        {
            repository.namespace = to.to_owned();
        }
    }

    fn move_logs(&mut self, from: &str, to: &str) {
        for entry in self
            .logs
            .iter_mut()
            .filter(|entry| entry.namespace.as_deref() == Some(from))
        {
            entry.namespace = Some(to.to_owned());
        }
    }

    /// Gives an organization another name, and its robots with it (api.md, 3.1).
    pub(super) fn rename_organization(&mut self, old: &str, new: &str) {
        let all = std::mem::take(&mut self.organizations);
        let renamed = |name: String| if name == old { new.to_owned() } else { name };
        self.organizations = all
            .into_iter()
            .map(|(name, organization)| (renamed(name), organization))
            .collect();
        self.move_repositories(old, new);
        self.move_logs(old, new);
        let prefix = format!("{old}+");
        let own: Vec<String> = self
            .robots
            .keys()
            .filter(|robot| robot.starts_with(&prefix))
            .cloned()
            .collect();
        for robot in own {
            let short = robot.strip_prefix(&prefix).unwrap_or_default();
            self.rename_robot(&robot, &format!("{new}+{short}"));
        }
    }

    fn rename_robot(&mut self, old: &str, new: &str) {
        let change = |name: &mut String| {
            if name == old {
                *name = new.to_owned();
            }
        };
        let robots = std::mem::take(&mut self.robots);
        let renamed = |name: String| if name == old { new.to_owned() } else { name };
        self.robots = robots.into_iter().map(|(name, robot)| (renamed(name), robot)).collect();
        for organization in self.organizations.values_mut() {
            organization
                .mirror
                .iter_mut()
                .for_each(|mirror| change(&mut mirror.robot));
            organization
                .teams
                .values_mut()
                .flat_map(|team| &mut team.members)
                .for_each(change);
            for permission in &mut organization.default_permissions {
                permission.activating_user.iter_mut().for_each(change);
                if let Delegate::User(name) = &mut permission.delegate {
                    change(name);
                }
            }
        }
        for repository in self.repositories.values_mut().chain(&mut self.deleted_repositories) {
            repository
                .mirror
                .iter_mut()
                .for_each(|mirror| change(&mut mirror.robot));
            if let Some(role) = repository.user_roles.shift_remove(old) {
                repository.user_roles.insert(new.to_owned(), role);
            }
        }
    }

    /// Deletes a team with its grants and the default permissions in its favour.
    pub(super) fn delete_team(&mut self, organization: &str, team: &str) {
        let Some(record) = self.organizations.get_mut(organization) else {
            return;
        };
        record.teams.shift_remove(team);
        record
            .default_permissions
            .retain(|permission| permission.delegate != Delegate::Team(team.to_owned()));
        let all = self.repositories.values_mut().chain(&mut self.deleted_repositories);
        for repository in all.filter(|repository| repository.namespace == organization) {
            repository.team_roles.shift_remove(team);
        }
    }

    /// Deletes a robot with its grants, its memberships, the default permissions that name it, and the mirror of its
    /// organization.
    pub(super) fn delete_robot(&mut self, robot: &str) {
        self.robots.shift_remove(robot);
        for organization in self.organizations.values_mut() {
            organization.mirror.take_if(|mirror| mirror.robot == robot);
        }
        self.forget_account(robot);
    }

    /// Deletes a robot although a mirror uses it: the mirror goes with it.
    fn purge_robot(&mut self, robot: &str) {
        for repository in self.repositories.values_mut().chain(&mut self.deleted_repositories) {
            repository.mirror.take_if(|mirror| mirror.robot == robot);
        }
        self.delete_robot(robot);
    }

    /// Takes a user or robot out of all teams and invitations, grants and default permissions.
    fn forget_account(&mut self, account: &str) {
        self.revoke_grants(account, None);
        for organization in self.organizations.values_mut() {
            for team in organization.teams.values_mut() {
                team.members.retain(|member| member != account);
                team.invitations
                    .retain(|invitation| !matches!(invitation, Invitation::User(user) if user == account));
            }
            organization.default_permissions.retain(|permission| {
                permission.activating_user.as_deref() != Some(account)
                    && permission.delegate != Delegate::User(account.to_owned())
            });
        }
    }

    /// Frees the names of deleted namespaces and forgets deleted repositories, with the mirrors that hold robots.
    pub(super) fn garbage_collect(&mut self) {
        let deleted = std::mem::take(&mut self.deleted_namespaces);
        self.repositories
            .retain(|_, repository| deleted.iter().all(|gone| gone.uuid != repository.namespace));
        self.deleted_repositories.clear();
    }

    /// The robots that the server takes for a namespace's: `name LIKE 'namespace+%'`, in any case and without escaping
    /// `_` (api.md, 2.2-6).
    pub(super) fn robots_like<'a>(&'a self, namespace: &str) -> impl Iterator<Item = &'a str> {
        let pattern = format!("{namespace}+").to_ascii_lowercase();
        self.robots
            .keys()
            .map(String::as_str)
            .filter(move |robot| has_prefix_like(robot, &pattern))
    }
}

fn has_prefix_like(text: &str, pattern: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let mut characters = text.chars();
    pattern.chars().all(|expected| {
        characters
            .next()
            .is_some_and(|found| expected == '_' || expected == found)
    })
}

#[cfg(test)]
mod tests {
    use super::has_prefix_like;

    #[test]
    fn an_underscore_stands_for_any_character() {
        assert!(has_prefix_like("axb+bot", "a_b+"));
        assert!(has_prefix_like("a_b+bot", "a_b+"));
        assert!(!has_prefix_like("a_b+bot", "axb+"));
        assert!(!has_prefix_like("ab+bot", "a_b+"));
    }
}
