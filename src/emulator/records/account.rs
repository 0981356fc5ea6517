//! People, and what they sign in with.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::organization::Quota;
use super::repository::{AutoPrunePolicy, Notification};

/// A person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::emulator) struct User {
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
pub(in crate::emulator) struct Token {
    pub user: String,
    pub scopes: Vec<String>,
    pub application: String,
    pub client_id: String,
    pub id: u64,
    pub expired: bool,
}

/// A password of an account for one machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::emulator) struct AppToken {
    pub uuid: String,
    pub title: String,
    pub user: String,
    pub created: i64,
    pub code: String,
}
