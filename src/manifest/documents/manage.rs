//! Who owns what: how live things are treated that no manifest writes.

use super::{AccountDocument, OrganizationDocument, RegistryDocument, RepositoryDocument};
use crate::kinds::team::TeamSpec;
use crate::manifest::choice::choice;
use crate::manifest::record::record;
use crate::model::Located;

choice! {
    /// What becomes of live things that are not written.
    pub enum Manage {
        /// They are removed.
        Exact = "exact",
        /// They stay, without a word.
        Additive = "additive",
        /// They stay, and are reported as unmanaged.
        Declared = "declared",
    }
}

record! {
    /// What becomes of live things in the organization that are not written. Nearer settings win.
    pub struct OrganizationManage {
        /// Teams; `declared` unless written. `owners` is never deleted by this.
        teams: Manage,
        /// Robots; `declared` unless written.
        robots: Manage,
        /// OAuth applications; `declared` unless written.
        applications: Manage,
        /// Repositories; `declared` unless written.
        repositories: Manage,
        /// Members of the teams whose `members` are written; `exact` unless written.
        members: Manage,
        /// Invitations of e-mail addresses into the teams whose `invites` are written; `exact` unless written.
        invites: Manage,
        /// Default permissions, where `default_permissions` is written; `exact` unless written.
        default_permissions: Manage,
        /// Limits of the quota, where `limits` is written; `exact` unless written.
        limits: Manage,
        /// Permissions of repositories, each of the three maps that is written; `exact` unless written.
        permissions: Manage,
        /// Notifications of the organization and of repositories, each where `notifications` is written; `exact` unless
        /// written.
        notifications: Manage,
        /// Tags of repositories that write `tags`; `declared` unless written.
        tags: Manage,
        /// Labels of manifests whose `labels` are written; `declared` unless written.
        labels: Manage,
        /// Build triggers of repositories that write `triggers`; `declared` unless written.
        triggers: Manage,
        /// Auto-prune rules of the organization and its repositories, where `auto_prune` is written; `exact` unless written.
        auto_prune: Manage,
        /// Immutability rules of the organization and its repositories, where `immutability` is written; `exact` unless
        /// written.
        immutability: Manage,
    }
}

record! {
    /// What becomes of live things in the team that are not written.
    pub struct TeamManage {
        /// Members, where `members` is written; `exact` unless written.
        members: Manage,
        /// Invitations of e-mail addresses, where `invites` is written; `exact` unless written.
        invites: Manage,
    }
}

record! {
    /// What becomes of live things in the account that are not written.
    pub struct AccountManage {
        /// Robots; `declared` unless written.
        robots: Manage,
        /// Repositories; `declared` unless written.
        repositories: Manage,
        /// Limits of the quota, where `limits` is written; `exact` unless written.
        limits: Manage,
        /// Rules by which the registry deletes tags, where `auto_prune` is written; `exact` unless written.
        auto_prune: Manage,
    }
}

record! {
    /// What becomes of live things of the registry as a whole that are not written.
    pub struct RegistryManage {
        /// Messages, where `messages` is written; `exact` unless written.
        messages: Manage,
        /// Service keys; `declared` unless written. The registry's own are never deleted by this.
        service_keys: Manage,
        /// Limits of users' quotas, where `limits` is written; `exact` unless written.
        limits: Manage,
    }
}

record! {
    /// What becomes of live things in the repository that are not written.
    pub struct RepositoryManage {
        /// Permissions, each of the three maps that is written; `exact` unless written.
        permissions: Manage,
        /// Notifications, where `notifications` is written; `exact` unless written.
        notifications: Manage,
        /// Tags, where `tags` is written; `declared` unless written: then others are not even read.
        tags: Manage,
        /// Labels of each manifest whose `labels` are written; `declared` unless written.
        labels: Manage,
        /// Build triggers, where `triggers` is written; `declared` unless written.
        triggers: Manage,
        /// Auto-prune rules, where `auto_prune` is written; `exact` unless written.
        auto_prune: Manage,
        /// Immutability rules, where `immutability` is written; `exact` unless written.
        immutability: Manage,
    }
}

/// The nearest that is written, or else the given one.
fn nearest<const N: usize>(settings: [Option<&Located<Manage>>; N], otherwise: Manage) -> Manage {
    settings
        .into_iter()
        .flatten()
        .next()
        .map_or(otherwise, |setting| setting.value)
}

