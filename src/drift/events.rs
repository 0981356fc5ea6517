//! Which events of the usage log are about which objects (API guide §5.3).

use serde_json::Value as Json;

use crate::kinds::sight::text;
use crate::kinds::{
    application, auto_prune, default_permission, federation, immutability, invite, label, member, mirror, notification,
    organization, organization_mirror, organization_notification, permission, policy, proxy_cache, quota, quota_limit,
    repository, repository_state, repository_trust, robot, tag, team, team_sync, trigger,
};
use crate::model::{Address, Collection};

/// What an event is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// One object; where there are several equal ones, any of them.
    Object(Address),
    /// One of a collection: the event does not say which.
    OneOf(Collection),
    /// An object that went, and took along what belongs to it.
    Gone(Address),
    /// An object that came, with what the server makes besides: an organization's first team, a repository's first grants.
    Born(Address),
    /// Whether this repository takes pushes, and from whom: a mirror is a state, too.
    StateOf(String),
}

/// What an event leaves of what it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaves {
    /// It is there afterwards.
    Something,
    /// It is not there afterwards.
    Nothing,
    /// Either: an item without a name that changes is another one afterwards.
    Either,
}

impl Leaves {
    /// What an event leaves, by its name.
    pub(super) fn of(event: &str) -> Leaves {
        let says = |words: &[&str]| words.iter().any(|word| event.contains(word));
        if event == "change_repo_state" || says(&["update_", "org_change_quota_limit"]) {
            Leaves::Either
        } else if says(&["delete", "remove", "declined", "disable"]) {
            Leaves::Nothing
        } else {
            Leaves::Something
        }
    }
}

impl Subject {
    /// Whether the event may have changed this object.
    pub fn concerns(&self, address: &Address) -> bool {
        match self {
            Subject::Object(object) => is_same(object, address),
            Subject::OneOf(collection) => collection.holds(address),
            Subject::Gone(object) => is_same(object, address) || goes_with(object, address),
            Subject::Born(object) => is_same(object, address) || comes_with(object, address),
            Subject::StateOf(name) => {
                [mirror::NAME, repository_state::NAME].contains(&address.kind) && address.identity == *name
            }
        }
    }
}

/// Equal items are numbered, `acme/api:pushes#2`, which the log knows nothing of.
fn is_same(object: &Address, address: &Address) -> bool {
    let unnumbered = |address: &Address| address.identity.split('#').next().unwrap_or_default().to_owned();
    object.kind == address.kind && unnumbered(object) == unnumbered(address)
}

/// Whether the server may make `child` together with `parent`, without another word: the team of the owners with who made
/// it, the creator's grant and those of default permissions.
fn comes_with(parent: &Address, child: &Address) -> bool {
    let name = parent.identity.as_str();
    match parent.kind {
        organization::NAME => {
            let owners = format!("{name}/owners");
            let is_member = child.kind == member::NAME && child.identity.starts_with(&format!("{owners}/"));
            is_member || (child.kind == team::NAME && child.identity == owners)
        }
        repository::NAME => child.kind == permission::NAME && child.identity.starts_with(&format!("{name}:")),
        _ => false,
    }
}

/// Whether the server removes `child` together with `parent`.
fn goes_with(parent: &Address, child: &Address) -> bool {
    let name = parent.identity.as_str();
    let (below_slash, below_colon) = (format!("{name}/"), format!("{name}:"));
    let is_below = child.identity.starts_with(&below_slash) || child.identity.starts_with(&below_colon);
    let is_granted = |sort: &str, name: &str| {
        child.namespace() == parent.namespace()
            && (permission::is_of(child, sort, name) || default_permission::is_of(child, sort, name))
    };
    match parent.kind {
        organization::NAME => child.namespace() == name,
        quota::NAME => [quota_limit::NAME, organization_notification::NAME].contains(&child.kind) && is_below,
        team::NAME => {
            let short = name.split_once('/').unwrap_or_default().1;
            let is_inside = [member::NAME, invite::NAME].contains(&child.kind) && is_below;
            let is_sync = child.kind == team_sync::NAME && child.identity == name;
            is_inside || is_sync || is_granted("team", short)
        }
        robot::NAME => {
            let short = robot::short_name(parent.namespace(), name);
            member::is_of(child, name) || *child == federation::address(name) || is_granted("robot", short)
        }
        repository::NAME => match child.kind {
            mirror::NAME | repository_state::NAME | repository_trust::NAME => child.identity == name,
            _ => child.identity.starts_with(&below_colon),
        },
        _ => false,
    }
}

