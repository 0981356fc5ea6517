//! What the registry stores: plain data, one struct for each kind of object.

mod account;
mod organization;
mod registry;
mod repository;
mod role;

pub(super) use account::{AppToken, Token, User};
pub(super) use organization::{
    Application, ApplicationToken, DefaultPermission, Delegate, FederatedIdentity, Invitation, Organization,
    OrganizationMirror, ProxyCache, Quota, QuotaLimit, Robot, Team, TeamSync,
};
pub(super) use registry::{Approval, DeletedNamespace, LogEntry, Message, ServiceKey};
pub(super) use repository::{AutoPrunePolicy, ImmutabilityPolicy, Mirror, Notification, Repository, RepositoryState};
pub use role::{Role, TeamRole};