impl OrganizationDocument {
    fn setting(&self, pick: fn(&OrganizationManage) -> &Option<Located<Manage>>) -> Option<&Located<Manage>> {
        pick(&self.manage.as_ref()?.value).as_ref()
    }

    /// How teams that are not written are treated.
    pub fn manage_teams(&self) -> Manage {
        nearest([self.setting(|manage| &manage.teams)], Manage::Declared)
    }

    /// How robots that are not written are treated.
    pub fn manage_robots(&self) -> Manage {
        nearest([self.setting(|manage| &manage.robots)], Manage::Declared)
    }

    /// How OAuth applications that are not written are treated.
    pub fn manage_applications(&self) -> Manage {
        nearest([self.setting(|manage| &manage.applications)], Manage::Declared)
    }

    /// How members of the team that are not written are treated.
    pub fn manage_members(&self, team: &TeamSpec) -> Manage {
        let own = team.manage.as_ref().and_then(|manage| manage.value.members.as_ref());
        nearest([own, self.setting(|manage| &manage.members)], Manage::Exact)
    }

    /// How invitations into the team that are not written are treated.
    pub fn manage_invites(&self, team: &TeamSpec) -> Manage {
        let own = team.manage.as_ref().and_then(|manage| manage.value.invites.as_ref());
        nearest([own, self.setting(|manage| &manage.invites)], Manage::Exact)
    }

    /// How default permissions that are not written are treated.
    pub fn manage_default_permissions(&self) -> Manage {
        nearest([self.setting(|manage| &manage.default_permissions)], Manage::Exact)
    }

    /// How notifications of the organization itself that are not written are treated.
    pub fn manage_organization_notifications(&self) -> Manage {
        nearest([self.setting(|manage| &manage.notifications)], Manage::Exact)
    }

    /// How auto-prune rules of the organization itself that are not written are treated.
    pub fn manage_auto_prune(&self) -> Manage {
        nearest([self.setting(|manage| &manage.auto_prune)], Manage::Exact)
    }

    /// How immutability rules of the organization itself that are not written are treated.
    pub fn manage_immutability(&self) -> Manage {
        nearest([self.setting(|manage| &manage.immutability)], Manage::Exact)
    }

    /// How limits of the quota that are not written are treated.
    pub fn manage_limits(&self) -> Manage {
        nearest([self.setting(|manage| &manage.limits)], Manage::Exact)
    }
}

impl RepositoryDocument {
    /// How permissions that are not written are treated; `organization` is the one the repository belongs to.
    pub fn manage_permissions(&self, organization: Option<&OrganizationDocument>) -> Manage {
        let own = self
            .manage
            .as_ref()
            .and_then(|manage| manage.value.permissions.as_ref());
        nearest(
            [
                own,
                organization.and_then(|it| it.setting(|manage| &manage.permissions)),
            ],
            Manage::Exact,
        )
    }

    /// How notifications that are not written are treated; `organization` is the one the repository belongs to.
    pub fn manage_notifications(&self, organization: Option<&OrganizationDocument>) -> Manage {
        let own = self
            .manage
            .as_ref()
            .and_then(|manage| manage.value.notifications.as_ref());
        nearest(
            [
                own,
                organization.and_then(|it| it.setting(|manage| &manage.notifications)),
            ],
            Manage::Exact,
        )
    }

    /// How auto-prune rules that are not written are treated; `organization` is the one the repository belongs to.
    pub fn manage_auto_prune(&self, organization: Option<&OrganizationDocument>) -> Manage {
        let own = self.manage.as_ref().and_then(|manage| manage.value.auto_prune.as_ref());
        nearest(
            [own, organization.and_then(|it| it.setting(|manage| &manage.auto_prune))],
            Manage::Exact,
        )
    }

    /// How immutability rules that are not written are treated; `organization` is the one the repository belongs to.
    pub fn manage_immutability(&self, organization: Option<&OrganizationDocument>) -> Manage {
        let own = self
            .manage
            .as_ref()
            .and_then(|manage| manage.value.immutability.as_ref());
        nearest(
            [
                own,
                organization.and_then(|it| it.setting(|manage| &manage.immutability)),
            ],
            Manage::Exact,
        )
    }
}

