//! The fields of an object, by name.

use std::sync::Arc;

use super::value::Value;

/// The fields of an object by their manifest names, in the order of the names.
///
/// A row instead of a tree: an object has few fields, and a registry has many objects. Copies are one until one of them
/// is changed: a wish, its change and the object that comes of it have the same fields.
#[derive(Clone, Default)]
pub struct Fields(Option<Arc<Row>>);

type Row = Vec<(&'static str, Value)>;

impl Fields {
    /// No fields.
    pub const fn new() -> Self {
        Fields(None)
    }

    fn row(&self) -> &[(&'static str, Value)] {
        self.0.as_ref().map_or(&[], |row| row.as_slice())
    }

    /// The row of this copy alone.
    fn own(&mut self) -> &mut Row {
        Arc::make_mut(self.0.get_or_insert_default())
    }

    /// How many fields there are.
    pub fn len(&self) -> usize {
        self.row().len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.row().is_empty()
    }

    fn place(&self, name: &str) -> Result<usize, usize> {
        self.row().binary_search_by(|(each, _)| (*each).cmp(name))
    }

    /// The value of a field.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.place(name).ok().map(|place| &self.row()[place].1)
    }

    /// Whether the field is there.
    pub fn contains_key(&self, name: &str) -> bool {
        self.place(name).is_ok()
    }

    /// Sets a field, whatever it was before.
    pub fn insert(&mut self, name: &'static str, value: Value) {
        match self.place(name) {
            Ok(place) => self.own()[place].1 = value,
            Err(place) => self.own().insert(place, (name, value)),
        }
    }

    /// Sets a field that is not there yet.
    pub fn supplement(&mut self, name: &'static str, value: Value) {
        if let Err(place) = self.place(name) {
            self.own().insert(place, (name, value));
        }
    }

    /// Takes a field out.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        self.place(name).ok().map(|place| self.own().remove(place).1)
    }

    /// Keeps the fields that are meant.
    pub fn retain(&mut self, mut is_meant: impl FnMut(&'static str, &Value) -> bool) {
        if !self.is_empty() {
            self.own().retain(|(name, value)| is_meant(name, value));
        }
    }

    /// The names.
    pub fn keys(&self) -> impl Iterator<Item = &'static str> {
        self.row().iter().map(|(name, _)| *name)
    }

    /// The values, in the order of their names.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        self.row().iter().map(|(_, value)| value)
    }

    /// The values, to be changed.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Value> {
        let row = self.0.as_mut().map(Arc::make_mut);
        row.into_iter().flatten().map(|(_, value)| value)
    }

    /// Names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        self.row().iter().map(|(name, value)| (*name, value))
    }
}

impl PartialEq for Fields {
    fn eq(&self, other: &Self) -> bool {
        self.row() == other.row()
    }
}

impl std::fmt::Debug for Fields {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_map().entries(self.iter()).finish()
    }
}

impl Extend<(&'static str, Value)> for Fields {
    fn extend<T: IntoIterator<Item = (&'static str, Value)>>(&mut self, fields: T) {
        fields.into_iter().for_each(|(name, value)| self.insert(name, value));
    }
}

impl FromIterator<(&'static str, Value)> for Fields {
    fn from_iter<T: IntoIterator<Item = (&'static str, Value)>>(fields: T) -> Self {
        let mut all = Fields::new();
        all.extend(fields);
        if !all.is_empty() {
            all.own().shrink_to_fit();
        }
        all
    }
}

impl<const N: usize> From<[(&'static str, Value); N]> for Fields {
    fn from(fields: [(&'static str, Value); N]) -> Self {
        fields.into_iter().collect()
    }
}

impl IntoIterator for Fields {
    type Item = (&'static str, Value);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.map(Arc::unwrap_or_clone).unwrap_or_default().into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_stand_in_the_order_of_their_names_whatever_comes_first() {
        let mut fields = Fields::from([("role", "read".into()), ("kind", "team".into())]);
        fields.insert("role", "write".into());
        fields.supplement("role", "admin".into());
        fields.supplement("label", Value::Null);
        assert_eq!(fields.keys().collect::<Vec<_>>(), ["kind", "label", "role"]);
        assert_eq!(fields.get("role"), Some(&"write".into()));
        assert_eq!(fields.remove("label"), Some(Value::Null));
        assert_eq!(
            fields,
            Fields::from([("kind", "team".into()), ("role", "write".into())])
        );
        let mut copy = fields.clone();
        copy.retain(|_, _| false);
        assert_eq!((copy, fields.len()), (Fields::new(), 2));
    }
}
