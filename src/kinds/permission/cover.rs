//! The fewest requests that tell the roles of all grants between some repositories and some accounts.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Whom to ask, so that every grant is told by its repository or by its account.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Cover<'a> {
    /// Asked by their own lists of users and robots.
    pub(super) repositories: BTreeSet<&'a str>,
    /// Asked by their own lists of repositories.
    pub(super) accounts: BTreeSet<&'a str>,
}

/// A minimum vertex cover of the grants, by way of a maximum matching (König). Where several are as small, the one with
/// the most accounts.
pub(super) fn cover<'a>(grants: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> Cover<'a> {
    let repositories: Vec<&str> = grants.keys().copied().collect();
    let mut by_account: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, accounts) in grants.values().enumerate() {
        for account in accounts {
            by_account.entry(account).or_default().push(index);
        }
    }
    let (accounts, edges): (Vec<&str>, Vec<Vec<usize>>) = by_account.into_iter().unzip();
    let matching = Matching::maximum(&edges, repositories.len());
    let unmatched = (0..accounts.len()).filter(|account| matching.of_account[*account].is_none());
    let reached = matching.reach(&edges, unmatched);
    let told = |index: &usize| reached.repositories[*index].is_some();
    Cover {
        repositories: (0..repositories.len())
            .filter(told)
            .map(|index| repositories[index])
            .collect(),
        accounts: (0..accounts.len())
            .filter(|index| !reached.accounts[*index])
            .map(|index| accounts[index])
            .collect(),
    }
}

/// Pairs of an account and a repository, by index, in which nobody stands twice.
struct Matching {
    of_account: Vec<Option<usize>>,
    of_repository: Vec<Option<usize>>,
}

/// What alternating paths lead to: which accounts, and for each repository the account before it.
struct Reached {
    accounts: Vec<bool>,
    repositories: Vec<Option<usize>>,
    /// The first repository that is in no pair yet.
    free: Option<usize>,
}

impl Matching {
    fn maximum(edges: &[Vec<usize>], repositories: usize) -> Self {
        let mut matching = Matching {
            of_account: vec![None; edges.len()],
            of_repository: vec![None; repositories],
        };
        for account in 0..edges.len() {
            let reached = matching.reach(edges, [account]);
            if let Some(free) = reached.free {
                matching.flip(&reached, free);
            }
        }
        matching
    }

    /// Goes from accounts to any of their repositories, and from those to the accounts they are paired with; ends at
    /// the first repository that is free.
    fn reach(&self, edges: &[Vec<usize>], from: impl IntoIterator<Item = usize>) -> Reached {
        let mut reached = Reached {
            accounts: vec![false; edges.len()],
            repositories: vec![None; self.of_repository.len()],
            free: None,
        };
        let mut next: VecDeque<usize> = from.into_iter().collect();
        next.iter().for_each(|account| reached.accounts[*account] = true);
        while let Some(account) = next.pop_front() {
            for &repository in &edges[account] {
                if reached.repositories[repository].is_some() {
                    continue;
                }
                reached.repositories[repository] = Some(account);
                match self.of_repository[repository] {
                    None => {
                        reached.free = Some(repository);
                        return reached;
                    }
                    Some(partner) if !reached.accounts[partner] => {
                        reached.accounts[partner] = true;
                        next.push_back(partner);
                    }
                    Some(_) => {}
                }
            }
        }
        reached
    }

    /// Pairs anew along the path that ends at this repository: one pair more.
    fn flip(&mut self, reached: &Reached, free: usize) {
        let mut open = Some(free);
        while let Some(repository) = open {
            // The path leads back to the account it began at, which is in no pair.
            let Some(account) = reached.repositories[repository] else {
                return;
            };
            self.of_repository[repository] = Some(account);
            open = self.of_account[account].replace(repository);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn names(prefix: &str, count: usize) -> Vec<String> {
        (0..count).map(|number| format!("{prefix}{number}")).collect()
    }

    fn is_covered(pairs: &[(usize, usize)], repositories: u32, accounts: u32) -> bool {
        pairs
            .iter()
            .all(|(repository, account)| repositories >> repository & 1 == 1 || accounts >> account & 1 == 1)
    }

    /// The size of the smallest cover, by trying all of them.
    fn smallest(pairs: &[(usize, usize)]) -> u32 {
        let all = (0..1_u32 << 10).filter(|set| is_covered(pairs, set & 31, set >> 5));
        all.map(u32::count_ones).min().unwrap()
    }

    proptest! {
        #[test]
        fn everything_is_told_by_as_few_as_can_be(pairs in proptest::collection::vec((0..5_usize, 0..5_usize), 0..16)) {
            let (repositories, accounts) = (names("repository", 5), names("robot", 5));
            let mut grants: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
            for (repository, account) in &pairs {
                grants.entry(&repositories[*repository]).or_default().insert(&accounts[*account]);
            }
            let cover = cover(&grants);
            for (repository, account) in &pairs {
                let by_repository = cover.repositories.contains(repositories[*repository].as_str());
                prop_assert!(by_repository || cover.accounts.contains(accounts[*account].as_str()));
            }
            prop_assert_eq!((cover.repositories.len() + cover.accounts.len()) as u32, smallest(&pairs));
        }
    }
}
