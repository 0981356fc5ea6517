//! Plain data that every room shares.

pub mod address;
pub mod answers;
pub mod call;
pub mod change;
pub mod desired;
pub mod diagnostic;
pub mod field;
pub mod outcome;
pub mod place;
pub mod plan;
pub mod query;
pub mod secret;
pub mod shape;
pub mod units;
pub mod value;
pub mod world;

pub use address::{Address, Collection, Pattern};
pub use answers::{Answer, Answers, Gap};
pub use call::{Call, Expect, OnUnknown, Segment};
pub use change::{Action, Change, FieldChange};
pub use desired::{Declared, Desired, Intent, Manage, Origin, Owned};
pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use field::{Field, Way};
pub use outcome::{Outcome, State};
pub use place::{Located, Place, Sources};
pub use plan::{Plan, Refusal, Summary};
pub use query::{Interest, Paging, Query};
pub use secret::{Reference, Secret};
pub use shape::{Form, Shape};
pub use value::Value;
pub use world::{Caller, Effect, Features, Fields, Object, World};
