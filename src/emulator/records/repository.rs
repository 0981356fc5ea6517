//! A repository, and what stands below it.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::role::Role;
use crate::emulator::builder::Build;
use crate::emulator::image::Images;
use crate::emulator::trigger::Trigger;

/// The state of a repository; everything but `Normal` refuses pushes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(in crate::emulator) enum RepositoryState {
    Normal,
    ReadOnly,
    Mirror,
}

impl RepositoryState {
    /// The state of that name.
    pub(in crate::emulator) fn from_name(name: &str) -> Option<RepositoryState> {
        match name {
            "NORMAL" => Some(RepositoryState::Normal),
            "READ_ONLY" => Some(RepositoryState::ReadOnly),
            "MIRROR" => Some(RepositoryState::Mirror),
            _ => None,
        }
    }

    /// The name that the API uses.
    pub(in crate::emulator) fn name(self) -> &'static str {
        match self {
            RepositoryState::Normal => "NORMAL",
            RepositoryState::ReadOnly => "READ_ONLY",
            RepositoryState::Mirror => "MIRROR",
        }
    }
}

/// A repository with everything below it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::emulator) struct Repository {
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
pub(in crate::emulator) struct ImmutabilityPolicy {
    pub uuid: String,
    pub tag_pattern: String,
    pub tag_pattern_matches: bool,
}

/// A rule by which the registry deletes tags by itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::emulator) struct AutoPrunePolicy {
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
    pub(in crate::emulator) fn is_like(&self, other: &AutoPrunePolicy) -> bool {
        let said = |policy: &AutoPrunePolicy| AutoPrunePolicy {
            uuid: String::new(),
            ..policy.clone()
        };
        said(self) == said(other)
    }
}

/// A notification of a repository or a namespace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::emulator) struct Notification {
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
pub(in crate::emulator) struct Mirror {
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
