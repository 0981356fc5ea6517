//! Plain data that every room shares.

pub mod address;
pub mod diagnostic;
pub mod place;
pub mod secret;
pub mod units;
pub mod value;

pub use address::{Address, Collection, Pattern};
pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use place::{Located, Place, Sources};
pub use secret::{Reference, Secret};
pub use value::Value;