/// What an event's details say, in the organization whose log it is.
struct Details<'a> {
    organization: &'a str,
    metadata: &'a Json,
}

type About = fn(&Details<'_>) -> Option<Subject>;

/// Every event about an object that manifests declare, and the field where it is about one only; pulls, pushes and
/// builds are about none.
const EVENTS: &[(&str, Option<&str>, About)] = &[
    ("org_create", None, |of| of.the_organization().map(Subject::born)),
    ("org_change_email", Some("email"), |of| of.the_organization()),
    ("org_change_invoicing", None, |of| of.the_organization()),
    ("org_change_tag_expiration", Some("tag_expiration"), |of| {
        of.the_organization()
    }),
    ("org_change_name", None, |of| of.the_organization()),
    ("org_delete", None, |of| of.the_organization().map(Subject::gone)),
    ("org_create_quota", None, |of| of.the_quota()),
    ("org_change_quota", Some("limit"), |of| of.the_quota()),
    ("org_delete_quota", None, |of| of.the_quota().map(Subject::gone)),
    ("org_create_quota_limit", None, |of| of.the_limits()),
    ("org_change_quota_limit", None, |of| of.the_limits()),
    ("org_delete_quota_limit", None, |of| of.the_limits()),
    ("org_create_team", None, |of| of.the_team()),
    ("org_set_team_description", Some("description"), |of| of.the_team()),
    ("org_set_team_role", Some("role"), |of| of.the_team()),
    ("enable_team_sync", None, |of| of.the_team_sync()),
    ("disable_team_sync", None, |of| of.the_team_sync()),
    ("org_delete_team", None, |of| of.the_team().map(Subject::gone)),
    ("org_add_team_member", None, |of| of.the_member()),
    ("org_remove_team_member", None, |of| of.the_member()),
    ("org_invite_team_member", None, |of| of.the_member()),
    ("org_delete_team_member_invite", None, |of| of.the_member()),
    ("org_team_member_invite_accepted", None, |of| of.the_member()),
    ("org_team_member_invite_declined", None, |of| of.the_member()),
    ("create_robot", None, |of| of.the_robot()),
    ("regenerate_robot_token", None, |of| of.the_robot()),
    ("create_robot_federation", Some("identities"), |of| of.the_federation()),
    ("delete_robot_federation", Some("identities"), |of| of.the_federation()),
    ("delete_robot", None, |of| of.the_robot().map(Subject::gone)),
    ("create_repo", None, |of| of.the_repository().map(Subject::born)),
    ("set_repo_description", Some("description"), |of| of.the_repository()),
    ("change_repo_visibility", Some("visibility"), |of| of.the_repository()),
    ("change_repo_state", None, |of| of.the_state()),
    ("change_repo_trust", Some("trust"), |of| of.the_trust()),
    ("delete_repo", None, |of| of.the_repository().map(Subject::gone)),
    ("change_repo_permission", None, |of| of.the_grant()),
    ("delete_repo_permission", None, |of| of.the_grant()),
    ("create_application", None, |of| of.the_application()),
    ("update_application", None, |of| of.the_application()),
    ("reset_application_client_secret", None, |of| of.the_application()),
    ("delete_application", None, |of| of.the_application()),
    ("create_prototype_permission", None, |of| of.the_default_permission()),
    ("modify_prototype_permission", None, |of| of.the_default_permission()),
    ("delete_prototype_permission", None, |of| of.the_default_permission()),
    ("repo_mirror_config_changed", None, |of| of.the_mirror()),
    ("create_namespace_notification", None, |of| of.the_own_notifications()),
    ("delete_namespace_notification", None, |of| of.the_own_notifications()),
    ("reset_namespace_notification", None, |of| of.the_own_notifications()),
    ("add_repo_notification", None, |of| of.the_notifications()),
    ("delete_repo_notification", None, |of| of.the_notifications()),
    ("reset_repo_notification", None, |of| of.the_notifications()),
    ("create_tag", None, |of| of.the_tag()),
    ("move_tag", Some("digest"), |of| of.the_tag()),
    ("revert_tag", Some("digest"), |of| of.the_tag()),
    ("change_tag_expiration", Some("expiration"), |of| of.the_tag()),
    ("change_tag_immutability", Some("immutable"), |of| of.the_tag()),
    ("delete_tag", None, |of| of.the_tag().map(Subject::gone)),
    ("permanently_delete_tag", None, |of| of.the_tag().map(Subject::gone)),
    ("manifest_label_add", None, |of| of.the_labels()),
    ("manifest_label_delete", None, |of| of.the_labels()),
    ("setup_repo_trigger", None, |of| of.the_triggers()),
    ("toggle_repo_trigger", Some("enabled"), |of| of.the_triggers()),
    ("delete_repo_trigger", None, |of| of.the_triggers()),
    ("create_namespace_autoprune_policy", None, |of| {
        of.the_auto_prune_rules()
    }),
    ("update_namespace_autoprune_policy", None, |of| {
        of.the_auto_prune_rules()
    }),
    ("delete_namespace_autoprune_policy", None, |of| {
        of.the_auto_prune_rules()
    }),
    ("create_immutability_policy", None, |of| of.the_immutability_rules()),
    ("update_immutability_policy", None, |of| of.the_immutability_rules()),
    ("delete_immutability_policy", None, |of| of.the_immutability_rules()),
    ("create_proxy_cache_config", None, |of| of.the_proxy_cache()),
    ("delete_proxy_cache_config", None, |of| of.the_proxy_cache()),
    ("org_mirror_enabled", None, |of| of.the_organization_mirror()),
    ("org_mirror_config_changed", None, |of| of.the_organization_mirror()),
    ("org_mirror_disabled", None, |of| of.the_organization_mirror()),
    ("create_repository_autoprune_policy", None, |of| {
        of.the_auto_prune_rules()
    }),
    ("update_repository_autoprune_policy", None, |of| {
        of.the_auto_prune_rules()
    }),
    ("delete_repository_autoprune_policy", None, |of| {
        of.the_auto_prune_rules()
    }),
];

/// What an event in an organization's log is about; `None` where no manifest could declare it.
pub(super) fn subject(event: &str, organization: &str, metadata: &Json) -> Option<Subject> {
    let (.., about) = EVENTS.iter().find(|(name, ..)| *name == event)?;
    about(&Details { organization, metadata })
}

/// Whether an event is about something that manifests declare.
pub(super) fn is_known(event: &str) -> bool {
    EVENTS.iter().any(|(name, ..)| *name == event)
}

/// The one field that an event is about; `None` where there is no such one.
pub(super) fn field(event: &str) -> Option<&'static str> {
    let (_, field, _) = EVENTS.iter().find(|(name, ..)| *name == event)?;
    *field
}

