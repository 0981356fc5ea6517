//! Default permissions and the repositories they fire on.

use crate::kinds::{default_permission, repository, team};
use crate::model::{Action, Address, Change, World};

use super::{Edges, widens};

impl Edges<'_> {
    /// Default permissions fire on repositories: those that go or shrink come first, also with their team, those that
    /// come or grow last.
    pub(super) fn births_and_default_permissions(&mut self, namespace: &str, live: &World) {
        let births = self.select(namespace, repository::NAME, |change| change.action == Action::Create);
        let grows = |change: &Change| change.action == Action::Create || widens(change);
        let growing = self.select(namespace, default_permission::NAME, grows);
        let shrinking = self.select(namespace, default_permission::NAME, |change| !grows(change));
        self.add_all(&shrinking, &births);
        self.add_all(&births, &growing);
        let fires = |team: &Address| {
            let name = team.identity.split('/').nth(1).unwrap_or_default();
            let mut all = live.of(&default_permission::of_organization(namespace));
            all.any(|object| default_permission::is_of(&object.address, "team", name))
        };
        let goes = |change: &Change| change.action == Action::Delete && fires(&change.address);
        let teams = self.select(namespace, team::NAME, goes);
        self.add_all(&teams, &births);
    }
}
