//! Facts by name where there are few of them.

use std::borrow::Borrow;

/// Values in the order of their names: a row instead of a tree, since there is one for each repository of a registry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Row<K, V>(Vec<(K, V)>);

impl<K: Ord, V> Row<K, V> {
    pub(super) const fn new() -> Self {
        Row(Vec::new())
    }

    /// Adds a value under a name that has none yet.
    pub(super) fn add(&mut self, name: K, value: impl FnOnce() -> V) {
        if let Err(place) = self.0.binary_search_by(|(each, _)| each.cmp(&name)) {
            self.0.insert(place, (name, value()));
        }
    }

    pub(super) fn get<N: Ord + ?Sized>(&self, name: &N) -> Option<&V>
    where
        K: Borrow<N>,
    {
        let place = self.0.binary_search_by(|(each, _)| each.borrow().cmp(name)).ok()?;
        Some(&self.0[place].1)
    }

    pub(super) fn contains_key<N: Ord + ?Sized>(&self, name: &N) -> bool
    where
        K: Borrow<N>,
    {
        self.get(name).is_some()
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &K> {
        self.0.iter().map(|(name, _)| name)
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &V> {
        self.0.iter().map(|(_, value)| value)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.0.iter().map(|(name, value)| (name, value))
    }
}
