//! YAML text to checked documents, every value with its place.

pub mod choice;
pub mod decode;
pub mod documents;
pub mod edit;
pub mod format;
mod glob;
mod layers;
mod metadata;
mod plain;
mod project;
mod reach;
pub mod record;
mod registries;
mod resolve;
mod scalars;
mod schema;
pub mod secret;
mod source;
pub mod suggest;
pub mod tree;
mod whole;

pub use documents::{
    AccountDocument, Manage, OrganizationDocument, RegistryDocument, RepositoryDefaultsDocument, RepositoryDocument,
};
pub use plain::plain_documents;
pub use project::{Loaded, Project, load, load_for, parse_for, parse_sources};
pub use registries::Target;
pub use resolve::{is_account, is_name, is_repository, is_service_key, route_word_in};
pub use schema::schema;
pub use secret::TextOrReference;
pub use source::read as files;
pub use whole::{Whole, whole};
