//! Plain data that every room shares.

pub mod address;
pub mod answers;
pub mod call;
pub mod change;
pub mod credential;
pub mod desired;
pub mod diagnostic;
mod encoding;
pub mod field;
pub mod outcome;
pub mod place;
pub mod plan;
pub mod precondition;
pub mod query;
pub mod reversibility;
pub mod secret;
pub mod units;
pub mod value;
pub mod world;

pub use address::{Address, Collection, Pattern};
pub use answers::{Answer, Answers, Gap};
pub use call::{Call, Expect, OnUnknown, Segment};
pub use change::{Action, Change, FieldChange};
pub use credential::{Credential, CredentialFormat};
pub use desired::{Declared, Desired, Intent, Manage, Origin, Owned};
pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use field::{Field, Way};
pub use outcome::{Outcome, State};
pub use place::{Located, Place, Sources};
pub use plan::{Breach, Plan, Refusal, Summary};
pub use precondition::{Expected, Precondition};
pub use query::{Interest, Paging, Query};
pub use reversibility::Reversibility;
pub use secret::{Reference, SaltedDigest, Secret};
pub use value::Value;
pub use world::{Caller, Effect, Features, Fields, Object, World};
