//! Who may do what, and by which ways: pure functions of a `World`. Plans are ordered, guarded and explained with it.

mod role;

pub use role::{has_joined, role, standing};
