//! What an organization can be one of only.

use crate::kinds::{immutability, mirror, organization_mirror, proxy_cache, repository};
use crate::model::Action;

use super::Edges;

/// Each kind with what must have gone before one of it is made.
const EXCLUSIVE: [(&str, &[&str]); 5] = [
    (
        organization_mirror::NAME,
        &[proxy_cache::NAME, immutability::NAME, repository::NAME],
    ),
    (proxy_cache::NAME, &[organization_mirror::NAME, immutability::NAME]),
    (immutability::NAME, &[organization_mirror::NAME]),
    (repository::NAME, &[organization_mirror::NAME]),
    (mirror::NAME, &[organization_mirror::NAME]),
];

impl Edges<'_> {
    /// What goes frees the way for what it excludes.
    pub(super) fn exclusions(&mut self, namespace: &str) {
        for (kind, rivals) in EXCLUSIVE {
            let made = self.select(namespace, kind, |change| change.action.makes());
            for rival in rivals {
                let ends = self.select(namespace, rival, |change| change.action == Action::Delete);
                self.add_all(&ends, &made);
            }
        }
    }
}
