//! What belongs to the registry as a whole.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the web interface shows to everybody.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::emulator) struct Message {
    pub uuid: String,
    pub content: String,
    /// `info`, `warning` or `error`.
    pub severity: String,
    /// `text/plain` or `text/markdown`.
    pub media_type: String,
}

/// The public half of a key with which a service proves itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::emulator) struct ServiceKey {
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
pub(in crate::emulator) struct Approval {
    pub date: i64,
    /// The superuser; `None` for the registry itself.
    pub approver: Option<String>,
    pub notes: String,
}

/// One entry of the usage log (api.md, 5.2).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::emulator) struct LogEntry {
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
pub(in crate::emulator) struct DeletedNamespace {
    pub name: String,
    /// The name under which its repositories still appear in some lists.
    pub uuid: String,
}
