//! Which live objects wishes mean.

use crate::model::{Address, Object};

/// Addresses of live objects in order, so that the objects of a collection are gone through beside them: looking each one
/// up would wait for memory in large registries.
pub(super) struct Met<'a>(Vec<&'a Address>);

impl<'a> Met<'a> {
    pub(super) fn new(mut addresses: Vec<&'a Address>) -> Self {
        addresses.sort();
        Met(addresses)
    }

    /// Those of the objects, which are in order, that no wish means.
    pub(super) fn others<'o>(&self, objects: impl Iterator<Item = &'o Object>) -> Vec<Object> {
        let mut objects = objects.peekable();
        let Some(first) = objects.peek() else {
            return Vec::new();
        };
        let start = self.0.partition_point(|met| **met < first.address);
        let mut met = self.0[start..].iter().peekable();
        let others = objects.filter(|object| {
            while met.next_if(|met| ***met < object.address).is_some() {}
            met.peek().is_none_or(|met| ***met != object.address)
        });
        others.cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Fields;

    #[test]
    fn what_is_met_is_left_out() {
        let object = |name: &str| Object::new(Address::new("team", name), Fields::new());
        let addresses: Vec<Address> = ["a/z", "a/b", "b/a", "a/d"]
            .map(|name| Address::new("team", name))
            .into();
        let met = Met::new(addresses.iter().collect());
        let others = |names: &[&str]| -> Vec<String> {
            let objects: Vec<Object> = names.iter().map(|name| object(name)).collect();
            let others = met.others(objects.iter());
            others
                .iter()
                .map(|object| object.address.identity.to_string())
                .collect()
        };
        assert_eq!(others(&["a/a", "a/b", "a/c", "a/d", "a/e"]), ["a/a", "a/c", "a/e"]);
        assert_eq!(others(&["a/z", "b"]), ["b"]);
        assert_eq!(others(&["c/a"]), ["c/a"]);
        assert_eq!(others(&[]), [""; 0]);
    }
}
