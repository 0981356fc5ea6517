//! What every call about a repository does first and last: ask for the right, and write to the usage log.

use serde_json::{Value, json};

use super::answer::Answer;
use super::call::Call;
use super::records::Role;

impl Call<'_> {
    /// Refuses who does not administer the repository (RA). Administrators of the namespace pass for any name in it.
    pub(super) fn require_repository_admin(&self, namespace: &str, name: &str) -> Result<(), Answer> {
        self.require_repository_role(namespace, name, Role::Admin)
    }

    /// Refuses who may not read what a repository's administrator may read (RA or GRO).
    pub(super) fn require_repository_admin_reader(&self, namespace: &str, name: &str) -> Result<(), Answer> {
        let is_admin = self
            .caller
            .has_repository_role(self.store, namespace, name, Role::Admin);
        self.require(is_admin || self.caller.reads_everything(self.store))
    }

    /// Writes an entry about a repository to the usage log: under the namespace alone where it does not exist, as the
    /// server does for phantom deletions (api.md, 1.3).
    pub(super) fn log_by_name(&mut self, kind: &str, namespace: &str, name: &str, metadata: Value) {
        match self.store.repository(namespace, name).map(|repository| repository.id) {
            Some(id) => self.log_repository(kind, namespace, id, metadata),
            None => self.log(kind, namespace, metadata),
        }
    }

    /// The same with the repository's name and namespace in the entry, and one field more.
    pub(super) fn log_field(&mut self, kind: &str, namespace: &str, name: &str, field: &str, value: Value) {
        let mut metadata = json!({ "repo": name, "namespace": namespace });
        metadata[field] = value;
        self.log_by_name(kind, namespace, name, metadata);
    }
}
