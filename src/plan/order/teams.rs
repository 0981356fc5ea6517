//! Teams whose people come from elsewhere.

use crate::kinds::{invite, member, team_sync};

use super::Edges;

impl Edges<'_> {
    /// The server takes people into a team by hand only while it is not synchronized.
    pub(super) fn teams(&mut self, namespace: &str) {
        for sync in self.select(namespace, team_sync::NAME, |_| true) {
            let team = self.changes[sync]
                .address
                .identity
                .split('/')
                .nth(1)
                .unwrap_or_default();
            for kind in [member::NAME, invite::NAME] {
                let ours = self.select(namespace, kind, |change| {
                    let (_, other, name) = member::parts(&change.address);
                    other == team && !name.contains('+')
                });
                self.add_all(&[sync], &ours);
            }
        }
    }
}
