//! What the registry stores: plain data, one struct for each kind of object.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::builder::Build;
use super::image::Images;
use super::trigger::Trigger;

/// What a grant allows on a repository; each includes the ones before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Pull.
    Read,
    /// Pull and push.
    Write,
    /// Pull, push and administer.
    Admin,
}

impl Role {
    /// The role of that name.
    pub fn from_name(name: &str) -> Option<Role> {
        match name {
            "read" => Some(Role::Read),
            "write" => Some(Role::Write),
            "admin" => Some(Role::Admin),
            _ => None,
        }
    }

    /// The name that the API uses.
    pub fn name(self) -> &'static str {
        match self {
            Role::Read => "read",
            Role::Write => "write",
            Role::Admin => "admin",
        }
    }
}

/// What a team may do in its organization; each includes the ones before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TeamRole {
    /// See the organization.
    Member,
    /// Create repositories.
    Creator,
    /// Administer the organization and all its repositories.
    Admin,
}

impl TeamRole {
    /// The role of that name.
    pub fn from_name(name: &str) -> Option<TeamRole> {
        match name {
            "member" => Some(TeamRole::Member),
            "creator" => Some(TeamRole::Creator),
            "admin" => Some(TeamRole::Admin),
            _ => None,
        }
    }

    /// The name that the API uses.
    pub fn name(self) -> &'static str {
        match self {
            TeamRole::Member => "member",
            TeamRole::Creator => "creator",
            TeamRole::Admin => "admin",
        }
    }
}

/// A person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct User {
    pub email: String,
    pub superuser: bool,
    /// Sees everything, changes nothing; wins over `superuser`.
    pub global_readonly: bool,
    pub enabled: bool,
    pub tag_expiration: i64,
    pub invoice_email: bool,
    pub invoice_email_address: Option<String>,
    /// `given_name`, `family_name`, `company` and `location`, where set.
    pub details: IndexMap<String, String>,
    pub quota: Option<Quota>,
    /// Notifications of the user's own namespace about its quota.
    pub notifications: Vec<Notification>,
    /// In the order of creation.
    #[serde(default)]
    pub auto_prune: Vec<AutoPrunePolicy>,
    /// What the user signs in with; without one nobody can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

/// An OAuth access token of a user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Token {
    pub user: String,
    pub scopes: Vec<String>,
    pub application: String,
    pub client_id: String,
    pub id: u64,
    pub expired: bool,
}

/// A password of an account for one machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct AppToken {
    pub uuid: String,
    pub title: String,
    pub user: String,
    pub created: i64,
    pub code: String,
}

/// An organization, without its robots and repositories.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Organization {
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
pub(super) struct Application {
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
pub(super) struct ApplicationToken {
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
pub(super) struct Team {
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
pub(super) struct TeamSync {
    /// `ldap`, `keystone` or `oidc`.
    pub service: String,
    /// As it was sent.
    pub config: Value,
}

/// A pending invitation into a team, of a user or of an e-mail address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum Invitation {
    User(String),
    Email(String),
}

/// Whom a default permission gives a role, or a grant names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum Delegate {
    /// A user, or a robot under its full name.
    User(String),
    Team(String),
}

/// A default permission (prototype) of an organization.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct DefaultPermission {
    pub id: String,
    pub role: Role,
    /// Applies only to repositories that this user creates; to all where absent.
    pub activating_user: Option<String>,
    pub delegate: Delegate,
}

/// The storage quota of a namespace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Quota {
    pub id: u64,
    pub limit_bytes: i64,
    pub limits: Vec<QuotaLimit>,
}

/// A threshold of a quota.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct QuotaLimit {
    pub id: u64,
    /// `Warning` or `Reject`.
    pub kind: String,
    pub percent: i64,
}

/// A robot; its full name is its key in the store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Robot {
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
pub(super) struct FederatedIdentity {
    pub issuer: String,
    pub subject: String,
}

/// The state of a repository; everything but `Normal` refuses pushes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum RepositoryState {
    Normal,
    ReadOnly,
    Mirror,
}

impl RepositoryState {
    /// The state of that name.
    pub(super) fn from_name(name: &str) -> Option<RepositoryState> {
        match name {
            "NORMAL" => Some(RepositoryState::Normal),
            "READ_ONLY" => Some(RepositoryState::ReadOnly),
            "MIRROR" => Some(RepositoryState::Mirror),
            _ => None,
        }
    }

    /// The name that the API uses.
    pub(super) fn name(self) -> &'static str {
        match self {
            RepositoryState::Normal => "NORMAL",
            RepositoryState::ReadOnly => "READ_ONLY",
            RepositoryState::Mirror => "MIRROR",
        }
    }
}

