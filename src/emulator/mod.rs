//! The embedded registry: a deterministic, in-memory Quay administration API.
//!
//! It answers as the recorded server does, quirks included, and is written apart from the client's own model of
//! Quay: it has its own store and its own permission check, and knows nothing of manifests and plans.
//!
//! A request goes through `router` (which route, which method, is its feature on), `access` (who is calling and
//! what may they do) and one family (`organization`, `team`, ...), which reads and changes the `store` and builds
//! an `answer`. A family is one file with a `ROUTES` table; `router` lists the families.
//!
//! Requests come in process (`in_process`) or over a port (`server`); on both ways declared `faults` may strike.

mod access;
mod access_token;
mod answer;
mod app_token;
mod application;
mod application_token;
mod authorization;
mod authorized_email;
mod auto_prune;
mod auto_prune_body;
mod avatar;
mod build;
mod builder;
mod call;
mod capabilities;
mod cascade;
mod cocktail;
mod cocktail_builder;
mod config;
mod connection;
mod default_permission;
mod discovery;
mod errors;
mod faults;
mod image;
mod immutability;
mod in_process;
mod label;
mod manifests;
mod message;
mod mirror;
mod mirror_body;
mod mirror_change;
mod mirror_health;
mod mirror_reference;
mod names;
mod namespace_notification;
mod notification;
mod notification_body;
mod notification_method;
mod organization;
mod organization_member;
mod organization_mirror;
mod organization_mirror_body;
mod organization_view;
mod paging;
mod permission;
mod proxy_cache;
mod quota;
mod quota_limit;
mod quota_of_any;
mod quota_size;
mod records;
mod registry;
mod repository;
mod repository_call;
mod repository_life;
mod repository_view;
mod request;
mod robot;
mod robot_federation;
mod robot_list;
mod router;
mod schema_error;
mod search;
mod seed;
mod seed_cocktail;
mod seed_images;
mod seed_log;
mod seeding;
mod server;
mod service_key;
mod session;
mod star;
mod store;
mod superuser;
mod superuser_report;
mod superuser_user;
mod tag;
mod team;
mod team_members;
#[cfg(test)]
mod testing;
mod time;
mod trigger;
mod usage_log;
mod usage_log_export;
mod user;
mod user_change;
mod version;

pub use answer::Answer;
pub use faults::{Fault, Faults, ForeignWrite, PathPattern, Requests, Rule, When, Write, WriteMethod};
pub use in_process::Emulator;
pub use records::{Role, TeamRole};
pub use registry::{LoggedRequest, Registry, SCOPES};
pub use request::IncomingRequest;
pub use seed::{
    Seed, SeedDefaultPermission, SeedMirror, SeedNotification, SeedOrganization, SeedPermissions, SeedQuota,
    SeedQuotaLimit, SeedRepository, SeedRobot, SeedTeam, SeedUser,
};
pub use seed_cocktail::{SeedBuild, SeedCocktail};
pub use seed_images::{SeedBuilder, SeedManifest, SeedTag, SeedTrigger};
pub use seed_log::SeedEntry;
pub use seeding::SeedError;
pub use server::{serve, serve_on};
pub use version::{NEWEST, OLDEST};
