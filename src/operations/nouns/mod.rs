//! The table of operations, one file per noun.

mod application;
mod auto_prune;
mod build;
mod cocktail;
mod common;
mod label;
mod logs;
mod manifest;
mod member;
mod message;
mod mirror;
mod notification;
mod organization;
mod permission;
mod proxy_cache;
mod quota;
mod registry;
mod repository;
mod robot;
mod search;
mod service_key;
mod star;
mod tag;
mod token;
mod trigger;
mod user;

use super::operation::Operation;

/// Every noun: its name, what it is in one line of help, and its rows.
pub const NOUNS: &[Noun] = &[
    application::NOUN,
    auto_prune::NOUN,
    build::NOUN,
    cocktail::NOUN,
    label::NOUN,
    logs::NOUN,
    manifest::NOUN,
    member::NOUN,
    message::NOUN,
    mirror::NOUN,
    notification::NOUN,
    organization::NOUN,
    permission::NOUN,
    proxy_cache::NOUN,
    quota::NOUN,
    registry::NOUN,
    repository::NOUN,
    robot::NOUN,
    search::NOUN,
    service_key::NOUN,
    star::NOUN,
    tag::NOUN,
    token::NOUN,
    trigger::NOUN,
    user::NOUN,
];

/// What several operations are about.
#[derive(Debug, Clone, Copy)]
pub struct Noun {
    /// The first word of its commands.
    pub name: &'static str,
    /// One line for help, without a full stop.
    pub about: &'static str,
    /// Its rows.
    pub operations: &'static [Operation],
}

/// Every row of the table.
pub fn all() -> impl Iterator<Item = &'static Operation> {
    NOUNS.iter().flat_map(|noun| noun.operations)
}

/// The row of a command.
pub fn find(noun: &str, verb: &str) -> Option<&'static Operation> {
    all().find(|operation| operation.noun == noun && operation.verb == verb)
}