/// A repository with everything below it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Repository {
    pub id: u64,
    pub namespace: String,
    pub name: String,
    /// `None` for a repository that was made by a push (api.md, 3.4).
    pub description: Option<String>,
    pub is_public: bool,
    pub state: RepositoryState,
    /// When something was last pushed, in unix seconds.
    pub last_modified: Option<i64>,
    /// How often it was pulled, pushed or changed within a week; only a seed sets it.
    #[serde(default)]
    pub uses: u32,
    /// Direct grants to users and robots.
    pub user_roles: IndexMap<String, Role>,
    /// Grants to teams of the repository's organization.
    pub team_roles: IndexMap<String, Role>,
    pub notifications: Vec<Notification>,
    /// E-mail addresses that were asked whether they want mail about it, and whether they said yes.
    #[serde(default)]
    pub authorized_emails: IndexMap<String, bool>,
    pub mirror: Option<Mirror>,
    /// A rule left behind by a mirror POST that failed on its robot: later rule changes go there (behaviour.md, hazards).
    pub orphan_mirror_rule: Option<Vec<String>>,
    /// In the order of creation.
    #[serde(default)]
    pub auto_prune: Vec<AutoPrunePolicy>,
    /// In the order of creation.
    #[serde(default)]
    pub immutability: Vec<ImmutabilityPolicy>,
    #[serde(default)]
    pub images: Images,
    /// In the order in which they were asked for.
    #[serde(default)]
    pub builds: Vec<Build>,
    /// In the order of creation.
    #[serde(default)]
    pub triggers: Vec<Trigger>,
    /// Whether clients are to demand signatures.
    #[serde(default)]
    pub trust_enabled: bool,
}

/// A rule by which tags cannot be changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct ImmutabilityPolicy {
    pub uuid: String,
    pub tag_pattern: String,
    pub tag_pattern_matches: bool,
}

/// The registry that an organization passes on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct ProxyCache {
    pub upstream_registry: String,
    pub username: Option<String>,
    pub password: Option<String>,
    /// Seconds.
    pub expiration: i64,
    pub insecure: bool,
}

/// The mirror configuration of a whole organization.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct OrganizationMirror {
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

/// A rule by which the registry deletes tags by itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct AutoPrunePolicy {
    pub uuid: String,
    /// `number_of_tags` or `creation_date`.
    pub method: String,
    /// A number of tags, or an age as it was written: `7d`.
    pub value: Value,
    pub tag_pattern: Option<String>,
    pub tag_pattern_matches: bool,
}

impl AutoPrunePolicy {
    /// Whether it says the same.
    pub(super) fn is_like(&self, other: &AutoPrunePolicy) -> bool {
        let said = |policy: &AutoPrunePolicy| AutoPrunePolicy {
            uuid: String::new(),
            ..policy.clone()
        };
        said(self) == said(other)
    }
}

/// A notification of a repository or a namespace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Notification {
    pub uuid: String,
    pub title: Option<String>,
    pub event: String,
    pub method: String,
    /// Echoed as it was sent.
    pub config: Value,
    pub event_config: Value,
    pub number_of_failures: u64,
}

/// The mirror configuration of a repository.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Mirror {
    pub is_enabled: bool,
    pub external_reference: String,
    pub username: Option<String>,
    pub password: Option<String>,
    /// Empty where none was sent.
    pub external_registry_config: Value,
    pub robot: String,
    pub root_rule: Vec<String>,
    pub sync_interval: i64,
    /// As it is shown; `None` after a cancelled synchronisation.
    pub sync_start_date: Option<String>,
    pub sync_expiration_date: Option<String>,
    pub sync_retries_remaining: i64,
    pub sync_status: String,
    pub skopeo_timeout_interval: i64,
    pub architecture_filter: Vec<String>,
}

/// What the web interface shows to everybody.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Message {
    pub uuid: String,
    pub content: String,
    /// `info`, `warning` or `error`.
    pub severity: String,
    /// `text/plain` or `text/markdown`.
    pub media_type: String,
}

/// The public half of a key with which a service proves itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct ServiceKey {
    pub kid: String,
    pub name: String,
    pub service: String,
    pub created: i64,
    /// Unix seconds; `None` for never.
    pub expiration: Option<i64>,
    pub metadata: Value,
    pub approval: Option<Approval>,
}

/// That somebody lets a service use its key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Approval {
    pub date: i64,
    /// The superuser; `None` for the registry itself.
    pub approver: Option<String>,
    pub notes: String,
}

/// One entry of the usage log (api.md, 5.2).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct LogEntry {
    pub time: i64,
    pub kind: String,
    pub metadata: Value,
    /// The user whose token was used.
    pub performer: Option<String>,
    pub namespace: Option<String>,
    /// The repository's number: its name may be taken by another one later.
    pub repository: Option<u64>,
}

/// What stays of a deleted namespace until garbage collection: its name is not available.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct DeletedNamespace {
    pub name: String,
    /// The name under which its repositories still appear in some lists.
    pub uuid: String,
}
