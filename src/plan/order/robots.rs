//! Robots, and what holds them or takes them along.

use crate::kinds::{mirror, organization, organization_mirror, repository, robot};
use crate::model::{Action, World};

use super::Edges;

impl Edges<'_> {
    /// A robot goes after the mirrors that leave it and the repositories that used it, and waits for no other mirror: it may
    /// have to go before what others are to get. The mirror of its organization goes with it, so that another one comes
    /// afterwards.
    pub(super) fn robots(&mut self, namespace: &str, live: &World) {
        let robots = self.select(namespace, robot::NAME, |change| change.action == Action::Delete);
        if robots.is_empty() {
            return;
        }
        let repositories = self.select(namespace, repository::NAME, |change| change.action == Action::Delete);
        let whole = self.select(namespace, organization_mirror::NAME, |_| true);
        let (made, others): (Vec<usize>, Vec<usize>) = whole
            .into_iter()
            .partition(|index| self.changes[*index].action == Action::Create);
        for mirror in self.select(namespace, mirror::NAME, |_| true) {
            let repository = &self.changes[mirror].address.identity;
            let stands = [mirror::address(repository), mirror::dormant(repository)];
            let stands = stands.map(|address| live.get(&address));
            for robot in &robots {
                let name = &self.changes[*robot].address.identity;
                if stands.iter().flatten().any(|object| mirror::is_by(object, name)) {
                    self.add(mirror, *robot);
                }
            }
        }
        self.add_all(&others, &robots);
        self.add_all(&robots, &made);
        self.add_all(&repositories, &robots);
    }

    /// The deletion of an organization takes the robots of its look-alikes along, so that those are made afterwards.
    pub(super) fn look_alikes(&mut self) {
        let changes = self.by_address.values().map(|index| (*index, &self.changes[*index]));
        let (mut deletions, mut robots) = (Vec::new(), Vec::new());
        for (index, change) in changes {
            match (change.address.kind, change.action) {
                (organization::NAME, Action::Delete) => deletions.push(index),
                (robot::NAME, Action::Create) => robots.push(index),
                _ => {}
            }
        }
        for deletion in deletions {
            let name = &self.changes[deletion].address.identity;
            let lost = |robot: &usize| organization::is_look_alike(name, &self.changes[*robot].address);
            let lost: Vec<usize> = robots.iter().copied().filter(lost).collect();
            self.add_all(&[deletion], &lost);
        }
    }
}