impl RepositoryDocument {
    /// The own setting, or that of the organization.
    fn inherited(
        &self,
        organization: Option<&OrganizationDocument>,
        own: fn(&RepositoryManage) -> &Option<Located<Manage>>,
        outer: fn(&OrganizationManage) -> &Option<Located<Manage>>,
    ) -> Manage {
        let own = self.manage.as_ref().and_then(|manage| own(&manage.value).as_ref());
        nearest([own, organization.and_then(|it| it.setting(outer))], Manage::Declared)
    }

    /// How tags that are not written are treated; `organization` is the one the repository belongs to.
    pub fn manage_tags(&self, organization: Option<&OrganizationDocument>) -> Manage {
        self.inherited(organization, |own| &own.tags, |outer| &outer.tags)
    }

    /// How labels that are not written are treated; `organization` is the one the repository belongs to.
    pub fn manage_labels(&self, organization: Option<&OrganizationDocument>) -> Manage {
        self.inherited(organization, |own| &own.labels, |outer| &outer.labels)
    }

    /// How build triggers that are not written are treated; `organization` is the one the repository belongs to.
    pub fn manage_triggers(&self, organization: Option<&OrganizationDocument>) -> Manage {
        self.inherited(organization, |own| &own.triggers, |outer| &outer.triggers)
    }
}

impl RegistryDocument {
    fn setting(&self, pick: fn(&RegistryManage) -> &Option<Located<Manage>>) -> Option<&Located<Manage>> {
        pick(&self.manage.as_ref()?.value).as_ref()
    }

    /// How messages that are not written are treated.
    pub fn manage_messages(&self) -> Manage {
        nearest([self.setting(|manage| &manage.messages)], Manage::Exact)
    }

    /// How service keys that are not written are treated.
    pub fn manage_service_keys(&self) -> Manage {
        nearest([self.setting(|manage| &manage.service_keys)], Manage::Declared)
    }

    /// How limits of users' quotas that are not written are treated.
    pub fn manage_limits(&self) -> Manage {
        nearest([self.setting(|manage| &manage.limits)], Manage::Exact)
    }
}

impl AccountDocument {
    /// How rules by which the registry deletes tags are treated that are not written.
    pub fn manage_auto_prune(&self) -> Manage {
        nearest([self.setting(|manage| &manage.auto_prune)], Manage::Exact)
    }

    fn setting(&self, pick: fn(&AccountManage) -> &Option<Located<Manage>>) -> Option<&Located<Manage>> {
        pick(&self.manage.as_ref()?.value).as_ref()
    }

    /// How robots that are not written are treated.
    pub fn manage_robots(&self) -> Manage {
        nearest([self.setting(|manage| &manage.robots)], Manage::Declared)
    }

    /// How limits of the quota that are not written are treated.
    pub fn manage_limits(&self) -> Manage {
        nearest([self.setting(|manage| &manage.limits)], Manage::Exact)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::parse_sources;

    #[test]
    fn the_nearest_setting_wins() {
        let text = "kind: Organization
name: acme
teams:
  near: {manage: {members: exact}}
  far: {}
manage: {members: additive, robots: exact, permissions: declared}
---
{kind: Repository, name: acme/far}
---
{kind: Repository, name: acme/near, manage: {permissions: additive}}
";
        let project = parse_sources([("a.yaml".into(), text.to_owned())]).project.unwrap();
        let acme = &project.organizations["acme"];
        let teams = &acme.teams.as_ref().unwrap().value;
        assert_eq!(acme.manage_members(&teams["near"].value), Manage::Exact);
        assert_eq!(acme.manage_members(&teams["far"].value), Manage::Additive);
        assert_eq!(
            (acme.manage_teams(), acme.manage_robots()),
            (Manage::Declared, Manage::Exact)
        );
        assert_eq!(acme.manage_default_permissions(), Manage::Exact);
        let [far, near] = ["acme/far", "acme/near"].map(|name| &project.repositories[name]);
        assert_eq!(far.manage_permissions(Some(acme)), Manage::Declared);
        assert_eq!(far.manage_permissions(None), Manage::Exact);
        assert_eq!(near.manage_permissions(Some(acme)), Manage::Additive);
        assert_eq!(near.manage_notifications(Some(acme)), Manage::Exact);
    }
}
