//! One file per resource kind.

pub mod default_permission;
pub mod mirror;
pub mod notification;
pub mod organization;
pub mod permission;
pub mod quota;
pub mod quota_limit;
pub mod repository;
pub mod robot;
pub mod team;
