//! `kind: Registry`.

use super::{RegistryManage, allow_extensions};
use crate::kinds::message::MessageSpec;
use crate::kinds::service_key::ServiceKeySpec;
use crate::kinds::user::UserSpec;
use crate::manifest::choice::choice;
use crate::manifest::decode::{List, Map};
use crate::manifest::record::record;

record! {
    /// What belongs to the registry as a whole; all of it takes a superuser's token. There is one such document.
    pub struct RegistryDocument {
        /// Tells that the document describes the registry itself.
        kind: RegistryKind = required,
        /// What the web page tells everybody, exactly; `[]` for nothing.
        messages: List<MessageSpec>,
        /// Keys of services by name; live ones that are not written stay, and are reported.
        service_keys: Map<ServiceKeySpec>,
        /// Users by name; those who are not written are no concern of the manifest.
        users: Map<UserSpec>,
        /// What becomes of live things that are not written, such as `{messages: additive}`.
        manage: RegistryManage,
    }
    schema: allow_extensions;
}

choice! {
    /// Tells that a document describes the registry itself.
    pub enum RegistryKind {
        /// The registry.
        Registry = "Registry",
    }
}
