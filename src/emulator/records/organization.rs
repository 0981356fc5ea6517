//! An organization, its teams and robots.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::repository::{AutoPrunePolicy, ImmutabilityPolicy, Notification};
use super::role::{Role, TeamRole};

/// An organization, without its robots and repositories.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::emulator) struct Organization {
    /// A made-up uuid where none was given (behaviour.md, 4).
    pub email: String,
    pub invoice_email: bool,
    pub invoice_email_address: Option<String>,
    pub tag_expiration: i64,
    /// In the order of creation.
    pub teams: IndexMap<String, Team>,
    pub default_permissions: Vec<DefaultPermission>,
    pub quota: Option<Quota>,
    /// Notifications of the namespace about its quota.
    pub notifications: Vec<Notification>,
    /// In the order of creation.
    #[serde(default)]
    pub auto_prune: Vec<AutoPrunePolicy>,
    /// In the order of creation.
    #[serde(default)]
    pub immutability: Vec<ImmutabilityPolicy>,
    #[serde(default)]
    pub proxy_cache: Option<ProxyCache>,
    #[serde(default)]
    pub mirror: Option<OrganizationMirror>,
    /// In the order of creation.
    #[serde(default)]
    pub applications: Vec<Application>,
}

/// An OAuth application.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(in crate::emulator) struct Application {
    pub client_id: String,
    pub client_secret: String,
    pub name: String,
    pub description: String,
    pub application_uri: String,
    pub redirect_uri: String,
    pub avatar_email: Option<String>,
    /// Those that were made over the API, in the order of creation.
    pub tokens: Vec<ApplicationToken>,
}

/// An access token that was made over the API for an application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::emulator) struct ApplicationToken {
    pub uuid: String,
    pub name: String,
    pub scopes: Vec<String>,
    pub created: i64,
    pub expires_at: i64,
    pub created_by: String,
    /// Its key among all tokens.
    pub value: String,
}

/// A team of an organization.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::emulator) struct Team {
    pub role: TeamRole,
    pub description: String,
    /// Users and robots (`org+short`), in the order in which they were added.
    pub members: Vec<String>,
    /// People who were invited and have not answered; always empty while mailing is off.
    pub invitations: Vec<Invitation>,
    #[serde(default)]
    pub sync: Option<TeamSync>,
}

/// The group of a directory from which a team's people come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::emulator) struct TeamSync {
    /// `ldap`, `keystone` or `oidc`.
    pub service: String,
    /// As it was sent.
    pub config: Value,
}

/// A pending invitation into a team, of a user or of an e-mail address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::emulator) enum Invitation {
    User(String),
    Email(String),
}

/// Whom a default permission gives a role, or a grant names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::emulator) enum Delegate {
    /// A user, or a robot under its full name.
    User(String),
    Team(String),
}

/// A default permission (prototype) of an organization.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::emulator) struct DefaultPermission {
    pub id: String,
    pub role: Role,
    /// Applies only to repositories that this user creates; to all where absent.
    pub activating_user: Option<String>,
    pub delegate: Delegate,
}

/// The storage quota of a namespace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::emulator) struct Quota {
    pub id: u64,
    pub limit_bytes: i64,
    pub limits: Vec<QuotaLimit>,
}

/// A threshold of a quota.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::emulator) struct QuotaLimit {
    pub id: u64,
    /// `Warning` or `Reject`.
    pub kind: String,
    pub percent: i64,
}

/// A robot; its full name is its key in the store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::emulator) struct Robot {
    pub created: i64,
    /// When somebody last logged in with it, in unix seconds; not recorded, built as `created` is.
    #[serde(default)]
    pub last_accessed: Option<i64>,
    pub description: String,
    pub metadata: Value,
    pub token: String,
    pub federation: Vec<FederatedIdentity>,
}

/// An outside identity that may act as a robot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::emulator) struct FederatedIdentity {
    pub issuer: String,
    pub subject: String,
}

/// The registry that an organization passes on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::emulator) struct ProxyCache {
    pub upstream_registry: String,
    pub username: Option<String>,
    pub password: Option<String>,
    /// Seconds.
    pub expiration: i64,
    pub insecure: bool,
}

/// The mirror configuration of a whole organization.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::emulator) struct OrganizationMirror {
    pub is_enabled: bool,
    /// `harbor` or `quay`.
    pub external_registry_type: String,
    pub external_registry_url: String,
    pub external_namespace: String,
    pub username: Option<String>,
    pub password: Option<String>,
    /// Empty where none was sent.
    pub external_registry_config: Value,
    pub repository_filters: Vec<String>,
    pub robot: String,
    pub visibility: String,
    pub sync_interval: i64,
    /// As it is shown.
    pub sync_start_date: String,
    pub sync_expiration_date: Option<String>,
    pub sync_retries_remaining: i64,
    pub sync_status: String,
    pub skopeo_timeout: i64,
    pub creation_date: String,
}