impl Subject {
    fn gone(self) -> Subject {
        match self {
            Subject::Object(address) => Subject::Gone(address),
            other => other,
        }
    }

    fn born(self) -> Subject {
        match self {
            Subject::Object(address) => Subject::Born(address),
            other => other,
        }
    }
}

impl Details<'_> {
    fn text(&self, key: &str) -> Option<&str> {
        Some(text(self.metadata, key)).filter(|text| !text.is_empty())
    }

    fn the_organization(&self) -> Option<Subject> {
        Some(Subject::Object(organization::address(self.organization)))
    }

    fn the_quota(&self) -> Option<Subject> {
        Some(Subject::Object(quota::address(self.organization)))
    }

    /// A change names the limit as it is now and as it was, so that it is about two addresses.
    fn the_limits(&self) -> Option<Subject> {
        Some(Subject::OneOf(quota_limit::of_organization(self.organization)))
    }

    fn the_team(&self) -> Option<Subject> {
        Some(Subject::Object(team::address(self.organization, self.text("team")?)))
    }

    fn the_team_sync(&self) -> Option<Subject> {
        Some(Subject::Object(team_sync::address(
            self.organization,
            self.text("team")?,
        )))
    }

    /// A membership, or the invitation of an e-mail address.
    fn the_member(&self) -> Option<Subject> {
        let team = self.text("team")?;
        let Some(member) = self.text("member").or_else(|| self.text("user")) else {
            let email = self.text("email")?;
            return Some(Subject::Object(invite::address(self.organization, team, email)));
        };
        Some(Subject::Object(member::address(self.organization, team, member)))
    }

    fn the_robot(&self) -> Option<Subject> {
        let name = robot::full_name(self.organization, self.text("robot")?);
        Some(Subject::Object(robot::address(&name)))
    }

    fn the_application(&self) -> Option<Subject> {
        let name = self.text("application_name")?;
        Some(Subject::Object(application::address(self.organization, name)))
    }

    fn the_federation(&self) -> Option<Subject> {
        let name = robot::full_name(self.organization, self.text("robot")?);
        Some(Subject::Object(federation::address(&name)))
    }

    fn repository(&self) -> Option<String> {
        Some(format!("{}/{}", self.organization, self.text("repo")?))
    }

    fn the_repository(&self) -> Option<Subject> {
        Some(Subject::Object(repository::address(&self.repository()?)))
    }

    fn the_tag(&self) -> Option<Subject> {
        Some(Subject::Object(tag::address(&self.repository()?, self.text("tag")?)))
    }

    fn the_labels(&self) -> Option<Subject> {
        let digest = self.text("manifest_digest")?;
        Some(Subject::OneOf(label::of_manifest(&self.repository()?, digest)))
    }

    /// The event names a trigger by its id, a manifest perhaps by its source.
    fn the_triggers(&self) -> Option<Subject> {
        Some(Subject::OneOf(trigger::of_repository(&self.repository()?)))
    }

    fn the_state(&self) -> Option<Subject> {
        Some(Subject::StateOf(self.repository()?))
    }

    fn the_trust(&self) -> Option<Subject> {
        Some(Subject::Object(repository_trust::address(&self.repository()?)))
    }

    fn the_mirror(&self) -> Option<Subject> {
        Some(Subject::Object(mirror::address(&self.repository()?)))
    }

    /// Sort and name of who is granted something, robots by their short names.
    fn account(&self, team: &str, user: &str) -> Option<(&'static str, &str)> {
        if let Some(team) = self.text(team) {
            return Some(("team", team));
        }
        let name = self.text(user)?;
        Some(match name.contains('+') {
            true => ("robot", robot::short_name(self.organization, name)),
            false => ("user", name),
        })
    }

    fn the_grant(&self) -> Option<Subject> {
        let repository = self.repository()?;
        let (sort, name) = self.account("team", "username")?;
        Some(Subject::Object(permission::address(&repository, sort, name)))
    }

    fn the_default_permission(&self) -> Option<Subject> {
        let (sort, name) = self.account("delegate_team", "delegate_user")?;
        let creator = self.text("activating_username").unwrap_or_default();
        let label = default_permission::label(self.organization, creator, sort, name);
        Some(Subject::Object(Address::new(default_permission::NAME, label)))
    }

    fn the_own_notifications(&self) -> Option<Subject> {
        let all = organization_notification::of_organization(self.organization);
        Some(Subject::OneOf(all))
    }

    /// The log tells event and method, but not the title.
    fn the_notifications(&self) -> Option<Subject> {
        Some(Subject::OneOf(notification::of_repository(&self.repository()?)))
    }

    /// Of the repository that the log names, or else of the organization; a rule has no name.
    fn the_auto_prune_rules(&self) -> Option<Subject> {
        let owner = self.repository().unwrap_or_else(|| self.organization.to_owned());
        Some(Subject::OneOf(policy::of_owner(auto_prune::NAME, &owner)))
    }

    fn the_immutability_rules(&self) -> Option<Subject> {
        let owner = self.repository().unwrap_or_else(|| self.organization.to_owned());
        Some(Subject::OneOf(policy::of_owner(immutability::NAME, &owner)))
    }

    fn the_proxy_cache(&self) -> Option<Subject> {
        Some(Subject::Object(proxy_cache::address(self.organization)))
    }

    fn the_organization_mirror(&self) -> Option<Subject> {
        Some(Subject::Object(organization_mirror::address(self.organization)))
    }
}
