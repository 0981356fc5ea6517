//! What an organization can be one of only.

use crate::kinds::{immutability, mirror, organization_mirror, proxy_cache, repository, robot};
use crate::model::{Action, World};

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
    pub(super) fn exclusions(&mut self, namespace: &str, live: &World) {
        for (kind, rivals) in EXCLUSIVE {
            let made = self.select(namespace, kind, |change| change.action.makes());
            for rival in rivals {
                let ends = self.ends(namespace, rival, live);
                self.add_all(&ends, &made);
            }
        }
    }

    /// What ends objects of the kind: the mirror of an organization goes with its robot as well.
    fn ends(&self, namespace: &str, kind: &str, live: &World) -> Vec<usize> {
        let mut ends = self.select(namespace, kind, |change| change.action == Action::Delete);
        let mirror = live.get(&organization_mirror::address(namespace));
        if let Some(mirror) = mirror.filter(|_| kind == organization_mirror::NAME) {
            ends.extend(self.select(namespace, robot::NAME, |change| {
                change.action == Action::Delete && organization_mirror::is_by(mirror, &change.address.identity)
            }));
        }
        ends
    }
}
