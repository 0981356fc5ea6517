//! What must still be so in the registry for a change to be right.

use super::address::Address;
use super::fields::Fields;

/// One fact that a change was decided on. It is read again before the change is carried out.
#[derive(Debug, Clone, PartialEq)]
pub struct Precondition {
    /// The object that it is about: mostly the change's own, sometimes one that a guard or an effect was decided on.
    pub address: Address,
    /// How it was.
    pub expected: Expected,
}

/// How an object was when the plan was made.
#[derive(Debug, Clone, PartialEq)]
pub enum Expected {
    /// It did not exist.
    Absent,
    /// It existed; its fields do not matter.
    Present,
    /// It existed with these values.
    Fields(Fields),
    /// Of items without names of their own, so many with the label of the address had exactly these values.
    Equal {
        /// The values that tell equal items from others.
        fields: Fields,
        /// How many there were.
        number: usize,
    },
}
