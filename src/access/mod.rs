//! Who may do what, and by which ways: pure functions of a `World`. Plans are ordered, guarded and explained with it.

mod bearing;
mod causes;
mod difference;
mod people;
mod role;
mod side;
pub mod survey;
mod table;
mod ways;

pub use bearing::bears_on_access;
pub use difference::{causes, difference};
pub use role::{has_joined, role, standing};
pub use table::{On, Question, Row, table};
pub use ways::{By, Way, ways};
