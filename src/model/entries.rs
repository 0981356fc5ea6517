//! Named values, such as the body of a call.

use std::collections::BTreeMap;

use super::value::Value;

/// Named values in the order of their names.
///
/// A row instead of a tree, as [`Fields`](super::Fields): a plan has a body for every write, and few names in each.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Entries(Vec<(String, Value)>);

impl Entries {
    /// No entries.
    pub const fn new() -> Self {
        Entries(Vec::new())
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn place(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(each, _)| each.as_str().cmp(name))
    }

    /// The value with this name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.place(name).ok().map(|place| &self.0[place].1)
    }

    /// Whether there is a value with this name.
    pub fn contains_key(&self, name: &str) -> bool {
        self.place(name).is_ok()
    }

    /// Sets a value, whatever it was before.
    pub fn insert(&mut self, name: String, value: Value) {
        match self.place(&name) {
            Ok(place) => self.0[place].1 = value,
            Err(place) => self.0.insert(place, (name, value)),
        }
    }

    /// The names.
    pub fn keys(&self) -> impl Iterator<Item = &String> {
        self.0.iter().map(|(name, _)| name)
    }

    /// The values, in the order of their names.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        self.0.iter().map(|(_, value)| value)
    }

    /// The values, to be changed.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Value> {
        self.0.iter_mut().map(|(_, value)| value)
    }

    /// Names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0.iter().map(|(name, value)| (name, value))
    }
}

impl Extend<(String, Value)> for Entries {
    fn extend<T: IntoIterator<Item = (String, Value)>>(&mut self, entries: T) {
        entries.into_iter().for_each(|(name, value)| self.insert(name, value));
    }
}

impl FromIterator<(String, Value)> for Entries {
    fn from_iter<T: IntoIterator<Item = (String, Value)>>(entries: T) -> Self {
        let mut all = Entries::new();
        all.extend(entries);
        all.0.shrink_to_fit();
        all
    }
}

impl<const N: usize> From<[(String, Value); N]> for Entries {
    fn from(entries: [(String, Value); N]) -> Self {
        entries.into_iter().collect()
    }
}

impl From<BTreeMap<String, Value>> for Entries {
    fn from(entries: BTreeMap<String, Value>) -> Self {
        entries.into_iter().collect()
    }
}

impl IntoIterator for Entries {
    type Item = (String, Value);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_stand_in_the_order_of_their_names_and_the_last_of_a_name_counts() {
        let mut entries = Entries::from([("b".to_owned(), Value::Integer(1)), ("a".to_owned(), Value::Null)]);
        entries.insert("b".to_owned(), Value::Integer(2));
        assert_eq!(entries.keys().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(entries.get("b"), Some(&Value::Integer(2)));
        let tree = BTreeMap::from([("b".to_owned(), Value::Integer(2)), ("a".to_owned(), Value::Null)]);
        assert_eq!(entries, Entries::from(tree));
    }
}
