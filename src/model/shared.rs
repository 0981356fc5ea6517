//! Large values of which several copies are kept, and few are changed.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// A value whose copies are one until one of them is changed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Shared<T>(Arc<T>);

impl<T: Clone> Shared<T> {
    /// The value itself, copied only where somebody else still holds it.
    pub fn into_inner(self) -> T {
        Arc::unwrap_or_clone(self.0)
    }
}

impl<T> From<T> for Shared<T> {
    fn from(value: T) -> Self {
        Shared(Arc::new(value))
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Clone> DerefMut for Shared<T> {
    fn deref_mut(&mut self) -> &mut T {
        Arc::make_mut(&mut self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_that_is_changed_leaves_the_others_as_they_are() {
        let one: Shared<Vec<u8>> = vec![1].into();
        let mut other = one.clone();
        assert!(std::ptr::eq(&*one, &*other), "one as long as they are equal");
        other.push(2);
        assert_eq!((one.into_inner(), other.into_inner()), (vec![1], vec![1, 2]));
    }
}
