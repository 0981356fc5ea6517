//! Who may do how much at most while an apply is under way, by the registry's own verdicts before and after one that
//! nothing disturbs.

use std::collections::{BTreeMap, BTreeSet};

use quayform::emulator::{Emulator, Registry, Role};

const PEOPLE: &[&str] = &[
    "alice", "bob", "carol", "dave", "frank", "a_b+ci", "a_b+cd", "a_b+bot", "axb+ci", "axb+cd", "axb+bot",
];

/// What must hold at every moment.
#[derive(Clone, Default)]
pub(super) struct Bounds {
    /// By account and repository; what is new may hold what its birth gave.
    most: BTreeMap<(&'static str, String), Option<Role>>,
    /// Who administers which organization before and after.
    administrators: BTreeSet<(String, String)>,
}

impl Bounds {
    pub(super) fn before(emulator: &Emulator) -> Self {
        emulator.with(|registry| {
            let names: Vec<(String, bool)> = registry
                .repositories()
                .map(|(name, open)| (name.to_owned(), open))
                .collect();
            let pairs = names
                .iter()
                .flat_map(|(name, open)| PEOPLE.iter().map(move |account| (*account, name, *open)));
            Bounds {
                most: pairs
                    .map(|(account, name, open)| ((account, name.clone()), verdict(registry, account, name, open)))
                    .collect(),
                administrators: administrators(registry),
            }
        })
    }

    /// Takes in what holds afterwards.
    pub(super) fn widen(&mut self, emulator: &Emulator) {
        emulator.with(|registry| {
            let open: BTreeMap<String, bool> = registry
                .repositories()
                .map(|(name, open)| (name.to_owned(), open))
                .collect();
            // Who may do what in a repository that goes is not read.
            self.most.retain(|(_, name), _| open.contains_key(name));
            for ((account, name), most) in &mut self.most {
                *most = (*most).max(verdict(registry, account, name, open[name]));
            }
            let after = administrators(registry);
            self.administrators.retain(|pair| after.contains(pair));
        });
    }

    /// What is wrong with this moment.
    pub(super) fn broken_in(&self, registry: &Registry) -> Option<String> {
        let open: BTreeMap<&str, bool> = registry.repositories().collect();
        for ((account, name), most) in &self.most {
            let now = verdict(registry, account, name, open.get(name.as_str()) == Some(&true));
            if now > *most {
                return Some(format!(
                    "{account} has {now:?} on {name}, and at most {most:?} is right"
                ));
            }
        }
        let now = administrators(registry);
        let lost = self.administrators.iter().find(|pair| !now.contains(*pair));
        lost.map(|(organization, account)| format!("{account} does not administer {organization}"))
    }
}

fn verdict(registry: &Registry, account: &str, name: &str, open: bool) -> Option<Role> {
    registry.role_of(account, name).max(open.then_some(Role::Read))
}

fn administrators(registry: &Registry) -> BTreeSet<(String, String)> {
    let all = registry.administrators();
    all.map(|(organization, account)| (organization.to_owned(), account.to_owned()))
        .collect()
}
